"""Two models side by side in the interface."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from assistant.events import Answered, AnswerEvent, Token
from assistant.tui.app import StrongroomApp
from assistant.tui.screens.comparison import ComparisonScreen
from assistant.tui.screens.models import ModelsScreen
from assistant.tui.widgets.conversation.answer import AnswerView
from config.errors import ModelError
from tests.tui.helpers import running, screen_text, shows, told, wait_until
from tests.tui.stand_in import StandInAssistant, make_answer


def two_answers(assistant: StandInAssistant, question: str, stop: Event) -> Iterator[AnswerEvent]:
    """`question` begins with the name of the model."""
    text = "Six months [1]." if question.startswith("stand-in") else "Half a year [1]."
    yield Token(text)
    assistant.pause(stop)
    yield Answered(make_answer(question, text, stopped=stop.is_set()))


@pytest.fixture
def assistant(tmp_path: Path) -> StandInAssistant:
    return StandInAssistant(tmp_path, answers=two_answers)


async def open_comparison(app: StrongroomApp, pilot: Pilot[None]) -> list[AnswerView]:
    await pilot.press("f4")
    await shows(app, "llama-8b")
    await pilot.press("down", "c")
    await wait_until(lambda: isinstance(app.screen, ComparisonScreen))
    await pilot.press(*"notice", "enter")
    await wait_until(lambda: len(app.screen.query(AnswerView)) == 2)
    return list(app.screen.query(AnswerView))


async def test_both_answers_stand_beside_each_other(assistant: StandInAssistant) -> None:
    async with running(assistant) as (app, pilot):
        left, right = await open_comparison(app, pilot)
        await wait_until(lambda: (left.phase, right.phase) == ("done", "done"))
        await pilot.pause()
        text = screen_text(app)
        row = next(row for row in text.splitlines() if "Six months" in row)
        assert row.index("Six months") < row.index("Half a year")
        assert "Written · stand-in · 1.4 s" in text
        assert "Written · llama-8b · 1.4 s" in text
        assert not assistant.conversations.kept
        await pilot.press("escape")
        await wait_until(lambda: isinstance(app.screen, ModelsScreen))


async def test_the_second_waits_and_escape_stops_both(assistant: StandInAssistant) -> None:
    assistant.go_on = Event()
    async with running(assistant) as (app, pilot):
        left, right = await open_comparison(app, pilot)
        await wait_until(lambda: left.phase == "writing")
        assert right.phase == "waiting"
        await shows(app, "Waiting for its turn")
        await pilot.press("escape")
        await wait_until(lambda: (left.phase, right.phase) == ("stopped", "stopped"))
        assert isinstance(app.screen, ComparisonScreen)


async def test_a_failure_stands_in_its_column(assistant: StandInAssistant) -> None:
    def second_fails(assistant: StandInAssistant, question: str, stop: Event) -> Iterator[AnswerEvent]:
        if question.startswith("llama-8b"):
            raise ModelError("It needs 9 GB of memory.", "Choose a smaller one.")
        yield from two_answers(assistant, question, stop)

    assistant.answers = second_fails
    async with running(assistant) as (app, pilot):
        left, right = await open_comparison(app, pilot)
        await wait_until(lambda: (left.phase, right.phase) == ("done", "failed"))
        await shows(app, "Choose a smaller one.")


async def test_only_another_language_model_can_be_compared(assistant: StandInAssistant) -> None:
    async with running(assistant) as (app, pilot):
        await pilot.press("f4")
        await shows(app, "llama-8b")
        await pilot.press("c")
        await wait_until(lambda: "not in use" in told(app))
        assert isinstance(app.screen, ModelsScreen)
