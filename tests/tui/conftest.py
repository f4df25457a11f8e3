import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant


@pytest.fixture
def empty(tmp_path: Path) -> StandInAssistant:
    """An assistant without documents, as on the first run."""
    return StandInAssistant(tmp_path)


@pytest.fixture
def stocked(tmp_path: Path) -> StandInAssistant:
    """An assistant with two documents."""
    return StandInAssistant(tmp_path, records=[record("lease-halden.pdf"), record("handbook.pdf", pages=40)])


@pytest.fixture(autouse=True)
def _let_go_of_the_app() -> Iterator[None]:
    """The app takes all that it has loaded out of the search for garbage. Hundreds of apps come to gigabytes."""
    yield
    gc.unfreeze()
