"""Two models side by side in the interface."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from assistant.compare import ComparisonEvent
from assistant.events import Answered, AnswerEvent, Token
from assistant.tui.app import StrongroomApp
from assistant.tui.screens.comparison import ComparisonScreen
from assistant.tui.screens.library import LibraryScreen
from assistant.tui.screens.models import ModelsScreen
from assistant.tui.widgets.conversation.answer import AnswerView
from assistant.tui.widgets.question_box import QuestionBox
from config.errors import LibraryError, ModelError
from tests.tui.helpers import ask, running, screen_text, shows, told, wait_until
from tests.tui.made_up import make_answer
from tests.tui.stand_in import StandInAssistant


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
    await wait_until(lambda: isinstance(app.screen, ComparisonScreen) and isinstance(app.focused, QuestionBox))
    await ask(pilot, "notice")
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


async def test_after_a_failure_of_the_first_the_second_was_not_asked(assistant: StandInAssistant) -> None:
    def fails(assistant: StandInAssistant, question: str, stop: Event) -> Iterator[AnswerEvent]:
        raise ModelError("It needs 9 GB of memory.", "Choose a smaller one.")
        yield

    assistant.answers = fails
    async with running(assistant) as (app, pilot):
        left, right = await open_comparison(app, pilot)
        await wait_until(lambda: (left.phase, right.phase) == ("failed", "stopped"))
        await shows(app, "Not asked: the model before it failed.")


async def test_trouble_before_either_model_began_stands_in_both_columns(assistant: StandInAssistant) -> None:
    def fails(*_: object, **__: object) -> Iterator[ComparisonEvent]:
        raise LibraryError("The library is damaged.", "Put back a copy.")
        yield

    assistant.compare = fails  # type: ignore[method-assign]
    async with running(assistant) as (app, pilot):
        left, right = await open_comparison(app, pilot)
        await wait_until(lambda: (left.phase, right.phase) == ("failed", "failed"))
        await shows(app, "Put back a copy.")


async def test_a_refusal_does_not_speak_of_sources_that_are_not_there(assistant: StandInAssistant) -> None:
    def refuses(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        refusal = make_answer(question, "The documents do not say.", refused=True)
        yield Answered(replace(refusal, almost=(("Haldan", "Halden"),)))

    assistant.answers = refuses
    async with running(assistant) as (app, pilot):
        left, right = await open_comparison(app, pilot)
        await wait_until(lambda: (left.phase, right.phase) == ("refused", "refused"))
        await shows(app, "No document says")
        assert "in place of sources" not in screen_text(app)


async def test_a_comparison_that_is_left_ends(assistant: StandInAssistant) -> None:
    asked: list[str] = []
    ended = Event()

    def waits(_: StandInAssistant, question: str, stop: Event) -> Iterator[AnswerEvent]:
        asked.append(question)
        yield Token("Six ")
        if stop.wait(10):
            ended.set()

    assistant.answers = waits
    async with running(assistant) as (app, pilot):
        left, _ = await open_comparison(app, pilot)
        await wait_until(lambda: left.phase == "writing")
        await pilot.press("f2")
        await wait_until(lambda: isinstance(app.screen, LibraryScreen))
        await wait_until(ended.is_set)


async def test_a_comparison_ends_the_one_before(assistant: StandInAssistant) -> None:
    stops: list[Event] = []

    def waits(_: StandInAssistant, __: str, stop: Event) -> Iterator[AnswerEvent]:
        stops.append(stop)
        stop.wait(10)
        yield Token("Six ")

    assistant.answers = waits
    async with running(assistant) as (app, _):
        for _ in range(2):
            app.background.compare("notice", ("stand-in", "llama-8b"), reply_to=app)
        await wait_until(lambda: len(set(stops)) == 2)
        assert sorted(stop.is_set() for stop in set(stops)) == [False, True]
        app.background.comparing.end()


async def test_nothing_is_compared_while_an_answer_is_written(assistant: StandInAssistant) -> None:
    """The models make room for each other: the one that writes the answer would be ended."""
    assistant.go_on = Event()
    async with running(assistant) as (app, pilot):
        await ask(pilot, "notice")
        await wait_until(lambda: app.status.answering)
        await pilot.press("f4")
        await shows(app, "llama-8b")
        await pilot.press("down", "c")
        await wait_until(lambda: "An answer is being written." in told(app))
        assert isinstance(app.screen, ModelsScreen)
        await pilot.press("escape")
        await pilot.press("escape")
        await wait_until(lambda: not app.status.answering)
        assert len(await open_comparison(app, pilot)) == 2
        await pilot.press("escape")


async def test_only_another_language_model_can_be_compared(assistant: StandInAssistant) -> None:
    async with running(assistant) as (app, pilot):
        await pilot.press("f4")
        await shows(app, "llama-8b")
        await pilot.press("c")
        await wait_until(lambda: "not in use" in told(app))
        assert isinstance(app.screen, ModelsScreen)
