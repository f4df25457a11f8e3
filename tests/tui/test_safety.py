"""Text of documents, models and file names is data on every screen: it is shown, and never obeyed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.widget import Widget

from assistant.events import Answered, AnswerEvent, EvidenceFound, Token
from assistant.tui.app import StrongroomApp
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.screens.source import SourceScreen
from assistant.types import Conversation, SearchTimings
from config.errors import ModelDied
from ingest.types import FileStatus
from tests.tui.helpers import answers, ask, ask_and_wait, running, shows, wait_until
from tests.tui.made_up import make_answer, make_source, model, record
from tests.tui.stand_in import StandInAssistant

PAYLOADS = {
    "action": "[@click=app.quit()]press me[/]",
    "markup": "[b]bold[/b] [/x] [#zz]y[/] [red]",
    "osc 52": "\x1b]52;c;UFdORUQ=\x07copied",
    "osc 52, c1": "\x9d52;c;UFdORUQ=\x9ccopied",
    "osc 8": "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "title": "\x1b]0;owned\x07title",
    "clear": "\x1b[2Jcleared\x9b2J",
    "bidi": "invoice\u202efdp.exe\u2066x\u2069",
    "invisible": "a\u200bb\U000e0041\U000e0042c\u00ad",
    "link": "[ok](http://evil.example/?q=secret) <http://evil.example> ![i](http://evil.example/x.png)",
    "entity": "&#x202e;&#27;&#155;evil",
    "separators": "one\u2028two\x85three\rfour\x0bfive",
}
NASTY = " ".join(PAYLOADS.values())
NASTY_NAME = NASTY.replace("/", "|")

FORBIDDEN = {chr(code) for code in [*range(0x20), 0x7F, *range(0x80, 0xA0)]} | set(
    "\u202e\u2066\u2069\u200b\u00ad\u2028"
)
"""What no cell of the screen may hold. A newline ends a line before it gets there."""


def nasty_source() -> object:
    return make_source(
        1,
        document=NASTY_NAME,
        page_text=f"before {NASTY} after",
        text=NASTY,
        key="press me",
        heading=NASTY,
        title=NASTY,
    )


def nasty_answer(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
    sources = (nasty_source(),)
    yield EvidenceFound(sources, SearchTimings())  # type: ignore[arg-type]
    for letter in NASTY:  # a sequence split over many tokens is as harmless as a whole one
        yield Token(letter)
    answer = make_answer(question, f"{NASTY} [1]", sources=sources, unsupported=[NASTY, f"never said {NASTY}"])  # type: ignore[arg-type]
    yield Answered(replace(answer, model=NASTY))


@pytest.fixture
def hostile(tmp_path: Path) -> StandInAssistant:
    """An assistant in which every text that comes from outside is an attack."""
    stand_in = StandInAssistant(
        tmp_path,
        records=[
            replace(record(NASTY_NAME), title=NASTY, path=f"/documents/{NASTY_NAME}", ingested_at=NASTY),
            replace(
                record(NASTY_NAME, FileStatus.DAMAGED, reason=NASTY), path=f"/documents/2{NASTY_NAME}", sha256="another"
            ),
        ],
        conversations=[Conversation("c9", NASTY, NASTY)],
        answers=nasty_answer,
    )
    stand_in.models = [replace_model(NASTY)]
    stand_in.llm.information.name = NASTY
    return stand_in


def replace_model(text: str) -> object:
    entry = model(text, "llm")
    entry.licence = entry.source = text
    return entry


def check_screen(app: StrongroomApp) -> None:
    """No cell holds a control or invisible character, and no cell runs an action that a text asked for."""
    for strip in app.screen._compositor.render_strips(app.size):
        for segment in strip:
            assert not FORBIDDEN & set(segment.text), repr(segment.text)
            meta = segment.style.meta if segment.style else {}
            assert "quit" not in str(meta.get("@click", "")), meta
            assert not (segment.style and segment.style.link), segment.style
    for notification in app._notifications:
        assert not FORBIDDEN - {"\n"} & set(notification.message)
        assert notification.markup is False


async def test_the_conversation_and_a_large_source(hostile: StandInAssistant) -> None:
    hostile.library.page = f"before {NASTY} after"
    async with running(hostile, size=(160, 60)) as (app, pilot):
        check_screen(app)
        await ask_and_wait(pilot, "x")
        await shows(app, "[@click=app.quit()]press me[/]")
        await shows(app, "](http://evil.example")
        check_screen(app)
        await pilot.press("tab", "1")
        await wait_until(lambda: isinstance(app.screen, SourceScreen))
        await shows(app, "before")
        check_screen(app)
        await pilot.press("c")
        await wait_until(lambda: app.clipboard)
        assert not FORBIDDEN & set(app.clipboard)
        check_screen(app)


async def test_while_the_words_stream_in(hostile: StandInAssistant) -> None:
    seen = Event()

    def unfinished(_: StandInAssistant, __: str, stop: Event) -> Iterator[AnswerEvent]:
        for letter in NASTY:
            yield Token(letter)
        while not (seen.is_set() or stop.is_set()):
            stop.wait(0.01)

    hostile.answers = unfinished
    async with running(hostile) as (app, pilot):
        await ask(pilot, "x")
        await shows(app, "five")
        check_screen(app)
        seen.set()
        await wait_until(lambda: answers(app)[-1].phase == "stopped")


async def test_a_click_on_a_link_of_the_model_opens_nothing(
    hostile: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(StrongroomApp, "open_url", lambda _, url, **__: opened.append(url))
    async with running(hostile, size=(160, 60)) as (app, pilot):
        view = await ask_and_wait(pilot, "x")
        cited = 0
        for block in view.query("MarkdownParagraph"):
            for place in places_to_click(app, block):
                await pilot.click(block, offset=place)
                if isinstance(app.screen, SourceScreen):  # our own citation
                    cited += 1
                    app.pop_screen()
        assert cited > 0, "the clicks did not get there"
        assert opened == []
        assert app.is_running


def places_to_click(app: StrongroomApp, block: Widget) -> list[tuple[int, int]]:
    """Column and row of the first cell of each run of cells at which a click would do the same. The pilot rests for
    100 ms at each click."""
    left, top = block.region.offset
    places = []
    for row in range(block.size.height):
        before: object = None
        for column in range(block.size.width):
            action = app.screen.get_style_at(left + column, top + row).meta.get("@click")
            if column == 0 or action != before:
                places.append((column, row))
            before = action
    return places


async def test_errors(hostile: StandInAssistant) -> None:
    def dies(_: StandInAssistant, __: str, ___: Event) -> Iterator[AnswerEvent]:
        raise ModelDied(NASTY, NASTY)
        yield

    hostile.answers = dies
    async with running(hostile, size=(160, 60)) as (app, pilot):
        await ask_and_wait(pilot, "x")
        check_screen(app)


async def test_the_library_its_ledger_and_the_question_before_forgetting(hostile: StandInAssistant) -> None:
    async with running(hostile, size=(160, 48)) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "[@click=app.quit()]")
        check_screen(app)
        await pilot.press("f")
        await shows(app, "Forget this document?")
        check_screen(app)
        await pilot.press("y")
        await wait_until(lambda: app._notifications)
        check_screen(app)
        await pilot.press("l")
        await shows(app, "damaged")
        check_screen(app)


async def test_the_list_of_conversations(hostile: StandInAssistant) -> None:
    async with running(hostile, size=(160, 48)) as (app, pilot):
        await pilot.press("f3")
        await shows(app, "[@click=app.quit()]")
        check_screen(app)
        await pilot.press("d")
        await shows(app, "Delete this conversation?")
        check_screen(app)
        await pilot.press("n", "enter")
        await wait_until(lambda: len(app.screen_stack) == 1)
        await shows(app, "[@click=app.quit()]")
        check_screen(app)


async def test_models_and_settings(hostile: StandInAssistant) -> None:
    settings = [("interface.theme", NASTY, "file", NASTY)]
    async with running(hostile, size=(160, 48), settings=settings) as (app, pilot):
        for key in ("f4", "f5"):
            await pilot.press(key)
            await shows(app, "[@click=app.quit()]")
            check_screen(app)


async def test_the_folder_picker_and_the_progress(hostile: StandInAssistant, tmp_path: Path) -> None:
    for number, payload in enumerate(PAYLOADS.values()):
        (tmp_path / f"{number} {payload}".replace("/", "|")).mkdir()
    async with running(hostile, size=(160, 48), start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        await shows(app, "[@click=app.quit()]")
        for _ in PAYLOADS:
            await pilot.press("down")
            check_screen(app)
        await pilot.press("enter")
        await wait_until(lambda: app.status.ingest and app.status.ingest.finished)
        await pilot.press("f2")
        await pilot.pause()
        check_screen(app)
