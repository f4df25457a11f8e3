import threading
from collections.abc import Iterator, Sequence

import pytest

from config.errors import ModelError
from config.locations import Locations
from ingest.embedding import BackgroundEmbedding, embed_next_slice
from ingest.library.embedded import SLICE
from ingest.library.library import Library
from models.base import Vectors
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import put


class RecordingEmbedder(HashEmbedder):
    """Keeps the batches it was given; `gate` holds each one back, `fails_at` is the batch that fails."""

    def __init__(self, *, fails_at: int = -1) -> None:
        super().__init__()
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fails_at = fails_at

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.gate.wait(10)
        if len(self.batches) == self.fails_at:
            raise ModelError("The embedder is broken.", "Mend it.")
        self.batches.append(list(texts))
        return super().embed_documents(texts)


@pytest.fixture
def library(locations: Locations) -> Iterator[Library]:
    library = Library.open(locations)
    library.require_embedder(HashEmbedder().identity)
    yield library
    library.close()


def fill(library: Library, *lengths: int) -> None:
    for name, length in enumerate(lengths):
        put(library, f"/{name}.txt", *(f"Page {number} of {name}." for number in range(length)))


def test_a_slice_holds_chunks_of_one_document_in_their_order(library: Library) -> None:
    fill(library, SLICE + 2, 3)
    embedder = RecordingEmbedder()

    assert [embed_next_slice(library, embedder) for _ in range(4)] == [SLICE, 2, 3, 0]
    assert embedder.batches[1] == [f"Page {SLICE} of 0.", f"Page {SLICE + 1} of 0."]
    assert library.pending_count() == 0


def test_the_batches_do_not_depend_on_where_it_starts(library: Library, locations: Locations) -> None:
    fill(library, 5, SLICE + 5, 2)
    forwards = RecordingEmbedder()
    while embed_next_slice(library, forwards):
        pass
    library.database.rows("UPDATE chunks SET vector = NULL")
    backwards = RecordingEmbedder()
    while embed_next_slice(library, backwards, from_end=True):
        pass

    assert backwards.batches == forwards.batches[::-1]


def test_it_embeds_what_comes_while_it_runs(library: Library) -> None:
    fill(library, 2)
    embedder = RecordingEmbedder()

    with BackgroundEmbedding(library, embedder) as embedding:
        put(library, "/later.txt", "A late page.")
        embedding.look_again()
        assert sum(embedding.remaining_steps()) == 3

    assert library.pending_count() == 0


def test_leaving_ends_it_and_leaves_the_rest_pending(library: Library) -> None:
    fill(library, *[2] * 50)
    embedder = RecordingEmbedder()
    embedder.gate.clear()

    with BackgroundEmbedding(library, embedder):
        threading.Timer(0.05, embedder.gate.set).start()

    assert library.pending_count() in {98, 100}
    assert "embedding" not in {thread.name for thread in threading.enumerate()}


def test_what_goes_wrong_in_its_thread_is_raised_here(library: Library) -> None:
    fill(library, 2, 2, 2)

    with (
        pytest.raises(ModelError, match="broken"),
        BackgroundEmbedding(library, RecordingEmbedder(fails_at=1)) as embedding,
    ):
        list(embedding.remaining_steps())

    assert library.pending_count() == 4


def test_it_keeps_back_while_the_cores_are_taken(library: Library) -> None:
    fill(library, 2, 2, 2)
    crowded = threading.Event()
    crowded.set()
    embedder = RecordingEmbedder()
    slow = embedder.embed_documents

    def embed_slowly(texts: Sequence[str]) -> Vectors:
        threading.Event().wait(0.05)  # so that its share of the time is long enough to be seen
        return slow(texts)

    embedder.embed_documents = embed_slowly  # type: ignore[method-assign]
    with BackgroundEmbedding(library, embedder, crowded=crowded.is_set) as embedding:
        first = next(embedding.remaining_steps())
        waiting = library.pending_count()
        crowded.clear()
        rest = sum(embedding.remaining_steps())

    assert (first, waiting, rest) == (2, 4, 4)


def test_the_same_text_is_embedded_once(library: Library) -> None:
    put(library, "/a.txt", "A page.", "The same words.", "The same words.")
    put(library, "/b.txt", "The same words.", "Another page.")
    put(library, "/c.txt", "The same words.", title="Under a title")
    embedder = RecordingEmbedder()

    assert [embed_next_slice(library, embedder) for _ in range(4)] == [3, 2, 1, 0]

    assert embedder.batches == [["A page.", "The same words."], ["Another page."], ["Under a title\nThe same words."]]
    assert library.pending_count() == 0


def test_what_it_copies_is_what_it_would_have_embedded(library: Library) -> None:
    put(library, "/a.txt", "The same words.")
    put(library, "/b.txt", "The same words.", "Others.")
    while embed_next_slice(library, RecordingEmbedder()):
        pass

    vectors = library.database.rows("SELECT DISTINCT vector FROM chunks WHERE text = 'The same words.'")
    assert len(vectors) == 1
    put(library, "/c.txt", "The same words.")
    library.remove_document("/a.txt")
    library.remove_document("/b.txt")
    while embed_next_slice(library, RecordingEmbedder()):
        pass
    assert library.database.rows("SELECT vector FROM chunks") == vectors


def test_another_version_keeps_the_vectors_of_what_stayed(library: Library) -> None:
    put(library, "/a.txt", "One.", "Two.", "Three.")
    while embed_next_slice(library, RecordingEmbedder()):
        pass
    put(library, "/a.txt", "Zero.", "Two.", "Three.")
    embedder = RecordingEmbedder()

    assert library.pending_count() == 1
    embed_next_slice(library, embedder)

    assert embedder.batches == [["Zero."]]


def test_vectors_stay_within_their_collection(library: Library, locations: Locations) -> None:
    put(library, "/a.txt", "The same words.")
    embed_next_slice(library, RecordingEmbedder())
    other = Library.open(locations, "other")
    other.require_embedder(HashEmbedder().identity)
    put(other, "/a.txt", "The same words.")
    embedder = RecordingEmbedder()

    embed_next_slice(other, embedder)

    assert embedder.batches == [["The same words."]]
    other.close()


def test_it_rests_while_it_is_told_to(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.embedding._REST_SECONDS", 0.01)
    fill(library, 2)
    answers = [True, True, True]

    with BackgroundEmbedding(library, RecordingEmbedder(), rests=lambda: bool(answers) and answers.pop()) as embedding:
        assert sum(embedding.remaining_steps()) == 2

    assert answers == []


def test_the_end_that_is_told_just_before_it_waits_is_heard(library: Library) -> None:
    embedding = BackgroundEmbedding(library, RecordingEmbedder())
    clear = embedding._more.clear

    def tell_the_end_and_clear() -> None:
        embedding._nothing_to_come.set()
        embedding.look_again()
        clear()

    embedding._more.clear = tell_the_end_and_clear  # type: ignore[method-assign]  # the reading thread, at its worst
    with embedding:
        embedding._thread.join(5)
        assert not embedding._thread.is_alive()
