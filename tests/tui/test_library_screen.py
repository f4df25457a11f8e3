"""Documents: reading them in, the ledger, forgetting."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from assistant.tui.progress import IngestProgress
from assistant.tui.screens.library import folder_of
from assistant.tui.screens.pages import PagesScreen
from config.errors import EmbedderMismatch, LibraryError
from ingest.events import Discovered, Embedded, FileDone, Finished, IngestEvent
from ingest.types import FileStatus
from tests.tui.helpers import ask_and_wait, running, screen_lines, shows, wait_until
from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant


async def test_the_ledger_says_what_is_in_and_why_the_rest_is_not(stocked: StandInAssistant) -> None:
    stocked.library.records.append(
        record("scan.pdf", FileStatus.NEEDS_OCR, reason="Its pages are pictures. Install the OCR extra.")
    )
    stocked.library.records.append(record("copy.pdf", FileStatus.DUPLICATE, reason="Same content as /handbook.pdf."))
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "handbook.pdf")
        await shows(app, "In the library  2")
        await shows(app, "Left out  1")
        await shows(app, "2026-03-02 09:14")
        await shows(app, "12 pages, 36 passages")
        await pilot.press("l")
        await shows(app, "pictures of pages")
        await shows(app, "Its pages are pictures. Install the OCR extra.")


async def test_three_documents_stay_in_sight_in_a_low_terminal_while_others_are_read(stocked: StandInAssistant) -> None:
    stocked.library.records.append(record("price-list.pdf"))
    async with running(stocked, size=(80, 12)) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "lease-halden.pdf")
        app.status = replace(
            app.status, ingest=IngestProgress(0, 20, looking=False, files=40, done=12, read=12, last_file="report.pdf")
        )
        await shows(app, "Reading 12 of 40 files")
        await wait_until(lambda: any(line.startswith(" report.pdf ") for line in screen_lines(app)))
        rows = [line.split()[0] for line in screen_lines(app) if "added" in line]
        assert rows == ["lease-halden.pdf", "handbook.pdf", "price-list.pdf"]
        await shows(app, "12 pages, 36 passages")
        await pilot.resize_terminal(80, 24)
        await shows(app, "Reading documents")  # in the frame


async def test_an_empty_library_says_what_to_do(empty: StandInAssistant) -> None:
    async with running(empty) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "No documents yet. Press a to add a folder.")


async def test_questions_are_answered_while_documents_come_in(stocked: StandInAssistant, tmp_path: Path) -> None:
    enough = Event()

    def slowly(_: StandInAssistant, __: Sequence[Path]) -> Iterator[IngestEvent]:
        yield Discovered(files=40, unchanged=0, bytes=10**6)
        while not enough.wait(0.15):
            yield FileDone(Path("/d/report.pdf"), FileStatus.ADDED, pages=100, chunks=300)

    stocked.ingests = slowly
    async with running(stocked) as (app, pilot):
        app.ingest(tmp_path)
        await shows(app, "of 40 files")
        answer = await ask_and_wait(pilot)
        assert answer.phase == "done"
        assert app.status.is_ingesting
        enough.set()
        await wait_until(lambda: not app.status.is_ingesting)


async def test_the_bars_follow_the_events(stocked: StandInAssistant, tmp_path: Path) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        app.ingest(tmp_path)
        await shows(app, "Done in")
        await shows(app, "1 document read, 1 file left out.")
        await shows(app, "Left out  1")
        await shows(app, "2 of 2 files · 12 pages")
        await shows(app, "36 of 36 passages")


async def test_stopping_keeps_what_was_read(stocked: StandInAssistant, tmp_path: Path) -> None:
    ended = Event()

    def endless(_: StandInAssistant, __: Sequence[Path]) -> Iterator[IngestEvent]:
        try:
            yield Discovered(files=10_000, unchanged=0, bytes=10**9)
            while True:
                yield FileDone(Path("/d/a.pdf"), FileStatus.ADDED, pages=1, chunks=1)
                Event().wait(0.01)
        finally:
            ended.set()

    stocked.ingests = endless
    async with running(stocked) as (app, pilot):
        app.ingest(tmp_path)
        await pilot.press("f2")
        await shows(app, "of 10,000 files")
        await pilot.press("s")
        await shows(app, "Stopped. What was read stays")
        await wait_until(ended.is_set)


async def test_a_second_folder_comes_after_the_first(stocked: StandInAssistant, tmp_path: Path) -> None:
    stocked.go_on = Event()
    async with running(stocked) as (app, _):
        app.ingest(tmp_path / "first")
        app.ingest(tmp_path / "second")
        go_on, stocked.go_on = stocked.go_on, None
        go_on.set()
        await wait_until(lambda: stocked.taken_in == [tmp_path / "first", tmp_path / "second"])
        await wait_until(lambda: not app.status.is_ingesting)


async def test_an_ingest_that_fails_is_told_with_its_remedy(stocked: StandInAssistant, tmp_path: Path) -> None:
    def refuses(_: StandInAssistant, __: Sequence[Path]) -> Iterator[IngestEvent]:
        raise EmbedderMismatch("The library was built with another embedder.", "Use a new collection.")
        yield

    stocked.ingests = refuses
    async with running(stocked) as (app, _):
        app.ingest(tmp_path)
        await shows(app, "The library was built with another embedder.")
        await shows(app, "Use a new collection.")
        assert not app.status.is_ingesting


async def test_what_another_process_puts_in_is_indexed_and_counted(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, _):
        stocked.library.records.append(record("from-the-command-line.pdf"))
        stocked.library.waiting = 36
        app._keep_up()
        await shows(app, "3 documents")
        assert stocked.library.waiting == 0


async def test_what_another_process_puts_in_and_takes_out_shows_in_the_table(empty: StandInAssistant) -> None:
    async with running(empty) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "No documents yet.")
        empty.library.records += [record("first.pdf"), record("second.pdf")]
        app._keep_up()
        await shows(app, "In the library  2")
        await pilot.press("down", "enter")  # the table, empty before, takes keys
        await wait_until(lambda: isinstance(app.screen, PagesScreen))
        await shows(app, "second.pdf")
        await pilot.press("escape")
        del empty.library.records[0]
        app._keep_up()
        await shows(app, "In the library  1")


@pytest.mark.parametrize(
    "paths",
    [
        [],
        ["/a/one.pdf"],
        ["/a/b/one.pdf", "/a/c/two.pdf"],
        ["/a/b.pdf", "/a/b/one.pdf", "/a/b/two.pdf"],
        ["/a/b/one.pdf", "/a/b-c/two.pdf", "/a/bc/three.pdf"],
        ["/x.pdf", "/a/one.pdf"],
    ],
)
def test_the_folder_of_many_documents_is_that_of_the_first_and_the_last(paths: list[str]) -> None:
    folders = [Path(path).parent for path in paths]
    assert folder_of(paths) == (Path(os.path.commonpath(folders)) if folders else None)


async def test_trouble_with_keeping_up_is_told_once(stocked: StandInAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    heard: list[str] = []

    def damaged() -> int:
        nonlocal looks
        looks += 1
        raise LibraryError("The library file is damaged.", "Restore it from a copy.")

    async with running(stocked) as (app, _):
        monkeypatch.setattr(app, "notify", lambda text, **_: heard.append(text))
        works = stocked.library.index_changes_waiting

        async def keep_up() -> None:
            before = looks
            app._keep_up()
            await wait_until(lambda: looks > before and not app.background._keeping_up.is_set())
            await wait_until(lambda: heard)

        stocked.library.index_changes_waiting = damaged  # type: ignore[method-assign]
        await keep_up()
        await keep_up()
        assert heard == ["The library file is damaged. Restore it from a copy."]
        stocked.library.index_changes_waiting = works  # type: ignore[method-assign]
        stocked.library.records.append(record("minutes.pdf"))
        app._keep_up()
        await shows(app, "3 documents")
        stocked.library.index_changes_waiting = damaged  # type: ignore[method-assign]
        await keep_up()
        await wait_until(lambda: len(heard) == 2)


async def test_what_an_interrupted_run_left_waiting_is_indexed_after_the_start(stocked: StandInAssistant) -> None:
    def rest(assistant: StandInAssistant, _: Sequence[Path]) -> Iterator[IngestEvent]:
        yield Discovered(0, 0, 0)
        yield Embedded(done=156, pending=0)
        assistant.library.pending = 0
        yield Finished(0, 0, 0, 0, 0, 0, 0, 0, 0, 1.0, 0.0, 100.0, 0)

    stocked.library.pending, stocked.ingests = 156, rest
    async with running(stocked) as (app, pilot):
        await wait_until(lambda: app.status.ingest is not None and app.status.ingest.finished)
        assert stocked.taken_in == []
        await pilot.press("f2")
        await shows(app, "every passage is indexed.")
        await shows(app, "156 of 156 passages")
        await wait_until(lambda: app.status.counts is not None and app.status.counts.pending == 0)


async def test_an_ingest_that_ends_as_the_program_does_asks_for_no_screen(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, _):
        stack = app._screen_stacks[app.current_mode]
        screens = stack.copy()
        stack.clear()  # as when the app closes, while messages of workers still come
        app.status = replace(app.status, ingest=IngestProgress(0, 0))
        app.status = replace(app.status, ingest=None)
        stack.extend(screens)


async def test_an_empty_folder_is_told(stocked: StandInAssistant, tmp_path: Path) -> None:
    def nothing(_: StandInAssistant, __: Sequence[Path]) -> Iterator[IngestEvent]:
        yield Discovered(0, 0, 0)
        yield Finished(0, 0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.0, 100.0, 0)

    stocked.ingests = nothing
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        app.ingest(tmp_path)
        await shows(app, "There is nothing in that folder that could be read.")
