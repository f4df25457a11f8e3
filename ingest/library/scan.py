"""Exact nearest neighbours: one pass over a memory-mapped matrix of all vectors of a collection.

The matrix is derived from the library and kept as `<collection>-<generation>.scan`: number of rows and dimension
(int64), row ids (int64), vectors (float32, row-major).
"""

import logging
import os
import re
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config.errors import HomeError
from config.locations import private_directory
from ingest.library.database import Database
from ingest.library.schema import ORDINAL_BITS
from ingest.library.vectors import exact_scores, from_blobs, unit
from models.base import Vectors
from models.hardware import available_cores

ROUNDING = 1e-4
"""More than the error of a float32 product of unit vectors: what lies closer together is ordered by exact scores."""

MOST_THREADS = 4
"""More do not help: the memory is what a product waits for."""

_HEADER = np.dtype("<i8")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Row ids, ascending, and the vectors beside them, shape (rows, dimension)."""

    generation: str
    ids: NDArray[np.int64]
    vectors: Vectors


class ExactScan:
    """Exact search over the vectors of one collection; threads may share it."""

    def __init__(self, database: Database, directory: Path, collection: str, slug: str) -> None:
        self._database = database
        self._directory = directory
        self._collection = collection
        self._slug = slug
        self._building = threading.Lock()
        self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="scan")
        self._matrix: _Matrix | None = None
        self._last: tuple[_Matrix, NDArray[np.float32], NDArray[np.float32]] | None = None

    def nearest(
        self, query: NDArray[np.float32], k: int, documents: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """Row ids and cosines of the `k` nearest chunks and of all that tie with the last, in no order.

        `documents` are row ids of the documents to look in; None looks in all.
        """
        matrix = self._current()
        chosen = np.arange(len(matrix.ids))
        if documents is not None:
            chosen = np.flatnonzero(np.isin(matrix.ids >> ORDINAL_BITS, np.fromiter(documents, dtype=np.int64)))
        if len(chosen) == 0 or k < 1:
            return []
        rough = self._products(matrix, query)[chosen]
        worst_kept = len(rough) - min(k, len(rough))
        last = np.partition(rough, worst_kept)[worst_kept]
        near = chosen[rough >= last - ROUNDING]
        return list(zip(matrix.ids[near].tolist(), exact_scores(matrix.vectors[near], query).tolist(), strict=True))

    def _products(self, matrix: _Matrix, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """The products of the last query are kept: a question is looked for in all documents and in those it names."""
        last = self._last
        if last is None or last[0] is not matrix or not np.array_equal(last[1], query):
            last = self._last = (matrix, query.copy(), self._multiply(matrix.vectors, unit(query)))
        return last[2]

    def _multiply(self, vectors: Vectors, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """`vectors @ query`, each core a part of the rows: numpy's own threads are off (see config.environment)."""
        products = np.empty(len(vectors), dtype=np.float32)
        bounds = np.linspace(0, len(vectors), min(available_cores(), MOST_THREADS) + 1).astype(int).tolist()

        def multiply(part: slice) -> None:
            np.matmul(vectors[part], query, out=products[part])

        list(self._threads.map(multiply, map(slice, bounds, bounds[1:])))
        return products

    def remove_files(self) -> None:
        """Remove the matrices from the disk and from memory; the next search builds a new one."""
        with self._building:
            self._matrix = self._last = None
            for path in self._files():
                path.unlink(missing_ok=True)

    def _current(self) -> _Matrix:
        generation = self._generation()
        matrix = self._matrix
        if matrix is not None and matrix.generation == generation:
            return matrix
        with self._building:
            if self._matrix is None or self._matrix.generation != generation:
                self._matrix = self._load(generation) or self._build()
            return self._matrix

    def _generation(self) -> str:
        generation = self._database.value(
            "SELECT vector_generation FROM collections WHERE name = ?", (self._collection,)
        )
        return str(generation or "none")

    def _load(self, generation: str) -> _Matrix | None:
        """The matrix that this or another process has left on disk."""
        path = self._path(generation)
        try:
            rows, dimension = np.fromfile(path, dtype=_HEADER, count=2).tolist()
            after_ids = (2 + rows) * _HEADER.itemsize
            if path.stat().st_size != after_ids + rows * dimension * 4:
                return None
            ids = np.fromfile(path, dtype=_HEADER, count=rows, offset=2 * _HEADER.itemsize)
            vectors = np.memmap(path, dtype="<f4", mode="r", offset=after_ids, shape=(rows, dimension))
        except (OSError, ValueError):
            return None
        return _Matrix(generation, ids, vectors)

    def _build(self) -> _Matrix:
        with self._database.snapshot() as connection:
            generation = self._generation()
            rows = connection.execute(
                "SELECT c.id, c.vector FROM collections k JOIN documents d ON d.collection = k.id"
                " JOIN chunks c ON c.document = d.id WHERE k.name = ? AND c.vector IS NOT NULL ORDER BY c.id",
                (self._collection,),
            ).fetchall()
        ids = np.array([row for row, _ in rows], dtype=np.int64)
        matrix = _Matrix(generation, ids, from_blobs([blob for _, blob in rows]))
        if len(ids):
            self._save(matrix)
        return matrix

    def _save(self, matrix: _Matrix) -> None:
        """Best effort: without room on the disk the matrix stays in memory only."""
        unfinished = self._directory / f".{self._slug}-{os.getpid()}-{threading.get_ident()}.unfinished"
        try:
            private_directory(self._directory)
            with unfinished.open("wb") as file:
                np.array(matrix.vectors.shape, dtype=_HEADER).tofile(file)
                matrix.ids.astype(_HEADER).tofile(file)
                matrix.vectors.astype("<f4").tofile(file)
            unfinished.replace(self._path(matrix.generation))
        except (OSError, HomeError) as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            _log.warning("the scan matrix could not be kept: %s", error)
            return
        for path in self._files():
            if path != self._path(matrix.generation):
                path.unlink(missing_ok=True)

    def _path(self, generation: str) -> Path:
        return self._directory / f"{self._slug}-{generation}.scan"

    def _files(self) -> list[Path]:
        ours = re.compile(rf"\.?{re.escape(self._slug)}-[\da-f-]+\.(scan|unfinished)")
        return [path for path in self._directory.glob("*") if ours.fullmatch(path.name)]
