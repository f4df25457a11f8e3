"""Tens of thousands of documents, or pages: keys are answered while the table fills, and rows stay what they are."""

import pytest
from textual.pilot import Pilot

from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.library import LibraryScreen
from assistant.tui.screens.pages import PagesScreen, PageTable
from assistant.tui.widgets.library import long_table
from assistant.tui.widgets.library.document_table import DocumentTable
from ingest.types import DocumentRecord, PageNote, PageStatus
from tests.tui.helpers import answering_keys, running, shown, shows, wait_until
from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant

MANY = [record(f"{number:05}.pdf") for number in range(10_000)]


def table_of(pilot: Pilot[None]) -> DocumentTable:
    return pilot.app.screen.query_one("#shelved-table", DocumentTable)


async def test_a_large_library_is_opened_left_and_resized_without_holding_up_keys(empty: StandInAssistant) -> None:
    empty.library.records = MANY
    async with running(empty) as (app, pilot):
        with answering_keys():
            app.action_show("library")
            await shows(app, "00000.pdf")
            await pilot.press("escape")
            assert isinstance(app.screen, ChatScreen)
            await pilot.press("f2")
            await wait_until(lambda: table_of(pilot).row_count == len(MANY))
            await pilot.resize_terminal(140, 40)
            await pilot.resize_terminal(140, 44)
            await pilot.pause()
        table = table_of(pilot)
        table.move_cursor(row=9_990)
        await shows(app, "09990.pdf")
        await wait_until(lambda: shown(app, "#detail").startswith("09990"))


async def test_the_cursor_stays_on_its_document_while_others_come_and_go(empty: StandInAssistant) -> None:
    empty.library.records = MANY
    async with running(empty) as (app, pilot):
        await pilot.press("f2")
        await wait_until(lambda: table_of(pilot).row_count == len(MANY))
        table, screen = table_of(pilot), app.screen
        assert isinstance(screen, LibraryScreen)
        table.move_cursor(row=7_500)

        async def lists(records: list[DocumentRecord]) -> None:
            with answering_keys():
                screen.records = records
                await wait_until(lambda: table.row_count == len(records))
                await shows(app, "07500.pdf")
            assert table.chosen is not None
            assert table.chosen.document == "07500.pdf"

        await lists([record("00000-first.pdf"), *MANY])
        await lists(MANY)
        await lists(MANY[7_000:])
        await lists(MANY[7_499:7_503])
        assert [row.plain for row in table.get_row_at(3)[:1]] == ["07502.pdf"]


async def test_a_document_of_many_pages_is_opened_without_holding_up_keys(empty: StandInAssistant) -> None:
    empty.library.records = [record("long.txt", pages=15_000)]
    empty.library.notes_by_path["/documents/long.txt"] = [PageNote(14_000, PageStatus.EMPTY, None)]
    async with running(empty) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "long.txt")
        with answering_keys():
            await pilot.press("enter")
            await wait_until(lambda: isinstance(app.screen, PagesScreen))
            await wait_until(lambda: app.screen.query_one(PageTable).row_count == 15_000)


async def test_a_page_whose_row_is_still_to_come_can_be_gone_to(
    empty: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_table, "_SECONDS_BETWEEN", 3_600)
    empty.library.records = [record("long.txt", pages=15_000)]
    empty.library.notes_by_path["/documents/long.txt"] = [PageNote(14_000, PageStatus.EMPTY, None)]
    async with running(empty) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "long.txt")
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, PagesScreen) and app.screen.notes is not None)
        table = app.screen.query_one(PageTable)
        assert table.row_count < 14_000
        await pilot.press("n")
        await shows(app, "There is no text on it")
        await shows(app, "What was read from page 14000")
