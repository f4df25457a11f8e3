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


def test_after_a_quoted_turn_the_model_is_told_what_a_follow_up_is_about(open_with: Open) -> None:
    reply = 'Before 31 March. "must be taken before 31 March." [1]'
    model = ScriptedModel(["It says so.", reply], writes_well=False, writes_in_form=True)
    assistant = open_with(llm=model)
    assert answer_to(assistant, VACATION).style == "quote"
    assistant.read_ahead("And until when?", conversation="last", is_whole=True)
    answer = answer_to(assistant, "And until when?", conversation="last")
    assert model.messages[-1][-1].content.endswith(f"Question: {VACATION} And until when?")
    assert model.read_before[-1][-1].content.endswith(f"Question: {VACATION} And until when?")
    assert (answer.question, answer.style) == ("And until when?", "answer")
    assert answer.grounding.unsupported == ()


def test_what_the_model_has_read_is_not_put_again(open_with: Open) -> None:
    model = ScriptedModel(["Employees accrue 23 days of paid vacation per year [1]."])
    assistant = open_with(llm=model, answer__style="answer")
    answer_to(assistant, VACATION)
    answer_to(assistant, "And until when?", conversation="last")
    assert model.messages[-1][-1].content.endswith("Question: And until when?")
