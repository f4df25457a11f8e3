"""Times are kept in UTC and shown by the clock of this machine."""

import time
from collections.abc import Iterator

import pytest

from assistant.tui.foreign import local_minute
from assistant.types import Conversation
from tests.tui.helpers import running, shows
from tests.tui.made_up import WHEN
from tests.tui.stand_in import StandInAssistant


@pytest.fixture(autouse=True)
def _in_singapore(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "SGT-8")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("2026-03-02T20:14:00+00:00", "2026-03-03 04:14"),
        ("2026-03-02T09:14:00.123+00:00", "2026-03-02 17:14"),
        ("yester\x07day, or the day before", "yesterday, or t"),
        ("9999-12-31T23:59:59+00:00", "9999-12-31T23:59"),
    ],
    ids=["of another day here", "with milliseconds", "no time", "the last day of all"],
)
def test_a_time_is_shown_to_the_minute(kept: str, shown: str) -> None:
    assert local_minute(kept) == shown


async def test_documents_and_conversations_have_the_time_here(stocked: StandInAssistant) -> None:
    stocked.conversations.kept["c1"] = Conversation("c1", "How long is the notice period?", WHEN)
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "2026-03-02 17:14")
        await pilot.press("f3")
        await shows(app, "How long is the notice period?")
        await shows(app, "2026-03-02 17:14")
