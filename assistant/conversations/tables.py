"""The tables in which the library file keeps conversations."""

import re

from ingest.library.database import Database

# A source's passage is NULL once its document is forgotten: its number is not given to another one. The path and the
# hash of a document that a turn was put to are empty then: that there was one stays, or the turn would pass for one put
# to all.
TABLES = """
CREATE TABLE IF NOT EXISTS conversation_secret (secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY,
    collection TEXT NOT NULL,
    title TEXT NOT NULL,
    fence TEXT NOT NULL,
    first_turn INTEGER NOT NULL DEFAULT 0,
    started_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS conversation_turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    style TEXT NOT NULL,
    refused INTEGER NOT NULL,
    stopped INTEGER NOT NULL,
    prompt TEXT NOT NULL,
    reply TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
);
CREATE TABLE IF NOT EXISTS conversation_sources (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    path TEXT NOT NULL,
    chunk_id TEXT NOT NULL,
    passage TEXT,
    PRIMARY KEY (conversation, number)
);
CREATE TABLE IF NOT EXISTS conversation_evidence (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    position INTEGER NOT NULL,
    source INTEGER NOT NULL,
    key_start INTEGER NOT NULL,
    key_end INTEGER NOT NULL,
    in_prompt INTEGER NOT NULL,
    PRIMARY KEY (conversation, turn, position)
);
CREATE TABLE IF NOT EXISTS conversation_scopes (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    position INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (conversation, turn, position)
);
CREATE TABLE IF NOT EXISTS conversation_citations (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    position INTEGER NOT NULL,
    number INTEGER NOT NULL,
    document TEXT NOT NULL,
    path TEXT NOT NULL,
    page INTEGER NOT NULL,
    quote TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (conversation, turn, position)
);
"""


def create_tables(database: Database) -> None:
    """Create those that are missing. Where none is, as at nearly every start, nothing is written: that would have to
    wait for what another process is writing, which may take long."""
    wanted = set(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", TABLES))
    if wanted <= {name for (name,) in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}:
        return
    with database.transaction() as connection:
        for statement in TABLES.split(";\n"):
            connection.execute(statement)
