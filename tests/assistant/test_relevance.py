from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from assistant import relevance
from assistant.evidence import Calibration
from assistant.relevance import Meaning
from assistant.types import Passage, Why
from assistant.words import Weights
from ingest.types import Chunk

QUESTION = "What is the hotel limit in Norway?"
TEXT = "Hotel costs are reimbursed up to 155 euro per night in Norway."
HELD = {"hotel": 1, "limit": 1, "norway": 1}
PAGE = np.array([1.0, 0.0], dtype=np.float32)
DEFAULT = Calibration()


class Marked:
    """The part of a library that knows what its one document, `/d`, is marked with."""

    def __init__(self, *marks: str) -> None:
        self.marks = marks

    def documents_marked(
        self, marks: Sequence[str], documents: Collection[str]
    ) -> tuple[int, dict[str, dict[str, float]]]:
        return 1, {mark: {"/d": 1.0} for mark in self.marks if mark in marks and "/d" in documents}

    def chunk_vectors(self, chunk_ids: Sequence[str]) -> dict[str, np.ndarray]:
        return dict.fromkeys(chunk_ids, PAGE)


def passage(text: str, similarity: float | None) -> Passage:
    return Passage(1, 1.0, Chunk("c", 0, text, "", 1, 1, 0, len(text)), "d", "/d", "", None, Why(), similarity)


def weights(question: str = QUESTION, held: Mapping[str, int] = HELD, chunks: int = 10) -> Weights:
    return Weights(question, held, chunks)


def fits(
    passages: Sequence[Passage],
    question: str = QUESTION,
    marks: Sequence[str] = (),
    calibration: Calibration = DEFAULT,
    **glossary: Any,
) -> bool:
    library: Any = Marked(*marks)
    return relevance.fits(question, weights(question), passages, library, glossary, calibration, None)


def test_words_and_meaning_together_decide() -> None:
    assert fits([passage(TEXT, 0.5)])
    assert not fits([passage("Nothing of that kind in Norway.", 0.0)])
    assert not fits([passage(TEXT, 0.0)])
    assert fits([passage("Nothing of that kind in Norway.", 0.7)])


def test_words_that_meet_tell_more_than_words_apart() -> None:
    asked = "How large is the hotel limit?"
    together = "The limit for a hotel is 155 euro." + " Trains and meals are for the traveller." * 8
    apart = "A hotel is booked by the office." + " Trains and meals are for the traveller." * 8 + " No limit."
    assert fits([passage(together, 0.35)], asked)
    assert not fits([passage(apart, 0.35)], asked)


def test_the_words_of_the_heading_count_wherever_a_sentence_stands_below_it() -> None:
    text = "Trains and meals are for the traveller. " * 8 + "The limit is 155 euro."
    below = Passage(1, 1.0, Chunk("c", 0, text, "Hotel", 1, 1, 0, len(text), "Hotel"), "d", "/d", "", None, Why(), 0.35)
    assert fits([below], "How large is the hotel limit?")


def test_a_name_alone_is_little_evidence() -> None:
    said = "Acme was founded in Bergen by two brothers."
    assert fits([passage(said, 0.5)], "Who founded Acme?")
    assert not fits([passage(said, 0.5)], "What is the salary of the director of Acme?")


def test_any_of_the_best_passages_will_do_but_not_one_far_down() -> None:
    other = passage("Nothing of that kind.", 0.1)
    assert fits([other] * 4 + [passage(TEXT, 0.5)])
    assert not fits([other] * 5 + [passage(TEXT, 0.5)])


def test_without_vectors_the_words_decide() -> None:
    assert fits([passage(TEXT, None)])
    assert not fits([passage("In a hotel.", None)])


def test_the_floor_is_the_librarys_own() -> None:
    asked = "What is the hotel limit for long trips?"
    found = [passage("The hotel limit is 155 euro.", 0.3)]
    assert not fits(found, asked)
    assert fits(found, asked, calibration=Calibration(floor=0.8))


