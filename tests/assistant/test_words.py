import pytest

from assistant.words import (
    Weights,
    content_terms,
    content_words,
    numbers,
    parse_number,
    possible_numbers,
    stem,
    terms,
    written_words,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("elected", "election"),
        ("carried", "carry"),
        ("policies", "policy"),
        ("reimbursed", "reimbursement"),
        ("purchase", "purchasing"),
        ("running", "run"),
        ("days", "day"),
        ("approval", "approved"),
    ],
)
def test_inflections_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"), [("policy", "police"), ("pension", "pens"), ("interest", "internet"), ("gas", "gap")]
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,577", 1577),
        ("1.577,50", 1577.5),
        ("1,577.50", 1577.5),
        ("1'000'000", 1_000_000),
        ("2.000.000", 2_000_000),
        ("41.5", 41.5),
        ("41,5", 41.5),
        ("0,125", 0.125),
        ("007", 7),
        ("37½", 37.5),
        ("12,500¼", 12_500.25),
        ("1.2.3", None),
    ],
)
def test_numbers_are_read_with_either_separator(written: str, value: float | None) -> None:
    assert parse_number(written) == value


def test_a_fraction_is_part_of_its_number() -> None:
    assert numbers("37½ hours, 1 500½ and ½") == [37.5, 1500.5]
    assert terms("37½ hours") == terms("37.5 hours")
    assert numbers("3 ½ hours, 1 500\u00a0½ and 12 \u00bc") == [3.5, 1500.5, 12.25]
    assert possible_numbers("3 ½ hours") == {3.5}


def test_numbers_leaves_out_currency_percent_and_the_full_stop_after() -> None:
    assert numbers("It cost $1,577.00 (12%) in FY2018.") == [1577, 12, 2018]


def test_spaces_may_separate_thousands_or_columns() -> None:
    assert numbers("12 500 kroner, 12\u00a0500,50 kroner, 3, 500 and FY18 250") == [12_500, 12_500.5, 3, 500, 18, 250]
    assert numbers("250 300 120 400 500") == [250, 300, 120, 400, 500]  # a row of a table
    assert possible_numbers("5 250 300") == {5, 250, 300, 5_250, 250_300, 5_250_300}
    assert possible_numbers("1.500 and 0.500") == {1.5, 1500, 0.5}


def test_the_same_number_in_two_spellings_is_one_term() -> None:
    assert terms("1,577.00") == terms("1577")


def test_content_terms_leave_out_function_words_and_repetitions() -> None:
    assert content_terms("How many days are there, and which days can be carried over?") == ["day", "carri"]


def test_content_terms_leave_out_the_function_words_of_the_language_asked_in() -> None:
    assert content_terms("Wie hoch ist der Eigenanteil?") == ["eigenanteil"]
    assert content_terms("What does the die cost?") == ["die", "cost"]


def test_an_elided_article_is_no_part_of_its_word() -> None:
    assert content_terms("Quel est le montant de l\u2019assurance ?") == ["montant", *terms("assurance")]
    assert content_words("Quel est le montant de l'assurance ?")["montant"] == "montant"
    assert "assurance" in content_words("Quel est le montant de l'assurance ?").values()
    assert terms("the company's, they'll, don't") == ["the", "compani", "thei", "don"]


def test_a_possessive_ending_is_no_part_of_its_word() -> None:
    assert list(content_words("Brzezinski's cataract, the Halden\u2019s lease").values()) == [
        "brzezinski",
        "cataract",
        "halden",
        "lease",
    ]


def test_words_as_they_are_written_keep_the_letters_that_folding_changes() -> None:
    assert written_words("Die Straße von Zoë")["strass"] == "straße"
    assert content_words("Die Straße von Zoë")["strass"] == "strasse"


def test_accents_and_case_do_not_matter() -> None:
    assert content_terms("Ångström RÉSUMÉ") == content_terms("angstrom resume")


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    weights = Weights("vacation policy", {"vacation": 2, "policy": 900}, 1000)
    assert weights.share(set(terms("vacation"))) > 0.9
    assert weights.share(set(terms("policy"))) < 0.1
    assert weights.share(set(terms("the vacation policies"))) == pytest.approx(1.0)


def test_a_question_of_function_words_only_has_no_share() -> None:
    assert Weights("What is it?", {}, 10).share({"it"}) == 0.0


def test_a_code_is_one_word() -> None:
    assert content_terms("What does error E-07 of the HC-2 mean?") == ["error", "e-07", "hc-2", "mean"]
