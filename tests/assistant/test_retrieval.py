import pytest

from assistant.passages import join_neighbours, without_near_duplicates
from assistant.types import Passage, Why
from config.errors import EmbedderMismatch
from ingest.types import Chunk
from models.fakes import HashEmbedder, OverlapReranker
from tests.assistant.conftest import Open
from tests.assistant.shelf import fill


def passage(name: str, text: str, context: str = "") -> Passage:
    return Passage(0, 1.0, Chunk(name, 0, text, context, 1, 1, 0, len(text)), name, f"/{name}", "", None, Why())


def test_a_copy_of_a_better_passage_is_dropped() -> None:
    text = "The supplier shall deliver the pumps within 30 days of the order and at its own risk."
    kept = without_near_duplicates([passage("a", text), passage("b", text.upper()), passage("c", "Another text.")], 10)
    assert [p.document for p in kept] == ["a", "c"]


def test_the_same_words_with_other_numbers_are_no_copy() -> None:
    text = "Revenue grew by 12 per cent in the year because of higher prices and more customers in {}."
    kept = without_near_duplicates([passage("a", text.format(2018)), passage("b", text.format(2019))], 10)
    assert len(kept) == 2


def test_the_same_text_of_another_year_s_report_is_no_copy() -> None:
    text = "The company is exposed to market risk."
    kept = without_near_duplicates([passage("a", text, "Report 2018"), passage("b", text, "Report 2019")], 10)
    assert len(kept) == 2


def test_hybrid_says_of_each_hit_where_each_search_had_it(open_with: Open) -> None:
    found = open_with().search("hotel costs per night", k=3)
    best = found.passages[0]
    assert best.document == "travel-policy.md"
    assert (best.rank, best.why.lexical_rank, best.why.dense_rank) == (1, 1, 1)
    assert best.similarity is not None
    assert [p.rank for p in found.passages] == [1, 2, 3]
    assert found.timings.total >= found.timings.lexical > 0


def test_a_mode_uses_one_search_only(open_with: Open) -> None:
    assistant = open_with()
    lexical = assistant.search("chair of the board", mode="lexical")
    assert {p.why.dense_rank for p in lexical.passages} == {None}
    assert assistant.embedder.texts_embedded == 9, "only the chunks, not the question"  # type: ignore[attr-defined]  # HashEmbedder
    dense = assistant.search("chair of the board", mode="dense")
    assert {p.why.lexical_rank for p in dense.passages} == {None}
    assert dense.passages[0].document == "board-2025-03.txt"


def test_the_same_question_gives_the_same_passages(open_with: Open) -> None:
    assistant = open_with()
    runs = [[p.chunk.chunk_id for p in assistant.search("policy of the company").passages] for _ in range(3)]
    assert runs[0] == runs[1] == runs[2]


def test_a_passage_without_its_vector_yet_is_found_by_its_words(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, None, {"new.md": ["The harbour master keeps the keys of the lighthouse."]})
    (found,) = [p for p in assistant.search("who keeps the lighthouse keys").passages[:2] if p.document == "new.md"]
    assert found.why == Why(lexical_rank=1)
    assert found.similarity is None


def test_an_empty_library_finds_nothing_and_needs_no_model(open_with: Open) -> None:
    assistant = open_with()
    assistant.library.forget("*")
    assert assistant.search("anything").passages == ()


def test_another_embedder_than_the_library_s_is_refused(open_with: Open) -> None:
    assistant = open_with()
    other = HashEmbedder(name="other", dimension=64)
    assistant.retriever._embedder = lambda: other
    with pytest.raises(EmbedderMismatch):
        assistant.search("hotel")
    assert assistant.search("hotel", mode="lexical").passages, "its words can still be searched"


def test_a_reranker_has_the_last_word(open_with: Open) -> None:
    assistant = open_with()
    question = "sick employees medical certificate required"
    assistant.retriever._reranker = OverlapReranker
    found = assistant.search(question)
    scores = [p.why.rerank_score for p in found.passages]
    assert all(score is not None for score in scores)
    assert scores == sorted(scores, key=lambda score: -(score or 0))


def test_neighbours_on_a_page_become_one_in_the_place_of_the_best() -> None:
    pages = {("/a", 1): "One. Two. Three. Four.", ("/a", 2): "Five."}
    chunks = [
        Chunk("c1", 1, "Two.", "context", 1, 1, 5, 9),
        Chunk("c4", 4, "Five.", "", 2, 2, 0, 5),
        Chunk("c3", 3, "Four.", "", 1, 1, 17, 22),
        Chunk("c2", 2, "Three.", "", 1, 1, 10, 16),
        Chunk("c0", 0, "One.", "", 1, 1, 0, 4),
    ]
    found = [Passage(0, 1.0, chunk, "a", "/a", "", None, Why()) for chunk in chunks]
    joined = join_neighbours(found, lambda path, page: pages[path, page])
    assert [(p.chunk.chunk_id, p.chunk.text) for p in joined] == [
        ("c1", "One. Two. Three."),
        ("c4", "Five."),
        ("c3", "Four."),
    ]
    assert (joined[0].chunk.start, joined[0].chunk.end) == (0, 16)


def test_search_fills_up_what_joining_leaves_free(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, {"tides.md": ["The tide rises.\n\nThe tide falls.", "A tide table."]})
    found = assistant.search("tide", k=2).passages
    assert [(p.rank, p.chunk.page) for p in found] == [(1, 1), (2, 2)] or [p.chunk.page for p in found] == [2, 1]
    assert "The tide rises.\n\nThe tide falls." in [p.chunk.text for p in found]


def test_a_word_with_a_possessive_ending_or_a_sharp_s_is_known_when_documents_have_it(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, {"umzug.md": ["Das Amt zieht in die Hafenstraße um."]})
    weights = assistant.retriever.find("Is Solheim's office in the Hafenstraße of Zzyzx?").weights
    assert {weights.words[term] for term in weights.unknown} == {"office", "zzyzx"}


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("公司的营业收入是120亿元。营业收入 2023", "公司的营业收入是多少？"),  # noqa: RUF001  as it is typed
        ("Die Miete der Wohnung in Halden beträgt 900 Euro im Monat.", "Ich ziehe nach Halden um. Miete für Wohnung?"),
    ],
)
def test_a_question_whose_words_are_told_apart_in_two_ways_is_answered(
    open_with: Open, text: str, question: str
) -> None:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, {"other.md": [text]})
    assert "other.md" in [passage.document for passage in assistant.search(question).passages]
