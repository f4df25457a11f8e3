"""A document's pages: which are in, which were recognised and how surely, which are not in and why."""

from textual.widgets import DataTable

from assistant.tui.screens.library import LibraryScreen
from assistant.tui.screens.pages import PagesScreen, summary
from ingest.types import FileStatus, PageNote, PageStatus
from tests.tui.helpers import answering_keys, flat, running, shown, shows, wait_until
from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant

NOTES = [
    PageNote(4, PageStatus.OCR, 0.934),
    PageNote(5, PageStatus.OCR, 0.81),
    PageNote(31, PageStatus.DAMAGED, None),
    PageNote(40, PageStatus.NEEDS_OCR, None),
]


async def test_every_page_has_its_line_with_how_surely_and_why(stocked: StandInAssistant) -> None:
    stocked.library.notes_by_path["/documents/handbook.pdf"] = NOTES
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "handbook.pdf")
        await pilot.press("down", "enter")
        await shows(app, "40 pages: 36 read, 2 recognised (at least 81% sure), 1 not read, 1 damaged.")
        assert app.screen.query_one(DataTable).row_count == 40
        await shows(app, "4  recognised    93%  A picture of a page, read by OCR")
        await shows(app, "What was read from page 1")
        await shows(app, "Questions about the lease go to Facilities")
        await pilot.press("n", "n", "n")
        await shows(app, "What was read from page 31")
        await shows(app, "It could not be read: export the document again")
        await pilot.press("n")
        await shows(app, "A picture: no text was found in it, or recognition was off or failed")
        await pilot.press("p", "p")
        await shows(app, "What was read from page 5")
        await pilot.press("escape")
        await wait_until(lambda: isinstance(app.screen, LibraryScreen))


async def test_a_page_of_megabytes_is_opened_without_holding_up_keys(stocked: StandInAssistant) -> None:
    stocked.library.page = "word " * 300_000
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "lease-halden.pdf")
        with answering_keys():
            await pilot.press("enter")
            await shows(app, "What was read from page 1")
        assert shown(app, "#page-text").endswith("…")


async def test_a_file_that_was_left_out_says_why_in_place_of_pages(stocked: StandInAssistant) -> None:
    stocked.library.records = [record("broken.pdf", FileStatus.DAMAGED, reason="The file ends in the middle.")]
    async with running(stocked) as (app, pilot):
        await pilot.press("f2", "l")
        await shows(app, "broken.pdf")
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, PagesScreen))
        await wait_until(lambda: "Nothing of it is in the library. The file ends in the middle." in flat(app))
        assert not app.screen.query_one(DataTable).display
        await pilot.press("n", "escape")


def test_a_duplicate_names_its_original() -> None:
    twin = record("twin.pdf", FileStatus.DUPLICATE, reason="Same content as /documents/lease.pdf.")
    assert summary(twin, []).plain == ("Its pages are in the library already. Same content as /documents/lease.pdf.")
