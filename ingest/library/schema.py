"""The tables of `library.sqlite`, one function per schema version."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from config.errors import LibraryError
from ingest.library.marks import store_acronyms
from ingest.library.vectors import fingerprint_of

if TYPE_CHECKING:
    from ingest.library.database import Database

ORDINAL_BITS = 20
"""A chunk's row id is `document << 20 | ordinal`: a full-text hit or a row of the scan tells its document by itself."""

MAX_CHUNKS = 1 << ORDINAL_BITS
"""Chunks one document can have."""

Migration = Callable[[sqlite3.Connection], None]


def migrate(database: "Database") -> None:
    """Bring an older or new library file up to this version.

    Raises LibraryError for a file that a newer Strongroom has written.
    """
    if _version(database.connection) == len(MIGRATIONS):
        return
    with database.transaction() as connection:
        version = _version(connection)  # again: another process may just have done it
        if version > len(MIGRATIONS):
            raise LibraryError(
                f"The library {database.path} was written by a newer Strongroom"
                f" (schema {version}, this one knows {len(MIGRATIONS)}).",
                "Install the newer version, or name another home with --home.",
            )
        for step in MIGRATIONS[version:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _version_1(connection: sqlite3.Connection) -> None:
    for statement in _TABLES + _FULL_TEXT + _OUTBOX:
        connection.execute(statement)


def _version_2(connection: sqlite3.Connection) -> None:
    """Acronyms, found in the pages that are there already."""
    for statement in _ACRONYMS:
        connection.execute(statement)
    for (document,) in connection.execute("SELECT id FROM held").fetchall():
        pages = connection.execute("SELECT text FROM pages WHERE document = ?", (document,)).fetchall()
        store_acronyms(connection, document, [text for (text,) in pages])


def _version_3(connection: sqlite3.Connection) -> None:
    """Fingerprints, by which chunks with the same text are embedded once."""
    connection.execute("ALTER TABLE chunks ADD COLUMN fingerprint BLOB")
    connection.create_function("fingerprint_of", 2, fingerprint_of, deterministic=True)
    connection.execute("UPDATE chunks SET fingerprint = fingerprint_of(context, text)")
    connection.execute("CREATE INDEX chunks_fingerprint ON chunks (fingerprint)")


def _version_4(connection: sqlite3.Connection) -> None:
    """What the documents told about when to refuse (see assistant/calibration.py)."""
    connection.execute("ALTER TABLE collections ADD COLUMN calibration TEXT")


def _version_5(connection: sqlite3.Connection) -> None:
    """Words of scripts without spaces can be found."""
    for statement in _FULL_TEXT_SPACED:
        connection.execute(statement)


def _version_6(connection: sqlite3.Connection) -> None:
    """Documents know which READER_VERSION read them; those that are there already were read by one before the first."""
    connection.execute("ALTER TABLE documents ADD COLUMN reader INTEGER NOT NULL DEFAULT 0")


def _version_7(connection: sqlite3.Connection) -> None:
    """How each page was read and how surely; what OCR has read of files that are not in yet."""
    connection.execute("ALTER TABLE pages ADD COLUMN status TEXT NOT NULL DEFAULT 'read'")
    connection.execute("ALTER TABLE pages ADD COLUMN confidence REAL")
    connection.execute(
        "CREATE TABLE recognised (sha256 TEXT NOT NULL, page INTEGER NOT NULL, content TEXT NOT NULL,"
        " PRIMARY KEY (sha256, page)) WITHOUT ROWID"
    )


def _version_8(connection: sqlite3.Connection) -> None:
    """Files under the home in which forgotten text was found, while `compaction_due` is set: paths from there, as JSON.
    What was forgotten cannot be searched for again."""
    connection.execute("ALTER TABLE collections ADD COLUMN found_in TEXT NOT NULL DEFAULT '[]'")


def _version_9(connection: sqlite3.Connection) -> None:
    """When a page was recognised, in seconds since 1970: what an interrupted run left goes after some days."""
    connection.execute("ALTER TABLE recognised ADD COLUMN kept_at REAL NOT NULL DEFAULT 0")


MIGRATIONS: tuple[Migration, ...] = (
    _version_1,
    _version_2,
    _version_3,
    _version_4,
    _version_5,
    _version_6,
    _version_7,
    _version_8,
    _version_9,
)
"""Step n takes a file from schema n to n + 1; a released step is never changed."""

_TABLES = (
    # vector_generation and index_epoch are random names, so that files derived from another state of the library,
    # a restored copy for example, can never pass for current: the first changes with every change of vectors, the
    # second when Chroma's folder must be made anew. compaction_due is set while forgotten text may still be on disk.
    """
    CREATE TABLE collections (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        embedder TEXT,
        vector_generation TEXT NOT NULL,
        index_epoch TEXT NOT NULL,
        compaction_due INTEGER NOT NULL DEFAULT 0
    )
    """,
    # AUTOINCREMENT: a row id is never given twice, so what was derived from an old row cannot pass for a new one's.
    """
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        collection INTEGER NOT NULL REFERENCES collections (id),
        path TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        modified REAL NOT NULL,
        status TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL DEFAULT '',
        metadata TEXT NOT NULL DEFAULT '{}',
        page_count INTEGER NOT NULL DEFAULT 0,
        chunk_count INTEGER NOT NULL DEFAULT 0,
        ingested_at TEXT NOT NULL,
        UNIQUE (collection, path)
    )
    """,
    "CREATE INDEX documents_content ON documents (collection, sha256)",
    # The documents that can be found; the other rows of the ledger say what did not get in, and why.
    "CREATE VIEW held AS SELECT * FROM documents WHERE status IN ('added', 'updated')",
    """
    CREATE TABLE pages (
        document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        label TEXT,
        text TEXT NOT NULL,
        UNIQUE (document, number)
    )
    """,
    # vector: float16, little-endian, unit length; NULL while the chunk waits for the embedder.
    """
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY,
        chunk_id TEXT NOT NULL UNIQUE,
        document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        page INTEGER NOT NULL,
        page_last INTEGER NOT NULL,
        start_offset INTEGER NOT NULL,
        end_offset INTEGER NOT NULL,
        heading TEXT NOT NULL,
        context TEXT NOT NULL,
        text TEXT NOT NULL,
        vector BLOB
    )
    """,
    "CREATE INDEX chunks_document ON chunks (document)",
    # What a document goes by (see ingest/identity.py), looked up by the words of a question.
    """
    CREATE TABLE marks (
        mark TEXT NOT NULL,
        document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        strength REAL NOT NULL,
        PRIMARY KEY (mark, document)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX marks_document ON marks (document)",
    "CREATE INDEX chunks_pending ON chunks (id) WHERE vector IS NULL",
)

TOKENIZER = "porter unicode61 remove_diacritics 2"

_FULL_TEXT = (
    f"""
    CREATE VIRTUAL TABLE chunks_text USING fts5 (
        context, text, content = 'chunks', content_rowid = 'id', tokenize = '{TOKENIZER}'
    )
    """,
    """
    CREATE TRIGGER chunks_text_insert AFTER INSERT ON chunks BEGIN
        INSERT INTO chunks_text (rowid, context, text) VALUES (new.id, new.context, new.text);
    END
    """,
    """
    CREATE TRIGGER chunks_text_delete AFTER DELETE ON chunks BEGIN
        INSERT INTO chunks_text (chunks_text, rowid, context, text) VALUES ('delete', old.id, old.context, old.text);
    END
    """,
)

# spaced() is ours, a function of every connection (ingest/unspaced.py). FTS5 checks itself against the view.
_FULL_TEXT_SPACED = (
    "DROP TRIGGER chunks_text_insert",
    "DROP TRIGGER chunks_text_delete",
    "DROP TABLE chunks_text",
    "CREATE VIEW chunks_spaced AS SELECT id, spaced(context) AS context, spaced(text) AS text FROM chunks",
    f"""
    CREATE VIRTUAL TABLE chunks_text USING fts5 (
        context, text, content = 'chunks_spaced', content_rowid = 'id', tokenize = '{TOKENIZER}'
    )
    """,
    """
    CREATE TRIGGER chunks_text_insert AFTER INSERT ON chunks BEGIN
        INSERT INTO chunks_text (rowid, context, text) VALUES (new.id, spaced(new.context), spaced(new.text));
    END
    """,
    """
    CREATE TRIGGER chunks_text_delete AFTER DELETE ON chunks BEGIN
        INSERT INTO chunks_text (chunks_text, rowid, context, text)
        VALUES ('delete', old.id, spaced(old.context), spaced(old.text));
    END
    """,
    "INSERT INTO chunks_text (chunks_text) VALUES ('rebuild')",
)

# What Chroma has not seen yet: the ids of chunks whose vector came or went.
_OUTBOX = (
    """
    CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        collection INTEGER NOT NULL,
        chunk_id TEXT NOT NULL
    )
    """,
    "CREATE INDEX outbox_collection ON outbox (collection, seq)",
)

# What acronyms stand for in which document, both folded (see ingest/acronyms.py).
_ACRONYMS = (
    """
    CREATE TABLE acronyms (
        short TEXT NOT NULL,
        long TEXT NOT NULL,
        document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        PRIMARY KEY (short, long, document)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX acronyms_long ON acronyms (long)",
    "CREATE INDEX acronyms_document ON acronyms (document)",
)
