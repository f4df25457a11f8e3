import pytest

from assistant.essentials import essentials
from assistant.followup import search_query

FIRST = "How many vacation days are there?"


@pytest.mark.parametrize(
    "question",
    [
        "And how many can be carried over?",
        "When do they expire?",
        "And until when?",
        "Who approves them?",
        "Why?",
        "What about Norway?",
    ],
)
def test_a_question_that_leans_back_is_searched_with_the_one_before(question: str) -> None:
    assert search_query(question, [FIRST]) == f"{question} {FIRST}"


@pytest.mark.parametrize(
    "question",
    [
        "What is the hotel limit in Norway?",
        "And who was elected chair of the board?",
        "Which tugs does the board want to buy in the following year?",
        "Which insurance covers the tug Ternen against its loss at sea?",
    ],
)
def test_a_new_topic_is_not_dragged_back(question: str) -> None:
    assert search_query(question, [FIRST]) == question


def test_what_was_told_to_do_counts_as_asked_when_it_is_leaned_on() -> None:
    query = search_query("And the deposit?", ["Tell me the rent in the Halden lease."])
    assert essentials(query).names == ("Halden",)


def test_the_first_question_stands_alone() -> None:
    assert search_query("And then?", []) == "And then?"


def test_a_chain_reaches_back_to_the_question_that_names_the_matter() -> None:
    query = search_query("Until when?", [FIRST, "And how many can be carried over?"])
    assert "vacation" in query
    assert "carried" in query


def test_a_new_year_takes_the_place_of_the_old_one() -> None:
    query = search_query("And in 2019?", ["What was the revenue in 2018?"])
    assert "revenue" in query
    assert "2018" not in query


BATTERY = "What does the battery version of the Aquila 400 in DN80 cost?"


@pytest.mark.parametrize(
    ("question", "earlier", "wanted", "gone"),
    [
        ("And for DN100?", [BATTERY], "400", "DN80"),
        ("And in 2026?", ["How long is the warranty on the Aquila 400 in 2025?"], "400", "2025"),
        ("And the quarter before?", ["What was the revenue with the Aquila 400 in Q1 2026?"], "400", "Q1"),
        ("And in DN100?", [BATTERY, "And the Aquila 200?"], "200", "400"),
    ],
)
def test_the_number_of_a_name_stays_when_another_number_is_asked_for(
    question: str, earlier: list[str], wanted: str, gone: str
) -> None:
    query = search_query(question, earlier)
    assert wanted in query
    assert gone not in query


@pytest.mark.parametrize("question", ["And the Aquila 200?", "And the 600?", "And the 600-series?", "And 200?"])
def test_the_number_of_a_name_gives_way_to_another_name_s(question: str) -> None:
    assert "400" not in search_query(question, [BATTERY])
    assert "400" not in search_query(question, [BATTERY, "And in DN100?"])


@pytest.mark.parametrize(
    ("question", "before", "wanted", "gone"),
    [
        ("And the year before?", "What was the revenue in 2018?", "2017", "2018"),
        ("What was it the following year?", "What was the revenue in FY2018?", "2019", "2018"),
        ("And the previous year?", "What was the revenue in FY18?", "2017", "18"),
        ("Und im Jahr davor?", "Wie hoch war der Umsatz 2023?", "2022", "2023"),
        ("And the quarter before?", "Revenue in the third quarter of 2026?", "Q2 2026", "third"),
        ("And the quarter before?", "Revenue in Q1 2026?", "Q4 2025", "2026"),
        ("And the year before?", "Revenue in Q1 2026?", "Q1 2025", "2026"),
    ],
)
def test_a_period_before_or_after_is_counted_from_the_earlier_question(
    question: str, before: str, wanted: str, gone: str
) -> None:
    query = search_query(question, [before])
    assert wanted in query
    assert gone not in query


def test_a_year_of_its_own_is_not_moved() -> None:
    question = "How did the revenue of 2019 differ from the year before?"
    assert search_query(question, ["What was the revenue in 2015?"]) == question


def test_another_document_s_name_takes_the_place_of_the_old_one() -> None:
    def names_in(question: str) -> set[str]:
        return {name for name in ("halden", "jj") if name in question.lower().replace("j&j", "jj")}

    before = "What was J&J's capital expenditure in 2018?"
    assert search_query("What about Halden?", [before], names_in) == (
        "What about Halden? What was capital expenditure in 2018?"
    )
    assert search_query("What about Norway?", [before], names_in) == f"What about Norway? {before}"


@pytest.mark.parametrize(
    ("question", "before", "query"),
    [
        (
            "And at the end of September?",
            "What was the order book at the end of June 2026?",
            "And at the end of September? What was the order book at the end of 2026?",
        ),
        ("And on 1 July?", "What was the cash on 30 June?", "And on 1 July? What was the cash on ?"),
        ("And on July 1?", "What was due on June 30, 2026?", "And on July 1? What was due on 2026?"),
        ("And who may sign?", "Who decides in June?", "And who may sign? Who decides in June?"),
        ("May it end early?", "What was agreed on 1 June?", "May it end early? What was agreed on 1 June?"),
        ("And what did Jan say?", "What was said in June?", "And what did Jan say? What was said in June?"),
        ("May 2026?", "What was due in June?", "May 2026? What was due in ?"),
    ],
)
def test_another_month_takes_the_place_of_the_old_one(question: str, before: str, query: str) -> None:
    assert " ".join(search_query(question, [before]).split()) == query


@pytest.mark.parametrize("figure", ["20000 euro", "€2000", "1,999 orders"])
def test_a_figure_is_no_year_that_the_year_before_moves(figure: str) -> None:
    query = search_query("And the year before?", [f"What was there over {figure} in 2024?"])
    assert figure in query
    assert "2023" in query
