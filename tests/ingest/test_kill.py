"""Killing an ingest at any moment loses nothing and doubles nothing."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.locations import Locations, open_home
from ingest.library.library import Library
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import contents

KILLS = 5
QUERIES = ["budget of the harbour", "crew and engine", "the report on tides"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_papers(tmp_path_factory.mktemp("papers"))


def write_papers(folder: Path) -> Path:
    words = ["harbour", "budget", "crew", "engine", "tides", "report", "tender", "pilot", "quay", "ledger"]
    generator = random.Random(7)  # noqa: S311  the same papers each time
    for number in range(12):
        paragraphs = [" ".join(generator.choices(words, k=40)) + "." for _ in range(40)]
        (folder / f"{number:02}.txt").write_text("\n\n".join(paragraphs))
    (folder / "copy.txt").write_bytes((folder / "03.txt").read_bytes())
    return folder


def start(home: Path, folder: Path, stderr: int | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ingest.killed", str(home), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)


def run_to_its_end(home: Path, folder: Path) -> float:
    """Seconds from the first event to the end."""
    process = start(home, folder)
    assert process.stdout
    process.stdout.readline()
    started = time.monotonic()
    process.communicate()
    assert process.returncode == 0
    return time.monotonic() - started


def state(home: Path) -> tuple[object, ...]:
    """All that can be found, and that everything agrees, Chroma included."""
    library = Library.open(Locations(home))
    searches = [library.search_vectors(HashEmbedder().embed_query(query), 20) for query in QUERIES]
    words = [library.search_text(query, 20) for query in QUERIES]
    assert library.hold_index()
    library.refresh_index()
    assert library.check() == []
    indexed, waiting, pending = library.index_count(), library.index_changes_waiting(), library.pending_count()
    ledger = [(record.path, record.status, record.chunks) for record in library.documents()]
    found = contents(library)
    library.close()
    return found, ledger, searches, words, indexed, waiting, pending


@pytest.fixture(scope="module")
def uninterrupted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[object, ...], float]:
    home = open_home(tmp_path_factory.mktemp("homes") / "uninterrupted").home
    seconds = run_to_its_end(home, folder)
    return state(home), seconds


@pytest.mark.slow
@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_run_ends_like_an_uninterrupted_one(
    folder: Path, tmp_path: Path, uninterrupted: tuple[tuple[object, ...], float], kill: int
) -> None:
    expected, seconds = uninterrupted
    home = open_home(tmp_path / "home").home
    process = start(home, folder)
    assert process.stdout
    process.stdout.readline()
    moment = (kill + random.Random(kill).random()) / KILLS  # noqa: S311  spread over the run, the same each time
    time.sleep(seconds * moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    run_to_its_end(home, folder)

    assert state(home) == expected
