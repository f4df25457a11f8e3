"""What the ingest pipeline yields, in the order it happens."""

from dataclasses import dataclass
from pathlib import Path

from ingest.types import FileStatus


@dataclass(frozen=True, slots=True)
class Compared:
    """`done` of `files` have been compared with what is in the library, which takes reading every one of them; said
    now and then."""

    done: int
    files: int


@dataclass(frozen=True, slots=True)
class Discovered:
    """The folder was walked: `files` in it, `unchanged` of them already in the library, `bytes` still to read."""

    files: int
    unchanged: int
    bytes: int


@dataclass(frozen=True, slots=True)
class FileDone:
    """One file has its outcome. `reason` is a sentence for every status that is not a success; for a document that was
    taken in, what is to be said about it, such as pages that could not be read."""

    path: Path
    status: FileStatus
    pages: int = 0
    chunks: int = 0
    ms: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Embedded:
    """`done` chunks have got their vector in this run, `pending` still wait for theirs."""

    done: int
    pending: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over; the fields are those of the contract's summary line. `duplicates` are among the `unchanged`."""

    files: int
    added: int
    updated: int
    unchanged: int
    removed: int
    skipped: int
    failed: int
    pages: int
    chunks: int
    seconds: float
    pages_per_second: float
    peak_rss_mb: float
    vectors_pending: int
    duplicates: int = 0


IngestEvent = Compared | Discovered | FileDone | Embedded | Finished
