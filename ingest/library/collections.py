"""Collections: a name, the embedder its vectors come from, and how much it holds."""

import hashlib
import json
import re
import sqlite3
from dataclasses import asdict
from uuid import uuid4

from config.errors import EmbedderMismatch, UsageError
from ingest.library.database import Database
from ingest.library.schema import ORDINAL_BITS
from ingest.library.types import CollectionCounts
from models.base import EmbedderIdentity

LONGEST_NAME = 100

TAKEN_OUT = 2
"""In `compaction_due`: documents were taken out, by `--prune`, and not forgotten."""


def checked_name(name: str) -> str:
    """Raises UsageError for a name that could not be shown or typed."""
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise UsageError(
            f"{name!r} cannot be the name of a collection.",
            f"Choose 1 to {LONGEST_NAME} printable characters, not only spaces.",
        )
    return name


def slug_of(name: str) -> str:
    """`name` for use in file names and in Chroma: told apart by a hash, readable as far as possible."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "collection"
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def find(database: Database, name: str) -> int | None:
    """The collection's row id, None while nothing was ever put into it."""
    row: int | None = database.value("SELECT id FROM collections WHERE name = ?", (name,))
    return row


def ensure(connection: sqlite3.Connection, name: str) -> int:
    """The collection's row id; it comes into being with the first thing put into it."""
    connection.execute(
        "INSERT INTO collections (name, vector_generation, index_epoch) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (name, uuid4().hex, uuid4().hex),
    )
    row: tuple[int] = connection.execute("SELECT id FROM collections WHERE name = ?", (name,)).fetchone()
    return row[0]


def embedder_of(database: Database, name: str) -> EmbedderIdentity | None:
    """The embedder recorded at the first ingest."""
    recorded = database.value("SELECT embedder FROM collections WHERE name = ?", (name,))
    return None if recorded is None else EmbedderIdentity(**json.loads(recorded))


def require_embedder(
    connection: sqlite3.Connection, name: str, recorded: EmbedderIdentity | None, identity: EmbedderIdentity
) -> None:
    """Record `identity` if none is `recorded` yet.

    Raises EmbedderMismatch when the collection was built with another.
    """
    if recorded is None:
        connection.execute(
            "UPDATE collections SET embedder = ? WHERE id = ?",
            (json.dumps(asdict(identity)), ensure(connection, name)),
        )
    elif recorded != identity:
        raise EmbedderMismatch(
            f"The collection {name!r} was built with the embedder {_described(recorded)},"
            f" not with {_described(identity)}.",
            _way_on(recorded, identity),
        )


def _way_on(recorded: EmbedderIdentity, identity: EmbedderIdentity) -> str:
    """With an embedder that is no longer there, or with one that this run computes in another precision."""
    other = "ingest into another collection with --collection"
    if (recorded.name, recorded.file_hash) != (identity.name, identity.file_hash):
        return f"Add that one again with `strongroom models add DIR --as {recorded.name}`, or {other}."
    match recorded.precision, identity.precision:
        case "int8", "fp32":
            return f"It was made without the GPU of this run: start with CUDA_VISIBLE_DEVICES set empty, or {other}."
        case "fp32", "int8":
            return f"It was made on a GPU: go on where there is one, or {other}."
    return f"{other.capitalize()}."


def calibration_of(database: Database, name: str) -> str | None:
    """What `keep_calibration` kept last."""
    kept: str | None = database.value("SELECT calibration FROM collections WHERE name = ?", (name,))
    return kept


def keep_calibration(connection: sqlite3.Connection, name: str, text: str) -> None:
    """Kept beside the embedder whose vectors it is about."""
    connection.execute("UPDATE collections SET calibration = ? WHERE id = ?", (text, ensure(connection, name)))


def want_compaction(connection: sqlite3.Connection, collection: int) -> None:
    """Note that text which was taken out may still be on the disk, for the next forgetting to wipe out. Nobody was
    promised that it is gone, so this is no problem to tell of, as a forgetting is that came to no end (1)."""
    connection.execute(
        "UPDATE collections SET compaction_due = ? WHERE id = ? AND compaction_due = 0", (TAKEN_OUT, collection)
    )


def counts(database: Database) -> list[CollectionCounts]:
    """All collections by name."""
    rows = database.rows(
        "SELECT k.name, coalesce(d.documents, 0), coalesce(d.pages, 0), coalesce(d.chunks, 0), coalesce(p.pending, 0)"
        " FROM collections k"
        " LEFT JOIN (SELECT collection, count(*) AS documents, sum(page_count) AS pages, sum(chunk_count) AS chunks"
        "            FROM held GROUP BY collection) d ON d.collection = k.id"
        " LEFT JOIN (SELECT d.collection, count(*) AS pending FROM chunks c INDEXED BY chunks_pending"
        "            CROSS JOIN documents d ON d.id = c.document"
        "            WHERE c.vector IS NULL GROUP BY d.collection) p ON p.collection = k.id"
        " ORDER BY k.name"
    )
    return [
        CollectionCounts(name, documents, pages, chunks, chunks - pending, pending, embedder_of(database, name))
        for name, documents, pages, chunks, pending in rows
    ]


def counts_of_indexes(database: Database) -> dict[str, tuple[int, int]]:
    """Collection → chunks that the full-text index holds, and vectors that Chroma has been given."""
    # CROSS JOIN: each row of the outbox is looked up once. The other way round takes minutes while the outbox is full.
    rows = database.rows(
        "SELECT k.name,"
        " (SELECT count(*) FROM chunks_text_docsize t JOIN documents d ON d.id = t.id >> ? WHERE d.collection = k.id),"
        " (SELECT count(*) FROM chunks c JOIN documents d ON d.id = c.document"
        "  WHERE d.collection = k.id AND c.vector IS NOT NULL)"
        " - (SELECT count(DISTINCT c.id) FROM outbox o CROSS JOIN chunks c ON c.chunk_id = o.chunk_id"
        "    WHERE o.collection = k.id AND c.vector IS NOT NULL)"
        " FROM collections k",
        (ORDINAL_BITS,),
    )
    return {name: (full_text, indexed) for name, full_text, indexed in rows}


def _described(identity: EmbedderIdentity) -> str:
    return f"{identity.name} ({identity.precision}, {identity.file_hash[:12]})"
