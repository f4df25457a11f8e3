"""Asking a small model that was taught to answer in a form: what holds is shown, all else gives way to quotes."""

from threading import Event

import pytest

from assistant.events import Answered, Token
from assistant.prompts import REFUSAL
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open, answer_to
from tests.assistant.shelf import VACATION, fill

FORM = '23 days. "Employees of Halvorsen Marine accrue 23 days of paid vacation per year." [1]'


def test_a_small_model_that_was_taught_answers_in_the_form(open_with: Open) -> None:
    answer = answer_to(open_with(llm=ScriptedModel([FORM], writes_well=False, writes_in_form=True)), VACATION)
    assert answer.style == "answer"
    assert answer.text == FORM.replace("days.", "days [1].", 1)
    assert {c.quote for c in answer.citations} == {
        "Employees of Halvorsen Marine accrue 23 days of paid vacation per year."
    }
    assert answer.grounding.unsupported == ()


def test_a_small_model_that_miscounts_gets_the_number_of_the_source_it_copied(open_with: Open) -> None:
    wrong = FORM.replace("[1]", "[9]")
    events = list(open_with(llm=ScriptedModel([wrong], writes_well=False, writes_in_form=True)).ask(VACATION))
    assert isinstance(events[-1], Answered)
    assert events[-1].answer.style == "answer"
    assert events[-1].answer.citations[0].number == 1
    assert "[9]" not in "".join(event.text for event in events if isinstance(event, Token))


def test_a_small_model_that_copied_with_a_slip_is_shown_with_what_stands_there(open_with: Open) -> None:
    slip = FORM.replace("accrue", "get")
    events = list(open_with(llm=ScriptedModel([slip], writes_well=False, writes_in_form=True)).ask(VACATION))
    assert isinstance(events[-1], Answered)
    assert events[-1].answer.style == "answer"
    shown = "".join(event.text for event in events if isinstance(event, Token))
    assert "accrue" in shown
    assert "get" not in shown


def test_a_small_model_that_sees_nothing_in_passages_that_fit_gives_way_to_quotes(open_with: Open) -> None:
    events = list(open_with(llm=ScriptedModel([REFUSAL], writes_well=False, writes_in_form=True)).ask(VACATION))
    assert isinstance(events[-1], Answered)
    assert (events[-1].answer.refused, events[-1].answer.style) == (False, "quote")
    assert "23 days" in "".join(event.text for event in events if isinstance(event, Token))


@pytest.mark.parametrize(
    "reply",
    [
        FORM.replace("23", "24", 1),
        FORM.replace("Employees of Halvorsen Marine accrue", "All who work there get"),
        FORM.replace('"', ""),
        FORM + " And more.",
    ],
)
def test_what_a_small_model_writes_gives_way_to_quotes_unless_it_holds(open_with: Open, reply: str) -> None:
    events = list(open_with(llm=ScriptedModel([reply], writes_well=False, writes_in_form=True)).ask(VACATION))
    assert isinstance(events[-1], Answered)
    assert events[-1].answer.style == "quote"
    shown = "".join(event.text for event in events if isinstance(event, Token))
    assert shown == events[-1].answer.text  # nothing of the reply was shown on the way


def test_where_a_small_model_copied_another_sentence_than_fits_best_that_one_is_quoted_too(open_with: Open) -> None:
    other = '31 March. "Up to 6 unused days may be carried over and must be taken before 31 March." [1]'
    events = list(open_with(llm=ScriptedModel([other], writes_well=False, writes_in_form=True)).ask(VACATION))
    assert isinstance(events[-1], Answered)
    answer = events[-1].answer
    written, quoted = answer.text.split("\n")
    assert answer.style == "answer"
    assert written.startswith("31 March")
    assert quoted.startswith("“Employees of Halvorsen Marine accrue 23 days")
    assert [citation.quote[:9] for citation in answer.citations] == ["Up to 6 u", "Employees"]
    assert answer.grounding.unsupported == ()
    assert "".join(event.text for event in events if isinstance(event, Token)) == f"{other}\n{quoted}"


LEASES = {
    "Halden_lease.pdf": ["The notice period of the Halden lease is six months."],
    "Brekke_lease.pdf": ["The notice period of the Brekke lease is three weeks."],
}
WHICH_NOTICE = "Which notice period is longer, that of Halden or that of Brekke?"
SMALL = {"writes_well": False, "writes_in_form": True}


def test_several_documents_are_quoted_at_once_under_a_small_model_that_was_taught(open_with: Open) -> None:
    model = ScriptedModel([FORM], **SMALL)
    assistant = open_with(llm=model)
    fill(assistant.library, assistant.embedder, LEASES)
    answer = answer_to(assistant, WHICH_NOTICE)
    assert answer.style == "quote"
    assert {citation.document for citation in answer.citations} == set(LEASES)
    assert model.messages == []

    answer_to(assistant, "What is the notice period of Halden?")
    assert len(model.messages) == 1


@pytest.mark.parametrize(("small", "style"), [(True, "answer"), (False, None)])
def test_several_documents_are_written_about_by_a_model_that_can_or_is_asked_to(
    open_with: Open, small: bool, style: str | None
) -> None:
    model = ScriptedModel([FORM], **SMALL) if small else ScriptedModel([FORM])
    assistant = open_with(llm=model)
    fill(assistant.library, assistant.embedder, LEASES)
    assert answer_to(assistant, WHICH_NOTICE, style=style).style == "answer"
    assert len(model.messages) == 1


def test_a_small_model_that_is_stopped_is_not_followed_by_quotes(open_with: Open) -> None:
    stop = Event()
    assistant = open_with(llm=ScriptedModel([f"{FORM} {FORM}"], seconds_per_word=0.05, **SMALL))
    events = []
    for event in assistant.ask(VACATION, stop=stop):
        events.append(event)
        stop.set()
    assert isinstance(events[-1], Answered)
    answer = events[-1].answer
    assert (answer.stopped, answer.style, answer.text) == (True, "answer", "")
    assert answer.evidence


def test_quotes_in_the_place_of_an_answer_tell_what_the_model_took(open_with: Open) -> None:
    answer = answer_to(open_with(llm=ScriptedModel(["Nothing of use."], **SMALL)), VACATION)
    assert answer.style == "quote"
    assert answer.tokens.generated > 0
    assert answer.tokens.prompt > 0
