import pytest

from assistant.essentials import core_of, essentials

LONG = (
    "You are an analyst. Answer the following question by using the balance sheet: "
    "what is the year end FY2018 net PPNE for Acme? Answer in USD billions."
)


def test_the_core_is_what_ends_in_a_question_mark() -> None:
    assert core_of(LONG) == "what is the year end FY2018 net PPNE for Acme?"
    assert core_of("Who signed it? When?") == "Who signed it? When?"


def test_without_a_question_mark_all_of_it_is_the_core() -> None:
    assert core_of("Hotel limit: Norway.") == "Hotel limit: Norway."


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What drove 3M's margin in the second quarter?", ("3M",)),
        ("What does error code E-07 mean on a Heron analyser?", ("E-07", "Heron")),
        ("How did JnJ do in May, by its FY2022 10-K?", ("JnJ",)),
        ("What is the EBITDA of Acme Water for Q2 2023?", ("Acme", "Water")),
        ("How many days of leave are there?", ()),
        ("Wie hoch ist die Miete im Vertrag mit Bergen?", ()),
    ],
)
def test_names_are_told_from_terms_periods_and_months(question: str, names: tuple[str, ...]) -> None:
    assert essentials(question).names == names


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("What does the Aquila 600 cost?", ("600",)),
        ("What is due on December 31, 2021?", ()),
        ("What is the revenue of FY 24 under Section 24?", ("24",)),
        ("What is the revenue in FY 24?", ()),
        ("What is Acme's 2 year average of 30 days in FY2021 over 3 years?", ()),
    ],
)
def test_figures_belong_to_the_name_before_them(question: str, figures: tuple[str, ...]) -> None:
    assert essentials(question).figures == figures


def test_the_year_is_the_newest_and_periods_are_no_words() -> None:
    asked = essentials("How did revenue change between FY2019 and Q2 2021?")
    assert asked.year == 2021
    assert asked.words == {"revenu", "chang", "2019", "2021"}
    assert essentials("How did revenue change in FY 24?").words == {"revenu", "chang"}
