"""Documents, their pages, chunks and vectors, written in the caller's transaction. `holdings` reads them."""

import dataclasses
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from config.errors import DocumentError
from ingest.cover import read_cover
from ingest.identity import identify
from ingest.library import marks
from ingest.library.schema import MAX_CHUNKS, ORDINAL_BITS
from ingest.library.types import PASSING
from ingest.library.vectors import fingerprint_of
from ingest.types import READER_VERSION, UNRECOGNISED, Chunk, Document, FileStatus, FoundFile, PageStatus

UNFINISHED = -1
"""In place of a READER_VERSION: pages of the document are still to be recognised."""

STAYS = "What was read of it before stays in the library."


def replace(
    connection: sqlite3.Connection,
    collection: int,
    file: FoundFile,
    document: Document,
    chunks: Sequence[Chunk],
    *,
    is_complete: bool = True,
    is_recognised: bool = True,
) -> FileStatus:
    """Put the document of `file` in the place of what its path held.

    DUPLICATE when another path has brought its content in, UNCHANGED when this path already has, unless an older
    READER_VERSION has read it, or pages can be read now that could not: what comes out the same then keeps its vector.
    """
    if len(chunks) > MAX_CHUNKS:
        raise DocumentError(f"It has more than {MAX_CHUNKS:,} passages.", status=FileStatus.TOO_LARGE)
    file = dataclasses.replace(file, sha256=document.sha256)  # what was read: it may have changed since it was found
    path = str(file.path)
    holder = holder_of(connection, collection, file.sha256)
    held = _held_at(connection, collection, path)
    before = None if held is None else _status_and_reader(connection, held)
    is_read_anew = (
        held is not None
        and before is not None
        and holder == path
        and (before[1] != READER_VERSION or document.unread_pages < _unread_pages_held(connection, held))
    )
    if holder == path and not is_read_anew:
        return FileStatus.UNCHANGED
    kept = _vectors_to_keep(connection, held, chunks)
    if held is not None and is_read_anew:
        holder = None
        delete_rows(connection, collection, [held])
    clear_path(connection, collection, path)
    if holder is not None:
        reason = f"Same content as {holder}."
        _insert_row(connection, collection, file, FileStatus.DUPLICATE, reason)
        return FileStatus.DUPLICATE
    status = FileStatus.ADDED if before is None else FileStatus.UPDATED
    if is_read_anew and before is not None and before[1] == UNFINISHED:
        status = before[0]
    row = _insert_row(connection, collection, file, status, document.remarks)
    if not (is_complete and is_recognised):
        reader = UNRECOGNISED if is_complete else UNFINISHED
        connection.execute("UPDATE documents SET reader = ? WHERE id = ?", (reader, row))
    metadata = {**read_cover(document).fields(), **document.metadata}
    connection.execute(
        "UPDATE documents SET title = ?, metadata = ?, page_count = ?, chunk_count = ? WHERE id = ?",
        (document.title, json.dumps(metadata), len(document.pages), len(chunks), row),
    )
    connection.executemany(
        "INSERT INTO pages (document, number, label, text, status, confidence) VALUES (?, ?, ?, ?, ?, ?)",
        ((row, page.number, page.label, page.text, page.status.value, page.confidence) for page in document.pages),
    )
    marks.store(connection, row, identify(document))
    marks.store_acronyms(connection, row, (page.text for page in document.pages))
    connection.executemany(
        "INSERT INTO chunks (id, chunk_id, document, ordinal, page, page_last, start_offset, end_offset,"
        " heading, context, text, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                row << ORDINAL_BITS | chunk.ordinal,
                chunk.chunk_id,
                row,
                chunk.ordinal,
                chunk.page,
                chunk.page_last,
                chunk.start,
                chunk.end,
                chunk.heading,
                chunk.context,
                chunk.text,
                fingerprint_of(chunk.context, chunk.text),
            )
            for chunk in chunks
        ),
    )
    store_vectors(connection, collection, kept)
    return status


