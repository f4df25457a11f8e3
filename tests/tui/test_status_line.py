"""The line at the top of every screen: what it says, and what is left of it where the terminal is narrow."""

from dataclasses import replace

import pytest

from assistant.tui.messages import LibraryCounts
from assistant.tui.progress import IngestProgress
from assistant.tui.widgets.status_line import Status, activity_words, seal_words
from config.seal import SealReport
from tests.tui.helpers import SEALED, running, screen_lines, wait_until
from tests.tui.stand_in import StandInAssistant


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("kernel", "● Network: sealed by the kernel"),
        ("python", "◐ Network: closed to Python code only"),
        ("none", "○ Network: not sealed"),
    ],
)
def test_the_seal_in_honest_words(level: str, words: str) -> None:
    assert seal_words(SealReport(level, "", "")).plain == words  # type: ignore[arg-type]


def test_the_one_place_that_can_be_reached_is_named() -> None:
    assert (
        seal_words(SealReport("kernel", "", "", "llm.house.test:443")).plain == "◐ Network: only to llm.house.test:443"
    )


def test_waiting_for_the_embedder_is_not_called_looking() -> None:
    seal = SealReport("kernel", "", "")
    waiting = Status(seal, loading="the embedder", ingest=IngestProgress(0, 0))
    assert activity_words(waiting) == "Loading the embedder"
    assert activity_words(Status(seal, ingest=IngestProgress(0, 0))) == "Looking for documents"
    assert activity_words(Status(seal, LibraryCounts(0, 0, 0, 0))) == "Ready"


def test_a_library_that_could_not_be_opened_is_not_called_ready() -> None:
    assert activity_words(Status(SealReport("kernel", "", ""))) == "The library is not open"


@pytest.mark.parametrize(
    ("width", "server", "line"),
    [
        (70, "", " ● Network: sealed by the kernel … 2 documents  │  Answering"),
        (46, "", " ● Network: sealed by the kernel … Answering"),
        (40, "", " ● … Answering"),
        (40, "llm.house.test:443", " ◐ … Answering"),
        (20, "", " ● … Answering"),
    ],
)
async def test_a_narrow_terminal_is_left_the_seal_and_what_is_going_on(
    width: int, server: str, line: str, stocked: StandInAssistant
) -> None:
    async with running(stocked, size=(width, 24), seal=replace(SEALED, server=server)) as (app, _):
        app.status = replace(app.status, answering=True)
        seal, activity = line.split("…")
        await wait_until(lambda: screen_lines(app)[0].rstrip().endswith(activity))
        assert screen_lines(app)[0].rstrip().removesuffix(activity).rstrip() == seal.rstrip()
