"""An empty library in an empty home, on the deterministic embedder."""

from collections.abc import Iterator

import pytest

from config.locations import Locations
from ingest.library.library import Library
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import PUBLIC, SECRET, embed_all, put


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def library(locations: Locations, embedder: HashEmbedder) -> Iterator[Library]:
    library = Library.open(locations)
    library.require_embedder(embedder.identity)
    yield library
    library.close()


@pytest.fixture
def filled(library: Library, embedder: HashEmbedder) -> Library:
    put(library, "/papers/secret.pdf", SECRET, "And more on zebracorn matters of the quokkawatt kind, page two.")
    put(library, "/papers/public.pdf", PUBLIC)
    embed_all(library, embedder)
    library.search_vectors(embedder.embed_query("zebracorn"), 5)  # leaves the scan's matrix on disk
    return library
