"""A turn that its conversation cannot take costs nothing but its place there: the answer is there, and says so."""

from collections.abc import Iterator
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.conversations.conversations import Conversations
from assistant.events import Answered, AnswerEvent, EvidenceFound
from assistant.types import Answer
from config.errors import HomeError, UsageError
from config.locations import Locations
from tests.assistant.conftest import Open, answer_to
from tests.assistant.shelf import fill

VACATION = "How many days of paid vacation do employees accrue per year?"
HOTEL = "Which hotel costs per night in Norway are reimbursed?"
CHAIR = "Who was elected chair of the board?"


def begun(assistant: Assistant, question: str, **options: Any) -> Iterator[AnswerEvent]:
    """An answer whose evidence is there, and nothing else yet."""
    events = assistant.ask(question, style="quote", **options)
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


def test_what_goes_wrong_after_a_deletion_does_not_cost_the_answer(open_with: Open) -> None:
    def full(_: str) -> None:
        raise HomeError("The disk is full.", "Free some space.")

    assistant = open_with()
    conversation = answer_to(assistant, VACATION, style="quote").conversation
    assistant.conversations.delete_hooks.append(full)

    events = begun(assistant, HOTEL, conversation=conversation)
    Conversations(assistant.library.database, "default").delete(conversation)
    answer = ended(events)

    assert "155 euro" in answer.text
    assert answer.unkept == "This turn is not kept. The disk is full. Free some space."


@pytest.mark.parametrize("before", [(), (CHAIR,)])
def test_a_document_that_is_forgotten_meanwhile_does_not_come_back_with_the_answer(
    before: tuple[str, ...], open_with: Open, locations: Locations
) -> None:
    """Neither what was found for the question, nor what the turns before it had put before the model."""
    assistant = open_with()
    for question in before:
        answer_to(assistant, question, style="quote", k=1)
    events = begun(assistant, VACATION if before else CHAIR, conversation="last", k=1)
    assert assistant.forget("board-*").verified_absent
    answer = ended(events)

    assert answer.text
    assert answer.unkept == (
        "This turn is not kept. A document that it may speak of was forgotten while the answer was written. Ask again."
    )
    assistant.close()
    assert [file for file in locations.home.rglob("*") if file.is_file() and b"Solheim" in file.read_bytes()] == []


def test_a_document_that_moves_or_is_read_anew_meanwhile_costs_no_turn(open_with: Open) -> None:
    assistant = open_with()
    events = begun(assistant, CHAIR)
    assistant.library.move_document("/documents/minutes/board-2025-03.txt", "/documents/moved.txt")
    assert ended(events).unkept == ""
    events = begun(assistant, VACATION)
    fill(assistant.library, assistant.embedder, {"leave-policy.md": ["Employees accrue 24 days of paid vacation."]})
    assert ended(events).unkept == ""


def test_a_conversation_goes_on_though_its_document_has_moved_and_changed(open_with: Open) -> None:
    """Nothing in the library has the place or the text of its first source any more; that is not new."""
    assistant = open_with()
    answer_to(assistant, CHAIR, style="quote", k=1)
    assistant.library.move_document("/documents/minutes/board-2025-03.txt", "/documents/moved.txt")
    fill(assistant.library, assistant.embedder, {"moved.txt": ["The board did not meet."]})
    assert answer_to(assistant, VACATION, style="quote", conversation="last").unkept == ""


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
    assert answer.unkept.startswith("This turn is not kept. The disk is full: ")
    assert assistant.conversations.list() == []
    database.rows("PRAGMA max_page_count = 1000000")
    assert answer_to(assistant, VACATION, style="quote").unkept == ""
