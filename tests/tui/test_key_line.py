"""The line of keys: what it shows while an answer is written, and how seldom it is made anew."""

from threading import Event

import pytest
from textual.app import ComposeResult
from textual.widget import Widget

from assistant.tui.app import StrongroomApp
from assistant.tui.widgets.key_line import KeyLine
from tests.tui.helpers import ask, ask_and_wait, running, wait_until
from tests.tui.stand_in import StandInAssistant


def shown(app: StrongroomApp) -> list[str]:
    return [key.description for key in app.screen.query(".-key") if key.display]  # type: ignore[attr-defined]


async def test_stop_stands_among_the_keys_while_there_is_something_to_stop(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        at_rest = shown(app)
        assert "Stop" not in at_rest
        for _ in range(2):
            stocked.go_on = Event()
            await ask(pilot, "notice")
            await wait_until(lambda: "Stop" in shown(app))
            stocked.go_on = None
            await pilot.press("escape")
            await wait_until(lambda: shown(app) == at_rest)


async def test_the_line_is_made_anew_only_for_a_key_that_it_never_had(
    stocked: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Widget] = []
    compose = KeyLine.compose

    def counted(line: KeyLine) -> ComposeResult:
        made.append(line)
        yield from compose(line)

    monkeypatch.setattr(KeyLine, "compose", counted)
    async with running(stocked) as (app, pilot):
        stocked.go_on = go_on = Event()
        await ask(pilot, "notice")
        await wait_until(lambda: "Stop" in shown(app))
        stocked.go_on = None  # a set takes it one step further only
        go_on.set()
        await wait_until(lambda: not app.status.answering and "Stop" not in shown(app))
        await pilot.pause()
        before = len(made)
        await ask_and_wait(pilot, "notice")
        await ask_and_wait(pilot, "notice")
        await pilot.pause()
        assert len(made) == before
        await pilot.press("f1")
        await wait_until(lambda: len(made) > before)
