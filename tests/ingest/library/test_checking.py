"""`check` names what does not agree; each fault is put there by hand."""

import pytest

from config.locations import Locations
from ingest.library.library import Library
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import embed_all, put

FAULTS = {
    "documents": "UPDATE documents SET chunk_count = 7",
    "chunks": "UPDATE chunks SET page = 99 WHERE ordinal = 0",
    "vectors": "UPDATE chunks SET vector = x'0000' WHERE ordinal = 0",
    "full-text index": "INSERT INTO chunks_text (rowid, context, text) VALUES (12345, 'x', 'not in any chunk')",
    "forgetting": "UPDATE collections SET compaction_due = 1",
}


@pytest.fixture
def filled(library: Library, embedder: HashEmbedder) -> Library:
    put(library, "/a.txt", "One page.", "Another page.")
    embed_all(library, embedder)
    return library


def test_a_sound_library_has_no_problems(filled: Library) -> None:
    assert filled.check() == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_a_remedy(filled: Library, name: str) -> None:
    filled.database.rows(FAULTS[name])

    [problem] = filled.check()

    assert problem.name == name
    assert problem.detail.endswith(".")
    assert problem.remedy.endswith(".")


def test_an_index_that_counts_otherwise_is_named(filled: Library) -> None:
    filled.hold_index()
    filled.refresh_index()
    filled.database.rows("UPDATE chunks SET vector = NULL WHERE ordinal = 0")

    [problem] = filled.check()

    assert problem.name == "vector index"
    assert problem.detail == "Chroma holds 2 vectors, the library 1."


def test_checking_changes_nothing(filled: Library, locations: Locations) -> None:
    other = Library.open(locations)
    before = other.database.value("PRAGMA data_version")

    filled.check()

    assert other.database.value("PRAGMA data_version") == before
    other.close()
