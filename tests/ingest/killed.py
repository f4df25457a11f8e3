"""Ingest in a process of its own, so that it can be killed: python -m tests.ingest.killed HOME FOLDER."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from config.locations import Locations
from config.sections import ChunkingSettings, IngestSettings, Settings
from ingest.library.library import Library
from ingest.pipeline import ingest
from models.base import Vectors
from models.fakes import HashEmbedder


class UnhurriedEmbedder(HashEmbedder):
    """Takes a moment for each batch, so that a run has moments to be killed at."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        time.sleep(0.01)
        return super().embed_documents(texts)


def main(home: str, folder: str) -> None:
    library = Library.open(Locations(Path(home)))
    settings = Settings(ingest=IngestSettings(workers=1), chunking=ChunkingSettings(max_tokens=32, min_tokens=8))
    for _ in ingest([Path(folder)], library=library, embedder=UnhurriedEmbedder(), settings=settings):
        sys.stdout.write("event\n")
        sys.stdout.flush()
    library.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
