"""What stands on the screen of a document that is forgotten goes with it."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from assistant.assistant import open_assistant
from assistant.conversations.forgetting import FORGOTTEN
from assistant.events import Answered, AnswerEvent
from assistant.tui.messages import ForgetAsked
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.source import SourceScreen
from assistant.tui.widgets.sources.panel import SourcesPanel
from assistant.types import Conversation, Turn
from config.errors import UsageError
from config.locations import Locations
from config.settings import LoadedSettings
from models.fakes import HashEmbedder, ScriptedModel
from tests.assistant.shelf import REPLY, VACATION, fill
from tests.tui.helpers import answers, ask, ask_and_wait, question_box, running, screen_text, shows, told, wait_until
from tests.tui.made_up import SOURCES, WHEN, make_answer
from tests.tui.stand_in import StandInAssistant

LEASE = "/documents/lease-halden.pdf"


@pytest.fixture
def left(stocked: StandInAssistant) -> StandInAssistant:
    """An assistant whose conversation is kept without the lease, which its only turn spoke of."""
    kept = Conversation("c1", "", WHEN, (Turn("", FORGOTTEN, sources=SOURCES[1:]),))
    stocked.conversations.load = lambda _: kept  # type: ignore[method-assign]
    return stocked


async def test_a_conversation_is_shown_as_it_is_kept_after_a_document_was_forgotten(
    locations: Locations, settings: LoadedSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = open_assistant(locations, settings, embedder=HashEmbedder(), llm=ScriptedModel([REPLY]))
    fill(assistant.library, assistant.embedder)
    monkeypatch.setattr(assistant.library, "hold_index", lambda: False)  # Chroma takes a second to import
    async with running(lambda: assistant) as (app, pilot):  # type: ignore[arg-type, return-value]
        await ask_and_wait(pilot, VACATION)
        await shows(app, "Employees accrue 23 days")
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        conversation = chat.conversation
        app.post_message(ForgetAsked(("/documents/leave-policy.md",)))
        await wait_until(lambda: "checked, no trace is left" in told(app))
        await shows(app, "This turn was removed together with the document it spoke of.")
        assert "23 days" not in screen_text(app)
        assert "How many days" not in screen_text(app)
        assert all(source.passage.document != "leave-policy.md" for source in chat._sources.values())
        assert chat.conversation == conversation
        await pilot.press("up")
        assert question_box(app).text == ""


async def test_a_conversation_that_does_not_speak_of_it_stays_as_it_is(left: StandInAssistant) -> None:
    async with running(left) as (app, pilot):
        await ask_and_wait(pilot)
        app.leave_out(["/documents/price-list.pdf"])
        await pilot.pause(0.1)
        assert "Every sentence is borne out" in screen_text(app)


async def test_an_answer_that_is_being_written_is_there_to_its_end(left: StandInAssistant) -> None:
    left.go_on = Event()
    async with running(left) as (app, pilot):
        await ask(pilot, "notice")
        await shows(app, "handbook.pdf")
        app.leave_out([LEASE])
        await pilot.pause(0.1)
        assert answers(app)[-1].in_progress
        go_on, left.go_on = left.go_on, None
        go_on.set()
        await shows(app, FORGOTTEN)
        assert [source.number for source in app.screen.query_one(SourcesPanel).shown.sources] == [2]
        assert "six months" not in screen_text(app)


async def test_a_source_that_is_shown_large_is_closed(left: StandInAssistant) -> None:
    async with running(left) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("tab", "1")
        await wait_until(lambda: isinstance(app.screen, SourceScreen))
        app.leave_out([LEASE])
        await wait_until(lambda: isinstance(app.screen, ChatScreen))
        await shows(app, FORGOTTEN)


async def test_an_answer_that_no_conversation_has_goes_too(stocked: StandInAssistant) -> None:
    def unkept(assistant: StandInAssistant, question: str, _: Event) -> Iterator[AnswerEvent]:
        sources = SOURCES if len(assistant.asked) == 1 else SOURCES[1:]
        answer = make_answer(question, "It is long [2].", sources=sources, cited=(2,), conversation="")
        yield Answered(replace(answer, unkept="This turn is not kept. The disk is full."))

    stocked.answers = unkept
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await ask_and_wait(pilot)  # without the lease, whose number is given to others
        await shows(app, "The disk is full.")
        app.leave_out([LEASE])
        await wait_until(lambda: not answers(app))
        await shows(app, "Ask your documents")
        assert told(app) == ""


async def test_a_conversation_that_cannot_be_read_any_more_does_not_stay(stocked: StandInAssistant) -> None:
    def gone(conversation_id: str) -> Conversation:
        raise UsageError(f"There is no conversation {conversation_id}.", "Start a new one.")

    stocked.conversations.load = gone  # type: ignore[method-assign]
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        app.leave_out([LEASE])
        await wait_until(lambda: not answers(app))
        assert told(app) == "There is no conversation c1. Start a new one."
