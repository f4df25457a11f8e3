"""Turns of a conversation: how one goes on from another, and which are kept."""

from threading import Event

import pytest

from assistant.events import Answered, Token
from config.errors import ModelDied, UsageError
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open, answer_to
from tests.assistant.shelf import REPLY, VACATION


def test_a_follow_up_is_searched_with_the_question_before(open_with: Open) -> None:
    assistant = open_with([REPLY, "Up to 6 unused days may be carried over [1]."])
    first = answer_to(assistant, VACATION, style="answer")
    second = answer_to(assistant, "And how many can be carried over?", style="answer", conversation="last")
    assert second.conversation == first.conversation
    assert not second.refused
    assert second.citations[0].quote.startswith("Up to 6 unused days")


@pytest.mark.parametrize(("name", "supported"), [("Astrid Lund", 1), ("Anna Foss", 0)])
def test_a_follow_up_is_checked_with_the_question_before(open_with: Open, name: str, supported: int) -> None:
    second = f"{name} may carry over up to 6 unused days [1]."
    assistant = open_with([REPLY, second], retrieval__refuse=False)
    answer_to(assistant, VACATION.replace("employees", "employees such as Astrid Lund"), style="answer")
    answer = answer_to(assistant, "And how many can be carried over?", style="answer", conversation="last")
    assert answer.text == second
    assert answer.grounding.supported == supported


def test_sources_keep_their_number_and_are_shown_once(open_with: Open) -> None:
    model = ScriptedModel([REPLY, REPLY])
    assistant = open_with(llm=model)
    one = answer_to(assistant, VACATION, style="answer")
    two = answer_to(assistant, "How many paid vacation days do employees accrue?", style="answer", conversation="last")
    number = {s.passage.chunk.chunk_id: s.number for s in one.evidence}
    assert all(number.get(s.passage.chunk.chunk_id, s.number) == s.number for s in two.evidence)
    assert len({s.number for s in (*one.evidence, *two.evidence)}) == len(
        {s.passage.chunk.chunk_id for s in (*one.evidence, *two.evidence)}
    )
    prompt = "\n".join(message.content for message in model.messages[-1])
    assert prompt.count("accrue 23 days of paid vacation") == 1 + REPLY.count("accrue 23 days of paid vacation")


def test_an_earlier_source_can_be_cited_again(open_with: Open) -> None:
    assistant = open_with([REPLY, "As said, employees accrue 23 days of paid vacation per year [1]."])
    answer_to(assistant, VACATION, style="answer")
    answer = answer_to(
        assistant,
        "Which hotel costs in Norway are reimbursed?",
        document="travel*",
        style="answer",
        conversation="last",
    )
    assert answer.citations[0].document == "leave-policy.md"
    assert answer.grounding.supported == 1


def test_a_terse_answer_from_an_earlier_source_is_cited_with_the_sentence_that_matters_now(open_with: Open) -> None:
    assistant = open_with([REPLY, "Yes [1]."])
    answer_to(assistant, VACATION, style="answer")
    answer = answer_to(assistant, "May unused vacation days be carried over?", style="answer", conversation="last")
    assert [citation.quote[:11] for citation in answer.citations] == ["Up to 6 unu"]


def test_a_stopped_answer_is_kept_as_far_as_it_got(open_with: Open) -> None:
    stop = Event()
    assistant = open_with("Employees accrue 23 days of paid vacation per year [1]. And more, and more.")
    answer = None
    for event in assistant.ask(VACATION, style="answer", stop=stop):
        if isinstance(event, Token) and "[1]" in event.text:
            stop.set()
        answer = event.answer if isinstance(event, Answered) else None
    assert answer is not None
    assert answer.stopped
    assert answer.text == REPLY
    kept = assistant.conversations.load(answer.conversation).turns[0]
    assert (kept.answer, kept.stopped) == (REPLY, True)


def test_a_failed_answer_leaves_no_trace_and_the_next_one_works(open_with: Open) -> None:
    assistant = open_with(llm=ScriptedModel([REPLY], dies_after=2))
    with pytest.raises(ModelDied):
        answer_to(assistant, VACATION, style="answer")
    assert assistant.conversations.list() == []
    assert answer_to(assistant, VACATION, style="answer").text == REPLY


def test_an_abandoned_answer_leaves_no_trace(open_with: Open) -> None:
    assistant = open_with(REPLY)
    events = assistant.ask(VACATION, style="answer")
    next(events)
    events.close()  # type: ignore[attr-defined]  # a generator
    assert assistant.conversations.list() == []


def test_the_turn_is_kept_before_the_last_event_is_given_out(open_with: Open) -> None:
    assistant = open_with(REPLY)
    answer = next(e.answer for e in assistant.ask(VACATION, style="answer") if isinstance(e, Answered))
    assert assistant.conversations.load(answer.conversation).turns[0].citations == answer.citations


def test_an_unknown_conversation_is_a_usage_error(open_with: Open) -> None:
    with pytest.raises(UsageError, match="no conversation zzz"):
        answer_to(open_with(), VACATION, conversation="zzz")
