"""Chroma: the nearest-neighbour index behind the library, kept by one process at a time.

Chroma is safe for threads but not for processes: two that write break it. So an operating system lock is taken before
chromadb is even imported, and only its holder opens the index. SQLite notes each chunk whose vector came or went in its
outbox; the holder brings Chroma up to date from there. Whatever is wrong with the index, the answer is the same: a new
folder, filled again from SQLite.

    index/<slug>.json            which folder is current, and what it was built with
    index/<slug>.opening         there while the folder is being opened: found at a start, opening it killed its process
    index/<slug>-<random>/       Chroma's own files
"""

import json
import logging
import threading
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from config.errors import HomeError
from config.locations import Locations, private_directory
from ingest.library.chroma import IndexDamagedError, OpenIndex, open_index, remove_folder
from ingest.library.collections import find
from ingest.library.database import Database
from ingest.library.vectors import from_blobs

if TYPE_CHECKING:
    from filelock import BaseFileLock

BATCH = 5000
"""Chroma refuses more than 5461 changes in one call."""

MOST_UNSEEN = 2000
"""With more changes than this waiting in the outbox, the exact scan is faster than Chroma and a look at all of them."""

_log = logging.getLogger(__name__)


_FAULTS = (IndexDamagedError, OSError, HomeError)


