"""A turn that its conversation cannot take costs nothing but its place there: the answer is there, and says so."""

from collections.abc import Iterator

import pytest

from assistant.assistant import Assistant
from assistant.conversations import Conversations
from assistant.events import Answered, AnswerEvent, EvidenceFound
from assistant.types import Answer
from config.errors import UsageError
from tests.assistant.conftest import Open, answer_to

VACATION = "How many days of paid vacation do employees accrue per year?"
HOTEL = "Which hotel costs per night in Norway are reimbursed?"
CHAIR = "Who was elected chair of the board?"


def begun(assistant: Assistant, question: str, **options: str) -> Iterator[AnswerEvent]:
    """An answer whose evidence is there, and nothing else yet."""
    events = assistant.ask(question, style="quote", **options)  # type: ignore[arg-type]
    assert isinstance(next(events), EvidenceFound)
    return events


def ended(events: Iterator[AnswerEvent]) -> Answer:
    *_, last = events
    assert isinstance(last, Answered)
    return last.answer


def questions_of(assistant: Assistant, conversation: str) -> list[str]:
    return [turn.question for turn in assistant.conversations.load(conversation).turns]


def test_of_two_turns_at_once_the_first_to_end_is_kept_and_both_are_answered(open_with: Open) -> None:
    assistant = open_with()
    conversation = answer_to(assistant, VACATION, style="quote").conversation
    slow = begun(assistant, HOTEL, conversation=conversation)
    quick = ended(begun(assistant, CHAIR, conversation=conversation))
    late = ended(slow)

    assert (quick.unkept, "Solheim" in quick.text) == ("", True)
    assert "155 euro" in late.text
    assert late.citations
    assert late.unkept == (
        "This turn is not kept. The conversation was gone on with elsewhere while the answer was written. "
        "Open it again to go on from there, or start a new one."
    )
    assert questions_of(assistant, conversation) == [VACATION, CHAIR]
    assert answer_to(assistant, HOTEL, style="quote", conversation=conversation).unkept == ""
    assert questions_of(assistant, conversation) == [VACATION, CHAIR, HOTEL]


def test_a_conversation_that_another_process_deletes_meanwhile_stays_deleted(open_with: Open) -> None:
    assistant = open_with()
    conversation = answer_to(assistant, VACATION, style="quote").conversation
    told: list[str] = []
    assistant.conversations.delete_hooks.append(told.append)

    events = begun(assistant, HOTEL, conversation=conversation)
    Conversations(assistant.library.database, "default").delete(conversation)
    answer = ended(events)

    assert "155 euro" in answer.text
    assert answer.unkept == (
        "This turn is not kept. The conversation was deleted while the answer was written. Start a new one."
    )
    assert told == [conversation]  # what the model has read of it goes, too
    assert assistant.conversations.list() == []
    with pytest.raises(UsageError):
        answer_to(assistant, HOTEL, style="quote", conversation=conversation)


def test_a_full_disk_does_not_cost_the_answer(open_with: Open) -> None:
    reply = " ".join(["Employees accrue 23 days of paid vacation per year [1]."] * 1000)
    assistant = open_with(reply, answer__max_tokens=2048, llama__context=32768)
    database = assistant.library.database
    events = assistant.ask(VACATION, style="answer")
    assert isinstance(next(events), EvidenceFound)
    database.rows("PRAGMA max_page_count = 1")  # no room beyond what is there
    answer = ended(events)

    assert answer.text.startswith("Employees accrue 23 days of paid vacation per year [1].")
    assert answer.citations
    assert answer.unkept.startswith("This turn is not kept. The disk is full; ")
    assert assistant.conversations.list() == []
    database.rows("PRAGMA max_page_count = 1000000")
    assert answer_to(assistant, VACATION, style="quote").unkept == ""
