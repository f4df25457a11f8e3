"""A reading process as the process that started it sees it: one file at a time, its answers checked before use."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from config.child import Child, ChildDied, Limits
from config.errors import DocumentError
from config.memory import resident_mb
from config.sanitise import sanitise
from config.sections import IngestSettings
from ingest.discovery import hash_file
from ingest.exchange import document_from_message, recognised_from_message, recognised_to_message
from ingest.loaders.base import Engine
from ingest.loaders.lines import RecognisedPage
from ingest.loaders.recognition import is_installed
from ingest.types import Document, FileStatus
from models.hardware import LOWEST_PRIORITY

FILES_PER_READER = 200
"""A reader is replaced after so many files, so that what native code leaks does not add up."""

READER_OPEN_FILES = 64
START_SECONDS = 120.0

MOST_LEFT_MB = 15.0
"""What files may leave behind in a reader; pypdf and what it imports take more."""


class PagesWanted(NamedTuple):
    """Pages (0-based) that must be recognised before the file can be read; `so_far` is what there is without them."""

    sha256: str
    pages: tuple[int, ...]
    so_far: Document | None = None


class Reader:
    """One reading process. It is fit for another file until it died, was killed or has read FILES_PER_READER."""

    def __init__(self, settings: IngestSettings, passwords: tuple[str, ...]) -> None:
        self._settings = settings
        self._passwords = passwords
        self._files = 0
        self._mb_at_start = 0.0
        self._is_ready = False
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
        result: Document | PagesWanted
        with self._distrusting():
            document = document_from_message(path, answer["document"]) if answer["document"] else None
            if "pages" in answer:
                result = PagesWanted(str(answer["sha256"]), tuple(int(index) for index in answer["pages"]), document)
            elif document is None:
                raise ValueError("there is no document")
            else:
                result = document
        _refuse_another_content(path, result.sha256)
        return result

    def recognise(self, path: Path, index: int) -> RecognisedPage:
        """Raises as `read` does."""
        answer = self._ask(path, {"engine": "pdfium", "recognised": {}, "page": index})
        with self._distrusting():
            return recognised_from_message(answer["recognised"])

    def _ask(self, path: Path, request: Mapping[str, Any]) -> dict[str, Any]:
        self._files += 1
        try:
            self._await_ready()
            self._child.send(
                {
                    "path": str(path),
                    "passwords": self._passwords,
                    "max_pages": self._settings.max_pages,
                    "max_file_mb": self._settings.max_file_mb,
                    "ocr": self._settings.ocr if is_installed() else "never",
                    **request,
                },
                self._settings.seconds_per_file,
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
                if status.is_success:
                    raise ValueError("an error is none")
            raise DocumentError(reason, status=status)
        return answer

    def _await_ready(self) -> None:
        """Its start is no part of the time that a file may take. Raises DocumentError and ChildDied."""
        if self._is_ready:
            return
        try:
            self._child.receive(START_SECONDS)
        except TimeoutError:
            self.kill()
            raise DocumentError(
                f"A process to read the file was not ready within {START_SECONDS:g} seconds.",
                "Close other programs, and run the ingest again.",
                status="timeout",
            ) from None
        self._is_ready = True
        self._mb_at_start = resident_mb(self._child.pid)

    def has_grown(self) -> bool:
        """Whether files have left more than MOST_LEFT_MB in it: to be asked when it has tidied up after one."""
        return self._is_ready and resident_mb(self._child.pid) - self._mb_at_start > MOST_LEFT_MB

    @contextmanager
    def _distrusting(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, TypeError, OverflowError):
            self.kill()
            raise DocumentError(
                "The file made its reading process answer nonsense.",
                "It may be made to do harm: open it with care.",
                status="damaged",
            ) from None

    def kill(self) -> None:
        self.is_fit = False
        self._child.kill()


def _refuse_another_content(path: Path, sha256: str) -> None:
    """A reader that a file has taken over could give out another file's hash, and put its own text in that one's place.

    Raises DocumentError, also when the file was changed while it was read.
    """
    try:
        is_its_own = hash_file(path).sha256 == sha256
    except OSError:
        is_its_own = False
    if not is_its_own:
        raise changes_while_read()


def changes_while_read() -> DocumentError:
    return DocumentError("The file changes while it is read.", "Run the ingest again.", status="failed")
