"""Earlier conversations: going on with one, and deleting one."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from assistant.events import Answered, AnswerEvent
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.confirm import ConfirmScreen
from assistant.tui.screens.conversations import ConversationsScreen
from assistant.tui.widgets.conversation.answer import AnswerView
from assistant.types import Conversation, Turn
from config.errors import UsageError
from tests.tui.helpers import answers, ask, ask_and_wait, question_box, running, screen_text, shows, told, wait_until
from tests.tui.made_up import SOURCES, WHEN, make_answer, record
from tests.tui.stand_in import StandInAssistant

LEASE = Conversation(
    "c7",
    "How long is the notice period?",
    WHEN,
    (
        Turn("How long is the notice period?", "Six months [1].", False, make_answer("", "").citations, SOURCES),
        Turn("And the rent?", "The documents do not say.", True, (), SOURCES[:1]),
    ),
)


@pytest.fixture
def talked(tmp_path: Path) -> StandInAssistant:
    """An assistant with two earlier conversations."""
    other = Conversation("c8", "What do the minutes say about Halden?", WHEN, ())
    return StandInAssistant(tmp_path, records=[record("lease-halden.pdf")], conversations=[LEASE, other])


async def test_an_earlier_conversation_is_reopened_and_gone_on_with(talked: StandInAssistant) -> None:
    async with running(talked) as (app, pilot):
        await pilot.press("f3")
        await shows(app, "What do the minutes say about Halden?")
        await pilot.press("enter")
        await wait_until(lambda: len(answers(app)) == 2)
        await shows(app, "Six months [1].")
        await shows(app, "The documents do not say.")
        await shows(app, "Nearest passages")
        await pilot.press("up")
        assert question_box(app).text == "And the rent?"
        await pilot.press("tab", "1")
        await shows(app, "1 lease-halden.pdf")
        await pilot.press("escape")
        question_box(app).text = ""
        await ask_and_wait(pilot, "more")
        assert talked.asked == [("more", "c7")]


@pytest.mark.parametrize(
    ("text", "said"), [("The notice ", "Stopped in the middle."), ("", "Stopped before there was an answer.")]
)
async def test_an_answer_that_was_stopped_is_told_as_such_then_and_later(
    stocked: StandInAssistant, text: str, said: str
) -> None:
    def stopped(_: StandInAssistant, question: str, stop: Event) -> Iterator[AnswerEvent]:
        stop.wait()
        yield Answered(make_answer(question, text, cited=(), stopped=True))

    stocked.answers = stopped
    async with running(stocked) as (app, pilot):
        await ask(pilot, "notice")
        await wait_until(lambda: app.status.answering)
        await pilot.press("escape")
        await shows(app, said)
        await pilot.press("ctrl+n", "f3")
        await wait_until(lambda: isinstance(app.screen, ConversationsScreen))
        await pilot.press("enter")
        await wait_until(lambda: not isinstance(app.screen, ConversationsScreen))
        await shows(app, said)
        assert app.screen.query_one(AnswerView).phase == "stopped"


async def test_a_draft_outlives_the_opening_of_another_conversation(talked: StandInAssistant) -> None:
    async with running(talked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        question_box(app).insert("draft")
        await pilot.press("up", "f3")
        await shows(app, "What do the minutes say about Halden?")
        await pilot.press("enter")
        await wait_until(lambda: len(answers(app)) == 2)
        await wait_until(lambda: question_box(app).text == "draft")
        await pilot.press("up")
        assert question_box(app).text == "And the rent?"


async def test_a_conversation_is_deleted_after_asking(talked: StandInAssistant) -> None:
    async with running(talked) as (app, pilot):
        await pilot.press("f3")
        await shows(app, "What do the minutes say about Halden?")
        await pilot.press("down", "d")
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await wait_until(lambda: list(talked.conversations.kept) == ["c7"])
        await wait_until(lambda: isinstance(app.screen, ConversationsScreen) and "minutes" not in screen_text(app))


async def test_deleting_the_conversation_on_screen_starts_a_new_one(talked: StandInAssistant) -> None:
    async with running(talked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        await pilot.press("f3")
        await shows(app, "first")
        await pilot.press("end", "d")
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await wait_until(lambda: "c1" not in talked.conversations.kept)
        await pilot.press("escape")
        await wait_until(lambda: isinstance(app.screen, ChatScreen) and not answers(app))
        await ask_and_wait(pilot, "second")
        assert talked.asked == [("first", "new"), ("second", "new")]


async def test_what_was_deleted_is_off_the_screen_though_the_list_was_left(talked: StandInAssistant) -> None:
    go_on, delete = Event(), talked.conversations.delete

    def slowly(conversation_id: str) -> None:
        go_on.wait()
        delete(conversation_id)

    talked.conversations.delete = slowly  # type: ignore[method-assign]
    async with running(talked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        await pilot.press("f3")
        await shows(app, "first")
        await pilot.press("end", "d")
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y", "escape")
        await wait_until(lambda: isinstance(app.screen, ChatScreen) and answers(app))
        go_on.set()
        await wait_until(lambda: not answers(app))


async def test_a_conversation_that_is_gone_already_leaves_the_list(talked: StandInAssistant) -> None:
    def gone(conversation_id: str) -> Conversation:
        raise UsageError(f"There is no conversation {conversation_id}.", "See the list.")

    talked.conversations.load = gone  # type: ignore[method-assign]
    async with running(talked) as (app, pilot):
        await pilot.press("f3")
        await shows(app, "What do the minutes say about Halden?")
        del talked.conversations.kept["c8"]  # by another process
        await pilot.press("down", "enter")
        await wait_until(lambda: "minutes" not in screen_text(app))
        assert told(app) == "There is no conversation c8. See the list."


async def test_the_conversation_that_is_being_answered_is_not_deleted(talked: StandInAssistant) -> None:
    async with running(talked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        talked.go_on = Event()
        await ask(pilot, "second")
        await wait_until(lambda: app.status.answering)
        await pilot.press("f3")
        await shows(app, "first")
        await pilot.press("end", "d")
        await wait_until(lambda: "An answer is being written in this conversation." in told(app))
        assert isinstance(app.screen, ConversationsScreen)
        await pilot.press("up", "d")  # another one may go meanwhile
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await wait_until(lambda: sorted(talked.conversations.kept) == ["c1", "c7"])
        await pilot.press("escape", "escape")
        await wait_until(lambda: not app.status.answering)
        await pilot.press("f3")
        await shows(app, "first")
        await pilot.press("end", "d")
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))


async def test_without_conversations_the_list_says_so(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("f3")
        await shows(app, "No conversations yet.")
