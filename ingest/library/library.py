"""The door to the library: SQLite holds the truth; full-text index, exact scan and Chroma are derived from it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config.locations import Locations
from config.memory import give_back_memory
from ingest.library import checking, collections, documents, embedded, forgetting
from ingest.library.database import Database
from ingest.library.holdings import Holdings
from ingest.library.index import VectorIndex
from ingest.library.marks import bearers, other_forms
from ingest.library.nearest import nearest_chunks
from ingest.library.scan import ExactScan
from ingest.library.search import NO_OTHER_FORMS, TextSearch
from ingest.library.types import CollectionCounts, PendingChunk, Problem, Receipt
from ingest.library.vectors import to_blobs
from ingest.types import Chunk, Document, FileStatus, FoundFile, ScoredChunk
from models.base import EmbedderIdentity, Vectors

BULK_CACHE = "PRAGMA cache_size = -4000"
"""4 MB instead of 32: a document that is stored touches pages all over the full-text index, and no one soon again."""


class Library(Holdings):
    """One collection of the library: what it holds, and what is done with it.

    Threads may share it, processes may open it side by side. Every writing method is one transaction. All methods raise
    LibraryError when the disk or the file fails them.
    """

    def __init__(self, database: Database, locations: Locations, collection: str) -> None:
        slug = collections.slug_of(collection)
        super().__init__(database, collection)
        self.locations = locations
        self.forget_hooks: list[Callable[[Collection[str]], None]] = []
        self._text = TextSearch(database, collection)
        self._index = VectorIndex(database, locations, collection, slug)
        self._scan = ExactScan(database, locations.scan_directory, collection, slug)

    @classmethod
    def open(cls, locations: Locations, collection: str = "default") -> "Library":
        """Open the library under the home, creating it if there is none; cheap: Chroma is not imported."""
        name = collections.checked_name(collection)
        return cls(Database(locations.library_file), locations, name)

    def close(self) -> None:
        """Let go of the index and close the connections of all threads."""
        self._index.release()
        self.database.close()

    # The embedder

    def embedder_identity(self) -> EmbedderIdentity | None:
        """The embedder this collection was built with, None before the first ingest."""
        return collections.embedder_of(self.database, self.collection)

    def require_embedder(self, identity: EmbedderIdentity) -> None:
        """Record the embedder at the first ingest; raises EmbedderMismatch when the vectors come from another."""
        if self.embedder_identity() != identity:
            with self.database.transaction() as connection:
                collections.require_embedder(connection, self.collection, self.embedder_identity(), identity)

    def calibration(self) -> str | None:
        """What was found out about the vectors of this collection, as it was kept; None at first."""
        return collections.calibration_of(self.database, self.collection)

    def keep_calibration(self, text: str) -> None:
        """Keep it until the next one; it must hold no text of the documents."""
        with self.database.transaction() as connection:
            collections.keep_calibration(connection, self.collection, text)

    # Writing

    def replace_document(
        self,
        file: FoundFile,
        document: Document,
        chunks: Sequence[Chunk],
        *,
        is_complete: bool = True,
        is_recognised: bool = True,
    ) -> FileStatus:
        """Put the document of a file in the place of what its path held, in one step: all of it can be found, or none.

        One that is not complete is read again by the next ingest, unless the whole of it comes before that; one that is
        not recognised, for want of OCR, by the next that has it.
        Returns ADDED or UPDATED; DUPLICATE or UNCHANGED when another process has brought the same content in meanwhile,
        by another path or by this one.
        """
        with self.database.transaction() as connection:
            collection = collections.ensure(connection, self.collection)
            return documents.replace(
                connection, collection, file, document, chunks, is_complete=is_complete, is_recognised=is_recognised
            )

    def record_outcome(self, file: FoundFile, status: FileStatus, reason: str) -> str:
        """Write the ledger row of a file that did not get in or is a duplicate; what its path held before goes.

        But a document stays, and the reason is put beside it, when its content is the same or the status is FAILED or
        TIMEOUT. Returns the reason as it stands in the ledger, which says so then.
        """
        with self.database.transaction() as connection:
            collection = collections.ensure(connection, self.collection)
            return documents.record_outcome(connection, collection, file, status, reason)

    def drop_outcomes(self, paths: Collection[Path]) -> None:
        """Delete the ledger rows of `paths`, but for those of documents and duplicates."""
        if paths:
            with self.database.transaction() as connection:
                collection = collections.ensure(connection, self.collection)
                documents.drop_outcomes(connection, collection, [str(path) for path in paths])

    def move_document(self, old: Path | str, new: Path | str) -> None:
        """The file at `old` is now at `new`; its chunks and vectors stay."""
        with self.database.transaction() as connection:
            documents.move(connection, collections.ensure(connection, self.collection), str(old), str(new))

    def remove_document(self, path: Path | str) -> None:
        """Take out what `path` holds, and what the `forget_hooks` remove with it; a duplicate takes its place. The next
        `forget` removes the traces in the files."""
        with self.database.transaction() as connection:
            collection = collections.ensure(connection, self.collection)
            if documents.clear_path(connection, collection, str(path)):
                collections.want_compaction(connection, collection)
            for hook in self.forget_hooks:
                hook([str(path)])

    def write_in_bulk(self) -> None:
        """This thread is going to write much: its connection keeps less of the file in memory from now on, which no
        search of it is waiting for."""
        self.database.rows(BULK_CACHE)

    def give_back_memory(self) -> None:
        """Drop what this thread's connection has kept of the file in memory: after much writing that is old."""
        self.database.rows("PRAGMA shrink_memory")
        give_back_memory()

    # Vectors

    def pending_slice(self, *, from_end: bool = False) -> list[PendingChunk]:
        """The chunks of one slice (see `embedded.SLICE`) that waits for its vectors; empty when none does.

        `from_end` starts from the last document: two processes embedding at once meet in the middle.
        """
        return embedded.pending_slice(self.database, self._row(), from_end=from_end)

    def pending_count(self) -> int:
        """Chunks that full-text search finds and vector search does not yet."""
        return embedded.pending_count(self.database, self._row())

    def store_vectors(self, chunks: Sequence[PendingChunk], vectors: Vectors) -> None:
        """Give chunks their vectors, shape (chunks, dimension); chunks that are gone, or have another text, by now are
        passed over.

        Raises EmbedderMismatch for another dimension than the recorded embedder's.
        """
        embedded.refuse_other_dimension(vectors, len(chunks), self.embedder_identity())
        blobs = to_blobs(vectors)
        made = [(chunk.chunk_id, chunk.fingerprint, blob) for chunk, blob in zip(chunks, blobs, strict=True)]
        with self.database.transaction() as connection:
            collection = collections.ensure(connection, self.collection)
            documents.store_vectors(connection, collection, made)

    def copy_vectors(self, chunk_ids: Sequence[str]) -> list[str]:
        """Give pending chunks the vectors that others with the same text have; returns those that got one."""
        with self.database.transaction() as connection:
            collection = collections.ensure(connection, self.collection)
            return documents.copy_vectors(connection, collection, chunk_ids)

    def embedded_chunk_ids(self) -> list[str]:
        """All chunks that have their vector, in the order of the documents."""
        return embedded.embedded_chunk_ids(self.database, self._row())

    def chunk_vectors(self, chunk_ids: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Unit vectors of those chunks that have one."""
        return embedded.chunk_vectors(self.database, self._row(), chunk_ids)

    # All collections

    def collections(self) -> list[CollectionCounts]:
        """All collections of this library file, by name."""
        return collections.counts(self.database)

    def counts_of_indexes(self) -> dict[str, tuple[int, int]]:
        """Collection → chunks that the full-text index holds, and vectors that Chroma has been given."""
        return collections.counts_of_indexes(self.database)

    # Searching

    def search_text(
        self,
        query: str,
        k: int,
        documents: Collection[str] | None = None,
        other_forms: Mapping[str, str] = NO_OTHER_FORMS,
    ) -> list[ScoredChunk]:
        """The `k` best chunks by bm25; `documents` are the paths to look in, None for all. `other_forms` are words of
        the query and another way to write them, of which the better counts."""
        return self._text.search(query, k, self._rows_of(documents), other_forms)

    def search_vectors(
        self, vector: NDArray[np.float32], k: int, documents: Collection[str] | None = None
    ) -> list[ScoredChunk]:
        """The `k` chunks with the highest cosine to `vector`, ties by chunk id; `documents` as in `search_text`."""
        rows = self._rows_of(documents)
        return nearest_chunks(self.database, self._row(), self._index, self._scan, vector, k, rows)

    def documents_marked(
        self, marks: Sequence[str], documents: Collection[str] | None = None
    ) -> tuple[int, dict[str, dict[str, float]]]:
        """How many documents there are, and mark → path → strength for those that bear one of `marks`.

        Marks are those of `ingest.identity`; `documents` as in `search_text`.
        """
        return bearers(self.database, self._row(), marks, self._rows_of(documents))

    def other_forms(self, phrases: Sequence[str]) -> dict[str, str]:
        """What the documents call some of these phrases (folded): acronyms written out, long forms as acronyms."""
        return other_forms(self.database, self._row(), phrases)

    def term_statistics(self, terms: Sequence[str]) -> dict[str, int]:
        """For each term, how many chunks hold it in any inflected form; phrases are counted as phrases."""
        return self._text.term_statistics(terms)

    # The index

    def hold_index(self) -> bool:
        """Take the owner lock; False when another process has it. Chroma is opened by the first `refresh_index`."""
        return self._index.hold()

    @property
    def holds_index(self) -> bool:
        return self._index.held

    def release_index(self) -> None:
        """Close Chroma and let another process have it."""
        self._index.release()

    def refresh_index(self) -> int:
        """As the holder, apply to Chroma what is new in SQLite; returns the changes applied, 0 when not the holder.

        The first call imports and opens Chroma, which takes a second or two; an index that is missing or damaged is
        built again, at some thousand vectors a second, while searches use the exact scan.
        """
        return self._index.refresh()

    def index_count(self) -> int | None:
        """Vectors in Chroma, None when not the holder."""
        return self._index.count()

    def index_changes_waiting(self) -> int:
        """Changes of vectors that Chroma has not seen."""
        return int(self.database.value("SELECT count(*) FROM outbox WHERE collection = ?", (self._row(),)))

    # Forgetting and checking

    def forget(self, glob: str, *, exact: bool = False) -> Receipt:
        """Remove the documents that `glob` names (see `paths_named`; with `exact` the one whose path it is), and every
        trace of them under the home.

        When it names none, an earlier forgetting is brought to its end, if one is not.
        The index goes as a whole: its holder calls `refresh_index` to build it again, while searches use the scan.

        Each of `forget_hooks` is called with the paths in the same transaction, to remove what else in the library
        file was taken from these documents, such as quotes in conversations.
        """
        return forgetting.forget(
            glob,
            self.database,
            self.locations,
            self.collection,
            self._scan,
            self._index,
            self.forget_hooks,
            exact=exact,
        )

    def forgetting_is_due(self) -> bool:
        """Whether an earlier forgetting came to no end that the next one can bring it to."""
        return forgetting.is_due(self.database, self.locations, self.collection)

    def check(self) -> list[Problem]:
        """What does not agree between SQLite, its full-text index and Chroma; empty when all is well."""
        return checking.check(self.database, self.collection, self.index_count())