class VectorIndex:
    """The index of one collection of the library; threads may share it."""

    def __init__(self, database: Database, locations: Locations, collection: str, slug: str) -> None:
        self._database = database
        self._lock_file = locations.index_lock_file
        self._directory = locations.index_directory
        self._collection = collection
        self._slug = slug
        self._changing = threading.RLock()
        self._owner_lock: BaseFileLock | None = None
        self._opened: OpenIndex | None = None
        self._failed: OpenIndex | None = None

    @property
    def held(self) -> bool:
        return self._owner_lock is not None

    def hold(self) -> bool:
        """Take the owner lock; False when another process has it. The first `refresh` opens Chroma."""
        with self._changing:
            return self.held or self._take_lock()

    def refresh(self) -> int:
        """Bring Chroma up to date with SQLite; returns the changes applied. Does nothing without the lock."""
        with self._changing:
            if not self.held:
                return 0
            try:
                return self._apply_outbox()
            except _FAULTS as fault:
                _log.warning("the index is built again: %r", fault.__cause__ or fault)
            try:
                self._start_anew()
                return self._apply_outbox()
            except _FAULTS as fault:
                self._close_chroma()
                _log.error("the index cannot be built, searches use the exact scan: %r", fault.__cause__ or fault)
                return 0

    def nearest(self, query: NDArray[np.float32], k: int) -> list[str] | None:
        """Ids of chunks, the `k` nearest and all that Chroma has not seen yet among them; None: ask the exact scan."""
        opened = self._opened
        if opened is None or opened is self._failed:
            return None
        unseen = self._database.rows(
            "SELECT DISTINCT chunk_id FROM outbox WHERE collection = ? LIMIT ?",
            (self._row(), MOST_UNSEEN + 1),
        )
        if len(unseen) > MOST_UNSEEN:
            return None
        try:
            found = opened.nearest(query, 2 * k + 16)
        except IndexDamagedError as damage:
            if self._opened is opened:  # else it was replaced under our hands, and nothing is wrong
                _log.warning("the index failed and is built again at the next refresh: %r", damage.__cause__)
                self._failed = opened
            return None
        return [*found, *(chunk_id for (chunk_id,) in unseen)]

    def count(self) -> int | None:
        """Vectors in Chroma, None when this process does not hold it or it cannot be opened."""
        opened = self._opened
        if opened is None:
            return None
        try:
            return opened.count()
        except IndexDamagedError:
            return None

    def discard(self) -> bool:
        """Remove the index from the disk, for the next `refresh` to build again; False if another process holds it, or
        some of it is still there."""
        with self._changing:
            was_held = self.held
            if not self.hold():
                return False
            try:
                self._close_chroma()
                self._marker.unlink(missing_ok=True)
                self._remove_folders(keep=None)
                return not self._folders()
            finally:
                if not was_held:
                    self._release_lock()

    def release(self) -> None:
        """Close Chroma and let another process have it."""
        with self._changing:
            self._close_chroma()
            self._release_lock()

    # The lock

    def _take_lock(self) -> bool:
        from filelock import FileLock, Timeout

        lock = FileLock(self._lock_file, timeout=0, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return False
        self._owner_lock = lock
        return True

    def _release_lock(self) -> None:
        if self._owner_lock is not None:
            self._owner_lock.release()
            self._owner_lock = None

    def _row(self) -> int | None:
        return find(self._database, self._collection)

    # Opening and building anew

    @property
    def _marker(self) -> Path:
        return self._directory / f"{self._slug}.json"

    @property
    def _opening(self) -> Path:
        return self._directory / f"{self._slug}.opening"

    def _open_current(self) -> OpenIndex:
        """The index as it should be: the folder that the marker names, or a new one to be filled."""
        folder = self._current_folder()
        if folder is None or (self._opened is not None and self._opened is self._failed):
            return self._start_anew()
        if self._opened is None or self._opened.folder != folder:
            self._opened = self._connect(folder)
        return self._opened

    def _current_folder(self) -> str | None:
        """The folder to open; None if it is missing, was built for something else, or killed the last to open it."""
        if self._opening.exists():
            _log.warning("the index was being opened when its process ended: it is built again")
            return None
        try:
            marker = json.loads(self._marker.read_text("utf-8"))
            folder = str(marker["folder"])
            fits = marker["built_for"] == self._built_for()
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return folder if fits and (self._directory / folder).is_dir() else None

    def _built_for(self) -> dict[str, str] | None:
        """What a folder of the index depends on; None while nothing has been embedded."""
        rows = self._database.rows(
            "SELECT embedder, index_epoch FROM collections WHERE name = ? AND embedder IS NOT NULL", (self._collection,)
        )
        return {"embedder": rows[0][0], "epoch": rows[0][1], "chromadb": version("chromadb")} if rows else None

    def _start_anew(self) -> OpenIndex:
        """An empty folder with every vector of the library in the outbox, switched to in one step."""
        self._close_chroma()
        private_directory(self._directory)
        folder = f"{self._slug}-{uuid4().hex[:12]}"  # never an old name: Chroma remembers what it has opened by path
        built_for = self._built_for()
        opened = self._connect(folder)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM outbox WHERE collection = ?", (self._row(),))
            connection.execute(
                "INSERT INTO outbox (collection, chunk_id) SELECT d.collection, c.chunk_id FROM chunks c"
                " JOIN documents d ON d.id = c.document"
                " WHERE d.collection = ? AND c.vector IS NOT NULL ORDER BY c.id",
                (self._row(),),
            )
        unfinished = self._marker.with_suffix(".unfinished")
        unfinished.write_text(json.dumps({"folder": folder, "built_for": built_for}), "utf-8")
        unfinished.replace(self._marker)
        self._opened = opened
        self._remove_folders(keep=folder)
        return opened

    def _connect(self, folder: str) -> OpenIndex:
        return open_index(self._directory / folder, self._slug, self._opening)

    def _close_chroma(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            try:
                opened.close()
            except IndexDamagedError as damage:
                _log.warning("closing the index failed: %r", damage.__cause__)

    def _folders(self) -> list[Path]:
        return [path for path in self._directory.glob(f"{self._slug}-*") if path.is_dir()]

    def _remove_folders(self, keep: str | None) -> None:
        for path in self._folders():
            if path.name != keep:
                remove_folder(path)

    # The outbox

    def _apply_outbox(self) -> int:
        if self._built_for() is None:
            return 0
        opened = self._open_current()
        applied = 0
        while batch := self._next_batch():
            self._apply(opened, [chunk_id for _, chunk_id in batch])
            with self._database.transaction() as connection:
                connection.execute("DELETE FROM outbox WHERE collection = ? AND seq <= ?", (self._row(), batch[-1][0]))
            applied += len(batch)
        self._compare_counts()
        return applied

    def _next_batch(self) -> list[tuple[int, str]]:
        return self._database.rows(
            "SELECT seq, chunk_id FROM outbox WHERE collection = ? ORDER BY seq LIMIT ?", (self._row(), BATCH)
        )

    def _apply(self, opened: OpenIndex, chunk_ids: list[str]) -> None:
        """Make Chroma agree with SQLite about these chunks, whatever it held before: doing it twice does no harm."""
        present: dict[str, bytes] = dict(
            self._database.rows(
                "SELECT chunk_id, vector FROM chunks"
                " WHERE vector IS NOT NULL AND chunk_id IN (SELECT value FROM json_each(?))",
                (json.dumps(chunk_ids),),
            )
        )
        absent = sorted(set(chunk_ids) - present.keys())
        opened.change(list(present), from_blobs(list(present.values())), absent)

    def _compare_counts(self) -> None:
        """Raises IndexDamagedError when Chroma, told everything, does not hold as many vectors as SQLite."""
        with self._database.snapshot() as connection:
            expected, waiting = connection.execute(
                "SELECT (SELECT coalesce(sum(chunk_count), 0) FROM held WHERE collection = :collection)"
                "       - (SELECT count(*) FROM chunks c INDEXED BY chunks_pending"
                "          CROSS JOIN documents d ON d.id = c.document"
                "          WHERE d.collection = :collection AND c.vector IS NULL),"
                "       (SELECT count(*) FROM outbox WHERE collection = :collection)",
                {"collection": self._row()},
            ).fetchone()
        counted = self.count()
        if not waiting and counted != expected:
            raise IndexDamagedError(f"Chroma holds {counted} vectors, the library {expected}")
