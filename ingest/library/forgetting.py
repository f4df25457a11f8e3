"""Forgetting: rows, full text, vectors and derived files go, the library file is compacted, the absence is verified."""

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from config.locations import Locations
from ingest.library import collections, documents
from ingest.library.database import Database, Row
from ingest.library.types import Holder, Receipt
from ingest.library.vectors import from_blobs
from ingest.naming import paths_named

if TYPE_CHECKING:
    from ingest.library.index import VectorIndex
    from ingest.library.scan import ExactScan

PROBE_LENGTH = 48
"""Characters of a piece of text that is searched for afterwards: longer than what stands in other files by chance."""

PROBES = 48
"""Most pieces of text, and most vectors, that are searched for: each costs one pass over every file."""

_READ = 1 << 24


@dataclass(frozen=True, slots=True)
class _Probes:
    """Pieces of the forgotten text, and bytes of the forgotten vectors, by which traces are found."""

    texts: list[str]
    vectors: list[bytes]


def forget(
    glob: str,
    database: Database,
    locations: Locations,
    collection_name: str,
    scan: "ExactScan",
    index: "VectorIndex",
    hooks: Sequence[Callable[[Collection[str]], None]],
) -> Receipt:
    """Forget the documents that `glob` names, and every other file of the collection with the same content.

    When another process holds the index, or reads the library just now, the receipt says that the absence is not
    verified; the holder builds its index again without them at its next refresh. When it names none, what is left of
    an earlier forgetting is done: to forget once more, after a kill for instance, is no mistake.
    """
    size_before = _size(locations)
    with database.transaction() as connection:
        collection = collections.ensure(connection, collection_name)
        matched = _matching(connection, collection, glob)
        paths = [path for _, path in matched]
        probes = _choose_probes(connection, [row for row, _ in matched])
        chunks, vectors = _delete(connection, collection, [row for row, _ in matched])
        connection.execute("DELETE FROM recognised")  # of files that an interrupted run left
        for hook in hooks if paths else ():
            hook(paths)
    if not matched and not _compaction_due(database, collection):
        database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return Receipt((), 0, 0, 0, verified_absent=True)
    scan.remove_files()
    index_is_clean = index.discard()
    file_is_compact = _compact(database)
    with database.snapshot() as connection:
        distinctive, holders = _still_distinctive(connection, probes)
    clean = index_is_clean and file_is_compact and not _found_on_disk(locations, distinctive)
    if clean:
        with database.transaction() as connection:
            connection.execute("UPDATE collections SET compaction_due = 0 WHERE id = ?", (collection,))
    # Where other documents hold all of the text, it is under the home, and none was left to search for.
    absent = clean and bool(distinctive.texts or not probes.texts)
    return Receipt(tuple(paths), chunks, vectors, max(0, size_before - _size(locations)), absent, holders)


def _matching(connection: sqlite3.Connection, collection: int, glob: str) -> list[tuple[int, str]]:
    """Row ids and paths. A duplicate holds the same text: it goes along with its original and the other way round."""
    rows = connection.execute(
        "SELECT id, path, sha256 FROM documents WHERE collection = ? ORDER BY path", (collection,)
    ).fetchall()
    named = paths_named((path for _, path, _ in rows), glob)
    contents = {sha256 for _, path, sha256 in rows if path in named and sha256}
    return [(row, path) for row, path, sha256 in rows if path in named or sha256 in contents]


def _choose_probes(connection: sqlite3.Connection, rows: Sequence[int]) -> _Probes:
    """Pieces spread evenly over the pages and chunks that are about to go."""
    within = json.dumps(list(rows))
    pages = connection.execute(
        "SELECT text FROM pages WHERE document IN (SELECT value FROM json_each(?)) AND length(text) > 0", (within,)
    ).fetchall()
    blobs = connection.execute(
        "SELECT vector FROM chunks WHERE document IN (SELECT value FROM json_each(?)) AND vector IS NOT NULL", (within,)
    ).fetchall()
    texts = [_piece_of(text) for (text,) in _spread(pages)]
    return _Probes([text for text in texts if text], [blob for (blob,) in _spread(blobs)])


