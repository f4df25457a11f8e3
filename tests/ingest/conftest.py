"""A library and a small folder for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.locations import Locations
from ingest.library.library import Library


@pytest.fixture
def library(locations: Locations) -> Iterator[Library]:
    library = Library.open(locations)
    yield library
    library.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    (folder / "old").mkdir(parents=True)
    (folder / "lease.md").write_text(
        "# Lease\n\nThe tenant pays on the first of each month.\n\n## Pets\n\nDogs are allowed.\n"
    )
    (folder / "old" / "minutes.txt").write_text("The board approved the purchase of a tug.\n")
    return folder