def test_an_embedder_whose_cosines_are_all_high_is_read_on_its_own_scale() -> None:
    narrow = Calibration(background=0.7)
    assert narrow.nearness(0.7 + 0.3 * 0.4) == pytest.approx(0.4)
    assert not fits([passage("Nothing of that kind in Norway.", 0.7)], calibration=narrow)
    assert fits([passage("Nothing of that kind in Norway.", 0.7 + 0.3 * 0.7)], calibration=narrow)


def test_instructions_need_not_be_held() -> None:
    long = f"Assume the perspective of an auditor and define every ratio. {QUESTION} Round to two decimals."
    assert fits([passage(TEXT, 0.4)], long)


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
    assert not fits([passage(mention, 0.5)], asked, marks=["2026"])
    assert fits([passage(mention, 0.5)], asked)
    assert fits([passage("Profit: 12 million (2019: 11 million).", 0.6)], asked, marks=["2020"])


def test_an_amount_is_no_year_that_must_be_there() -> None:
    approval = "A purchase of more than 1,500 euro is approved by the board."
    assert fits([passage(approval, 0.6)], "Who approves a purchase of 2000 euro?")
    assert fits([passage("Revenue of 2024 was 12 million.", 0.6)], "What was revenue in FY 24?")


def test_the_figure_of_a_name_must_be_there() -> None:
    asked = "What does the Aquila 600 cost?"
    assert not fits([passage("The Aquila 400 costs 1,200 euro.", 0.8)], asked)
    assert fits([passage("The Aquila 600 costs 1,200 euro.", 0.4)], asked)


def test_what_the_glossary_calls_a_word_counts_as_the_word() -> None:
    text = passage("Purchases of property, plant and equipment: 1,577", 0.4)
    assert not fits([text], "How large was capex?")
    assert fits([text], "How large was capex?", capex=("purchases of property plant and equipment",))


def test_nothing_found_fits_nothing() -> None:
    assert not fits([])


JURY = "How many days of leave for jury service?"
LEAVE = passage("Everyone has 25 days of leave, and more after ten years of service.", 0.6)


@pytest.mark.parametrize(("without", "hangs"), [((1.0, 0.0), True), ((0.0, 1.0), False)])
def test_a_question_that_is_nearer_without_its_unknown_word_hangs_on_it(
    without: tuple[float, float], hangs: bool
) -> None:
    assert fits_meaning(JURY, [LEAVE], {"days": 3, "leave": 4, "service": 2}, without) is not hangs
    assert ASKED == ["How many days of leave for  service?"]


@pytest.mark.parametrize(("without", "near"), [((0.0, 1.0), False), ((0.6, 0.8), True)])
def test_what_is_asked_of_a_name_that_stands_everywhere_must_be_near_too(
    without: tuple[float, float], near: bool
) -> None:
    net_debt = passage("Net debt of Acme at the banks was 4 million.", 0.65)
    held = {"bank": 2, "lends": 1, "acme": 9}
    assert fits_meaning("Which bank lends Acme its loan?", [net_debt], held, without) is near
    assert ASKED[0] == "Which bank lends  its loan?"


def test_a_name_that_stands_in_few_passages_tells_enough() -> None:
    net_debt = passage("Net debt of Acme at the banks was 4 million.", 0.65)
    held = {"bank": 2, "lends": 1, "acme": 9}
    assert fits_meaning("Which bank lends Acme its loan?", [net_debt], held, (0.0, 1.0), chunks=1000)


def test_no_embedding_is_made_when_every_word_is_known() -> None:
    assert fits_meaning(QUESTION, [passage(TEXT, 0.5)], HELD, (1.0, 0.0))
    assert not ASKED


ASKED: list[str] = []
"""The wordings that the last `fits_meaning` embedded."""


def fits_meaning(
    question: str,
    passages: Sequence[Passage],
    held: Mapping[str, int],
    without: tuple[float, float],
    chunks: int = 10,
) -> bool:
    """With a question at a cosine of 0.6 to every passage, and every other wording of it at `without`."""

    def embed(text: str) -> np.ndarray:
        ASKED.append(text)
        return np.array(without, dtype=np.float32)

    ASKED.clear()
    library: Any = Marked()
    meaning = Meaning(np.array([0.6, 0.8], dtype=np.float32), embed)
    return relevance.fits(question, weights(question, held, chunks), passages, library, {}, DEFAULT, meaning)
