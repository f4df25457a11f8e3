"""What the library tells about itself."""

from dataclasses import dataclass

from ingest.types import READER_VERSION, FileStatus
from models.base import EmbedderIdentity

PASSING = frozenset({FileStatus.FAILED, FileStatus.TIMEOUT, FileStatus.TOO_LARGE})
"""Outcomes that the next run may not have: what went wrong may have passed, and limits are settings."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A path the ledger knows: the content it had, what became of it, its size in bytes, its modification time, and the
    READER_VERSION that read it."""

    sha256: str
    status: FileStatus
    size: int
    modified: float
    reader: int = READER_VERSION


@dataclass(frozen=True, slots=True)
class PendingChunk:
    """A chunk without its vector, and the text to embed. The id is used again for another text when the same file is
    read differently; the `fingerprint` is that of the text."""

    chunk_id: str
    indexed_text: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class CollectionCounts:
    """How much a collection holds; `documents` and `pages` count what can be found, not what did not get in."""

    name: str
    documents: int
    pages: int
    chunks: int
    vectors: int
    vectors_pending: int
    embedder: EmbedderIdentity | None


@dataclass(frozen=True, slots=True)
class Holder:
    """A document that is still in the library, by collection and path."""

    collection: str
    path: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What forgetting did. `forgotten` are paths, none when an earlier forgetting was brought to its end.

    `verified_absent` is true only when every file under the home was searched and holds none of their text or vectors
    but what other documents share; it is false when other documents hold all of it. `held_by` are documents, in any
    collection, that hold some of the same text; `found_in` are files under the home that still hold some of it, and
    `reason` says why the absence is not verified, and what to do: empty when it is.
    """

    forgotten: tuple[str, ...]
    chunks: int
    vectors: int
    bytes_reclaimed: int
    verified_absent: bool
    held_by: tuple[Holder, ...] = ()
    found_in: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not agree, and what to do about it."""

    name: str
    detail: str
    remedy: str
