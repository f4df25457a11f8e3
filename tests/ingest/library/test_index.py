"""Chroma beside the exact scan, which it agrees with, and what happens when it is damaged."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from config.locations import Locations
from ingest.library import index as index_module
from ingest.library.library import Library
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import WORDS, embed_all, put


@pytest.fixture
def indexed(harbour: Library) -> Iterator[Library]:
    assert harbour.hold_index()
    assert harbour.refresh_index() == 60
    return harbour


def test_chroma_and_the_scan_agree_to_the_last_bit(
    indexed: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    scanning = Library.open(locations)
    for word in WORDS:
        query = embedder.embed_query(word)
        assert indexed.search_vectors(query, 8) == scanning.search_vectors(query, 8)
    scanning.close()
    assert indexed.index_count() == 60
    assert indexed.check() == []


def test_the_holder_finds_what_chroma_has_not_seen_yet(
    indexed: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    other = Library.open(locations)
    assert not other.hold_index()
    put(other, "/d.txt", "submarine")
    other.remove_document("/a.txt")
    embed_all(other, embedder)
    query = embedder.embed_query("submarine")

    before = indexed.search_vectors(query, 50)
    assert indexed.index_count() == 60
    assert before[0].score == pytest.approx(1.0, abs=1e-3)
    assert len(before) == 41

    assert indexed.refresh_index() == 21
    assert indexed.index_count() == 41
    assert indexed.search_vectors(query, 50) == before
    assert other.refresh_index() == 0
    assert other.index_count() is None
    other.close()


def test_the_lock_holds_between_processes(harbour: Library, locations: Locations) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom config.locations import Locations\n"
        "from ingest.library.library import Library\n"
        "print(Library.open(Locations(Path(sys.argv[1]))).hold_index(), 'chromadb' in sys.modules)"
    )

    def other_process_holds() -> str:
        return subprocess.run(
            [sys.executable, "-c", script, str(locations.home)], capture_output=True, text=True, check=True
        ).stdout.strip()

    assert harbour.hold_index()
    assert other_process_holds() == "False False"
    harbour.release_index()
    assert other_process_holds() == "True False"
    assert harbour.hold_index()


def test_applying_the_outbox_twice_does_no_harm(
    indexed: Library, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between Chroma's change and the outbox's."""
    waiting = indexed.database.rows("SELECT collection, chunk_id FROM chunks JOIN documents d ON d.id = document")
    with indexed.database.transaction() as connection:
        connection.executemany("INSERT INTO outbox (collection, chunk_id) VALUES (?, ?)", waiting * 2)
    monkeypatch.setattr(index_module, "BATCH", 7)

    assert indexed.refresh_index() == 120
    assert indexed.index_count() == 60
    assert indexed.check() == []


def reopened(library: Library, locations: Locations) -> Library:
    library.close()
    again = Library.open(locations)
    assert again.hold_index()
    return again


def _current(locations: Locations) -> Path:
    [marker] = locations.index_directory.glob("*.json")
    return locations.index_directory / json.loads(marker.read_text())["folder"]


def _lose_a_vector(locations: Locations) -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(_current(locations)), settings=Settings(anonymized_telemetry=False))
    [vectors] = client.list_collections()
    vectors.delete(ids=vectors.get(limit=1, include=[])["ids"])
    client.close()


def _other_version(locations: Locations) -> None:
    [marker] = locations.index_directory.glob("*.json")
    marker.write_text(marker.read_text().replace('"chromadb": "', '"chromadb": "0'))


def _died_opening(locations: Locations) -> None:
    [marker] = locations.index_directory.glob("*.json")
    marker.with_suffix(".opening").touch()


DAMAGES = {
    "garbage": lambda locations: (_current(locations) / "chroma.sqlite3").write_bytes(os.urandom(4096)),
    "folder gone": lambda locations: shutil.rmtree(_current(locations)),
    "marker gone": lambda locations: next(locations.index_directory.glob("*.json")).unlink(),
    "marker nonsense": lambda locations: next(locations.index_directory.glob("*.json")).write_text("[]"),
    "a vector lost": _lose_a_vector,
    "another version": _other_version,
    "died while opening": _died_opening,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_built_again_from_the_library(
    indexed: Library, embedder: HashEmbedder, locations: Locations, damage: str
) -> None:
    query = embedder.embed_query("lighthouse")
    expected = indexed.search_vectors(query, 10)
    indexed.close()
    old = _current(locations)
    DAMAGES[damage](locations)
    again = reopened(indexed, locations)

    assert again.search_vectors(query, 10) == expected
    again.refresh_index()
    assert again.index_count() == 60
    assert again.search_vectors(query, 10) == expected
    assert _current(locations) != old
    assert not old.exists()
    assert again.check() == []
    again.close()


def test_a_sound_index_is_not_built_again(indexed: Library, locations: Locations) -> None:
    folder = _current(locations)

    again = reopened(indexed, locations)

    assert again.refresh_index() == 0
    assert again.index_count() == 60
    assert _current(locations) == folder
    again.close()


def test_when_a_query_fails_the_scan_answers_and_the_index_is_built_again(
    indexed: Library, embedder: HashEmbedder, locations: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    import chromadb

    query = embedder.embed_query("oar")
    expected = indexed.search_vectors(query, 10)
    folder = _current(locations)

    class PanicException(BaseException):
        """What Chroma's Rust core raises is no Exception."""

    def fail(*_: object, **__: object) -> None:
        raise PanicException("index out of bounds")

    with monkeypatch.context() as patched:
        patched.setattr(chromadb.Collection, "query", fail)
        assert indexed.search_vectors(query, 10) == expected

    indexed.refresh_index()
    assert _current(locations) != folder
    assert indexed.search_vectors(query, 10) == expected
    assert indexed.index_count() == 60


def test_an_index_that_cannot_be_built_leaves_the_scan(
    harbour: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    locations.index_directory.write_text("a file stands where the folder should be")

    assert harbour.hold_index()
    assert harbour.refresh_index() == 0
    assert len(harbour.search_vectors(embedder.embed_query("oar"), 10)) == 10


def test_nothing_is_indexed_before_the_first_ingest(locations: Locations) -> None:
    library = Library.open(locations)

    assert library.hold_index()
    assert library.refresh_index() == 0
    assert library.index_count() is None
    assert library.search_vectors(np.ones(4, dtype=np.float32), 3) == []
    library.close()
