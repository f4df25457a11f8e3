import pytest

from assistant.relevance import fits, floor
from assistant.types import Passage, Why
from assistant.words import Weights
from ingest.types import Chunk

QUESTION = "What is the hotel limit in Norway?"
TEXT = "Hotel costs are reimbursed up to 155 euro per night in Norway."


def passage(text: str, similarity: float | None) -> Passage:
    return Passage(1, 1.0, Chunk("c", 0, text, "", 1, 1, 0, len(text)), "d", "/d", "", None, Why(), similarity)


def weights(chunks: int) -> Weights:
    return Weights(QUESTION, {"hotel": 1, "norway": 1}, chunks)


def test_words_and_meaning_together_decide() -> None:
    assert fits(weights(10), [passage(TEXT, 0.5)])
    assert not fits(weights(10), [passage("Nothing of that kind.", 0.4)])
    assert fits(weights(10), [passage("Nothing of that kind.", 0.6)])
    assert not fits(weights(10), [passage("In Norway.", 0.1)])


def test_any_of_the_best_passages_will_do_but_not_one_far_down() -> None:
    other = passage("Nothing of that kind.", 0.1)
    assert fits(weights(10), [other] * 4 + [passage(TEXT, 0.5)])
    assert not fits(weights(10), [other] * 5 + [passage(TEXT, 0.5)])


def test_without_vectors_the_words_decide() -> None:
    assert fits(weights(10), [passage(TEXT, None)])
    assert not fits(weights(10), [passage("In a hotel.", None)])


def test_a_larger_library_asks_for_more() -> None:
    floors = [floor(chunks) for chunks in (1, 10, 100, 1000, 100_000)]
    assert floors == sorted(floors)
    assert floors[1] < floors[2] < floors[3]
    assert floors[-1] == pytest.approx(0.85)


def test_a_long_question_need_not_be_held_word_by_word() -> None:
    instructions = (
        " Assume the perspective of an analyst, define every ratio, round to two decimals and explain briefly."
    )
    asked = Weights(QUESTION + instructions, {"hotel": 1, "limit": 1, "norway": 1}, 1000)
    assert fits(asked, [passage("The hotel limit for Norway, an explained ratio, is 155 euro.", 0.4)])


def test_nothing_found_fits_nothing() -> None:
    assert not fits(weights(10), [])
