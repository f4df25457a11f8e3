"""How every screen looks, as pictures. After a deliberate change run pytest with `--snapshot-update` on this file,
and look at the pictures in `__snapshots__`."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from assistant.events import Answered, AnswerEvent, EvidenceFound, Token
from assistant.tui.app import StrongroomApp
from assistant.tui.messages import SourceChosen
from assistant.tui.progress import IngestProgress
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.themes import LIGHT
from assistant.tui.widgets.library.folder_tree import FolderTree
from assistant.types import Conversation, SearchTimings
from config.errors import ModelDied
from config.seal import SealReport
from ingest.types import FileStatus, PageNote, PageStatus
from tests.tui.helpers import app_over, ask_and_wait, question_box, screen_text, wait_until
from tests.tui.made_up import SOURCES, WHEN, make_answer, record
from tests.tui.stand_in import StandInAssistant

SMALL, NORMAL, LARGE = (80, 24), (120, 36), (160, 48)

Steps = Callable[[StrongroomApp, Pilot[None]], Awaitable[None]]
Compare = Callable[..., bool]

RECORDS = [
    record("annual-report-2025.pdf", pages=112),
    record("handbook.pdf", pages=40),
    record("lease-halden.pdf"),
    record("price-list-2026.pdf", pages=4),
    record("board-minutes.pdf", FileStatus.DAMAGED, reason="The file ends in the middle. Export it again."),
    record("letter-scan.pdf", FileStatus.NEEDS_OCR, reason="Its pages are pictures. Install the extra `ocr`."),
]

SETTINGS = [
    ("models.llm", "starter", "default", "Name of the language model that answers."),
    ("answer.sources", 7, "flag", "Most sources put before the model for one question."),
    ("interface.theme", "strongroom-dark", "file", "Colour theme of the terminal interface."),
]


@pytest.fixture
def assistant(tmp_path: Path) -> StandInAssistant:
    earlier = [
        Conversation("c3", "How long is the notice period of the Halden lease?", WHEN),
        Conversation("c2", "What did the board decide about the new foundry?", WHEN),
        Conversation("c1", "", WHEN),
    ]
    return StandInAssistant(tmp_path, records=RECORDS, conversations=earlier)


@pytest.fixture
def looks_as_before(snap_compare: Compare, assistant: StandInAssistant) -> Compare:
    """Open the app, take the steps, compare the picture. Nothing in it may move: no spinner, no blinking cursor."""

    def compare(
        steps: Steps, size: tuple[int, int] = NORMAL, over: StandInAssistant | None = None, **options: Any
    ) -> bool:
        app = app_over(over or assistant, settings=SETTINGS, **options)

        async def before(pilot: Pilot[None]) -> None:
            await wait_until(lambda: app.status.counts is not None and not app.status.loading)
            question_box(app).cursor_blink = False
            await steps(app, pilot)
            await pilot.pause()
            assert app.background.end(5)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


async def no_steps(_: StrongroomApp, pilot: Pilot[None]) -> None:
    await pilot.pause()


async def ask_once(_: StrongroomApp, pilot: Pilot[None]) -> None:
    await ask_and_wait(pilot, "How long is the notice period of the Halden lease?")


def steps(*keys: str, until: str) -> Steps:
    """Press `keys`, then wait for `until` on the screen."""

    async def press(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await wait_until(lambda: until in screen_text(app))

    return press


def marked_answer(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
    text = (
        "The notice period is **six months** [1]. It may be shortened by agreement. "
        "Less than three months is never agreed to [2].\n\n"
        "| Term | Value |\n|---|---|\n| Notice | six months [1] |\n| Begin | 1 April 2024 |\n"
    )
    yield EvidenceFound(SOURCES, SearchTimings())
    yield Token(text)
    yield Answered(make_answer(question, text, cited=(1, 2), unsupported=["It may be shortened by agreement."]))


def refusal(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
    yield EvidenceFound(SOURCES, SearchTimings())
    yield Answered(make_answer(question, "I could not find that in these documents.", refused=True))


def failure(_: StandInAssistant, __: str, ___: Event) -> Iterator[AnswerEvent]:
    yield EvidenceFound(SOURCES, SearchTimings())
    raise ModelDied("The language model's process ended in the middle of its work.", "Ask again: it is started anew.")


@pytest.mark.parametrize("size", [SMALL, NORMAL], ids=["80x24", "120x36"])
def test_first_run(looks_as_before: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert looks_as_before(no_steps, size, over=StandInAssistant(tmp_path), samples=tmp_path)


def test_first_run_without_a_seal(looks_as_before: Compare, tmp_path: Path) -> None:
    seal = SealReport("python", "audit hook", "Python code is kept from connecting, native code is not.")
    assert looks_as_before(no_steps, SMALL, over=StandInAssistant(tmp_path), seal=seal)


@pytest.mark.parametrize("size", [SMALL, NORMAL], ids=["80x24", "120x36"])
def test_nothing_asked_yet(looks_as_before: Compare, size: tuple[int, int]) -> None:
    assert looks_as_before(no_steps, size)


@pytest.mark.parametrize("size", [SMALL, NORMAL, LARGE], ids=["80x24", "120x36", "160x48"])
def test_an_answer(looks_as_before: Compare, size: tuple[int, int]) -> None:
    assert looks_as_before(ask_once, size)


def test_an_answer_in_the_light_theme(looks_as_before: Compare) -> None:
    assert looks_as_before(ask_once, LARGE, theme=LIGHT)


def test_an_answer_that_is_not_borne_out(looks_as_before: Compare, assistant: StandInAssistant) -> None:
    assistant.answers = marked_answer
    assert looks_as_before(ask_once)


def test_a_refusal(looks_as_before: Compare, assistant: StandInAssistant) -> None:
    assistant.answers = refusal
    assert looks_as_before(ask_once)


def test_a_failure(looks_as_before: Compare, assistant: StandInAssistant) -> None:
    assistant.answers = failure
    assert looks_as_before(ask_once)


def test_the_sources_on_a_small_terminal(looks_as_before: Compare) -> None:
    async def toggle(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await ask_once(app, pilot)
        await pilot.press("ctrl+s")

    assert looks_as_before(toggle, SMALL)


def passage_is_in_view(app: StrongroomApp) -> bool:
    scroll, passage = app.screen.query_one("#source-scroll"), app.screen.query_one("#source-text")
    return scroll.scroll_y == min(scroll.max_scroll_y, max(0, passage.virtual_region.y - 2))


@pytest.mark.parametrize("size", [SMALL, NORMAL], ids=["80x24", "120x36"])
def test_a_source_large(looks_as_before: Compare, size: tuple[int, int]) -> None:
    async def open_source(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await ask_once(app, pilot)
        app.screen.post_message(SourceChosen(1))
        await wait_until(lambda: "7.3 Rent" in screen_text(app) and passage_is_in_view(app))

    assert looks_as_before(open_source, size)


@pytest.mark.parametrize("size", [SMALL, NORMAL], ids=["80x24", "120x36"])
def test_the_library(looks_as_before: Compare, size: tuple[int, int]) -> None:
    assert looks_as_before(steps("f2", until="lease-halden.pdf"), size)


def test_the_ledger_of_what_was_left_out(looks_as_before: Compare) -> None:
    assert looks_as_before(steps("f2", "l", "down", until="letter-scan.pdf"))


def test_an_empty_library(looks_as_before: Compare, tmp_path: Path) -> None:
    assert looks_as_before(steps("f2", until="No documents yet"), over=StandInAssistant(tmp_path))


@pytest.mark.parametrize("size", [SMALL, NORMAL], ids=["80x24", "120x36"])
def test_documents_coming_in(looks_as_before: Compare, size: tuple[int, int]) -> None:
    progress = IngestProgress(
        started=0,
        now=20,
        looking=False,
        files=40,
        done=12,
        read=11,
        left_out=1,
        pages=2104,
        embedded=1500,
        pending=2100,
        reading_since=0,
        embedding_since=2,
        last_file="annual-report-2025.pdf",
    )

    async def half_way(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await steps("f2", until="lease-halden.pdf")(app, pilot)
        app.status = replace(app.status, ingest=progress)
        await pilot.pause()

    assert looks_as_before(half_way, size)


@pytest.mark.parametrize("size", [SMALL, NORMAL], ids=["80x24", "120x36"])
def test_the_pages_of_a_document(looks_as_before: Compare, assistant: StandInAssistant, size: tuple[int, int]) -> None:
    assistant.library.notes_by_path["/documents/annual-report-2025.pdf"] = [
        PageNote(2, PageStatus.OCR, 0.934),
        PageNote(3, PageStatus.DAMAGED, None),
        PageNote(7, PageStatus.EMPTY, None),
    ]

    async def open_pages(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await steps("f2", until="lease-halden.pdf")(app, pilot)
        await steps("enter", until="7.1 The lease begins")(app, pilot)

    assert looks_as_before(open_pages, size)


def test_a_folder_that_is_followed(looks_as_before: Compare) -> None:
    progress = IngestProgress(started=0, now=1, looking=False, finished=True, files=5, done=5, read=1, tried=1)

    async def following(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await steps("f2", until="lease-halden.pdf")(app, pilot)
        app.status = replace(app.status, ingest=progress, following=(Path("/documents"),))
        await pilot.pause()

    assert looks_as_before(following)


def test_the_folder_picker(looks_as_before: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("contracts", "minutes", "reports/2025"):
        Path("documents", name).mkdir(parents=True)
    Path("documents", "readme.md").touch()

    async def open_picker(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+o")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        await wait_until(lambda: len(app.screen.query_one(FolderTree).root.children) == 4)

    assert looks_as_before(open_picker, start_folder=Path("documents"))


def test_the_question_before_forgetting(looks_as_before: Compare) -> None:
    async def ask_to_forget(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await steps("f2", until="lease-halden.pdf")(app, pilot)
        await steps("f", until="Forget this document?")(app, pilot)

    assert looks_as_before(ask_to_forget, SMALL)


def test_the_conversations(looks_as_before: Compare) -> None:
    assert looks_as_before(steps("f3", until="Halden lease"))


def test_the_models(looks_as_before: Compare) -> None:
    assert looks_as_before(steps("f4", until="llama-8b"))


def test_the_settings(looks_as_before: Compare) -> None:
    assert looks_as_before(steps("f5", until="answer.sources"))


def test_the_help(looks_as_before: Compare) -> None:
    assert looks_as_before(steps("f1", until="Show every key"), (120, 90))


def test_the_command_palette(looks_as_before: Compare) -> None:
    async def open_palette(app: StrongroomApp, pilot: Pilot[None]) -> None:
        await steps("ctrl+p", until="Start a new conversation")(app, pilot)
        app.screen.query_one("CommandInput").cursor_blink = False  # type: ignore[attr-defined]

    assert looks_as_before(open_palette)
