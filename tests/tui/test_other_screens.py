"""Conversations, models, settings, help, the command palette and the themes."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import Input

import config.settings
from assistant.events import Answered, AnswerEvent
from assistant.tui.bindings import GLOBAL_BINDINGS, key_words
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.confirm import ConfirmScreen
from assistant.tui.screens.conversations import ConversationsScreen
from assistant.tui.screens.help import help_text, sections
from assistant.tui.themes import DARK, LIGHT
from assistant.tui.widgets.conversation.answer import AnswerView
from assistant.types import Conversation, Turn
from config.errors import UsageError
from config.settings import load_settings
from tests.tui.helpers import answers, ask, ask_and_wait, question_box, running, screen_text, shows, told, wait_until
from tests.tui.stand_in import SOURCES, WHEN, StandInAssistant, make_answer, record

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
        await pilot.press(*"draft", "up", "f3")
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


async def test_the_model_in_use_is_marked_and_another_can_be_chosen(stocked: StandInAssistant) -> None:
    stocked.models[1].name = "starter"  # a name that the settings know
    async with running(stocked) as (app, pilot):
        await pilot.press("f4")
        await shows(app, "4,900 MB")
        assert any("●" in line and "stand-in" in line for line in screen_text(app).splitlines())
        await pilot.press("down", "u")
        await wait_until(lambda: "starter is used from the next start on." in told(app))
        assert tomllib.loads(stocked.locations.settings_file.read_text()) == {"models": {"llm": "starter"}}
        await pilot.press("up", "u", "escape")  # no, the one in use after all
        await wait_until(
            lambda: isinstance(app.screen, ChatScreen) and "stand-in is used from the next start on." in told(app)
        )
        assert tomllib.loads(stocked.locations.settings_file.read_text()) == {"models": {"llm": "stand-in"}}


async def test_a_choice_that_a_variable_is_stronger_than_says_so(
    stocked: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRONGROOM_MODELS__LLM", "stand-in")
    stocked.models[1].name = "starter"
    async with running(stocked) as (app, pilot):
        await pilot.press("f4")
        await shows(app, "4,900 MB")
        await pilot.press("down", "u")
        await wait_until(lambda: "from the next start on at which STRONGROOM_MODELS__LLM is not set." in told(app))


async def test_with_another_settings_file_choices_are_refused(stocked: StandInAssistant) -> None:
    async with running(stocked, keeps_choices=False) as (app, pilot):
        await pilot.press("ctrl+t")
        assert app.theme == LIGHT
        await pilot.press("f4")
        await shows(app, "4,900 MB")
        await pilot.press("down", "u")
        await wait_until(lambda: "Open Strongroom without --config to choose" in told(app))
        assert not stocked.locations.settings_file.exists()


async def test_settings_say_where_they_come_from(stocked: StandInAssistant) -> None:
    settings = load_settings(stocked.locations, flags={"answer.sources": 7}).items()
    async with running(stocked, size=(120, 48), settings=settings) as (app, pilot):
        await pilot.press("f5")
        await shows(app, "answer.sources")
        row = next(line for line in screen_text(app).splitlines() if "answer.sources" in line)
        assert row.split()[1:4] == ["answer.sources", "7", "flag"]
        await shows(app, "strongroom config set models.llm starter")


async def test_the_theme_is_switched_and_kept(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        assert app.theme == DARK
        await pilot.press("ctrl+t")
        assert app.theme == LIGHT
        await wait_until(stocked.locations.settings_file.exists)
        assert tomllib.loads(stocked.locations.settings_file.read_text()) == {"interface": {"theme": LIGHT}}


async def test_choices_are_written_one_after_the_other(
    stocked: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    go_on = Event()

    def slowly(_: object, __: str, value: str) -> None:
        begun.append(value)
        go_on.wait(10)

    monkeypatch.setattr(config.settings, "save_setting", slowly)
    async with running(stocked) as (_, pilot):
        await pilot.press("ctrl+t", "ctrl+t")
        await wait_until(lambda: begun)
        await pilot.pause(0.1)
        assert len(begun) == 1
        go_on.set()
        await wait_until(lambda: sorted(begun) == sorted([DARK, LIGHT]))


async def test_an_unknown_theme_falls_back_to_ours(stocked: StandInAssistant) -> None:
    async with running(stocked, theme="no-such-theme") as (app, _):
        assert app.theme == DARK


async def test_a_theme_of_textual_can_be_chosen(stocked: StandInAssistant) -> None:
    async with running(stocked, theme="nord", size=(120, 36)) as (app, pilot):
        assert app.theme == "nord"
        await ask_and_wait(pilot)
        await shows(app, "six months [1]")


async def test_the_help_names_every_key(stocked: StandInAssistant) -> None:
    text = help_text().plain
    for _, bindings in sections():
        for binding in bindings:
            assert isinstance(binding, Binding)
            if not binding.action.startswith("open_source"):
                keys = ", ".join(key_words(each) for each in Binding.make_bindings([binding]))
                meaning = binding.tooltip or binding.description
                assert any(line.strip().startswith(keys) and meaning in line for line in text.splitlines()), keys
    async with running(stocked) as (app, pilot):
        await pilot.press("f1")
        await shows(app, "Show every key")


async def test_every_action_with_a_key_stands_in_the_palette_and_runs_from_there(stocked: StandInAssistant) -> None:
    async with running(stocked, size=(120, 60)) as (app, pilot):
        await pilot.press("ctrl+p")
        await wait_until(lambda: CommandPalette.is_open(app))
        for binding in GLOBAL_BINDINGS:
            assert isinstance(binding, Binding)
            if binding.action != "command_palette":
                await shows(app, binding.tooltip)
        await shows(app, "Start a new conversation")
        assert "Stop the answer" not in screen_text(app)
        app.screen.query_one(Input).value = "open the library"
        await shows(app, "F2, ^L")
        await wait_until(lambda: "Open the models" not in screen_text(app))
        await pilot.press("down", "enter")
        await shows(app, "In the library")


async def test_the_palette_offers_what_the_screen_offers(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "handbook.pdf")
        await pilot.press("ctrl+p")
        await shows(app, "Remove the document from the library, with every trace of it")


async def test_a_screen_is_opened_in_place_of_another(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("f2", "f4", "f5", "f1")
        await wait_until(lambda: len(app.screen_stack) == 2)
        await pilot.press("escape")
        await wait_until(lambda: isinstance(app.screen, ChatScreen))
