"""Vector search: the exact scan, Chroma beside it, and what happens when either is damaged."""

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
from ingest.types import ScoredChunk
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import embed_all, put

WORDS = ["anchor", "buoy", "crane", "dock", "engine", "ferry", "gull", "harbour", "keel", "lighthouse", "mast", "oar"]


@pytest.fixture
def harbour(library: Library, embedder: HashEmbedder) -> Library:
    """60 chunks in three documents, embedded."""
    random = np.random.default_rng(0)
    for name in "abc":
        put(library, f"/{name}.txt", *(f"{name} " + " ".join(random.choice(WORDS, 6)) for _ in range(20)))
    embed_all(library, embedder)
    return library


@pytest.fixture
def indexed(harbour: Library) -> Iterator[Library]:
    assert harbour.hold_index()
    assert harbour.refresh_index() == 60
    return harbour


def brute_force(library: Library, vector: np.ndarray, k: int, paths: set[str] | None = None) -> list[str]:
    ids = [row[0] for row in library.database.rows("SELECT chunk_id FROM chunks")]
    stored = library.chunks(ids)
    vectors = library.chunk_vectors([name for name in ids if paths is None or stored[name].path in paths])
    scores = {name: float(row.astype(np.float64) @ vector.astype(np.float64)) for name, row in vectors.items()}
    return sorted(scores, key=lambda name: (-round(scores[name], 9), name))[:k]


def ids(hits: list[ScoredChunk]) -> list[str]:
    return [hit.chunk_id for hit in hits]


def test_the_scan_finds_the_nearest(harbour: Library, embedder: HashEmbedder) -> None:
    query = embedder.embed_query("ferry island dock")

    hits = harbour.search_vectors(query, 10)

    assert ids(hits) == brute_force(harbour, query, 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(-1.001 <= hit.score <= 1.001 for hit in hits)
    assert len(harbour.search_vectors(query, 500)) == 60
    assert harbour.search_vectors(query, 0) == []


def test_a_search_can_be_narrowed_to_documents(harbour: Library, embedder: HashEmbedder) -> None:
    query = embedder.embed_query("keel mast")

    assert ids(harbour.search_vectors(query, 5, ["/b.txt"])) == brute_force(harbour, query, 5, {"/b.txt"})
    assert harbour.search_vectors(query, 5, ["/nowhere.txt"]) == []
    assert harbour.search_vectors(query, 5, []) == []


def test_ties_are_broken_by_chunk_id(library: Library, embedder: HashEmbedder) -> None:
    for number in range(30):
        put(library, f"/{number}.txt", "The very same words.", f"Page of {number}.")
    embed_all(library, embedder)

    hits = library.search_vectors(embedder.embed_query("very same words"), 7)

    assert len({hit.score for hit in hits}) == 1
    alike = library.database.rows("SELECT chunk_id FROM chunks WHERE ordinal = 0 ORDER BY chunk_id LIMIT 7")
    assert ids(hits) == [chunk_id for (chunk_id,) in alike]


def test_the_scan_sees_each_change(harbour: Library, embedder: HashEmbedder, locations: Locations) -> None:
    query = embedder.embed_query("submarine")
    harbour.search_vectors(query, 3)
    put(harbour, "/d.txt", "submarine")
    assert len(harbour.search_vectors(query, 100)) == 60
    embed_all(harbour, embedder)

    assert harbour.search_vectors(query, 1)[0].score == pytest.approx(1.0, abs=1e-3)
    harbour.remove_document("/d.txt")
    assert len(harbour.search_vectors(query, 100)) == 60
    assert len(list(locations.scan_directory.iterdir())) == 1


def test_another_process_reuses_the_matrix_on_disk(
    harbour: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    query = embedder.embed_query("gull")
    expected = harbour.search_vectors(query, 10)
    [matrix] = locations.scan_directory.iterdir()
    written = matrix.stat().st_mtime_ns
    second = Library.open(locations)

    assert second.search_vectors(query, 10) == expected
    assert matrix.stat().st_mtime_ns == written
    second.close()


@pytest.mark.parametrize("damage", ["cut", "empty", "noise"])
def test_a_damaged_matrix_is_built_again(
    harbour: Library, embedder: HashEmbedder, locations: Locations, damage: str
) -> None:
    query = embedder.embed_query("gull")
    expected = harbour.search_vectors(query, 10)
    [matrix] = locations.scan_directory.iterdir()
    content = matrix.read_bytes()
    matrix.write_bytes({"cut": content[:-100], "empty": b"", "noise": b"\xff" * len(content)}[damage])
    second = Library.open(locations)

    assert second.search_vectors(query, 10) == expected
    second.close()


def test_without_a_place_to_write_the_scan_works_from_memory(
    harbour: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    locations.scan_directory.write_text("a file stands where the folder should be")

    assert len(harbour.search_vectors(embedder.embed_query("gull"), 10)) == 10


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
