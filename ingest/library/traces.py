"""Traces of what is forgotten: pieces of its text, bytes of its vectors, and the files under the home that hold one."""

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.locations import Locations
from ingest.library.database import Row
from ingest.library.sizes import files_below
from ingest.library.types import Holder
from ingest.library.vectors import from_blobs

PROBE_LENGTH = 48
"""Characters of a piece of text that is searched for afterwards: longer than what stands in other files by chance."""

LONG_ENOUGH = PROBE_LENGTH // 2
"""Shorter pieces are searched for only when there are no longer ones."""

SHORTEST_PROBE = 8
"""What is shorter, such as the number on a page that holds nothing else, stands in other files by chance."""

PROBES = 48
"""Most pieces of text, and most vectors, that are searched for: each costs one pass over every file."""

_READ = 1 << 24

_LOCKED = (".sqlite", ".sqlite-shm")
"""Endings of the files that SQLite puts locks on while the library is open."""

_never_closed: dict[tuple[int, int], int] = {}
"""Device and inode → descriptor. Closing a file gives up every lock that this process has on it (POSIX, fcntl(2)), so
those of `_LOCKED` are left open once they were read: another process that ends would otherwise think itself the last
one, and take the write-ahead log away under our connections."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Pieces of the forgotten text, and bytes of the forgotten vectors, by which traces are found. `had_text` tells
    whether there was text at all: it may all have been too short for a piece."""

    texts: list[str]
    vectors: list[bytes]
    had_text: bool


@dataclass(frozen=True, slots=True)
class Traces:
    """Files that hold a probe, and files that could not be read, so that nobody knows."""

    found: tuple[Path, ...] = ()
    unread: tuple[Path, ...] = ()


def choose_probes(connection: sqlite3.Connection, rows: Sequence[int]) -> Probes:
    """Pieces spread evenly over the pages and chunks of the documents `rows`, which are about to go."""
    within = json.dumps(list(rows))
    pages = connection.execute(
        "SELECT text FROM pages WHERE document IN (SELECT value FROM json_each(?)) AND length(text) > 0", (within,)
    ).fetchall()
    blobs = connection.execute(
        "SELECT vector FROM chunks WHERE document IN (SELECT value FROM json_each(?)) AND vector IS NOT NULL", (within,)
    ).fetchall()
    pieces = [_piece_of(text) for (text,) in _spread(pages)]
    long_enough = [piece for piece in pieces if len(piece) >= LONG_ENOUGH]
    texts = long_enough or [piece for piece in pieces if len(piece) >= SHORTEST_PROBE]
    return Probes(texts, [blob for (blob,) in _spread(blobs)], had_text=bool(pages))


def _spread(rows: list[Row]) -> list[Row]:
    step = max(1, len(rows) // PROBES)
    return rows[::step][:PROBES]


def _piece_of(text: str) -> str:
    """From the middle of the page, where headers and footers are not; within one line if one is long enough."""
    lines = [line.strip() for line in text.splitlines()]
    long_enough = [line for line in lines if len(line) >= LONG_ENOUGH]
    if long_enough:
        return long_enough[len(long_enough) // 2][:PROBE_LENGTH]
    text = text.strip()
    begin = max(0, (len(text) - PROBE_LENGTH) // 2)
    return text[begin : begin + PROBE_LENGTH].strip()


def still_distinctive(connection: sqlite3.Connection, probes: Probes) -> tuple[Probes, tuple[Holder, ...]]:
    """Without those that remaining documents of any collection hold as well: the same file taken into another
    collection, or a sentence of a form that many files share. And for each text left out, a document that holds it."""
    holders = {text: _ask(connection, _HOLDER_OF_TEXT, text) for text in probes.texts}
    distinctive = Probes(
        [text for text in probes.texts if holders[text] is None],
        [blob for blob in probes.vectors if _ask(connection, _CHUNK_WITH, blob) is None],
        probes.had_text,
    )
    return distinctive, tuple(Holder(*found) for found in sorted({found for found in holders.values() if found}))


_HOLDER_OF_TEXT = """
    SELECT k.name, d.path FROM pages p JOIN documents d ON d.id = p.document JOIN collections k ON k.id = d.collection
    WHERE instr(p.text, ?) > 0 LIMIT 1
"""
_CHUNK_WITH = "SELECT 1 FROM chunks WHERE vector = ? LIMIT 1"


def _ask(connection: sqlite3.Connection, query: str, value: object) -> Row | None:
    row: Row | None = connection.execute(query, (value,)).fetchone()
    return row


def search_files(files: Iterable[Path], probes: Probes) -> Traces:
    """Which of `files` hold one of the probes; one that is gone by now holds none."""
    needles = _needles(probes)
    if not needles:
        return Traces()
    found, unread = [], []
    for path in files:
        try:
            if _holds(path, needles):
                found.append(path)
        except FileNotFoundError:
            continue
        except OSError:
            unread.append(path)
    return Traces(tuple(sorted(found)), tuple(sorted(unread)))


def _needles(probes: Probes) -> list[bytes]:
    """Texts as they stand in a file and in JSON, vectors as they stand in the library and in the indexes."""
    needles: list[bytes] = []
    for text in probes.texts:
        needles += [text.encode(), *(json.dumps(text, ensure_ascii=ascii)[1:-1].encode() for ascii in (True, False))]
    for blob in probes.vectors:
        needles += [blob, from_blobs([blob]).tobytes()]
    return [needle for needle in dict.fromkeys(needles) if needle]


def _holds(path: Path, needles: Collection[bytes]) -> bool:
    overlap = max(map(len, needles))
    tail = b""
    for block in _blocks(path):
        window = tail + block
        if any(needle in window for needle in needles):
            return True
        tail = window[-overlap:]
    return False


def _blocks(path: Path) -> Iterator[bytes]:
    if not path.name.endswith(_LOCKED):
        with path.open("rb") as file:
            while block := file.read(_READ):
                yield block
        return
    descriptor, offset = _left_open(path), 0
    while block := os.pread(descriptor, _READ, offset):
        yield block
        offset += len(block)


def _left_open(path: Path) -> int:
    known = path.stat()
    if (descriptor := _never_closed.get((known.st_dev, known.st_ino))) is None:
        descriptor = os.open(path, os.O_RDONLY)
        opened = os.fstat(descriptor)
        _never_closed[opened.st_dev, opened.st_ino] = descriptor
    return descriptor


def all_files(locations: Locations) -> Iterator[Path]:
    """Every file under the home, models apart: they never hold document text."""
    return files_below(locations.home, but=locations.models_directory)


def is_of_the_stores(path: Path, locations: Locations) -> bool:
    """Whether it is the library file, one beside it, or a file of the indexes: what forgetting itself writes anew."""
    beside = path.parent == locations.home and path.name.startswith(locations.library_file.name)
    return beside or not {locations.index_directory, locations.scan_directory}.isdisjoint(path.parents)
