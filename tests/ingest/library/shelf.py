"""Documents made by hand, one chunk per page, and what a library looks like from outside."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np

from config.locations import Locations
from ingest.embedding import embed_next_slice
from ingest.library.library import Library
from ingest.types import Chunk, Document, FileStatus, FoundFile, Page, make_chunk_id
from models.base import Embedder

SECRET = "The zebracorn protocol requires seventeen quokkawatts at midnight, says Xanthippe."
PUBLIC = "The public notice about opening hours of the harbour office."
WORDS = ["anchor", "buoy", "crane", "dock", "engine", "ferry", "gull", "harbour", "keel", "lighthouse", "mast", "oar"]


def put(library: Library, path: str, *pages: str, title: str = "") -> FileStatus:
    """Put a document with these page texts into the library."""
    document = make_document(path, *pages, title=title)
    return library.replace_document(file_of(document), document, make_chunks(library, document))


def make_document(path: str, *pages: str, title: str = "") -> Document:
    sha256 = hashlib.sha256("\f".join(pages).encode()).hexdigest()
    numbered = tuple(Page(number, text, label=f"p{number}") for number, text in enumerate(pages, 1))
    return Document(Path(path), sha256, title, numbered)


def file_of(document: Document) -> FoundFile:
    return FoundFile(document.path, document.sha256, size=1, modified=1.0)


def make_chunks(library: Library, document: Document) -> list[Chunk]:
    return [
        Chunk(
            chunk_id=make_chunk_id(library.collection, document.sha256, ordinal),
            ordinal=ordinal,
            text=page.text,
            context=document.title,
            page=page.number,
            page_last=page.number,
            start=0,
            end=len(page.text),
        )
        for ordinal, page in enumerate(document.pages)
    ]


def embed_all(library: Library, embedder: Embedder) -> None:
    while embed_next_slice(library, embedder):
        pass


def found_texts(library: Library, query: str, k: int = 10) -> list[str]:
    """Texts of the hits of a full-text search, best first."""
    hits = library.search_text(query, k)
    chunks = library.chunks([hit.chunk_id for hit in hits])
    return [chunks[hit.chunk_id].chunk.text for hit in hits]


def contents(library: Library) -> list[tuple[object, ...]]:
    """Everything a search can depend on, without row ids and times."""
    return library.database.rows(
        """
        SELECT d.path, d.sha256, d.status, d.title, d.page_count,
            c.chunk_id, c.ordinal, c.page, c.text, c.context, c.vector
        FROM documents d LEFT JOIN chunks c ON c.document = d.id ORDER BY d.path, c.ordinal
        """
    )


OPEN_AND_CLOSE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
connection.close()
"""


def others_see_its_locks(library: Library) -> bool:
    """Whether another process that reads the library and ends leaves the write-ahead log, as the last one does not."""
    log = library.database.path.with_name(f"{library.database.path.name}-wal")
    assert log.exists()
    subprocess.run([sys.executable, "-S", "-c", OPEN_AND_CLOSE, str(library.database.path)], check=True)
    return log.exists()


def traces(locations: Locations, *needles: bytes) -> list[Path]:
    files = [path for path in locations.home.rglob("*") if path.is_file()]
    return [path for path in files if any(needle in path.read_bytes().lower() for needle in needles)]


def index_files(locations: Locations) -> list[Path]:
    return [path for path in locations.index_directory.rglob("*") if path.is_file()]


def secret_vectors(library: Library) -> list[bytes]:
    rows = library.database.rows(
        "SELECT c.vector FROM chunks c JOIN documents d ON d.id = c.document WHERE d.path LIKE '%secret%'"
    )
    halves = [np.frombuffer(blob, dtype="<f2") for (blob,) in rows]
    return [half.tobytes() for half in halves] + [half.astype("<f4").tobytes() for half in halves]
