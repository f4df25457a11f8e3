"""An empty library in an empty home, and two that are filled, on the deterministic embedder."""

from collections.abc import Iterator

import numpy as np
import pytest

from config.locations import Locations
from ingest.library.library import Library
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import PUBLIC, SECRET, WORDS, embed_all, put


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


@pytest.fixture
def harbour(library: Library, embedder: HashEmbedder) -> Library:
    """60 chunks in three documents, embedded."""
    random = np.random.default_rng(0)
    for name in "abc":
        put(library, f"/{name}.txt", *(f"{name} " + " ".join(random.choice(WORDS, 6)) for _ in range(20)))
    embed_all(library, embedder)
    return library
