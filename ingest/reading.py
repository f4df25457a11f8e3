"""Read files side by side in processes of their own, each with a memory and a time limit.

A file that crashes its reader is tried once more with the other PDF engine, alone in a fresh process; a file that does
it again, or takes too long, has its reason in its result, and the next file is read by a new reader.
"""

import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any, NamedTuple, Protocol

from config.child import Child, ChildDied, Limits
from config.errors import DocumentError
from config.sanitise import sanitise
from config.sections import IngestSettings
from ingest.exchange import document_from_message, recognised_from_message, recognised_to_message
from ingest.loaders.base import Engine
from ingest.loaders.lines import RecognisedPage
from ingest.loaders.recognition import is_installed
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


class PagesWanted(NamedTuple):
    """Pages (0-based) that must be recognised before the file can be read."""

    sha256: str
    pages: tuple[int, ...]


class PagesRead(Protocol):
    """Where pages that OCR has read wait until their document is in the library. Called from several threads."""

    def load(self, sha256: str) -> dict[int, RecognisedPage]: ...

    def keep(self, sha256: str, index: int, page: RecognisedPage) -> None: ...


class NothingKept:
    def load(self, _: str) -> dict[int, RecognisedPage]:
        return {}

    def keep(self, _sha256: str, _index: int, _page: RecognisedPage) -> None:
        pass


class ReaderPool:
    """Reading processes, started when needed. `passwords` are tried on locked files; `pages_read` keeps what OCR has
    read of files that are not done, for the next run."""

    def __init__(
        self, settings: IngestSettings, passwords: Sequence[str] = (), pages_read: "PagesRead | None" = None
    ) -> None:
        self._settings = settings
        self._passwords = tuple(passwords)
        self._pages_read = pages_read or NothingKept()
        cores = gentle_cores() if settings.gentle else available_cores()
        self._size = settings.workers or min(MOST_READERS, cores)
        self._places = BoundedSemaphore(self._size)
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
            return self._read_with_pdfium(path)
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

    def _read_with_pdfium(self, path: Path) -> Document:
        """Once more the same way if a reader was killed from outside: that may have had nothing to do with the file."""
        try:
            return self._read_once(path, "pdfium")
        except ChildDied as death:
            if not _was_killed_from_outside(death) or self._closing:
                raise
        return self._read_once(path, "pdfium", fresh=True)

    def _read_once(self, path: Path, engine: Engine, *, fresh: bool = False) -> Document:
        """Raises DocumentError, or ChildDied when the reader ended over the file."""
        with self._reader(fresh=fresh) as reader:
            answer = reader.read(path, engine)
        if isinstance(answer, Document):
            return answer
        recognised = self._recognise(path, answer)
        with self._reader(fresh=fresh) as reader:
            document = reader.read(path, engine, recognised)
        if not isinstance(document, Document):
            raise DocumentError("The file changes while it is read.", "Run the ingest again.", status="failed")
        return document

    def _recognise(self, path: Path, wanted: PagesWanted) -> dict[int, RecognisedPage]:
        """What OCR reads on these pages, as many at once as there are readers; what an earlier run has read is taken
        from `pages_read`."""
        found = self._pages_read.load(wanted.sha256)
        missing = [index for index in wanted.pages if index not in found]
        with ThreadPoolExecutor(self._size, thread_name_prefix="ocr") as executor:
            for index, page in zip(
                missing, executor.map(lambda index: self._recognise_page(path, index), missing), strict=True
            ):
                found[index] = page
                self._pages_read.keep(wanted.sha256, index, page)
        return found

    def _recognise_page(self, path: Path, index: int) -> RecognisedPage:
        """A page that brings its reader down, or takes too long, costs that page: nothing is found on it."""
        for fresh in (False, True):
            try:
                with self._reader(fresh=fresh) as reader:
                    return reader.recognise(path, index)
            except (ChildDied, DocumentError) as error:
                if self._closing:
                    raise _interrupted() from None
                if not (isinstance(error, ChildDied) and _was_killed_from_outside(error)):
                    break
        return RecognisedPage()

    @contextmanager
    def _reader(self, *, fresh: bool) -> Iterator["_Reader"]:
        with self._places:
            with self._lock:
                if self._closing:
                    raise _interrupted()
                reader = self._idle.pop() if self._idle and not fresh else _Reader(self._settings, self._passwords)
                self._busy.add(reader)
            try:
                yield reader
            finally:
                self._give_back(reader)

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

    def read(
        self, path: Path, engine: Engine, recognised: Mapping[int, RecognisedPage] | None = None
    ) -> Document | PagesWanted:
        """Raises DocumentError (with `timeout` when it takes too long), or ChildDied."""
        pages = {index: recognised_to_message(page) for index, page in (recognised or {}).items()}
        answer = self._ask(path, {"engine": engine, "recognised": pages})
        with self._distrusting():
            if "pages" in answer:
                return PagesWanted(str(answer["sha256"]), tuple(int(index) for index in answer["pages"]))
            return document_from_message(path, answer["document"])

    def recognise(self, path: Path, index: int) -> RecognisedPage:
        """Raises as `read` does."""
        answer = self._ask(path, {"engine": "pdfium", "recognised": {}, "page": index})
        with self._distrusting():
            return recognised_from_message(answer["recognised"])

    def _ask(self, path: Path, request: Mapping[str, Any]) -> dict[str, Any]:
        self._files += 1
        try:
            self._child.send(
                {
                    "path": str(path),
                    "passwords": self._passwords,
                    "max_pages": self._settings.max_pages,
                    "max_file_mb": self._settings.max_file_mb,
                    "ocr": self._settings.ocr if is_installed() else "never",
                    **request,
                }
            )
            answer = self._child.receive(self._settings.seconds_per_file)
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
        if "error" in answer:
            with self._distrusting():
                status, reason = FileStatus(answer["error"]["status"]), sanitise(str(answer["error"]["reason"]))
            raise DocumentError(reason, status=status)
        return answer

    @contextmanager
    def _distrusting(self) -> Iterator[None]:
        try:
            yield
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


def _was_killed_from_outside(death: ChildDied) -> bool:
    """By a person, or by a system short of memory; what native code does wrong ends a process in other ways."""
    return death.returncode == -signal.SIGKILL


def _interrupted() -> DocumentError:
    return DocumentError("Reading was interrupted.", "Run the ingest again.", status="failed")
