"""What the library holds of documents, their pages and chunks: single queries, which change nothing."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from ingest.library.database import Database
from ingest.library.types import KnownFile
from ingest.types import Chunk, DocumentRecord, FileStatus, PageNote, PageStatus, StoredChunk


def known_files(database: Database, collection: int | None) -> dict[str, KnownFile]:
    """Every path in the ledger."""
    rows = database.rows(
        "SELECT path, sha256, status, size, modified, reader FROM documents WHERE collection = ?", (collection,)
    )
    return {path: KnownFile(sha256, FileStatus(status), *rest) for path, sha256, status, *rest in rows}


def records(database: Database, collection: int | None) -> list[DocumentRecord]:
    """The whole ledger, by path."""
    rows = database.rows(
        "SELECT path, sha256, status, reason, page_count, chunk_count, title, ingested_at FROM documents"
        " WHERE collection = ? ORDER BY path",
        (collection,),
    )
    return [
        DocumentRecord(Path(path).name, path, sha256, FileStatus(status), reason, pages, chunks, title, ingested_at)
        for path, sha256, status, reason, pages, chunks, title, ingested_at in rows
    ]


def stored_chunks(database: Database, collection: int | None, chunk_ids: Iterable[str]) -> dict[str, StoredChunk]:
    """Those of `chunk_ids` that are in the collection."""
    rows = database.rows(
        "SELECT c.chunk_id, c.ordinal, c.text, c.context, c.page, c.page_last, c.start_offset, c.end_offset, c.heading,"
        " d.path, d.title, p.label"
        " FROM json_each(?) CROSS JOIN chunks c ON c.chunk_id = value JOIN documents d ON d.id = c.document"
        " LEFT JOIN pages p ON p.document = c.document AND p.number = c.page WHERE d.collection = ?",
        (json.dumps(list(chunk_ids)), collection),
    )
    names: dict[str, str] = {}  # making a Path takes longer than reading a chunk, and there are few documents
    found: dict[str, StoredChunk] = {}
    for *chunk, path, title, label in rows:
        if path not in names:
            names[path] = Path(path).name
        found[chunk[0]] = StoredChunk(Chunk(*chunk), names[path], path, title, label)
    return found


def chunks_on(database: Database, collection: int | None, path: str, page: int) -> list[StoredChunk]:
    """The chunks that stand on that page (1-based) of the document at `path`, or run over it, in reading order."""
    rows = database.rows(
        "SELECT c.chunk_id FROM documents d JOIN chunks c ON c.document = d.id"
        " WHERE d.collection = ? AND d.path = ? AND ? BETWEEN c.page AND c.page_last ORDER BY c.ordinal",
        (collection, path, page),
    )
    chunk_ids = [chunk_id for (chunk_id,) in rows]
    stored = stored_chunks(database, collection, chunk_ids)
    return [stored[chunk_id] for chunk_id in chunk_ids if chunk_id in stored]


def places(database: Database, collection: int | None, chunk_ids: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Chunk id → path and first page, for those of `chunk_ids` that are in the collection."""
    rows = database.rows(
        "SELECT c.chunk_id, d.path, c.page FROM json_each(?) CROSS JOIN chunks c ON c.chunk_id = value"
        " JOIN documents d ON d.id = c.document WHERE d.collection = ?",
        (json.dumps(list(chunk_ids)), collection),
    )
    return {chunk_id: (path, page) for chunk_id, path, page in rows}


def page_texts(database: Database, collection: int | None, path: str, first: int, last: int) -> list[str]:
    """Texts of the pages `first` to `last` (inclusive, 1-based) of the document at `path`."""
    rows = database.rows(
        "SELECT p.text FROM pages p JOIN documents d ON d.id = p.document"
        " WHERE d.collection = ? AND d.path = ? AND p.number BETWEEN ? AND ? ORDER BY p.number",
        (collection, path, first, last),
    )
    return [text for (text,) in rows]


def empty_pages(database: Database, collection: int | None) -> dict[str, list[int]]:
    """Path → numbers (1-based) of its pages without text, for the documents that have such pages."""
    found: dict[str, list[int]] = {}
    for path, number in database.rows(
        "SELECT d.path, p.number FROM pages p JOIN documents d ON d.id = p.document"
        " WHERE d.collection = ? AND trim(p.text, char(9, 10, 32)) = '' ORDER BY d.path, p.number",
        (collection,),
    ):
        found.setdefault(path, []).append(number)
    return found


def page_notes(database: Database, collection: int | None, path: str) -> list[PageNote]:
    """The pages of a document that were not read like the others, by number."""
    rows = database.rows(
        "SELECT p.number, p.status, p.confidence FROM pages p JOIN documents d ON d.id = p.document"
        " WHERE d.collection = ? AND d.path = ? AND p.status != ? ORDER BY p.number",
        (collection, path, PageStatus.READ.value),
    )
    return [PageNote(number, PageStatus(status), confidence) for number, status, confidence in rows]


def paths_with(database: Database, collection: int | None, status: PageStatus) -> set[str]:
    """Paths of the documents with pages of that status."""
    rows = database.rows(
        "SELECT DISTINCT d.path FROM pages p JOIN documents d ON d.id = p.document"
        " WHERE d.collection = ? AND p.status = ?",
        (collection, status.value),
    )
    return {path for (path,) in rows}


def rows_at(database: Database, collection: int | None, paths: Collection[str]) -> list[int]:
    """Row ids of the documents at these paths that are in the collection."""
    rows = database.rows(
        "SELECT id FROM held WHERE collection = ? AND path IN (SELECT value FROM json_each(?))",
        (collection, json.dumps(list(paths))),
    )
    return [row for (row,) in rows]
