import pytest

from assistant.fusion import fuse, on_one_scale, with_page_support
from ingest.types import ScoredChunk

EQUAL = {"lexical": 1.0, "dense": 1.0}


def hits(**scores: float) -> list[ScoredChunk]:
    return [ScoredChunk(chunk_id, score) for chunk_id, score in scores.items()]


def test_the_best_gets_one_the_worst_nothing_and_the_rest_what_is_between() -> None:
    assert on_one_scale(hits(a=12.0, b=9.0, c=8.0), {}) == {"a": 1.0, "b": 0.25, "c": 0.0}


def test_what_was_asked_about_besides_may_fall_below_the_worst() -> None:
    assert on_one_scale(hits(a=2.0, b=1.0), {"c": 0.5, "b": 1.0})["c"] == -0.5


def test_one_hit_alone_is_a_full_hit() -> None:
    assert on_one_scale(hits(a=3.0), {"b": 1.0}) == {"a": 1.0, "b": 0.0}


def test_a_search_without_hits_has_no_say() -> None:
    assert on_one_scale([], {"a": 0.4}) == {}


def test_a_chunk_that_both_searches_find_comes_first() -> None:
    fused = fuse({"lexical": {"a": 1.0, "b": 0.8, "d": 0.0}, "dense": {"c": 1.0, "b": 0.7, "e": 0.0}}, EQUAL)
    assert max(fused, key=fused.__getitem__) == "b"
    assert fused["b"] == pytest.approx(1.5)


def test_what_a_search_did_not_find_is_no_better_than_the_worst_it_looked_at() -> None:
    fused = fuse({"lexical": {"a": 1.0}, "dense": {"a": -0.4, "b": 1.0}}, EQUAL)
    assert fused["b"] == pytest.approx(1.0)
    assert fuse({"lexical": {"b": 1.0}, "dense": {"a": -0.4}}, EQUAL)["b"] == pytest.approx(0.6)


def test_a_weight_of_nothing_silences_a_search() -> None:
    fused = fuse({"lexical": {"a": 1.0}, "dense": {"b": 0.5}}, {"lexical": 0.0, "dense": 1.0})
    assert fused["a"] < fused["b"]


def test_a_page_with_two_good_passages_beats_one_with_one() -> None:
    pages = {"a": ("/x", 1), "b": ("/x", 2), "c": ("/x", 2)}
    scores = with_page_support({"a": 1.0, "b": 0.9, "c": 0.8}, pages, 0.3)
    assert scores["b"] == pytest.approx(0.9 + 0.3 * 0.8)
    assert scores["b"] > scores["a"] > scores["c"]
    assert scores["c"] == 0.8, "the second is not lifted: it would crowd out other pages"


def test_pages_of_the_same_number_in_two_documents_are_two_pages() -> None:
    scores = {"a": 1.0, "b": 0.9}
    assert with_page_support(scores, {"a": ("/x", 1), "b": ("/y", 1)}, 0.3) == scores


def test_the_only_page_that_a_document_is_found_on_is_not_lifted() -> None:
    scores = {"long 1": 0.9, "long 2": 0.8, "short": 1.0}
    places = {"long 1": ("/long", 1), "long 2": ("/long", 1), "short": ("/short", 1)}
    assert with_page_support(scores, places, 0.3) == scores
