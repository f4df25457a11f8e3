from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from assistant import relevance
from assistant.relevance import floor, hangs_on_unknown_word
from assistant.types import Passage, Why
from assistant.words import Weights
from ingest.types import Chunk

QUESTION = "What is the hotel limit in Norway?"
TEXT = "Hotel costs are reimbursed up to 155 euro per night in Norway."
HELD = {"hotel": 1, "norway": 1}


class Marked:
    """The part of a library that knows what its one document, `/d`, is marked with."""

    def __init__(self, *marks: str) -> None:
        self.marks = marks

    def documents_marked(
        self, marks: Sequence[str], documents: Collection[str]
    ) -> tuple[int, dict[str, dict[str, float]]]:
        return 1, {mark: {"/d": 1.0} for mark in self.marks if mark in marks and "/d" in documents}


def passage(text: str, similarity: float | None) -> Passage:
    return Passage(1, 1.0, Chunk("c", 0, text, "", 1, 1, 0, len(text)), "d", "/d", "", None, Why(), similarity)


def weights(question: str = QUESTION, held: Mapping[str, int] = HELD, chunks: int = 10) -> Weights:
    return Weights(question, held, chunks)


def fits(passages: Sequence[Passage], question: str = QUESTION, marks: Sequence[str] = (), **glossary: Any) -> bool:
    library: Any = Marked(*marks)
    return relevance.fits(question, weights(question), passages, library, glossary)


def test_words_and_meaning_together_decide() -> None:
    assert fits([passage(TEXT, 0.5)])
    assert not fits([passage("Nothing of that kind in Norway.", 0.0)])
    assert fits([passage("Nothing of that kind in Norway.", 0.6)])


def test_any_of_the_best_passages_will_do_but_not_one_far_down() -> None:
    other = passage("Nothing of that kind.", 0.1)
    assert fits([other] * 4 + [passage(TEXT, 0.5)])
    assert not fits([other] * 5 + [passage(TEXT, 0.5)])


def test_without_vectors_the_words_decide() -> None:
    assert fits([passage(TEXT, None)])
    assert not fits([passage("In a hotel.", None)])


def test_a_larger_library_asks_for_more() -> None:
    floors = [floor(chunks) for chunks in (1, 10, 100, 1000, 100_000)]
    assert floors == sorted(floors)
    assert floors[1] < floors[2] < floors[3]
    assert floors[-1] == pytest.approx(0.9)


def test_instructions_need_not_be_held() -> None:
    long = f"Assume the perspective of an auditor and define every ratio. {QUESTION} Round to two decimals."
    assert fits([passage(TEXT, 0.2)], long)


def test_what_is_said_of_another_name_does_not_fit() -> None:
    asked = "What were the sales of Acme?"
    assert not fits([passage("The sales of Borealis were 12 million.", 0.8)], asked)
    assert fits([passage("The sales of Acme were 12 million.", 0.5)], asked)


def test_a_document_bears_the_name_for_its_passages() -> None:
    assert fits([passage("Sales were 12 million.", 0.4)], "What were the sales of Acme?", marks=["acme"])
    assert fits([passage("Sales were 12 million.", 0.4)], "What were the sales of JnJ?", marks=["=jj"])


def test_another_year_does_not_fit_and_a_mention_in_passing_must_fit_better() -> None:
    asked = "What was the profit in 2019?"
    assert not fits([passage("The profit was 12 million.", 0.9)], asked)
    assert fits([passage("The profit was 12 million.", 0.4)], asked, marks=["2019"])
    mention = "Debt of 3 million, the lowest since 2019."
    assert not fits([passage(mention, 0.2)], asked, marks=["2026"])
    assert fits([passage(mention, 0.2)], asked)
    assert fits([passage("Profit: 12 million (2019: 11 million).", 0.6)], asked, marks=["2020"])


def test_the_figure_of_a_name_must_be_there() -> None:
    asked = "What does the Aquila 600 cost?"
    assert not fits([passage("The Aquila 400 costs 1,200 euro.", 0.8)], asked)
    assert fits([passage("The Aquila 600 costs 1,200 euro.", 0.4)], asked)


def test_what_the_glossary_calls_a_word_counts_as_the_word() -> None:
    text = passage("Purchases of property, plant and equipment: 1,577", 0.2)
    assert not fits([text], "How large was capex?")
    assert fits([text], "How large was capex?", capex=("purchases of property plant and equipment",))


def test_nothing_found_fits_nothing() -> None:
    assert not fits([])


@pytest.mark.parametrize(("without", "hangs"), [((1.0, 0.0), True), ((0.0, 1.0), False)])
def test_a_question_that_is_nearer_without_its_unknown_word_hangs_on_it(
    without: tuple[float, float], hangs: bool
) -> None:
    asked: list[str] = []

    def embed(text: str) -> np.ndarray:
        asked.append(text)
        return np.array(without, dtype=np.float32)

    question = "How many days of leave for jury service?"
    held = weights(question, {"days": 3, "leave": 4, "many": 1, "service": 2})
    page, vector = np.array([1.0, 0.0], dtype=np.float32), np.array([0.6, 0.8], dtype=np.float32)
    assert hangs_on_unknown_word(question, held, vector, [page], embed) is hangs
    assert asked == ["How many days of leave for  service?"]


def test_no_embedding_is_made_when_every_word_is_known() -> None:
    def embed(text: str) -> np.ndarray:
        raise AssertionError(text)

    page = np.array([1.0, 0.0], dtype=np.float32)
    known = weights(held={"hotel": 1, "limit": 1, "norway": 1})
    assert not hangs_on_unknown_word(QUESTION, known, page, [page], embed)
