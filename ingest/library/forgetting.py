"""Forgetting: rows, full text, vectors and derived files go, the library file is compacted, the absence is verified."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from config.errors import StrongroomError
from config.locations import Locations
from ingest.library import collections, documents
from ingest.library.database import Database
from ingest.library.sizes import files_below, size_of
from ingest.library.traces import (
    Probes,
    Traces,
    all_files,
    choose_probes,
    is_of_the_stores,
    search_files,
    still_distinctive,
)
from ingest.library.types import Holder, Receipt
from ingest.naming import paths_named

if TYPE_CHECKING:
    from ingest.library.index import VectorIndex
    from ingest.library.scan import ExactScan

INDEX_LEFT = (
    "Another process has the vector index open, or its files cannot be removed: close every other Strongroom. The next"
    " forgetting brings it to its end, and so does opening the interface."
)
BEING_READ = (
    "Another process is reading the library: wait for it to end. The next forgetting brings it to its end, and so does"
    " opening the interface."
)
ALL_SHARED = "Their text is STILL THERE: other documents hold all of it."
TOO_SHORT = "Their text is too short to be told from other text, so no file was searched for it."


@dataclass(slots=True)
class _Verdict:
    """What became of the traces: `doubts` are sentences, none when the absence is verified."""

    places: tuple[Path, ...] = ()
    holders: tuple[Holder, ...] = ()
    doubts: list[str] = field(default_factory=list)


def forget(
    glob: str,
    database: Database,
    locations: Locations,
    collection_name: str,
    scan: "ExactScan",
    index: "VectorIndex",
    hooks: Sequence[Callable[[Collection[str]], None]],
    *,
    exact: bool = False,
) -> Receipt:
    """Forget the documents that `glob` names, and every other file of the collection with the same content. `exact`:
    it is a path, and names no other.

    Once they are out of the library, whatever fails is told in the receipt. When another process holds the index, or
    reads the library just now, it says that the absence is not verified; the holder builds its index again without them
    at its next refresh. When `glob` names none, what is left of an earlier forgetting is done: to forget once more,
    after a kill for instance, is no mistake.
    """
    size_before = _size(locations)
    others = _search_the_rest(glob, database, locations, collection_name, exact)
    with database.transaction() as connection:
        collection = collections.ensure(connection, collection_name)
        matched = _matching(connection, collection, glob, exact)
        paths = [path for _, path in matched]
        probes = choose_probes(connection, [row for row, _ in matched])
        chunks, vectors = _delete(connection, collection, [row for row, _ in matched])
        connection.execute("DELETE FROM recognised")  # of files that an interrupted run left
        for hook in hooks if paths else ():
            hook(paths)
        earlier = _places_left(connection, collection, locations)
        _keep_places(connection, collection, locations, [*earlier, *others.found, *others.unread])
    if not matched and not _compaction_due(database, collection):
        database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return Receipt((), 0, 0, 0, verified_absent=True)
    try:
        verdict = _wipe_out(database, locations, collection, scan, index, probes if matched else None, earlier)
    except (StrongroomError, OSError) as error:
        verdict = _Verdict(tuple(path for path in others.found if path.exists()), (), [_in_words(error)])
    reclaimed = max(0, size_before - _size(locations))
    places = tuple(str(path) for path in verdict.places)
    reason = " ".join(verdict.doubts)
    return Receipt(tuple(paths), chunks, vectors, reclaimed, not reason, verdict.holders, places, reason)


def is_due(database: Database, locations: Locations, collection_name: str) -> bool:
    """Whether an earlier forgetting came to no end that the next one can bring it to. It cannot while a file that it
    does not clear holds some of the text: `check` says what to do about that."""
    with database.snapshot() as connection:
        collection = collections.find(database, collection_name)
        if collection is None or _compaction_due(database, collection) in (0, collections.TAKEN_OUT):
            return False
        return not _places_left(connection, collection, locations)


def _search_the_rest(glob: str, database: Database, locations: Locations, collection_name: str, exact: bool) -> Traces:
    """Traces in the files that forgetting does not write anew. It is done while the text is still there, for a kill
    after the deletion would leave nothing to search for, and before it, for that keeps others from writing."""
    with database.snapshot() as connection:
        collection = collections.find(database, collection_name)
        matched = _matching(connection, collection, glob, exact) if collection is not None else []
        probes = choose_probes(connection, [row for row, _ in matched])
    return search_files((path for path in all_files(locations) if not is_of_the_stores(path, locations)), probes)


def _wipe_out(
    database: Database,
    locations: Locations,
    collection: int,
    scan: "ExactScan",
    index: "VectorIndex",
    probes: Probes | None,
    earlier: Sequence[Path],
) -> _Verdict:
    """Clear the stores and search the files. Without `probes` nothing was forgotten now, and the files are told of that
    have text forgotten `earlier`."""
    doubts = _clear_stores(database, locations, scan, index)
    stores_are_clean, library_is_compact = not doubts, BEING_READ not in doubts
    holders: tuple[Holder, ...] = ()
    remarks: list[str] = []
    if probes is None:
        traces = Traces(tuple(earlier))
        doubts += _told_of_earlier(earlier, locations)
    else:
        with database.snapshot() as connection:
            distinctive, holders = still_distinctive(connection, probes)
        traces = search_files(all_files(locations), distinctive)
        doubts += _told(traces, locations, stores_are_clean=stores_are_clean)
        remarks = _remarks(probes, distinctive)
    with database.transaction() as connection:
        if not doubts and not earlier:
            connection.execute("UPDATE collections SET compaction_due = 0 WHERE id = ?", (collection,))
        left = [path for path in (*traces.found, *traces.unread) if not _passes(path, locations, library_is_compact)]
        _keep_places(connection, collection, locations, [*earlier, *left])
    return _Verdict(traces.found, holders, [*doubts, *remarks])


def _clear_stores(database: Database, locations: Locations, scan: "ExactScan", index: "VectorIndex") -> list[str]:
    """Returns why not all of them are clear."""
    scan.remove_files()
    index_is_clean = index.discard()
    file_is_compact = _compact(database, locations)
    return [doubt for doubt, met in ((INDEX_LEFT, not index_is_clean), (BEING_READ, not file_is_compact)) if met]


def _remarks(probes: Probes, distinctive: Probes) -> list[str]:
    """Why text that is out of the library is not verified to be gone, though nothing is left to be done about it."""
    if probes.texts and not distinctive.texts:
        return [ALL_SHARED]
    return [TOO_SHORT] if probes.had_text and not probes.texts else []


def _told(traces: Traces, locations: Locations, *, stores_are_clean: bool) -> list[str]:
    """Sentences on where text is left. What the stores hold that are not clean goes with the next forgetting."""
    told = []
    others = [path for path in traces.found if not is_of_the_stores(path, locations)]
    if others:
        told.append(f"Some of their text is STILL THERE, in {_named(others)}: delete that, or move it out of the home.")
    elif traces.found and stores_are_clean:
        told.append(
            f"Some of their text is STILL THERE, in {_named(traces.found)}: in what was asked, or in the title or name"
            " of another document."
        )
    if traces.unread:
        told.append(f"Nobody knows whether some of their text is in {_named(traces.unread)}, which cannot be read.")
    return told


def _told_of_earlier(places: Sequence[Path], locations: Locations) -> list[str]:
    """As `_told`, of files that held text, or could not be read, when it could still be searched for."""
    if not places:
        return []
    remedy = "" if locations.library_file in places else ": delete that, or move it out of the home"
    return [f"Some of what was forgotten earlier is, or may be, in {_named(places)}{remedy}."]


def _named(paths: Sequence[Path]) -> str:
    others = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
    return f"{paths[0]}{others}"


def _in_words(error: StrongroomError | OSError) -> str:
    if isinstance(error, StrongroomError):
        return str(error)
    return f"The system refused: {error.strerror or error}. Run `strongroom documents forget` for them again."


def _places_left(connection: sqlite3.Connection, collection: int, locations: Locations) -> list[Path]:
    """Files that held text forgotten earlier, which nobody can search for any more, and that are there still."""
    (kept,) = connection.execute("SELECT found_in FROM collections WHERE id = ?", (collection,)).fetchone()
    return [path for path in (locations.home / name for name in json.loads(kept)) if path.exists()]


def _keep_places(connection: sqlite3.Connection, collection: int, locations: Locations, paths: Iterable[Path]) -> None:
    names = sorted({str(path.relative_to(locations.home)) for path in paths})
    connection.execute("UPDATE collections SET found_in = ? WHERE id = ?", (json.dumps(names), collection))


def _passes(path: Path, locations: Locations, library_is_compact: bool) -> bool:
    """Whether the next forgetting writes the file anew, so that what it holds now is gone then. What a library file
    holds that was just written anew stays in it."""
    stays = library_is_compact and path == locations.library_file
    return is_of_the_stores(path, locations) and not stays


def _matching(connection: sqlite3.Connection, collection: int, glob: str, exact: bool) -> list[tuple[int, str]]:
    """Row ids and paths. A duplicate holds the same text: it goes along with its original and the other way round."""
    rows = connection.execute(
        "SELECT id, path, sha256 FROM documents WHERE collection = ? ORDER BY path", (collection,)
    ).fetchall()
    named = {glob} if exact else paths_named((path for _, path, _ in rows), glob)
    contents = {sha256 for _, path, sha256 in rows if path in named and sha256}
    return [(row, path) for row, path, sha256 in rows if path in named or sha256 in contents]


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


def _compaction_due(database: Database, collection: int) -> int:
    """0 when there is nothing to wipe out, TAKEN_OUT when nobody was promised that it is."""
    return int(database.value("SELECT compaction_due FROM collections WHERE id = ?", (collection,)))


def _compact(database: Database, locations: Locations) -> bool:
    """Write the full-text index and the file anew, so that no page of it holds what was deleted.

    False when somebody who still reads an older state kept the write-ahead log from being emptied.
    """
    with database.transaction() as connection:
        connection.execute("INSERT INTO chunks_text (chunks_text) VALUES ('rebuild')")
    database.vacuum(locations.temporary_directory)
    return not database.value("PRAGMA wal_checkpoint(TRUNCATE)")  # its first column: somebody was in the way


def _size(locations: Locations) -> int:
    """Bytes of the library file, the index and the scan matrices."""
    files = [*locations.home.glob(f"{locations.library_file.name}*")]
    for folder in (locations.index_directory, locations.scan_directory):
        files += files_below(folder)
    return size_of(files)
