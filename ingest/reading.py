"""Read files side by side in processes of their own, each with a memory and a time limit.

A file that crashes its reader is tried once more with the other PDF engine, alone in a fresh process; a file that does
it again, or takes too long, has its reason in its result, and the next file is read by a new reader.
"""

import logging
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Protocol, Self

from config.child import ChildDied
from config.errors import DocumentError
from config.sections import IngestSettings
from ingest.loaders.base import Engine
from ingest.loaders.lines import RecognisedPage
from ingest.reader_client import PagesWanted, changes_while_read
from ingest.readers import Readers, interrupted
from ingest.side_by_side import side_by_side
from ingest.types import Document
from models.hardware import available_cores, gentle_cores, on_battery

_log = logging.getLogger(__name__)

Recognised = Mapping[int, RecognisedPage]
NOTHING_RECOGNISED: Recognised = MappingProxyType({})

MOST_READERS = 8
CORES_PER_RECOGNITION = 2
"""Recognising a page takes ten times the memory of reading one (600 MB), and the other cores have vectors to make."""

BATTERY_SECONDS = 1.0
"""How often a gentle run that rests looks whether the charger is back."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """One file read: its document, or the error that says why there is none. `ms` is the time it took.

    When it is not complete, pages of the document are still to be recognised, and another result for the file follows.
    """

    path: Path
    document: Document | None
    error: DocumentError | None
    ms: float
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class _Scan:
    """A file that was read but for the pages `wanted`, in `ms`; `has_text` when something could be read of it."""

    path: Path
    wanted: PagesWanted
    ms: float
    has_text: bool


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
    """Reading processes, started when needed or ahead with `start`. `passwords` are tried on locked files; `pages_read`
    keeps what OCR has read of files that are not done, for the next run."""

    def __init__(
        self, settings: IngestSettings, passwords: Sequence[str] = (), pages_read: "PagesRead | None" = None
    ) -> None:
        self._settings = settings
        self._pages_read = pages_read or NothingKept()
        cores = gentle_cores() if settings.gentle else available_cores()
        self._size = settings.workers or min(MOST_READERS, cores)
        self._readers = Readers(settings, tuple(passwords), self._size)
        self._recognising = BoundedSemaphore(max(1, self._size // CORES_PER_RECOGNITION))
        self._texts_in_work = 0

    def start(self, files: int) -> None:
        """Start the readers for so many files: they get ready while the caller does something else."""
        self._readers.start(files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._readers.close()

    def read_all(self, paths: Iterable[Path]) -> Iterator[ReadResult]:
        """The files' results as they are ready, those with pages to be recognised last: that takes seconds a page. What
        can be read of them without comes with the others, as results that are not complete.

        At most twice as many files as there are readers are in work or wait to be taken. When the iterator is closed,
        or interrupted, the readers are killed.
        """
        self._readers.open()
        executor, at_most = ThreadPoolExecutor(self._size, thread_name_prefix="reader"), 2 * self._size
        scans: list[_Scan] = []
        try:
            for outcome, in_work in side_by_side(executor, self._read, paths, at_most):
                self._texts_in_work = in_work
                if isinstance(outcome, ReadResult):
                    yield outcome
                    continue
                scans.append(replace(outcome, wanted=outcome.wanted._replace(so_far=None)))  # it may be large
                if outcome.wanted.so_far:
                    yield ReadResult(outcome.path, outcome.wanted.so_far, None, outcome.ms, is_complete=False)
            for result, _ in side_by_side(executor, self._read_scan, scans, at_most):
                yield result
        finally:
            self._readers.close()
            executor.shutdown(cancel_futures=True)

    def takes_every_core(self) -> bool:
        """Whether the text of so many files is being read, or waits to be taken, that whatever else computes slows that
        down. Recognition is not meant: it takes so long that nothing is gained by letting it go first."""
        return min(self._size, self._texts_in_work) >= available_cores()

    def has_read_all_text(self) -> bool:
        """Whether nothing but recognition is left of the files whose results have begun to come."""
        return self._texts_in_work == 0

    def _read(self, path: Path) -> "ReadResult | _Scan":
        while self._settings.gentle and on_battery() and not self._readers.are_closed:
            time.sleep(BATTERY_SECONDS)
        return _result(path, lambda: self._read_with_second_try(path))

    def _read_scan(self, scan: _Scan) -> ReadResult:
        outcome = _result(scan.path, lambda: self._read_with_second_try(scan.path, self._recognise(scan)), ms=scan.ms)
        if isinstance(outcome, _Scan):
            return ReadResult(scan.path, None, changes_while_read(), outcome.ms)
        return outcome

    def _read_with_second_try(self, path: Path, recognised: Recognised = NOTHING_RECOGNISED) -> Document | PagesWanted:
        """Raises DocumentError."""
        try:
            return self._read_with_pdfium(path, recognised)
        except ChildDied as death:
            if self._readers.are_closed:
                raise interrupted() from None
            if _was_killed_from_outside(death):
                raise _killed() from None
        try:
            return self._read_once(path, "pypdf", recognised, fresh=True)
        except ChildDied as death:
            raise (_killed() if _was_killed_from_outside(death) else _deadly()) from None

    def _read_with_pdfium(self, path: Path, recognised: Recognised) -> Document | PagesWanted:
        """Once more the same way if a reader was killed from outside: that may have had nothing to do with the file."""
        try:
            return self._read_once(path, "pdfium", recognised)
        except ChildDied as death:
            if not _was_killed_from_outside(death) or self._readers.are_closed:
                raise
        return self._read_once(path, "pdfium", recognised, fresh=True)

    def _read_once(
        self, path: Path, engine: Engine, recognised: Recognised, *, fresh: bool = False
    ) -> Document | PagesWanted:
        """Raises DocumentError, or ChildDied when the reader ended over the file."""
        with self._readers.lent(fresh=fresh) as reader:
            return reader.read(path, engine, recognised)

    def _recognise(self, scan: _Scan) -> Recognised:
        """What OCR reads on the pages wanted, several at once; what an earlier run has read is taken from `pages_read`.

        A page that brings its reader down, or takes too long, costs that page: nothing is found on it. Raises
        DocumentError when nothing is found in the whole file for such a reason.
        """
        sha256, pages, _ = scan.wanted
        found = self._pages_read.load(sha256)
        missing = [index for index in pages if index not in found]
        failures: list[DocumentError] = []
        with ThreadPoolExecutor(self._size, thread_name_prefix="ocr") as executor:
            for index, page in zip(
                missing, executor.map(lambda index: self._recognise_page(scan.path, index), missing), strict=True
            ):
                if isinstance(page, DocumentError):
                    failures.append(page)
                else:
                    found[index] = page
                    self._pages_read.keep(sha256, index, page)
        if failures and not scan.has_text and not any(page.lines for page in found.values()):
            raise failures[0]
        return dict.fromkeys(pages, RecognisedPage()) | found

    def _recognise_page(self, path: Path, index: int) -> RecognisedPage | DocumentError:
        """Once more if a reader was killed from outside; else the error that says why nothing is found."""
        for fresh in (False, True):
            try:
                with self._recognising, self._readers.lent(fresh=fresh) as reader:
                    return reader.recognise(path, index)
            except (ChildDied, DocumentError) as error:
                if self._readers.are_closed:
                    raise interrupted() from None
                _log.warning("Page %d of a file could not be recognised (%s)", index + 1, type(error))
                if isinstance(error, DocumentError):
                    return error
                if not _was_killed_from_outside(error):
                    return _deadly()
        return _killed()


def _result(path: Path, read: Callable[[], Document | PagesWanted], ms: float = 0.0) -> ReadResult | _Scan:
    """What `read` makes of the file, or why it makes nothing, and how long that took on top of `ms`."""
    started = time.monotonic()
    answer: Document | PagesWanted | None = None
    error: DocumentError | None = None
    try:
        answer = read()
    except DocumentError as reason:
        error = reason
    ms += (time.monotonic() - started) * 1000
    if isinstance(answer, PagesWanted):
        return _Scan(path, answer, ms, has_text=answer.so_far is not None)
    return ReadResult(path, answer, error, ms)


def _was_killed_from_outside(death: ChildDied) -> bool:
    """By a person, or by a system short of memory; what native code does wrong ends a process in other ways."""
    return death.returncode == -signal.SIGKILL and not death.sent_nonsense


def _deadly() -> DocumentError:
    return DocumentError(
        "The file is damaged, or needs more memory than a reading process may take: it ended two of them.",
        "Save it again with the program that made it, or raise the setting ingest.memory_mb.",
        status="damaged",
    )


def _killed() -> DocumentError:
    return DocumentError(
        "Two processes that read the file were ended by the system, as happens when memory is short, or by a person.",
        "Close other programs, or lower the setting ingest.workers, and run the ingest again.",
        status="failed",
    )
