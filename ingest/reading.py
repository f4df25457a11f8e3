"""Read files side by side in processes of their own, each with a memory and a time limit.

A file that kills its reader is tried once more with the other PDF engine, alone in a fresh process; a file that does it
again, or takes too long, has its reason in its result, and the next file is read by a new reader.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from config.child import Child, ChildDied, Limits
from config.errors import DocumentError
from config.sanitise import sanitise
from config.sections import IngestSettings
from ingest.exchange import document_from_message
from ingest.loaders.base import Engine
from ingest.types import Document, FileStatus
from models.hardware import LOWEST_PRIORITY, available_cores, gentle_cores, on_battery

FILES_PER_READER = 200
"""A reader is replaced after so many files, so that what native code leaks does not add up."""

READER_OPEN_FILES = 64
MOST_READERS = 8
BATTERY_SECONDS = 1.0
"""How often a gentle run that rests looks whether the charger is back."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """One file read: its document, or the error that says why there is none. `ms` is the time it took."""

    path: Path
    document: Document | None
    error: DocumentError | None
    ms: float


class ReaderPool:
    """Reading processes, started when needed. `passwords` are tried on locked files."""

    def __init__(self, settings: IngestSettings, passwords: Sequence[str] = ()) -> None:
        self._settings = settings
        self._passwords = tuple(passwords)
        cores = gentle_cores() if settings.gentle else available_cores()
        self._size = settings.workers or min(MOST_READERS, cores)
        self._idle: list[_Reader] = []
        self._busy: set[_Reader] = set()
        self._lock = Lock()
        self._closing = False

    def read_all(self, paths: Iterable[Path]) -> Iterator[ReadResult]:
        """The files' results as they are ready. At most twice as many files as there are readers are in work or wait
        to be taken. When the iterator is closed, or interrupted, the readers are killed."""
        waiting = iter(paths)
        self._closing = False
        executor = ThreadPoolExecutor(self._size, thread_name_prefix="reader")
        try:
            futures = {executor.submit(self._read, path) for path in islice(waiting, 2 * self._size)}
            while futures:
                done, futures = wait(futures, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
                    futures |= {executor.submit(self._read, path) for path in islice(waiting, 1)}
        finally:
            self._kill_readers()
            executor.shutdown(cancel_futures=True)

    def takes_every_core(self) -> bool:
        """Whether so many files are being read that whatever else computes slows them down."""
        return len(self._busy) >= available_cores()

    def _read(self, path: Path) -> ReadResult:
        while self._settings.gentle and on_battery() and not self._closing:
            time.sleep(BATTERY_SECONDS)
        started = time.monotonic()
        document: Document | None = None
        error: DocumentError | None = None
        try:
            document = self._read_with_second_try(path)
        except DocumentError as reason:
            error = reason
        return ReadResult(path, document, error, (time.monotonic() - started) * 1000)

    def _read_with_second_try(self, path: Path) -> Document:
        try:
            return self._read_once(path, "pdfium")
        except ChildDied:
            if self._closing:
                raise _interrupted() from None
        try:
            return self._read_once(path, "pypdf", fresh=True)
        except ChildDied:
            raise DocumentError(
                "The file is damaged, or needs more memory than a reading process may take: it ended two of them.",
                "Save it again with the program that made it, or raise the setting ingest.memory_mb.",
                status="damaged",
            ) from None

    def _read_once(self, path: Path, engine: Engine, *, fresh: bool = False) -> Document:
        """Raises DocumentError, or ChildDied when the reader ended over the file."""
        reader = self._take_reader(fresh=fresh)
        try:
            return reader.read(path, engine)
        finally:
            self._give_back(reader)

    def _take_reader(self, *, fresh: bool) -> "_Reader":
        with self._lock:
            if self._closing:
                raise _interrupted()
            reader = self._idle.pop() if self._idle and not fresh else _Reader(self._settings, self._passwords)
            self._busy.add(reader)
        return reader

    def _give_back(self, reader: "_Reader") -> None:
        with self._lock:
            self._busy.discard(reader)
            if reader.is_fit and not self._closing:
                self._idle.append(reader)
                return
        reader.kill()

    def _kill_readers(self) -> None:
        with self._lock:
            self._closing = True
            readers = [*self._idle, *self._busy]
            self._idle.clear()
        for reader in readers:
            reader.kill()


class _Reader:
    """One reading process. It is fit for another file until it died, was killed or has read FILES_PER_READER."""

    def __init__(self, settings: IngestSettings, passwords: tuple[str, ...]) -> None:
        self._settings = settings
        self._passwords = passwords
        self._files = 0
        self.is_fit = True
        nice = LOWEST_PRIORITY if settings.gentle else 0
        limits = Limits(memory_mb=settings.memory_mb, file_size_mb=0, open_files=READER_OPEN_FILES, nice=nice)
        self._child = Child("ingest.reader", limits=limits)

    def read(self, path: Path, engine: Engine) -> Document:
        """Raises DocumentError (with `timeout` when it takes too long), or ChildDied."""
        self._files += 1
        try:
            answer = self._ask(path, engine)
        except TimeoutError:
            self.kill()
            raise DocumentError(
                f"Reading the file took longer than {self._settings.seconds_per_file:g} seconds.",
                "Split it, or raise the setting ingest.seconds_per_file.",
                status="timeout",
            ) from None
        except ChildDied:
            self.is_fit = False
            raise
        self.is_fit = self._files < FILES_PER_READER
        return self._document(path, answer)

    def _ask(self, path: Path, engine: Engine) -> dict[str, Any]:
        self._child.send(
            {
                "path": str(path),
                "passwords": self._passwords,
                "max_pages": self._settings.max_pages,
                "max_file_mb": self._settings.max_file_mb,
                "engine": engine,
            }
        )
        return self._child.receive(self._settings.seconds_per_file)

    def _document(self, path: Path, answer: Mapping[str, Any]) -> Document:
        try:
            if "error" in answer:
                status = FileStatus(answer["error"]["status"])
                raise DocumentError(sanitise(str(answer["error"]["reason"])), status=status)
            return document_from_message(path, answer["document"])
        except (ValueError, KeyError, TypeError):
            self.kill()
            raise DocumentError(
                "The file made its reading process answer nonsense.",
                "It may be made to do harm: open it with care.",
                status="damaged",
            ) from None

    def kill(self) -> None:
        self.is_fit = False
        self._child.kill()


def _interrupted() -> DocumentError:
    return DocumentError("Reading was interrupted.", "Run the ingest again.", status="failed")
