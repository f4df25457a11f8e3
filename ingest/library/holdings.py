"""What the library holds of documents, their pages and chunks: single queries, which change nothing."""

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ingest.library.collections import find
from ingest.library.database import Database
from ingest.library.types import KnownFile
from ingest.types import (
    READER_VERSION,
    UNRECOGNISED,
    Chunk,
    DocumentRecord,
    FileStatus,
    PageNote,
    PageStatus,
    StoredChunk,
)


class Holdings:
    """One collection of the library, as far as it can be read without a search. All methods raise LibraryError when the
    disk or the file fails them."""

    def __init__(self, database: Database, collection: str) -> None:
        self.database = database
        self.collection = collection

    # The ledger

    def known_files(self) -> dict[str, KnownFile]:
        """Every path in the ledger."""
        rows = self.database.rows(
            "SELECT path, sha256, status, size, modified, reader FROM documents WHERE collection = ?", (self._row(),)
        )
        return {path: KnownFile(sha256, FileStatus(status), *rest) for path, sha256, status, *rest in rows}

    def documents(self) -> list[DocumentRecord]:
        """The whole ledger by path, what did not get in included."""
        rows = self.database.rows(
            "SELECT path, sha256, status, reason, page_count, chunk_count, title, ingested_at FROM documents"
            " WHERE collection = ? ORDER BY path",
            (self._row(),),
        )
        return [
            DocumentRecord(Path(path).name, path, sha256, FileStatus(status), reason, pages, chunks, title, ingested_at)
            for path, sha256, status, reason, pages, chunks, title, ingested_at in rows
        ]

    def is_empty(self) -> bool:
        """Whether no document of the collection is in."""
        return not self.database.value("SELECT EXISTS (SELECT 1 FROM held WHERE collection = ?)", (self._row(),))

    # Chunks

    def chunks(self, chunk_ids: Iterable[str]) -> dict[str, StoredChunk]:
        """Those of `chunk_ids` that are in the collection."""
        rows = self.database.rows(
            "SELECT c.chunk_id, c.ordinal, c.text, c.context, c.page, c.page_last, c.start_offset, c.end_offset,"
            " c.heading, d.path, d.title, p.label"
            " FROM json_each(?) CROSS JOIN chunks c ON c.chunk_id = value JOIN documents d ON d.id = c.document"
            " LEFT JOIN pages p ON p.document = c.document AND p.number = c.page WHERE d.collection = ?",
            (json.dumps(list(chunk_ids)), self._row()),
        )
        names: dict[str, str] = {}  # making a Path takes longer than reading a chunk, and there are few documents
        found: dict[str, StoredChunk] = {}
        for *chunk, path, title, label in rows:
            if path not in names:
                names[path] = Path(path).name
            found[chunk[0]] = StoredChunk(Chunk(*chunk), names[path], path, title, label)
        return found

    def chunks_on(self, path: Path | str, page: int) -> list[StoredChunk]:
        """The chunks that stand on that page (1-based) or run over it, in reading order."""
        rows = self.database.rows(
            "SELECT c.chunk_id FROM documents d JOIN chunks c ON c.document = d.id"
            " WHERE d.collection = ? AND d.path = ? AND ? BETWEEN c.page AND c.page_last ORDER BY c.ordinal",
            (self._row(), str(path), page),
        )
        chunk_ids = [chunk_id for (chunk_id,) in rows]
        stored = self.chunks(chunk_ids)
        return [stored[chunk_id] for chunk_id in chunk_ids if chunk_id in stored]

    def places(self, chunk_ids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Chunk id → path and first page, for those of `chunk_ids` that are in the collection; no text is read."""
        rows = self.database.rows(
            "SELECT c.chunk_id, d.path, c.page FROM json_each(?) CROSS JOIN chunks c ON c.chunk_id = value"
            " JOIN documents d ON d.id = c.document WHERE d.collection = ?",
            (json.dumps(list(chunk_ids)), self._row()),
        )
        return {chunk_id: (path, page) for chunk_id, path, page in rows}

    # Pages

    def page_text(self, path: Path | str, number: int) -> str:
        """Text of one page (1-based); empty when there is no such page."""
        return "".join(self.page_texts(path, number, number))

    def page_texts(self, path: Path | str, first: int, last: int) -> list[str]:
        """Texts of the pages `first` to `last` (inclusive, 1-based)."""
        rows = self.database.rows(
            "SELECT p.text FROM pages p JOIN documents d ON d.id = p.document"
            " WHERE d.collection = ? AND d.path = ? AND p.number BETWEEN ? AND ? ORDER BY p.number",
            (self._row(), str(path), first, last),
        )
        return [text for (text,) in rows]

    def page_notes(self, path: Path | str) -> list[PageNote]:
        """The pages of a document that were recognised, are damaged, or gave no text, by number."""
        rows = self.database.rows(
            "SELECT p.number, p.status, p.confidence FROM pages p JOIN documents d ON d.id = p.document"
            " WHERE d.collection = ? AND d.path = ? AND p.status != ? ORDER BY p.number",
            (self._row(), str(path), PageStatus.READ.value),
        )
        return [PageNote(number, PageStatus(status), confidence) for number, status, confidence in rows]

    def empty_pages(self) -> dict[str, list[int]]:
        """Path → numbers (1-based) of the pages that hold no text, for the documents that have such pages."""
        found: dict[str, list[int]] = {}
        for path, number in self.database.rows(
            "SELECT d.path, p.number FROM pages p JOIN documents d ON d.id = p.document"
            " WHERE d.collection = ? AND trim(p.text, char(9, 10, 32)) = '' ORDER BY d.path, p.number",
            (self._row(),),
        ):
            found.setdefault(path, []).append(number)
        return found

    def unread_paths(self) -> set[str]:
        """Paths of the documents with pages whose text was not recognised; looks at every page."""
        return self._paths_with(PageStatus.NEEDS_OCR)

    def recognised_paths(self, known: Mapping[str, KnownFile]) -> set[str]:
        """Paths of the documents with pages whose text was recognised; looks at every page, if another version has read
        any of the files that are `known`."""
        if all(file.reader in (READER_VERSION, UNRECOGNISED) for file in known.values()):
            return set()
        return self._paths_with(PageStatus.OCR)

    def _paths_with(self, status: PageStatus) -> set[str]:
        rows = self.database.rows(
            "SELECT DISTINCT d.path FROM pages p JOIN documents d ON d.id = p.document"
            " WHERE d.collection = ? AND p.status = ?",
            (self._row(), status.value),
        )
        return {path for (path,) in rows}

    # Rows

    def _row(self) -> int | None:
        """Row id of the collection; None, which matches nothing, before the first ingest."""
        return find(self.database, self.collection)

    def _rows_of(self, paths: Collection[str] | None) -> list[int] | None:
        """Row ids of the documents at these paths that are in the collection; None for all of them."""
        if paths is None:
            return None
        rows = self.database.rows(
            "SELECT id FROM held WHERE collection = ? AND path IN (SELECT value FROM json_each(?))",
            (self._row(), json.dumps(list(paths))),
        )
        return [row for (row,) in rows]
