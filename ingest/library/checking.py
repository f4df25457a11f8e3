"""Do SQLite, its full-text index and Chroma agree? Answers as data, for `strongroom doctor`."""

import json
import sqlite3

from ingest.library.collections import TAKEN_OUT, find
from ingest.library.database import Database
from ingest.library.types import Problem

_INGEST_AGAIN = "Move the library away and ingest the documents again."


def check(database: Database, collection_name: str, index_count: int | None) -> list[Problem]:
    """`index_count` is the number of vectors in Chroma, None when this process does not hold it."""
    with database.transaction() as connection:  # FTS5's integrity check is an INSERT that writes nothing
        checks = [_file(connection), _full_text(connection)]
        collection = find(database, collection_name)
        if collection is not None:
            checks += [
                _chunk_counts(connection, collection),
                _page_ranges(connection, collection),
                _vector_sizes(connection, collection),
                _compaction(connection, collection, database.path.name),
                _index(connection, collection, index_count),
            ]
    return [problem for problem in checks if problem is not None]


def _file(connection: sqlite3.Connection) -> Problem | None:
    finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    return None if finding == "ok" else Problem("library file", f"SQLite reports: {finding}.", _INGEST_AGAIN)


def _full_text(connection: sqlite3.Connection) -> Problem | None:
    """FTS5 compares its index with every chunk (rank 1: with the content table too)."""
    try:
        connection.execute("INSERT INTO chunks_text (chunks_text, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        return Problem("full-text index", f"It does not agree with the chunks: {error}.", _INGEST_AGAIN)
    return None


def _chunk_counts(connection: sqlite3.Connection, collection: int) -> Problem | None:
    wrong = connection.execute(
        "SELECT count(*) FROM documents d WHERE d.collection = ? AND"
        " (d.chunk_count != (SELECT count(*) FROM chunks c WHERE c.document = d.id)"
        "  OR (d.chunk_count > 0 AND d.page_count != (SELECT count(*) FROM pages p WHERE p.document = d.id)))",
        (collection,),
    ).fetchone()[0]
    return Problem("documents", f"{wrong} documents lack pages or chunks.", _INGEST_AGAIN) if wrong else None


def _page_ranges(connection: sqlite3.Connection, collection: int) -> Problem | None:
    wrong = connection.execute(
        "SELECT count(*) FROM chunks c JOIN documents d ON d.id = c.document WHERE d.collection = ? AND NOT EXISTS"
        " (SELECT 1 FROM pages p WHERE p.document = c.document AND p.number = c.page)",
        (collection,),
    ).fetchone()[0]
    return Problem("chunks", f"{wrong} chunks name a page that is not there.", _INGEST_AGAIN) if wrong else None


def _vector_sizes(connection: sqlite3.Connection, collection: int) -> Problem | None:
    sizes = connection.execute(
        "SELECT count(DISTINCT length(c.vector)) FROM chunks c JOIN documents d ON d.id = c.document"
        " WHERE d.collection = ? AND c.vector IS NOT NULL",
        (collection,),
    ).fetchone()[0]
    return Problem("vectors", "Vectors of different dimensions are mixed.", _INGEST_AGAIN) if sizes > 1 else None


def _compaction(connection: sqlite3.Connection, collection: int, library: str) -> Problem | None:
    due, found_in = connection.execute(
        "SELECT compaction_due, found_in FROM collections WHERE id = ?", (collection,)
    ).fetchone()
    if not due or due == TAKEN_OUT:
        return None
    files = json.loads(found_in)
    again = "run `strongroom documents forget` for them again."
    if not files:
        detail = "Documents were forgotten, but traces of them may still be on the disk."
        return Problem("forgetting", detail, f"Close every other Strongroom and {again}")
    detail = f"Documents were forgotten, but some of their text is, or may be, under the home, in {', '.join(files)}."
    remedy = _INGEST_AGAIN if library in files else f"Delete that, or move it out of the home, and {again}"
    return Problem("forgetting", detail, remedy)


def _index(connection: sqlite3.Connection, collection: int, index_count: int | None) -> Problem | None:
    """What waits in the outbox is no disagreement: it is on its way."""
    if index_count is None:
        return None
    vectors, waiting = connection.execute(
        "SELECT (SELECT count(*) FROM chunks c JOIN documents d ON d.id = c.document"
        "        WHERE d.collection = :collection AND c.vector IS NOT NULL),"
        "       (SELECT count(*) FROM outbox WHERE collection = :collection)",
        {"collection": collection},
    ).fetchone()
    if waiting or vectors == index_count:
        return None
    return Problem(
        "vector index",
        f"Chroma holds {index_count} vectors, the library {vectors}.",
        "Open Strongroom: the index is then built again from the library.",
    )
