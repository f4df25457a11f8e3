"""How much a collection and its indexes hold."""

from config.locations import Locations
from ingest.library.library import Library
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import embed_all, put


def test_given_to_chroma_are_the_vectors_that_do_not_wait_in_the_outbox(
    library: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    put(library, "/a.txt", "First.", "Second.", "Third.")
    embed_all(library, embedder)
    library.database.rows("DELETE FROM outbox WHERE seq = 1")
    assert library.counts_of_indexes() == {"default": (3, 1)}

    library.database.rows("INSERT INTO outbox (collection, chunk_id) SELECT collection, chunk_id FROM outbox")
    put(library, "/pending.txt", "A page that has no vector yet.")
    put(library, "/gone.txt", "A page that goes.")
    other = Library.open(locations, "other")
    other.require_embedder(embedder.identity)
    put(other, "/a.txt", "First.")
    embed_all(other, embedder)
    assert library.counts_of_indexes() == {"default": (5, 1), "other": (1, 0)}

    embed_all(library, embedder)
    library.remove_document("/gone.txt")
    assert library.counts_of_indexes() == {"default": (4, 1), "other": (1, 0)}
    other.close()


def test_counting_takes_steps_for_each_vector_that_waits_not_for_each_two(
    library: Library, embedder: HashEmbedder
) -> None:
    """Of a large library that is being indexed for the first time, all vectors wait."""
    chunks = 400
    put(library, "/long.txt", *(f"Page {number} of a long document." for number in range(chunks)))
    embed_all(library, embedder)
    thousands: list[None] = []
    library.database.connection.set_progress_handler(lambda: thousands.append(None), 1000)

    assert library.counts_of_indexes() == {"default": (chunks, 0)}

    assert len(thousands) * 1000 < 100 * chunks
