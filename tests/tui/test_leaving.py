"""Screens over the conversation give way to each other, and go away once, whatever comes twice or late."""

from pathlib import Path
from threading import Event

import pytest
from textual.app import App
from textual.widgets import Button

from assistant.tui.messages import ConversationOpened
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.confirm import ConfirmScreen
from assistant.tui.screens.conversations import ConversationsScreen
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.screens.library import LibraryScreen
from assistant.types import Conversation, Turn
from tests.tui.helpers import answers, running, shows, wait_until
from tests.tui.made_up import SOURCES, WHEN, make_answer, record
from tests.tui.stand_in import StandInAssistant

LEASE = Conversation(
    "c7", "The lease", WHEN, (Turn("How long?", "Six months [1].", False, make_answer("", "").citations, SOURCES),)
)


@pytest.fixture
def talked(tmp_path: Path) -> StandInAssistant:
    return StandInAssistant(tmp_path, records=[record("lease-halden.pdf")], conversations=[LEASE])


def on_stack(app: App[None]) -> list[type]:
    return [type(screen) for screen in app.screen_stack]


async def test_a_conversation_that_is_opened_twice_is_left_for_once(talked: StandInAssistant) -> None:
    async with running(talked) as (app, pilot):
        await pilot.press("f3")
        await shows(app, "The lease")
        for _ in range(2):
            app.screen.post_message(ConversationOpened(LEASE))
        await wait_until(lambda: answers(app))
        await pilot.pause()
        assert on_stack(app) == [ChatScreen]


async def test_a_conversation_that_opens_late_leaves_the_question_above_it_alone(
    talked: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_load, load = Event(), talked.conversations.load

    def late(conversation_id: str) -> Conversation:
        may_load.wait(10)
        return load(conversation_id)

    monkeypatch.setattr(talked.conversations, "load", late)
    async with running(talked) as (app, pilot):
        await pilot.press("f3")
        await shows(app, "The lease")
        await pilot.press("enter", "d")
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
        may_load.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert on_stack(app) == [ChatScreen, ConversationsScreen, ConfirmScreen]


async def test_a_second_click_on_back_is_for_nobody(talked: StandInAssistant) -> None:
    async with running(talked) as (app, pilot):
        await pilot.press("f2", "w")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        back = app.screen.query_one("#back", Button)
        back.press()
        back.press()
        await wait_until(lambda: not isinstance(app.screen, FolderScreen))
        await pilot.pause()
        assert on_stack(app) == [ChatScreen, LibraryScreen]


async def test_a_screen_is_opened_in_place_of_another(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("f2", "f4", "f5", "f1")
        await wait_until(lambda: len(app.screen_stack) == 2)
        await pilot.press("escape")
        await wait_until(lambda: isinstance(app.screen, ChatScreen))
