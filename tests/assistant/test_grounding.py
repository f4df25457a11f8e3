import pytest

from assistant.citations import CitedSentence
from assistant.grounding import check, is_supported
from assistant.prompts import REFUSAL
from tests.assistant.test_citations import HOTEL, REPORTS

PASSAGE = "Purchases of property cost $1,577 million in 2018, or 4.8 % of sales. Three directors resigned in May."


@pytest.mark.parametrize(
    "sentence",
    [
        "Purchases of property were 1577 million in 2018.",
        "Purchases of property cost $1,577.00 million.",
        "It was 4.8% of sales.",
        "3 directors resigned in May.",
        'The report says "Three directors resigned in May".',
        "The report says “Three   directors\nresigned in May.”",
        "1. Purchases of property cost 1,577 million.",
    ],
)
def test_what_the_passage_says_is_supported(sentence: str) -> None:
    assert is_supported(sentence, [PASSAGE], "What does the report say?")


@pytest.mark.parametrize(
    "sentence",
    [
        "Purchases of property cost 1,578 million in 2018.",
        "Purchases of property cost 1,577 million in 2019.",
        'The report says "Four directors resigned in May".',
        "The chairman was arrested for fraud in Oslo.",
        "Purchases of property rose to 15.77 million.",
    ],
)
def test_what_the_passage_does_not_say_is_not(sentence: str) -> None:
    assert not is_supported(sentence, [PASSAGE], "What does the report say?")


LEASE = (
    "The notice period is three months. The deposit is returned within 30 days, or 2 million euro are due. "
    "The managing director of Halden signs it. Payment takes 14 business days, three at most in May."
)
ABOUT_LEASE = "Who is the managing director of Halden, and what is the notice period?"


@pytest.mark.parametrize(
    "sentence",
    [
        "The notice period is 3 months.",
        "The deposit is returned within thirty (30) days.",
        "Payment takes 14 days.",
        "There are two reasons: the deposit is returned and payment takes 14 days.",
        "The Managing Director of Halden signs.",
        "Halden's managing director signs it.",
        "No, the notice period is three months.",
        "Die Mietkaution von Halden ist deposit, notice period und managing director.",
    ],
)
def test_what_is_put_in_other_words_is_supported(sentence: str) -> None:
    assert is_supported(sentence, [LEASE], ABOUT_LEASE)


@pytest.mark.parametrize(
    "sentence",
    [
        "The notice period is five months.",
        "The deposit is returned within 30 weeks.",
        "2 billion euro are due within 30 days.",
        "The managing director of Halden is Anna Foss.",
        "Anna Foss is the managing director of Halden.",
        "The managing director of Halden is Foss.",
        "The managing director of Halden is unmarried.",
    ],
)
def test_another_name_number_or_unit_is_not(sentence: str) -> None:
    assert not is_supported(sentence, [LEASE], ABOUT_LEASE)


def test_a_sentence_without_a_source_is_not_supported() -> None:
    assert not is_supported("Purchases of property cost 1,577 million.", [])


def test_words_of_the_question_need_not_stand_in_the_passage() -> None:
    question = "What is the capital expenditure amount?"
    sentence = "The capital expenditure amount is $1,577 million."
    assert is_supported(sentence, [PASSAGE], question)
    assert not is_supported(sentence, [PASSAGE], "")


def test_the_refusal_claims_nothing() -> None:
    assert is_supported(REFUSAL, [])


def test_each_sentence_is_held_against_its_own_sources() -> None:
    sentences = (
        CitedSentence("Hotel costs are reimbursed up to 155 euro.", (1,)),
        CitedSentence("Hotel costs are reimbursed up to 155 euro per night.", (2,)),
    )
    found = check(sentences, [HOTEL, REPORTS], "")
    assert (found.supported, found.sentences) == (1, 2)
    assert found.unsupported == ("Hotel costs are reimbursed up to 155 euro per night.",)