def record_outcome(
    connection: sqlite3.Connection, collection: int, file: FoundFile, status: FileStatus, reason: str
) -> str:
    """Write the ledger row of a file that did not get in; returns the reason as it stands there.

    What its path held before goes, unless it still is what there is to find: when the content is the same, or reading
    the new one went wrong in a way that may pass. The reason is then put beside the document.
    """
    path = str(file.path)
    held = _held_at(connection, collection, path)
    is_same = held is not None and holder_of(connection, collection, file.sha256) == path
    if held is None or not (is_same or status in (FileStatus.FAILED, FileStatus.TIMEOUT)):
        clear_path(connection, collection, path)
        _insert_row(connection, collection, file, status, reason)
        return reason
    if status is FileStatus.DUPLICATE:  # of what is here itself
        return reason
    reason = f"{reason} {STAYS}"
    connection.execute(
        "UPDATE documents SET reason = ?, size = ?, modified = ? WHERE id = ?", (reason, file.size, file.modified, held)
    )
    if is_same and status not in PASSING:  # the next run would say the same, and read it for that
        reader = UNRECOGNISED if status is FileStatus.NEEDS_OCR else READER_VERSION
        connection.execute("UPDATE documents SET reader = ? WHERE id = ?", (reader, held))
    return reason


def drop_outcomes(connection: sqlite3.Connection, collection: int, paths: Sequence[str]) -> None:
    """Delete the ledger rows of files that did not get in; what another process has brought in meanwhile stays."""
    connection.execute(
        "DELETE FROM documents WHERE collection = ? AND path IN (SELECT value FROM json_each(?))"
        " AND status IN (SELECT value FROM json_each(?))",
        (collection, json.dumps(paths), json.dumps([status for status in FileStatus if not status.is_success])),
    )


def move(connection: sqlite3.Connection, collection: int, old: str, new: str) -> None:
    """Let the row of `old`, with all that hangs on it, stand for `new`. When another process has done so, or taken it
    out, meanwhile, what stands at `new` stays."""
    there = connection.execute("SELECT 1 FROM documents WHERE collection = ? AND path = ?", (collection, old))
    if there.fetchone() is None:
        return
    clear_path(connection, collection, new)
    connection.execute("UPDATE documents SET path = ? WHERE collection = ? AND path = ?", (new, collection, old))


def clear_path(connection: sqlite3.Connection, collection: int, path: str) -> bool:
    """Take away what `path` holds; returns whether a document went. If another file has the same content, it lives on
    under its path."""
    held = _held_at(connection, collection, path)
    if held is None:
        connection.execute("DELETE FROM documents WHERE collection = ? AND path = ?", (collection, path))
        return False
    duplicate = connection.execute(
        "SELECT id, path, size, modified FROM documents WHERE collection = ? AND status = ?"
        " AND sha256 = (SELECT sha256 FROM documents WHERE id = ?) ORDER BY path LIMIT 1",
        (collection, FileStatus.DUPLICATE, held),
    ).fetchone()
    if duplicate is None:
        delete_rows(connection, collection, [held])
        return True
    duplicate_row, *place = duplicate
    connection.execute("DELETE FROM documents WHERE id = ?", (duplicate_row,))
    connection.execute("UPDATE documents SET path = ?, size = ?, modified = ? WHERE id = ?", (*place, held))
    return False


def delete_rows(connection: sqlite3.Connection, collection: int, rows: Iterable[int]) -> None:
    """Delete documents with their pages, chunks, full-text entries and vectors."""
    for row in rows:
        embedded = connection.execute(
            "SELECT chunk_id FROM chunks WHERE document = ? AND vector IS NOT NULL", (row,)
        ).fetchall()
        vectors_changed(connection, collection, [chunk_id for (chunk_id,) in embedded])
        connection.execute("DELETE FROM documents WHERE id = ?", (row,))


