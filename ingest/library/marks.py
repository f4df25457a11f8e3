"""What a question can know documents by: their names, years and kinds, and the acronyms they define."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from ingest.acronyms import find_acronyms
from ingest.identity import Identity

if TYPE_CHECKING:  # it imports this module when it brings a library up to date
    from ingest.library.database import Database

MOSTLY = 2 / 3


def store(connection: sqlite3.Connection, document: int, identity: Identity) -> None:
    connection.executemany(
        "INSERT INTO marks (mark, document, strength) VALUES (?, ?, ?)",
        ((mark, document, strength) for mark, strength in identity.marks().items()),
    )


def bearers(
    database: "Database", collection: int | None, marks: Sequence[str], rows: Collection[int] | None
) -> tuple[int, dict[str, dict[str, float]]]:
    """How many documents of a collection there are, and mark → path → strength for those that bear one of `marks`; with
    `rows`, of those with these row ids only."""
    held: dict[str, dict[str, float]] = {}
    within = None if rows is None else json.dumps(list(rows))
    for mark, path, strength in database.rows(
        "SELECT mark, path, strength FROM marks JOIN documents ON documents.id = marks.document"
        " WHERE mark IN (SELECT value FROM json_each(?)) AND collection = ?"
        " AND (? IS NULL OR document IN (SELECT value FROM json_each(?)))",
        (json.dumps(list(marks)), collection, within, within),
    ):
        held.setdefault(mark, {})[path] = strength
    if rows is not None:
        return len(rows), held
    return int(database.value("SELECT count(*) FROM held WHERE collection = ?", (collection,))), held


def store_acronyms(connection: sqlite3.Connection, document: int, texts: Iterable[str]) -> None:
    connection.executemany(
        "INSERT INTO acronyms (short, long, document) VALUES (?, ?, ?)",
        ((short, long, document) for short, long in sorted(find_acronyms(texts))),
    )


def other_forms(database: "Database", collection: int | None, phrases: Sequence[str]) -> dict[str, str]:
    """Phrase → what the documents of a collection call it as well: an acronym's long form, a long form's acronym.

    Only acronyms that mean the same in MOSTLY of the documents that define them tell anything.
    """
    rows = database.rows(
        "WITH given AS (SELECT value FROM json_each(?))"
        " SELECT short, long, count(*) AS documents FROM acronyms JOIN held ON held.id = acronyms.document"
        " WHERE collection = ? AND short IN (SELECT short FROM acronyms WHERE short IN given OR long IN given)"
        " GROUP BY short, long ORDER BY documents DESC, long",
        (json.dumps(list(phrases)), collection),
    )
    meanings: dict[str, list[tuple[str, int]]] = {}
    for short, long, documents in rows:
        meanings.setdefault(short, []).append((long, documents))
    forms: dict[str, str] = {}
    for short, longs in meanings.items():
        usual, documents = longs[0]
        if documents < MOSTLY * sum(count for _, count in longs):
            continue
        if short in phrases:
            forms[short] = usual
        elif usual in phrases:
            forms.setdefault(usual, short)
    return forms
