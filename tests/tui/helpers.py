"""Open the app on the stand-in assistant, wait for what must become true, read what is on the screen."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from assistant.tui.app import StrongroomApp, make_app
from assistant.tui.widgets.conversation.answer import AnswerView
from assistant.tui.widgets.question_box import QuestionBox
from config.seal import SealReport
from tests.tui.stand_in import StandInAssistant

SEALED = SealReport("kernel", "seccomp", "The kernel refuses every connection of this program.")
SECONDS_TO_WAIT = 10.0
MOST_SECONDS_AT_ONCE = 0.4
"""Of computing, so that a busy machine makes no difference, before the loop turns to the next key. It takes 0.1."""


async def wait_until(condition: Callable[[], object], what: str = "") -> None:
    """Wait for background work to show. One pause of the pilot is not enough: workers post when they are done."""
    deadline = asyncio.get_running_loop().time() + SECONDS_TO_WAIT
    while True:
        try:
            if condition():
                return
        except LookupError:
            pass  # what is asked about is not on the screen yet
        assert asyncio.get_running_loop().time() < deadline, f"never became true: {what or condition}"
        await asyncio.sleep(0.01)


def app_over(assistant: StandInAssistant | Callable[[], StandInAssistant], **options: Any) -> StrongroomApp:
    """The app over an assistant, or over what opens one."""
    options.setdefault("seal", SEALED)
    opener = (lambda: assistant) if isinstance(assistant, StandInAssistant) else assistant
    app = make_app(opener, **options)
    app.animation_level = "none"
    return app


@asynccontextmanager
async def running(
    assistant: StandInAssistant, size: tuple[int, int] = (120, 36), **options: Any
) -> AsyncIterator[tuple[StrongroomApp, Pilot[None]]]:
    """The app, loaded and idle."""
    async with opening(app_over(assistant, **options), size) as pilot:
        app = pilot.app
        assert isinstance(app, StrongroomApp)
        await wait_until(lambda: app.status.counts is not None and not app.status.loading, "loaded")
        await pilot.pause()
        yield app, pilot


@asynccontextmanager
async def opening(app: StrongroomApp, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    """The app from its first moment on; its workers are ended, as the program does, when the test is over."""
    async with app.run_test(size=size) as pilot:
        try:
            yield pilot
        finally:
            assert app.background.end(SECONDS_TO_WAIT), "a worker did not end"


def question_box(app: StrongroomApp) -> QuestionBox:
    return app.screen_stack[0].query_one(QuestionBox)


def answers(app: StrongroomApp) -> list[AnswerView]:
    return list(app.screen_stack[0].query(AnswerView))


async def ask(pilot: Pilot[None], question: str) -> None:
    """Put a question into the box of the screen and send it. The pilot rests for 50 ms after each key: few tests are
    about typing."""
    box = pilot.app.screen.query_one(QuestionBox)
    box.focus()
    box.insert(question)
    await pilot.press("enter")


async def ask_and_wait(pilot: Pilot[None], question: str = "notice period") -> AnswerView:
    app = pilot.app
    assert isinstance(app, StrongroomApp)
    before = len(answers(app))
    await ask(pilot, question)
    await wait_until(lambda: len(answers(app)) > before and not answers(app)[-1].in_progress)
    await wait_until(lambda: not app.status.answering)
    await pilot.pause()
    return answers(app)[-1]


def screen_lines(app: StrongroomApp) -> list[str]:
    """What the terminal would show, line by line."""
    return [strip.text for strip in app.screen._compositor.render_strips(app.size)]


def screen_text(app: StrongroomApp) -> str:
    return "\n".join(screen_lines(app))


def shown(app: StrongroomApp, selector: str) -> str:
    """The text of a Static."""
    return str(app.screen.query_one(selector, Static).content)


def folder_of_documents(home: Path) -> Path:
    folder = home / "documents"
    folder.mkdir()
    (folder / "lease.pdf").write_bytes(b"%PDF-1.7")
    return folder


async def shows(app: StrongroomApp, text: str) -> None:
    """Wait until `text` stands on the screen."""
    await wait_until(lambda: text in screen_text(app), f"{text!r} on the screen")


def told(app: StrongroomApp) -> str:
    """The notifications on the screen, which wrap where they like."""
    return "\n".join(notification.message for notification in app._notifications)


def flat(app: StrongroomApp) -> str:
    """The screen as one run of words, for a pane that has the screen for itself."""
    return " ".join(screen_text(app).replace("│", " ").split())


@contextmanager
def answering_keys() -> Iterator[None]:
    """Fails when the loop did one thing for longer than MOST_SECONDS_AT_ONCE in between."""
    longest = 0.0

    async def look() -> None:
        nonlocal longest
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.thread_time() - began)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
    assert longest < MOST_SECONDS_AT_ONCE
