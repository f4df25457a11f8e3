"""A disk that is full, and a home that is taken away: a message, and nothing half-written."""

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.locations import Locations, open_home
from ingest.library.library import Library
from tests.ingest.test_kill import run_to_its_end, start, state, write_papers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_papers(tmp_path_factory.mktemp("papers"))


def start_with_little_room(home: Path, folder: Path, room: int) -> "subprocess.Popen[str]":
    """No file of the process may grow beyond `room` bytes, as on a disk that is full."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ingest.killed", str(home), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY)),  # noqa: PLW1509
    )


def test_after_a_full_disk_it_goes_on_and_ends_like_an_uninterrupted_run(folder: Path, tmp_path: Path) -> None:
    home, whole = (open_home(tmp_path / name).home for name in ("home", "whole"))
    process = start_with_little_room(home, folder, 200_000)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "LibraryError: The disk" in errors
    library = Library.open(Locations(home))
    assert library.check() == []
    library.close()

    run_to_its_end(home, folder)
    run_to_its_end(whole, folder)
    assert state(home) == state(whole)


def test_a_home_that_is_taken_away_ends_the_run_with_a_message(folder: Path, tmp_path: Path) -> None:
    home = open_home(tmp_path / "home").home
    process = start(home, folder, stderr=subprocess.PIPE)
    assert process.stdout
    for _ in range(4):
        process.stdout.readline()
    home.rename(tmp_path / "elsewhere")
    shutil.rmtree(tmp_path / "elsewhere")

    _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "LibraryError" in errors
    assert not home.exists() or not any(path.is_file() for path in home.rglob("*"))
