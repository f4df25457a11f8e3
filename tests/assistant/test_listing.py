"""Lists and tables in running text: what introduces a line, and that this is no answer itself."""

import pytest

from assistant.listing import Listing, has_figure, is_tabular
from assistant.sentences import score_sentences, sentence_spans
from assistant.words import Weights, terms

TABLE = """Property and equipment, net by segment is as follows (in millions):
December 31,
2015 2016 2017
North America $ 6,707 $ 10,143 $ 20,401
International 2,266 3,448 7,425

Assets are depreciated over their useful lives."""


def under(text: str) -> dict[str, list[str]]:
    """Sentence → what introduces it."""
    found, listing = {}, Listing()
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        listing = listing.read((start, end), sentence, terms(sentence))
        own = () if listing.ends_with((start, end)) else listing.under
        found[sentence] = [text[slice(*span)] for span in own]
    return found


def test_a_row_stands_under_what_introduces_the_table_and_its_columns() -> None:
    found = under(TABLE)
    introduction, columns, first, second, after = found
    assert columns == "December 31,\n2015 2016 2017"
    assert found[first] == found[second] == [introduction, columns]
    assert found[introduction] == found[columns] == found[after] == []


def test_items_stand_under_what_introduces_the_list() -> None:
    found = under("Leave per year:\n- employees 30 days;\n- trainees 27 days.\n\nLeave is asked for early.")
    assert found["- trainees 27 days."] == ["Leave per year:"]
    assert found["Leave is asked for early."] == []


def test_a_table_without_introduction_stands_under_its_years() -> None:
    found = under("2024 2025\nRevenue 1,577 1,420\nCosts 210 190")
    assert found["Costs 210 190"] == ["2024 2025"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The fee is 50 euro and comprises:",  # it says something itself
        "The lease began on 1 May 2020.",
        "Lease of 2020, renewed 2025",
        "The notice period is one month.",
    ],
)
def test_other_sentences_introduce_nothing(sentence: str) -> None:
    assert under(f"{sentence}\n- first item")["- first item"] == []


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("Net sales of 2,019 million", True),
        ("$2019", True),
        ("December 31, 2017 and 2016", False),
        ("14. März 2025", False),
        ("from the 1st of May 2025", False),
        ("Operating leases (1)", False),
        ("in the 2 years to 2020", True),
    ],
)
def test_dates_and_footnotes_are_no_figures(sentence: str, holds: bool) -> None:
    assert has_figure(sentence) is holds


def test_a_currency_sign_that_stands_apart_is_no_word() -> None:
    assert is_tabular("Total earnings available for fixed charges $ 703 $ 172 $ 2,115 $ 4,490 $ 4,850")


def test_the_row_is_scored_with_the_words_above_it_and_before_them() -> None:
    question = "What was the property and equipment of North America in 2017?"
    scored = score_sentences(question, Weights(question, {}, 10), TABLE)
    best = max(scored, key=lambda sentence: sentence.score)
    assert TABLE[best.start : best.end].startswith("North America")
    assert [TABLE[slice(*span)] for span in best.under][1:] == ["December 31,\n2015 2016 2017"]


def test_a_row_without_a_word_of_the_question_has_none_of_what_introduces_it() -> None:
    question = "What was the property and equipment of North America in 2017?"
    scored = score_sentences(question, Weights(question, {}, 10), TABLE)
    (international,) = [each for each in scored if TABLE[each.start : each.end].startswith("International")]
    assert (international.score, international.under) == (0.0, ())