def store_vectors(connection: sqlite3.Connection, collection: int, made: Iterable[tuple[str, bytes, bytes]]) -> None:
    """Give chunks their vectors, as (chunk id, fingerprint of the text that was embedded, vector).

    Those that are gone, have another text, or were embedded by another process meanwhile, are passed over.
    """
    stored = []
    for chunk_id, fingerprint, blob in made:
        changed = connection.execute(
            "UPDATE chunks SET vector = ? WHERE chunk_id = ? AND fingerprint = ? AND vector IS NULL",
            (blob, chunk_id, fingerprint),
        )
        if changed.rowcount:
            stored.append(chunk_id)
    vectors_changed(connection, collection, stored)


def _vectors_to_keep(
    connection: sqlite3.Connection, before: int | None, chunks: Sequence[Chunk]
) -> list[tuple[str, bytes, bytes]]:
    """Chunk id, fingerprint and vector of the chunks whose text stood in the document before this version as well."""
    rows = connection.execute(
        "SELECT fingerprint, vector FROM chunks WHERE document = ? AND vector IS NOT NULL", (before,)
    )
    vectors: dict[bytes, bytes] = dict(rows.fetchall())
    prints = ((chunk.chunk_id, fingerprint_of(chunk.context, chunk.text)) for chunk in chunks) if vectors else ()
    return [(chunk_id, each, vectors[each]) for chunk_id, each in prints if each in vectors]


def copy_vectors(connection: sqlite3.Connection, collection: int, chunk_ids: Sequence[str]) -> list[str]:
    """Give chunks the vectors that others with the same text in the collection have; returns those that got one."""
    twins = connection.execute(
        "SELECT c.chunk_id, c.fingerprint, t.vector FROM json_each(?) CROSS JOIN chunks c ON c.chunk_id = value"
        " JOIN chunks t ON t.fingerprint = c.fingerprint AND t.vector IS NOT NULL"
        " JOIN documents d ON d.id = t.document AND d.collection = ? WHERE c.vector IS NULL",
        (json.dumps(list(chunk_ids)), collection),
    ).fetchall()
    store_vectors(connection, collection, twins)
    return list(dict.fromkeys(chunk_id for chunk_id, *_ in twins))


def vectors_changed(connection: sqlite3.Connection, collection: int, chunk_ids: Sequence[str]) -> None:
    """Tell Chroma (by the outbox) and the exact scan (by the generation) that these chunks' vectors came or went."""
    if not chunk_ids:
        return
    connection.executemany(
        "INSERT INTO outbox (collection, chunk_id) VALUES (?, ?)", ((collection, chunk_id) for chunk_id in chunk_ids)
    )
    connection.execute("UPDATE collections SET vector_generation = ? WHERE id = ?", (uuid4().hex, collection))


def _unread_pages_held(connection: sqlite3.Connection, row: int) -> int:
    counted = connection.execute(
        "SELECT count(*) FROM pages WHERE document = ? AND status = ?", (row, PageStatus.NEEDS_OCR.value)
    )
    return int(counted.fetchone()[0])


def holder_of(connection: sqlite3.Connection, collection: int, sha256: str) -> str | None:
    """The path under which this content is in the library, if it is."""
    row = connection.execute(
        "SELECT path FROM held WHERE collection = ? AND sha256 = ?", (collection, sha256)
    ).fetchone()
    return None if row is None else str(row[0])


def _held_at(connection: sqlite3.Connection, collection: int, path: str) -> int | None:
    row = connection.execute("SELECT id FROM held WHERE collection = ? AND path = ?", (collection, path)).fetchone()
    return None if row is None else int(row[0])


def _status_and_reader(connection: sqlite3.Connection, row: int) -> tuple[FileStatus, int]:
    status, reader = connection.execute("SELECT status, reader FROM documents WHERE id = ?", (row,)).fetchone()
    return FileStatus(status), int(reader)


def _insert_row(
    connection: sqlite3.Connection, collection: int, file: FoundFile, status: FileStatus, reason: str
) -> int:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    cursor = connection.execute(
        "INSERT INTO documents (collection, path, sha256, size, modified, status, reason, ingested_at, reader)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (collection, str(file.path), file.sha256, file.size, file.modified, status, reason, now, READER_VERSION),
    )
    return int(cursor.lastrowid or 0)
