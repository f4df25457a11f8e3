"""Folders that are followed: what counts as a change, what the system cannot watch, and how it ends."""

import errno
import os
from collections.abc import Callable, Iterator
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


def as_it_is(above: Path, _: Path) -> Path:
    return above


def from_where_we_are(above: Path, _: Path) -> Path:
    return Path(os.path.relpath(above))


def by_a_link(above: Path, elsewhere: Path) -> Path:
    (elsewhere / "link").symlink_to(above)
    return elsewhere / "link"


def with_a_link_to_the_home_in_it(above: Path, elsewhere: Path) -> Path:
    (elsewhere / "link").symlink_to(above / "home")
    return elsewhere


NAMED = pytest.mark.parametrize("named", [as_it_is, from_where_we_are, by_a_link, with_a_link_to_the_home_in_it])


@NAMED
def test_changes_in_the_home_are_not_seen_however_the_folder_is_named(
    tmp_path: Path, named: Callable[[Path, Path], Path]
) -> None:
    home, elsewhere = tmp_path / "above" / "home", tmp_path / "elsewhere"
    (home / "tmp").mkdir(parents=True)
    elsewhere.mkdir()
    stop = Event()
    seen = changes([named(home.parent, elsewhere)], ignore=home, stop=stop)
    next(seen)
    (home / "library.sqlite").write_text("x")
    (home / "tmp").rmdir()
    Timer(0.3, stop.set).start()
    assert list(seen) == []


def test_a_folder_whose_name_begins_as_the_home_s_does_is_seen(tmp_path: Path) -> None:
    (tmp_path / "homework").mkdir()
    stop = Event()
    seen = changes([tmp_path], ignore=tmp_path / "home", stop=stop)
    next(seen)
    end = Timer(0.9, stop.set)
    end.start()
    (tmp_path / "homework" / "new.md").write_text("x")
    assert next(seen, "ended") is None
    end.cancel()


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
