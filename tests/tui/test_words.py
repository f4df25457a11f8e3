"""Words come faster than a screen is laid out, and keys go before them."""

import asyncio
from collections.abc import Iterator
from threading import Event

import pytest
from textual.events import Key

from assistant.events import Answered, AnswerEvent, EvidenceFound, Token
from assistant.tui.widgets.conversation.cited_markdown import CitedMarkdown
from assistant.types import SearchTimings
from tests.tui.helpers import answers, ask, question_box, running, wait_until
from tests.tui.made_up import SOURCES, make_answer
from tests.tui.stand_in import StandInAssistant

WORDS = [f"word{number} " for number in range(50)]


@pytest.fixture
def go_on() -> Event:
    return Event()


@pytest.fixture
def fluent(stocked: StandInAssistant, go_on: Event) -> StandInAssistant:
    """Writes all its words at once, and is done when it may go on."""

    def write(_: StandInAssistant, question: str, stop: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        yield from (Token(word) for word in WORDS)
        while not (go_on.wait(0.05) or stop.is_set()):
            continue
        yield Answered(make_answer(question, "".join(WORDS) + "[1]."))

    stocked.answers = write
    return stocked


async def test_many_words_are_written_in_few_goes(
    fluent: StandInAssistant, go_on: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    append = CitedMarkdown.append
    monkeypatch.setattr(CitedMarkdown, "append", lambda self, text: written.append(text) or append(self, text))
    async with running(fluent) as (app, pilot):
        await ask(pilot, "notice")
        await wait_until(lambda: "".join(written) == "".join(WORDS))
        assert len(written) < len(WORDS) / 2
        go_on.set()
        await wait_until(lambda: answers(app)[-1].phase == "done")


async def test_who_types_all_the_while_sees_the_words_too(fluent: StandInAssistant, go_on: Event) -> None:
    async with running(fluent) as (app, pilot):
        await ask(pilot, "notice")
        for _ in range(100):
            app.post_message(Key("x", "x"))
            await asyncio.sleep(0.02)
            if app.screen.query(CitedMarkdown) and app.screen.query_one(CitedMarkdown).source == "".join(WORDS):
                break
        else:
            pytest.fail("the words waited for the keys")
        assert question_box(app).text.startswith("x")
        go_on.set()


async def test_a_stop_leaves_every_word_that_came(fluent: StandInAssistant) -> None:
    async with running(fluent) as (app, pilot):
        await ask(pilot, "notice")
        await wait_until(lambda: answers(app) and answers(app)[-1].phase == "writing")
        await pilot.press("escape")
        await wait_until(lambda: not answers(app)[-1].in_progress)
        assert WORDS[-1].strip() in app.screen.query_one(CitedMarkdown).source
