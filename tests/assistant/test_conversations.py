import sqlite3
from pathlib import Path

import pytest

from assistant.conversations import turns
from assistant.conversations.forgetting import FORGOTTEN
from config.errors import UsageError
from config.locations import Locations
from tests.assistant.conftest import Open, answer_to

VACATION = "How many days of paid vacation do employees accrue per year?"
HOTEL = "Which hotel costs per night in Norway are reimbursed?"
CHAIR = "Who was elected chair of the board?"


def test_a_conversation_is_kept_with_turns_citations_and_evidence(open_with: Open) -> None:
    assistant = open_with()
    answer = answer_to(assistant, VACATION, style="quote")
    (listed,) = assistant.conversations.list()
    assert listed.title == VACATION
    assert listed.turns == ()
    loaded = assistant.conversations.load(listed.conversation_id)
    (turn,) = loaded.turns
    assert (turn.question, turn.answer, turn.citations, turn.refused) == (
        VACATION,
        answer.text,
        answer.citations,
        False,
    )
    assert [(s.number, s.key_sentence) for s in turn.sources] == [(s.number, s.key_sentence) for s in answer.evidence]


def test_what_was_shown_before_a_document_was_moved_is_cited_where_it_is_now(open_with: Open) -> None:
    reply = "Employees accrue 23 days of paid vacation per year [1]."
    assistant = open_with([reply, reply])
    before = answer_to(assistant, VACATION, style="answer").citations
    assistant.library.move_document("/documents/leave-policy.md", "/archive/leave.md")
    after = answer_to(assistant, "And per year?", style="answer", conversation="last").citations
    assert [(cited.path, cited.document) for cited in after] == [("/archive/leave.md", "leave.md")]
    assert [cited.quote for cited in after] == [cited.quote for cited in before]


def test_the_conversation_spoken_in_last_is_listed_first_and_goes_on(open_with: Open) -> None:
    assistant = open_with()
    first = answer_to(assistant, VACATION, style="quote").conversation
    second = answer_to(assistant, HOTEL, style="quote").conversation
    assert [c.conversation_id for c in assistant.conversations.list()] == [second, first]
    answer_to(assistant, CHAIR, style="quote", conversation=first)
    assert assistant.conversations.last() == first
    assert answer_to(assistant, HOTEL, style="quote", conversation="last").conversation == first
    assert [turn.question for turn in assistant.conversations.load(first).turns] == [VACATION, CHAIR, HOTEL]


