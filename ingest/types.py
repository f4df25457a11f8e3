"""Document, Page, Block and Chunk: what a file becomes on its way into the library."""

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from config.sanitise import sanitise

READER_VERSION = 7
"""Raised when the same files come out as other pages, chunks or marks than before: libraries then read them again."""

UNRECOGNISED = -READER_VERSION
"""In place of READER_VERSION: the document was read without character recognition, which some of its pages need."""

MOST_REMARKS = 1000
"""Characters of the warnings that the ledger keeps: they name members of archives, and there may be many."""

_MORE_REMARKS = " … and more."


class FileStatus(StrEnum):
    """What became of a file; the words of the command-line contract."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    REMOVED = "removed"
    LOCKED = "locked"
    NEEDS_OCR = "needs_ocr"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    FAILED = "failed"

    @property
    def is_success(self) -> bool:
        return self in _SUCCESSES

    @property
    def is_held(self) -> bool:
        """Whether a document with this status can be found: the view `held` of the library has the same rows."""
        return self in _HELD


_HELD = frozenset({FileStatus.ADDED, FileStatus.UPDATED})

_SUCCESSES = frozenset(
    {
        FileStatus.ADDED,
        FileStatus.UPDATED,
        FileStatus.UNCHANGED,
        FileStatus.MOVED,
        FileStatus.DUPLICATE,
        FileStatus.REMOVED,
    }
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as it is on the disk: `size` in bytes, `modified` in seconds since 1970. `sha256` is empty for one that is
    too large to get in, which is compared by size and time, and for one that cannot be opened, of which nothing is
    known."""

    path: Path
    sha256: str = ""
    size: int = 0
    modified: float = 0.0


class PageStatus(StrEnum):
    """What became of a page of a document that is in the library."""

    READ = "read"
    OCR = "ocr"
    NEEDS_OCR = "needs_ocr"
    EMPTY = "empty"
    DAMAGED = "damaged"


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a page's text that belongs together: `page.text[start:end]`.

    `level` is a heading's depth (1 is the title). `header` is the header line of the table a row belongs to; it is
    put before the row for the indexes, and is not part of the row's own text (the header's own row has it too).
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    header: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `number` is 1-based, `label` the number printed on it if the file says. Blocks are in reading order,
    do not overlap, and cover everything worth finding; `text` is sanitised and is what quotes are checked against.
    `status` says how its text was had; `confidence` (0 to 1) how sure the recognition was."""

    number: int
    text: str
    blocks: tuple[Block, ...] = ()
    label: str | None = None
    status: PageStatus = PageStatus.READ
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read. `metadata` holds what the file says about itself (author, subject, created, …)."""

    path: Path
    sha256: str
    title: str
    pages: tuple[Page, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def remarks(self) -> str:
        """The warnings in one line, as the ledger keeps them: the first ones whole, and that there are more."""
        warnings = [" ".join(sanitise(warning).split()) for warning in self.warnings]
        remarks = " ".join(warnings)
        if len(remarks) <= MOST_REMARKS:
            return remarks
        room = MOST_REMARKS - len(_MORE_REMARKS)
        ends = itertools.accumulate(map(len, warnings), lambda end, length: end + 1 + length)
        return remarks[: max((end for end in ends if end <= room), default=room)] + _MORE_REMARKS

    @property
    def unread_pages(self) -> int:
        """How many pages are pictures whose text was not recognised."""
        return sum(page.status is PageStatus.NEEDS_OCR for page in self.pages)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage that is indexed and found as one.

    `text` stands word for word in the pages: from character `start` of page `page` to character `end` (exclusive) of
    page `page_last`, page texts joined by one newline. `context` is the line put before it in both indexes (title,
    heading path, table header) and is not part of what is quoted.
    """

    chunk_id: str
    ordinal: int
    text: str
    context: str
    page: int
    page_last: int
    start: int
    end: int
    heading: str = ""

    @property
    def indexed_text(self) -> str:
        """What both indexes see."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as the library gives it back, with the document it belongs to."""

    chunk: Chunk
    document: str
    path: str
    title: str
    page_label: str | None = None


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """A hit of one search: higher scores are better, whatever the search."""

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A row of the ledger: a file and what became of it."""

    document: str
    path: str
    sha256: str
    status: FileStatus
    reason: str
    pages: int
    chunks: int
    title: str
    ingested_at: str


@dataclass(frozen=True, slots=True)
class PageNote:
    """A page (1-based) that was not simply read; `confidence` (0 to 1) says how sure the recognition was."""

    page: int
    status: PageStatus
    confidence: float | None


def make_chunk_id(collection: str, document_sha256: str, ordinal: int) -> str:
    """The same document in the same collection always gives the same ids, whatever happened in between."""
    return hashlib.sha256(f"{collection}\0{document_sha256}\0{ordinal}".encode()).hexdigest()[:20]