def _spread(rows: list[Row]) -> list[Row]:
    step = max(1, len(rows) // PROBES)
    return rows[::step][:PROBES]


def _piece_of(text: str) -> str:
    """From the middle of the page, where headers and footers are not; within one line, as every store keeps it."""
    lines = [line.strip() for line in text.splitlines()]
    long_enough = [line for line in lines if len(line) >= PROBE_LENGTH // 2] or [max(lines, key=len, default="")]
    return long_enough[len(long_enough) // 2][:PROBE_LENGTH]


def _delete(connection: sqlite3.Connection, collection: int, rows: Sequence[int]) -> tuple[int, int]:
    """Delete the rows and note that the file is to be compacted; returns chunks and vectors deleted."""
    if not rows:
        # What was only taken out (`--prune`) may be left in an index that another process holds.
        connection.execute(
            "UPDATE collections SET index_epoch = ?, compaction_due = 1 WHERE id = ? AND compaction_due",
            (uuid4().hex, collection),
        )
        return 0, 0
    chunks, vectors = connection.execute(
        "SELECT count(*), count(vector) FROM chunks WHERE document IN (SELECT value FROM json_each(?))",
        (json.dumps(list(rows)),),
    ).fetchone()
    documents.delete_rows(connection, collection, rows)
    connection.execute(
        "UPDATE collections SET vector_generation = ?, index_epoch = ?, compaction_due = 1 WHERE id = ?",
        (uuid4().hex, uuid4().hex, collection),
    )
    return int(chunks), int(vectors)


def _compaction_due(database: Database, collection: int) -> bool:
    return bool(database.value("SELECT compaction_due FROM collections WHERE id = ?", (collection,)))


def _compact(database: Database) -> bool:
    """Write the full-text index and the file anew, so that no page of it holds what was deleted.

    False when somebody who still reads an older state kept the write-ahead log from being emptied.
    """
    with database.transaction() as connection:
        connection.execute("INSERT INTO chunks_text (chunks_text) VALUES ('rebuild')")
    database.rows("VACUUM")
    return not database.value("PRAGMA wal_checkpoint(TRUNCATE)")  # its first column: somebody was in the way


def _still_distinctive(connection: sqlite3.Connection, probes: _Probes) -> tuple[_Probes, tuple[Holder, ...]]:
    """Without those that remaining documents of any collection hold as well: the same file taken into another
    collection, or a sentence of a form that many files share. And for each text left out, a document that holds it."""
    holders = {text: _ask(connection, _HOLDER_OF_TEXT, text) for text in probes.texts}
    distinctive = _Probes(
        [text for text in probes.texts if holders[text] is None],
        [blob for blob in probes.vectors if _ask(connection, _CHUNK_WITH, blob) is None],
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


def _found_on_disk(locations: Locations, probes: _Probes) -> bool:
    """Whether any file under the home (models apart: they never hold document text) holds one of the probes."""
    needles = [text.encode() for text in probes.texts]
    for blob in probes.vectors:
        needles += [blob, from_blobs([blob]).tobytes()]
    needles = [needle for needle in needles if needle]
    return bool(needles) and any(_holds(path, needles) for path in _files(locations))


def _files(locations: Locations) -> Iterator[Path]:
    for folder, names, files in os.walk(locations.home):
        if Path(folder) == locations.home and locations.models_directory.name in names:
            names.remove(locations.models_directory.name)
        yield from (Path(folder) / name for name in files)


def _holds(path: Path, needles: Collection[bytes]) -> bool:
    """A file that cannot be read counts as holding them: then nothing is verified."""
    overlap = max(map(len, needles), default=0)
    try:
        with path.open("rb") as file:
            tail = b""
            while block := file.read(_READ):
                window = tail + block
                if any(needle in window for needle in needles):
                    return True
                tail = window[-overlap:]
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _size(locations: Locations) -> int:
    """Bytes of the library file, the index and the scan matrices."""
    files = [*locations.home.glob(f"{locations.library_file.name}*")]
    for folder in (locations.index_directory, locations.scan_directory):
        files += [path for path in folder.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files if path.exists())
