"""Vector search by the exact scan: what it finds, and the matrix that it keeps on disk."""

import numpy as np
import pytest

from config.locations import Locations
from ingest.library.library import Library
from ingest.types import ScoredChunk
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import embed_all, put


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