def test_the_conversation_spoken_in_last_is_that_also_when_the_clock_is_set_back(
    open_with: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = open_with()
    answer_to(assistant, VACATION, style="quote")
    before = assistant.conversations.list()[0].started_at
    monkeypatch.setattr(turns, "_now", lambda: "2020-01-01T00:00:00.000+00:00")
    second = answer_to(assistant, HOTEL, style="quote").conversation
    assert assistant.conversations.last() == second
    assert answer_to(assistant, CHAIR, style="quote", conversation="last").conversation == second
    monkeypatch.undo()
    third = answer_to(assistant, CHAIR, style="quote").conversation
    assert assistant.conversations.last() == third
    started = {each.conversation_id: each.started_at for each in assistant.conversations.list()}
    assert started[second] == "2020-01-01T00:00:00.000+00:00", "when it began is what the clock said"
    assert started[third] > before


def test_ids_sort_by_time(open_with: Open) -> None:
    assistant = open_with()
    ids = [answer_to(assistant, VACATION, style="quote").conversation for _ in range(4)]
    assert ids == sorted(set(ids))
    assert max(map(len, ids)) <= 10


def test_last_of_none_is_a_new_one(open_with: Open) -> None:
    assistant = open_with()
    assert assistant.conversations.last() is None
    assert answer_to(assistant, VACATION, style="quote", conversation="last").conversation


def test_collections_keep_their_conversations_apart(open_with: Open, locations: Locations) -> None:
    assistant = open_with()
    kept = answer_to(assistant, VACATION, style="quote").conversation
    from assistant.conversations.conversations import Conversations

    other = Conversations(assistant.library.database, "other")
    assert other.list() == []
    with pytest.raises(UsageError):
        other.load(kept)
    with pytest.raises(UsageError):
        other.delete(kept)


def test_deleting_takes_everything_of_it(open_with: Open, locations: Locations) -> None:
    assistant = open_with()
    kept = answer_to(assistant, HOTEL, style="quote").conversation
    gone = answer_to(assistant, VACATION, style="quote", document="*-policy.md").conversation
    assistant.conversations.delete(gone)
    assert [c.conversation_id for c in assistant.conversations.list()] == [kept]
    assistant.close()
    assert _rows_of(locations.library_file, gone) == 0
    assert _rows_of(locations.library_file, kept) > 0


def _rows_of(file: Path, conversation: str) -> int:
    """Rows of the five tables that hang on a conversation."""
    connection = sqlite3.connect(file)
    (count,) = connection.execute(
        """
        SELECT (SELECT count(*) FROM conversation_turns WHERE conversation = :id)
             + (SELECT count(*) FROM conversation_sources WHERE conversation = :id)
             + (SELECT count(*) FROM conversation_evidence WHERE conversation = :id)
             + (SELECT count(*) FROM conversation_citations WHERE conversation = :id)
             + (SELECT count(*) FROM conversation_scopes WHERE conversation = :id)
        """,
        {"id": conversation},
    ).fetchone()
    connection.close()
    return int(count)


# Forgetting


def test_no_byte_of_a_forgotten_document_is_left(open_with: Open, locations: Locations) -> None:
    assistant = open_with("Ingrid Solheim was elected chair for two years [1].")
    answer_to(assistant, CHAIR, style="answer")
    answer_to(assistant, "What did the tug Ternen cost the board in kroner?", style="quote", conversation="last")
    receipt = assistant.forget("board-*")
    assert receipt.verified_absent
    assistant.close()
    for file in locations.home.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert b"Solheim" not in data, file
            assert b"Ternen" not in data, file


def test_what_is_pruned_goes_from_conversations_and_then_from_the_disk(open_with: Open, locations: Locations) -> None:
    assistant = open_with("Ingrid Solheim was elected chair for two years [1].")
    answer_to(assistant, CHAIR, style="answer")
    (board,) = [record.path for record in assistant.library.documents() if record.document.startswith("board-")]

    assistant.library.remove_document(board)  # as `ingest --prune` does

    (conversation,) = assistant.conversations.list()
    assert [turn.answer for turn in assistant.conversations.load(conversation.conversation_id).turns] == [FORGOTTEN]
    assert assistant.forget("board-*").verified_absent
    assistant.close()
    for file in locations.home.rglob("*"):
        if file.is_file():
            assert b"Solheim" not in file.read_bytes(), file


def test_a_turn_about_a_forgotten_document_keeps_its_place_only(open_with: Open) -> None:
    assistant = open_with()
    answer_to(assistant, CHAIR, style="quote")
    answer_to(assistant, VACATION, style="quote", conversation="last")
    assistant.forget("board-*")
    (conversation,) = assistant.conversations.list()
    assert conversation.title == ""
    about_board, about_leave = assistant.conversations.load(conversation.conversation_id).turns
    assert (about_board.question, about_board.answer, about_board.citations) == ("", FORGOTTEN, ())
    assert about_leave.question == VACATION
    assert about_leave.citations
    assert {s.passage.document for s in about_leave.sources} <= {"leave-policy.md", "travel-policy.md"}


def test_a_later_turn_goes_too_when_its_prompt_still_held_the_forgotten_document(open_with: Open) -> None:
    assistant = open_with(["Ingrid Solheim was elected chair for two years [1].", "Employees accrue 23 days [2]."])
    answer_to(assistant, CHAIR, style="answer", k=1)
    answer = answer_to(assistant, VACATION, style="answer", conversation="last", k=1)
    assert {source.passage.document for source in answer.evidence} == {"leave-policy.md"}
    answer_to(assistant, HOTEL, style="quote", conversation="last", k=1)
    assistant.forget("board-*")
    _, about_leave, about_travel = assistant.conversations.load(answer.conversation).turns
    assert (about_leave.question, about_leave.answer, about_leave.citations) == ("", FORGOTTEN, ())
    assert about_travel.question == HOTEL  # quoted: the model had no part in it


def test_a_turn_before_the_forgotten_document_came_in_stays(open_with: Open) -> None:
    assistant = open_with(["Employees accrue 23 days [1].", "Ingrid Solheim was elected chair for two years [2]."])
    answer = answer_to(assistant, VACATION, style="answer", k=1)
    answer_to(assistant, CHAIR, style="answer", conversation="last", k=1)
    assistant.forget("board-*")
    about_leave, about_board = assistant.conversations.load(answer.conversation).turns
    assert (about_leave.question, about_board.answer) == (VACATION, FORGOTTEN)


def test_a_conversation_goes_on_after_forgetting_and_gives_no_number_twice(open_with: Open) -> None:
    assistant = open_with()
    answer_to(assistant, CHAIR, style="quote", k=2)
    numbers = {1, 2}
    assistant.forget("board-*")
    answer = answer_to(assistant, VACATION, style="quote", conversation="last", k=2)
    assert "23 days" in answer.text
    assert not numbers & {s.number for s in answer.evidence}


def test_what_was_quoted_under_an_old_path_is_forgotten_too(open_with: Open, locations: Locations) -> None:
    assistant = open_with()
    answer_to(assistant, CHAIR, style="quote")
    assistant.library.move_document("/documents/minutes/board-2025-03.txt", "/documents/moved.txt")
    assistant.forget("moved.txt")
    (conversation,) = assistant.conversations.list()
    assert assistant.conversations.load(conversation.conversation_id).turns[0].answer == FORGOTTEN


def test_moving_one_document_does_not_cost_a_conversation_when_another_is_forgotten(open_with: Open) -> None:
    assistant = open_with()
    answer = answer_to(assistant, CHAIR, style="quote")
    assistant.library.move_document("/documents/minutes/board-2025-03.txt", "/documents/moved.txt")
    assistant.forget("travel-policy.md")
    assert assistant.conversations.load(answer.conversation).turns[0].answer == answer.text
