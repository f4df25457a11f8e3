"""What a loader is: one file's bytes in, one Document out. A new file type is one more module beside this one."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

from config.environment import pip_install
from config.errors import DocumentError
from config.sanitise import sanitise
from ingest.loaders.lines import RecognisedPage
from ingest.types import Document

MAX_DOCUMENT_CHARACTERS = 30_000_000
"""Text of one document past this is refused: about 10,000 full pages, to be sent from one process to another."""

MAX_DEPTH = 3
"""Files within files are read so deep: a mail in a mail with an archive."""

Engine = Literal["pdfium", "pypdf"]
Recognition = Literal["auto", "always", "never"]

_SEPARATORS = re.compile(r"[_\s]+")


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How files are read. `passwords` are tried in order on a locked file; `engine` names the PDF reader that is asked
    first (pdfium, unless it has just died of this file); `depth` says in how many files this one lies.

    `ocr` says which pages are to be recognised: those without legible text, all, or none. A loader does not recognise
    them itself: it raises RecognitionNeeded with the pages that `recognised` (by 0-based index) does not have yet.
    """

    passwords: tuple[str, ...] = ()
    max_pages: int = 20_000
    max_file_mb: int = 512
    engine: Engine = "pdfium"
    depth: int = 0
    ocr: Recognition = "never"
    recognised: Mapping[int, RecognisedPage] = field(default_factory=dict)


class RecognitionNeeded(Exception):
    """These pages (0-based) of the file must be recognised before its document can be made. `so_far` is the document
    without them, None when nothing is left then."""

    def __init__(self, sha256: str, pages: Sequence[int], so_far: Document | None = None) -> None:
        super().__init__(f"{len(pages)} pages must be recognised")
        self.sha256 = sha256
        self.pages = tuple(pages)
        self.so_far = so_far


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's content, read once, so that the text and the hash are of the same bytes."""

    path: Path
    data: bytes
    sha256: str


class Loader(Protocol):
    def __call__(self, file: SourceFile, options: LoadOptions) -> Document:
        """Read the file. Raises DocumentError with the contract's status word when it cannot be read."""
        ...


def read_start(path: Path, length: int) -> bytes:
    """The first `length` bytes. Raises DocumentError: `failed` when the file cannot be opened, `empty` for no bytes."""
    with _opening(path), path.open("rb") as file:
        start = file.read(length)
    if not start:
        raise DocumentError("The file is empty: it has no bytes.", status="empty")
    return start


def read_source(path: Path, options: LoadOptions) -> SourceFile:
    """The file's bytes and their hash.

    Raises DocumentError: `failed` when the file cannot be opened, `too_large` past `options.max_file_mb`.
    """
    with _opening(path):
        if path.stat().st_size > options.max_file_mb * 1024 * 1024:
            raise DocumentError(
                f"The file is larger than {options.max_file_mb} MB.",
                "Split it, or raise the setting ingest.max_file_mb.",
                status="too_large",
            )
        data = path.read_bytes()
    return as_source(path, data)


def as_source(path: Path, data: bytes) -> SourceFile:
    return SourceFile(path, data, hashlib.sha256(data).hexdigest())


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DocumentError(
            f"The file {path.name} cannot be opened: {error.strerror or error}.",
            "Check that it is still there and that you may read it.",
            status="failed",
        ) from error


def title_from_name(path: Path) -> str:
    """`ANNUAL_report_2022.pdf` → `ANNUAL report 2022`."""
    return sanitise(_SEPARATORS.sub(" ", path.stem)).strip() or path.name


def refuse_if_too_long(characters: int) -> None:
    """Raises DocumentError (`too_large`) when a document's text exceeds MAX_DOCUMENT_CHARACTERS."""
    if characters > MAX_DOCUMENT_CHARACTERS:
        raise DocumentError(
            f"The file holds more than {MAX_DOCUMENT_CHARACTERS:,} characters of text.",
            "Split it into smaller files.",
            status="too_large",
        )


def refuse_if_too_many_pages(pages: int, options: LoadOptions) -> None:
    """Raises DocumentError (`too_large`) when a document has more than `options.max_pages` pages."""
    if pages > options.max_pages:
        raise DocumentError(
            f"The file has {pages:,} pages; the limit is {options.max_pages:,}.",
            "Split it, or raise the setting ingest.max_pages.",
            status="too_large",
        )


def too_deep() -> DocumentError:
    """For a file that lies more than MAX_DEPTH files deep within others."""
    return DocumentError(
        f"It lies more than {MAX_DEPTH} files deep within others.", "Save it as a file.", status="unsupported"
    )


def needs_ocr() -> DocumentError:
    """For a file of pictures whose text is not to be recognised, or cannot be."""
    remedy = (
        "Ingest it again with --ocr auto."
        if find_spec("rapidocr")
        else f"Install what recognises text with `{pip_install('.[ocr]')}` in the folder of the source."
    )
    return DocumentError("It holds pictures of pages and no text, as a scan does.", remedy, status="needs_ocr")


def damaged(sentence: str) -> DocumentError:
    """For a file that the program that made it may mend; the sentence says what is wrong with it."""
    return DocumentError(sentence, "Open it with the program that made it and save it again.", status="damaged")


def damaged_pdf() -> DocumentError:
    return damaged("The PDF is damaged: it cannot be opened.")


def locked(what: str, given: Sequence[str]) -> DocumentError:
    """For what is locked and none of the passwords given opens, if any were."""
    return DocumentError(
        f"{what} is locked with a password" + (", and none of those given opens it." if given else "."),
        "Put its password in a file and run `strongroom ingest --password-file FILE` again.",
        status="locked",
    )
