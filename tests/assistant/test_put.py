"""A question as the model reads it, in a conversation whose turns it may have had no part in."""

import pytest

from assistant.context import as_put
from assistant.types import Dialogue, Exchange
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open, answer_to

VACATION = "How many days of paid vacation do employees accrue per year?"
CARRIED = "And how many can be carried over?"


def quoted(question: str) -> Exchange:
    return Exchange(question, "", "", ())


def written(question: str) -> Exchange:
    return Exchange(question, f"Question: {question}", "23 days.", ())


@pytest.mark.parametrize(
    ("exchanges", "first_turn", "put"),
    [
        ((quoted(VACATION),), 0, f"{VACATION} And until when?"),
        ((quoted(VACATION), quoted(CARRIED)), 0, f"{VACATION} {CARRIED} And until when?"),
        ((quoted(VACATION), quoted("")), 0, f"{VACATION} And until when?"),
        ((written(VACATION),), 1, f"{VACATION} And until when?"),
        ((written(VACATION),), 0, "And until when?"),
        ((written(VACATION), quoted(CARRIED)), 0, f"{CARRIED} And until when?"),
        ((quoted(VACATION), written(CARRIED)), 0, "And until when?"),
        ((), 0, "And until when?"),
    ],
)
def test_a_follow_up_comes_behind_what_it_leans_on_where_the_prompt_lacks_that(
    exchanges: tuple[Exchange, ...], first_turn: int, put: str
) -> None:
    assert as_put("And until when?", Dialogue("c", "fence", False, exchanges, first_turn=first_turn)) == put


def test_a_question_that_leans_on_nothing_is_put_alone() -> None:
    question = "Which hotel costs per night in Norway are reimbursed?"
    assert as_put(question, Dialogue("c", "fence", False, (quoted(VACATION),))) == question


def follow_up(open_with: Open, model: ScriptedModel, style: str) -> tuple[str, str]:
    """How a follow-up is put to the model, ahead and when it is asked, after a turn in that style."""
    assistant = open_with(llm=model, answer__style="answer")
    answer_to(assistant, VACATION, style=style)
    assistant.read_ahead("And until when?", conversation="last", is_whole=True)
    answer = answer_to(assistant, "And until when?", conversation="last")
    assert (answer.question, answer.style) == ("And until when?", "answer")
    ahead, asked = model.read_before[-1][-1].content, model.messages[-1][-1].content
    return ahead.rpartition("Question: ")[2], asked.rpartition("Question: ")[2]


@pytest.mark.parametrize(
    ("writes_well", "style", "put"),
    [
        (True, "quote", f"{VACATION} And until when?"),
        (True, "answer", "And until when?"),  # the model has read the first one
        (False, "quote", "And until when?"),  # it would answer the first one
    ],
)
def test_after_a_quoted_turn_a_larger_model_is_told_what_a_follow_up_is_about(
    open_with: Open, writes_well: bool, style: str, put: str
) -> None:
    model = ScriptedModel(["They must be taken before 31 March [1]."], writes_well=writes_well)
    assert follow_up(open_with, model, style) == (put, put)
