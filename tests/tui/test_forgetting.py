"""Forgetting documents: what is asked, what is told, and what happens meanwhile."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from assistant.tui.app import StrongroomApp
from assistant.tui.forgetting import news_of
from assistant.tui.messages import ForgetAsked
from assistant.tui.screens.confirm import ConfirmScreen
from assistant.tui.screens.library import LibraryScreen
from config.errors import LibraryError
from ingest.library.types import Holder, Receipt
from tests.tui.helpers import flat, running, screen_text, shown, shows, told, wait_until
from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant


async def forget(app: StrongroomApp, pilot: Pilot[None]) -> None:
    """Confirm that the document under the cursor goes."""
    await pilot.press("f")
    await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
    await pilot.press("y")
    await wait_until(lambda: isinstance(app.screen, LibraryScreen))


async def test_forgetting_asks_first_and_the_safe_answer_has_the_focus(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "lease-halden.pdf")
        await pilot.press("f")
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, LibraryScreen))
        assert stocked.forgotten == []
        await pilot.press("f")
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await wait_until(lambda: "lease-halden.pdf is forgotten (36 passages): checked, no trace is left" in told(app))
        assert stocked.forgotten == ["/documents/lease-halden.pdf"]
        await shows(app, "In the library  1")
        await wait_until(lambda: app.status.counts and app.status.counts.documents == 1)


async def test_who_forgets_what_is_in_a_followed_folder_is_told_that_it_comes_back(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "lease-halden.pdf")
        app.status = replace(app.status, following=(Path("/documents"),))
        await pilot.press("f")
        await wait_until(lambda: "move it away, or it comes back" in flat(app))
        await pilot.press("escape")
        app.status = replace(app.status, following=(Path("/elsewhere"),))
        await pilot.press("f")
        await shows(app, "Forget this document?")
        assert "comes back" not in flat(app)


async def test_a_name_with_wildcards_forgets_only_itself(stocked: StandInAssistant) -> None:
    stocked.library.records = [record("report [*].pdf")]
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "report [*].pdf")
        await pilot.press("f")
        await wait_until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await wait_until(lambda: stocked.forgotten == ["/documents/report [*].pdf"])


async def test_what_became_of_it_is_told_though_the_library_was_left(stocked: StandInAssistant) -> None:
    stocked.go_on = Event()
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "handbook.pdf")
        await forget(app, pilot)
        await wait_until(lambda: told(app) == "Forgetting lease-halden.pdf…")
        await pilot.press("escape")
        await wait_until(lambda: not isinstance(app.screen, LibraryScreen))
        stocked.go_on.set()
        await wait_until(lambda: "lease-halden.pdf is forgotten (36 passages)" in told(app))
        await wait_until(lambda: app.status.counts and app.status.counts.documents == 1)


async def test_a_failure_is_told_once_though_the_library_was_left(stocked: StandInAssistant) -> None:
    go_on = Event()

    def fails(_: str, *, exact: bool) -> Receipt:
        go_on.wait()
        raise LibraryError("The library is busy.", "Try again.")

    stocked.forget = fails  # type: ignore[method-assign]
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "handbook.pdf")
        await forget(app, pilot)
        await wait_until(lambda: "In the library  1" in screen_text(app))
        go_on.set()
        await wait_until(lambda: told(app).endswith("The library is busy. Try again."))
        await shows(app, "In the library  2")  # it is still there
        go_on.clear()
        await forget(app, pilot)
        await pilot.press("escape")
        await wait_until(lambda: not isinstance(app.screen, LibraryScreen))
        go_on.set()
        await wait_until(lambda: told(app).count("The library is busy. Try again.") == 2)


async def test_documents_are_forgotten_one_after_the_other_and_leave_the_table_at_once(
    stocked: StandInAssistant,
) -> None:
    stocked.library.records += [record(f"letter-{number}.pdf") for number in range(8)]
    stocked.go_on = Event()
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "In the library  10")
        for letter in stocked.library.records[2:]:
            app.screen.post_message(ForgetAsked((letter.path,)))
        await shows(app, "In the library  2 ")
        await pilot.press("enter")  # more than six wait, and another worker does not wait for them
        await shows(app, "What was read from page 1")
        assert stocked.forgotten == []
        go_on, stocked.go_on = stocked.go_on, None
        go_on.set()
        await wait_until(lambda: len(stocked.forgotten) == 8)
        await wait_until(lambda: app.status.counts and app.status.counts.documents == 2)
        assert len(set(stocked.forgotten)) == 8


async def test_copies_are_named_before_and_afterwards(stocked: StandInAssistant) -> None:
    for name in ("copy.pdf", "draft.pdf", "second.pdf", "third.pdf"):
        stocked.library.records.append(record(name, sha256=stocked.library.records[0].sha256))
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "handbook.pdf")
        await pilot.press("f")
        question = "4 other files with the same content go with it: copy.pdf, draft.pdf, second.pdf and 1 other."
        await wait_until(lambda: question in shown(app, "#confirm Static"))
        await pilot.press("y")
        await wait_until(lambda: "lease-halden.pdf, copy.pdf, draft.pdf and 2 others are forgotten" in told(app))
        await shows(app, "In the library  1")


async def test_what_is_not_verified_to_be_gone_is_a_warning_with_its_reason(stocked: StandInAssistant) -> None:
    stocked.doubt = "Another process is reading the library."
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "handbook.pdf")
        await forget(app, pilot)
        await wait_until(lambda: "is not verified. Another process is reading the library." in told(app))
        assert [each.severity for each in app._notifications] == ["information", "warning"]


@pytest.mark.parametrize(
    ("paths", "receipt", "news"),
    [
        (
            ("/d/a.pdf",),
            Receipt(("/d/a.pdf",), 1, 1, 0, verified_absent=True, held_by=(Holder("other", "/e/b.pdf"),)),
            "a.pdf is forgotten (1 passage): checked, no trace is left. Sentences of it stand in b.pdf as well.",
        ),
        (
            ("/d/a.pdf",),
            Receipt(
                ("/d/a.pdf",), 1, 1, 0, verified_absent=False, held_by=(Holder("other", "/e/b.pdf"),), reason="Shared."
            ),
            "a.pdf is forgotten (1 passage), but that no trace is left is not verified. Shared. "
            "Sentences of it stand in b.pdf as well.",
        ),
        (
            ("/d/a.pdf",),
            Receipt((), 0, 0, 0, verified_absent=True),
            "a.pdf was not in the library any more.",
        ),
        (
            (),
            Receipt((), 0, 0, 0, verified_absent=True),
            "What was forgotten earlier is brought to its end.",
        ),
        (
            (),
            Receipt((), 0, 0, 0, verified_absent=False, reason="Another process is in the way."),
            "That no trace of what was forgotten earlier is left is not verified. Another process is in the way.",
        ),
    ],
    ids=[
        "some of it elsewhere",
        "all of it elsewhere",
        "gone already",
        "an earlier one",
        "an earlier one that is not done with",
    ],
)
def test_a_receipt_is_told_in_a_sentence(paths: tuple[str, ...], receipt: Receipt, news: str) -> None:
    assert news_of(paths, receipt) == news


async def test_a_forgetting_that_came_to_no_end_is_brought_to_it_at_the_next_start(stocked: StandInAssistant) -> None:
    stocked.library.is_due = True
    async with running(stocked) as (app, _):
        await wait_until(lambda: "What was forgotten earlier is brought to its end" in told(app))
        assert stocked.forgotten == [""]
    async with running(stocked) as (app, pilot):
        await pilot.pause()
        assert told(app) == ""
