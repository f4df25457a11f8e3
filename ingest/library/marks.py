"""The marks of documents: the names, years and kinds that a question can know them by."""

import json
import sqlite3
from collections.abc import Collection, Sequence

from ingest.identity import Identity


def store(connection: sqlite3.Connection, document: int, identity: Identity) -> None:
    connection.executemany(
        "INSERT INTO marks (mark, document, strength) VALUES (?, ?, ?)",
        ((mark, document, strength) for mark, strength in identity.marks().items()),
    )


def bearers(connection: sqlite3.Connection, marks: Sequence[str], rows: Collection[int]) -> dict[str, dict[str, float]]:
    """Mark → path → strength, for the documents with row ids `rows` that bear one of `marks`."""
    held: dict[str, dict[str, float]] = {}
    for mark, path, strength in connection.execute(
        "SELECT mark, path, strength FROM marks JOIN documents ON documents.id = marks.document"
        " WHERE mark IN (SELECT value FROM json_each(?)) AND document IN (SELECT value FROM json_each(?))",
        (json.dumps(list(marks)), json.dumps(list(rows))),
    ):
        held.setdefault(mark, {})[path] = strength
    return held
