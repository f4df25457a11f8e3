"""Folders that are followed: what counts as a change, what the system cannot watch, and how it ends."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest
import watchfiles

from assistant import watching
from assistant.watching import changes
from config.errors import UsageError


@pytest.fixture(autouse=True)
def soon_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "QUIET_MS", 50)


def test_the_first_comes_when_the_watch_has_begun_and_the_next_with_a_change(tmp_path: Path) -> None:
    seen = changes([tmp_path], ignore=tmp_path / "home")
    next(seen)
    (tmp_path / "new.md").write_text("x")  # while the caller is still busy with the first
    next(seen)


def test_changes_under_the_home_are_not_seen(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    stop = Event()
    seen = changes([tmp_path], ignore=home, stop=stop)
    next(seen)
    (home / "library.sqlite").write_text("x")
    Timer(0.5, stop.set).start()
    assert list(seen) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none is not there"):
        next(changes([tmp_path / "none"], ignore=tmp_path / "home"))


def test_a_folder_that_goes_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    seen = changes([folder], ignore=tmp_path / "home")
    next(seen)
    folder.rmdir()
    with pytest.raises(UsageError, match="folder is not there"):
        next(seen)


def test_a_name_that_is_no_text_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SECONDS_BETWEEN_LOOKS", 0.05)
    seen = changes([tmp_path], ignore=tmp_path / "home")
    next(seen)
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("x")
    next(seen)
    next(seen)  # the watch has begun anew
    (tmp_path / "new.md").write_text("x")
    next(seen)


def test_what_cannot_be_watched_is_looked_at_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> Iterator[Any]:
        raise PermissionError("a folder below is closed")
        yield

    monkeypatch.setattr(watchfiles, "watch", refuses)
    monkeypatch.setattr(watching, "SECONDS_BETWEEN_LOOKS", 0.05)
    stop = Event()
    seen = changes([tmp_path], ignore=tmp_path / "home", stop=stop)
    for _ in range(3):
        next(seen)
    stop.set()
    assert list(seen) == []


def test_a_drive_that_does_not_answer_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stale(*_: object, **__: object) -> Any:
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(watching, "SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr(watchfiles, "watch", stale)
    monkeypatch.setattr(Path, "stat", stale)
    seen = changes([tmp_path], ignore=tmp_path / "home")
    next(seen)
    next(seen)
