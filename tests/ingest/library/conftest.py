"""An empty library in an empty home, on the deterministic embedder."""

from collections.abc import Iterator

import pytest

from config.locations import Locations
from ingest.library.library import Library
from models.fakes import HashEmbedder


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def library(locations: Locations, embedder: HashEmbedder) -> Iterator[Library]:
    library = Library.open(locations)
    library.require_embedder(embedder.identity)
    yield library
    library.close()
