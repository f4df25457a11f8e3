"""Reading processes: started when they are needed, lent to one thread at a time, replaced when they have grown."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from config.errors import DocumentError
from config.sections import IngestSettings
from ingest.reader_client import Reader

WORK_PER_REPLACEMENT = 5.0
"""Seconds of work of all readers, after which one that has grown may be replaced: a start costs 0.2 s, which is little
then, even where every file makes its reader grow."""


class Readers:
    """No more than `size` are lent at a time. Threads may share them."""

    def __init__(self, settings: IngestSettings, passwords: tuple[str, ...], size: int) -> None:
        self._settings = settings
        self._passwords = passwords
        self._size = size
        self._places = BoundedSemaphore(size)
        self._idle: list[Reader] = []
        self._busy: set[Reader] = set()
        self._lock = Lock()
        self._seconds_of_work = 0.0
        self.are_closed = False

    def start(self, files: int) -> None:
        """Start those for so many files: they get ready while the caller does something else."""
        with self._lock:
            for _ in range(len(self._idle), min(files, self._size)):
                self._idle.append(self._new())

    def open(self) -> None:
        """Lend readers again after `close`."""
        self.are_closed = False

    def close(self) -> None:
        """Kill them all, in the middle of their work, and lend no more."""
        with self._lock:
            self.are_closed = True
            readers = [*self._idle, *self._busy]
            self._idle.clear()
        for reader in readers:
            reader.kill()

    @contextmanager
    def lent(self, *, fresh: bool) -> Iterator[Reader]:
        """A reader for the length of the block, once there is a place for one; a `fresh` one has read nothing before.

        Raises DocumentError when they are closed.
        """
        with self._places:
            with self._lock:
                if self.are_closed:
                    raise interrupted()
                reader = self._take_idle() if self._idle and not fresh else self._new()
                self._busy.add(reader)
            started = time.monotonic()
            try:
                yield reader
            finally:
                self._give_back(reader, time.monotonic() - started)

    def _new(self) -> Reader:
        return Reader(self._settings, self._passwords)

    def _take_idle(self) -> Reader:
        """One that reads on, or another in the place of one that has grown."""
        reader = self._idle.pop()
        if self._seconds_of_work < WORK_PER_REPLACEMENT or not reader.has_grown():
            return reader
        self._seconds_of_work = 0.0
        reader.kill()
        return self._new()

    def _give_back(self, reader: Reader, seconds: float) -> None:
        with self._lock:
            self._seconds_of_work += seconds
            self._busy.discard(reader)
            if reader.is_fit and not self.are_closed:
                self._idle.append(reader)
                return
        reader.kill()


def interrupted() -> DocumentError:
    return DocumentError("Reading was interrupted.", "Run the ingest again.", status="failed")
