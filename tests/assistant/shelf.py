"""A library filled by hand, without reading files: what the core is tested on."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.library.library import Library
from ingest.library.types import PendingChunk
from ingest.library.vectors import fingerprint_of
from ingest.types import Chunk, Document, FoundFile, Page, make_chunk_id
from models.base import Embedder

POLICIES = {
    "leave-policy.md": [
        "# Leave policy\n\nEmployees of Halvorsen Marine accrue 23 days of paid vacation per year. "
        "Up to 6 unused days may be carried over and must be taken before 31 March.\n\n"
        "A medical certificate is required from the fourth day of illness."
    ],
    "travel-policy.md": [
        "# Travel policy\n\nHotel costs are reimbursed up to 155 euro per night in Norway and 180 euro elsewhere.",
        "Expense reports are due within 30 days of the end of the trip.",
    ],
    "minutes/board-2025-03.txt": [
        "Minutes of the board of Halvorsen Marine, 14 March 2025.\n\n"
        "The board approved the purchase of the tug Ternen for 41.5 million kroner.\n\n"
        "Ingrid Solheim was elected chair for two years."
    ],
}

VACATION = "How many days of paid vacation do employees accrue per year?"
REPLY = "Employees accrue 23 days of paid vacation per year [1]."


def fill(library: Library, embedder: Embedder | None, documents: Mapping[str, Sequence[str]] = POLICIES) -> None:
    """Put documents (name → page texts) into the library, a chunk per paragraph; vectors if there is an embedder."""
    for name, pages in documents.items():
        document, chunks = make_document(library.collection, name, pages)
        library.replace_document(FoundFile(document.path, size=sum(map(len, pages))), document, chunks)
        if embedder is not None:
            library.require_embedder(embedder.identity)
            pending = [
                PendingChunk(chunk.chunk_id, chunk.indexed_text, fingerprint_of(chunk.context, chunk.text))
                for chunk in chunks
            ]
            library.store_vectors(pending, embedder.embed_documents([chunk.indexed_text for chunk in chunks]))


def make_document(collection: str, name: str, pages: Sequence[str]) -> tuple[Document, list[Chunk]]:
    sha256 = hashlib.sha256("\f".join((name, *pages)).encode()).hexdigest()
    path = Path("/documents") / name
    title = path.stem
    chunks: list[Chunk] = []
    for number, text in enumerate(pages, 1):
        start = 0
        for paragraph in text.split("\n\n"):
            chunk_id = make_chunk_id(collection, sha256, len(chunks))
            end = start + len(paragraph)
            chunks.append(Chunk(chunk_id, len(chunks), paragraph, title, number, number, start, end))
            start = end + 2
    return Document(path, sha256, title, tuple(Page(n, text) for n, text in enumerate(pages, 1))), chunks
