"""Where conversations are kept in the library file: their tables, and the queries that forgetting needs."""

import re

from ingest.library.database import Database

# A source's passage is NULL once its document is forgotten: its number is not given to another one.
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

# A moved document is quoted under its old path: a source belongs to it when neither its passage nor its path is left.
SOURCES_OF = """
    SELECT s.conversation, s.number FROM conversation_sources s JOIN conversations c ON c.id = s.conversation
    WHERE c.collection = ? AND s.passage IS NOT NULL AND (
        s.path IN (SELECT value FROM json_each(?))
        OR NOT EXISTS (SELECT 1 FROM chunks WHERE chunk_id = s.chunk_id)
        AND NOT EXISTS (SELECT 1 FROM documents WHERE path = s.path)
    )
"""
# The passages of a conversation under their numbers, with the path at which each is now (NULL: nowhere).
SOURCES = """
    SELECT s.number, s.passage, d.path FROM conversation_sources s
    LEFT JOIN chunks c ON c.chunk_id = s.chunk_id LEFT JOIN documents d ON d.id = c.document
    WHERE s.conversation = ? AND s.passage IS NOT NULL ORDER BY s.number
"""
# What one prompt showed stands in those of the later turns, too, and their replies may say it again. The oldest turns
# may have left the prompt by then; when is not kept, so a turn too many is taken rather than one too few.
TURNS_WITH = """
    SELECT turn FROM conversation_evidence
    WHERE conversation = :conversation AND source = :source AND (position = 0 OR in_prompt)
    UNION
    SELECT turn FROM conversation_citations WHERE conversation = :conversation AND number = :source
    UNION
    SELECT number FROM conversation_turns
    WHERE conversation = :conversation AND prompt != '' AND number > (
        SELECT MIN(turn) FROM conversation_evidence
        WHERE conversation = :conversation AND source = :source AND in_prompt
    )
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
