"""The chunks nearest to a vector."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from ingest.library import embedded
from ingest.library.database import Database
from ingest.library.index import VectorIndex
from ingest.library.scan import ExactScan
from ingest.library.vectors import exact_scores
from ingest.types import ScoredChunk


def nearest_chunks(
    database: Database,
    collection: int | None,
    index: VectorIndex,
    scan: ExactScan,
    vector: NDArray[np.float32],
    k: int,
    rows: Collection[int] | None,
) -> list[ScoredChunk]:
    """The `k` chunks with the highest cosine to `vector`, ties by chunk id; `rows` are the documents to look in.

    Chroma finds them when this process holds the index and all documents are asked for, else the exact scan. Either
    way the scores are computed from SQLite's vectors, so both give the same for the same chunks.
    """
    candidates = index.nearest(vector, k) if rows is None else None
    if candidates is None:
        scored = scan.nearest(vector, k, rows)
        names = embedded.ids_of_rows(database, [row for row, _ in scored])
        hits = [ScoredChunk(names[row], score) for row, score in scored if row in names]
    else:
        found = embedded.chunk_vectors(database, collection, candidates)
        matrix = np.array(list(found.values()), dtype=np.float32).reshape(len(found), len(vector))
        scores = exact_scores(matrix, vector).tolist()
        hits = [ScoredChunk(chunk_id, score) for chunk_id, score in zip(found, scores, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]
