"""Chunks and their vectors in SQLite: those that wait for theirs, a slice at a time, and those that have them."""

import json
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from config.errors import EmbedderMismatch
from ingest.library.database import Database
from ingest.library.types import PendingChunk
from ingest.library.vectors import from_blobs
from models.base import EmbedderIdentity, Vectors

SLICE = 128
"""Chunks of one document that are embedded together and stored together, or not at all."""

# CROSS JOIN: walk the index of pending chunks, which is in this order, and stop at the first.
_FIRST_PENDING = (
    "SELECT c.id FROM chunks c CROSS JOIN documents d ON d.id = c.document"
    " WHERE c.vector IS NULL AND d.collection = ? ORDER BY c.id LIMIT 1"
)
_LAST_PENDING = _FIRST_PENDING.replace("c.id LIMIT", "c.id DESC LIMIT")


def pending_slice(database: Database, collection: int | None, *, from_end: bool) -> list[PendingChunk]:
    """The first slice that waits for its vectors, or the last; empty when none does."""
    pending = database.value(_LAST_PENDING if from_end else _FIRST_PENDING, (collection,))
    if pending is None:
        return []
    start = pending // SLICE * SLICE  # SLICE divides the range of row ids that a document has
    rows = database.rows(
        "SELECT chunk_id, context, text, fingerprint FROM chunks"
        " WHERE id >= ? AND id < ? AND vector IS NULL ORDER BY id",
        (start, start + SLICE),
    )
    return [
        PendingChunk(chunk_id, f"{context}\n{text}" if context else text, fingerprint)
        for chunk_id, context, text, fingerprint in rows
    ]


def pending_count(database: Database, collection: int | None) -> int:
    # SQLite would rather walk every chunk, texts included: 1.1 s of 200,000.
    return int(
        database.value(
            "SELECT count(*) FROM chunks c INDEXED BY chunks_pending CROSS JOIN documents d ON d.id = c.document"
            " WHERE d.collection = ? AND c.vector IS NULL",
            (collection,),
        )
    )


def refuse_other_dimension(vectors: Vectors, count: int, identity: EmbedderIdentity | None) -> None:
    """Raises EmbedderMismatch when `vectors` are not `count` of the recorded embedder's."""
    if identity is not None and vectors.shape != (count, identity.dimension):
        raise EmbedderMismatch(
            f"The embedder returned vectors of shape {vectors.shape} for {count} texts;"
            f" {identity.name} has {identity.dimension} dimensions.",
            "Run `strongroom models verify`.",
        )


def embedded_chunk_ids(database: Database, collection: int | None) -> list[str]:
    """All chunks that have their vector, in the order of the documents."""
    rows = database.rows(
        "SELECT c.chunk_id FROM chunks c JOIN documents d ON d.id = c.document"
        " WHERE d.collection = ? AND c.vector IS NOT NULL ORDER BY c.id",
        (collection,),
    )
    return [chunk_id for (chunk_id,) in rows]


def chunk_vectors(
    database: Database, collection: int | None, chunk_ids: Iterable[str]
) -> dict[str, NDArray[np.float32]]:
    """Unit vectors of those chunks that have one."""
    rows = database.rows(
        "SELECT c.chunk_id, c.vector FROM json_each(?) CROSS JOIN chunks c ON c.chunk_id = value"
        " JOIN documents d ON d.id = c.document WHERE d.collection = ? AND c.vector IS NOT NULL",
        (json.dumps(list(chunk_ids)), collection),
    )
    vectors = from_blobs([blob for _, blob in rows])
    return {chunk_id: vectors[index] for index, (chunk_id, _) in enumerate(rows)}


def ids_of_rows(database: Database, rows: Sequence[int]) -> dict[int, str]:
    """Row id → chunk id."""
    return dict(
        database.rows(
            "SELECT id, chunk_id FROM chunks WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(rows),)
        )
    )
