import pytest

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
        "Which insurance covers the tug Ternen against its loss at sea?",
    ],
)
def test_a_new_topic_is_not_dragged_back(question: str) -> None:
    assert search_query(question, [FIRST]) == question


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
