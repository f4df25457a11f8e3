"""Files and folders that are passed over, closed, or have names that nobody can use."""

import errno
import os
from pathlib import Path

import pytest

from ingest.types import FileStatus
from tests.ingest.test_discovery import discover, known, names, put


def test_hidden_files_junk_and_links_are_passed_over(tmp_path: Path) -> None:
    junk = (".hidden.txt", ".git/config", "node_modules/x/readme.md", "~$letter.docx", ".DS_Store", "Thumbs.db")
    for name in (*junk, "kept.txt"):
        put(tmp_path / "folder" / name, name)
    outside = put(tmp_path / "outside/secret.txt", "secret")
    (tmp_path / "folder/link.txt").symlink_to(outside)
    (tmp_path / "folder/link").symlink_to(outside.parent)
    (tmp_path / "folder/loop").symlink_to(tmp_path / "folder")
    os.mkfifo(tmp_path / "folder/pipe.txt")
    assert names(discover([tmp_path / "folder"], {}).new) == ["kept.txt"]


def test_a_file_that_vanishes_or_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "a.txt")
    real_open = Path.open

    def refuse(self: Path, *arguments: str) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return real_open(self, *arguments)

    monkeypatch.setattr(Path, "open", refuse)
    ((named, reason),) = discover([tmp_path], {}).unreadable
    assert named == path
    assert "Permission denied" in reason


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose files are listed, and that is all: as root, a test cannot close one."""
    folder = tmp_path / "closed"
    put(folder / "a.txt", "a")
    for name in ("stat", "lstat"):
        _refuse(monkeypatch, name, folder)
    return folder


def _refuse(monkeypatch: pytest.MonkeyPatch, name: str, folder: Path) -> None:
    real = getattr(Path, name)

    def refuse(self: Path, **options: bool) -> os.stat_result:
        if folder in self.parents:
            raise PermissionError(errno.EACCES, "Permission denied")
        found: os.stat_result = real(self, **options)
        return found

    monkeypatch.setattr(Path, name, refuse)


def test_a_file_in_a_closed_folder_is_named_and_the_others_are_found(tmp_path: Path, closed: Path) -> None:
    put(tmp_path / "open/b.txt", "b")
    plan = discover([tmp_path], {})
    assert names(plan.new) == ["b.txt"]
    ((named, reason),) = plan.unreadable
    assert named == closed / "a.txt"
    assert "Permission denied" in reason


def test_what_is_in_a_closed_folder_is_not_gone(tmp_path: Path, closed: Path) -> None:
    copy = put(tmp_path / "copy.txt", "a")
    plan = discover([tmp_path], known(closed / "a.txt", "a") | known(tmp_path / "lost.txt", "lost"))
    assert plan.gone == (tmp_path / "lost.txt",)
    assert plan.moved == ()
    assert [(file.path, original) for file, original in plan.duplicates] == [(copy, closed / "a.txt")]


def test_a_path_that_cannot_be_looked_at_is_not_called_missing(closed: Path) -> None:
    assert names(discover([closed / "a.txt"], {}).new) == ["a.txt"]  # the fixture does not keep it from being opened


def test_a_name_that_is_too_long_for_the_system_is_named(tmp_path: Path) -> None:
    ((named, reason),) = discover([tmp_path / ("long" * 100)], {}).unreadable
    assert named.name == "long" * 100
    assert "too long" in reason


def test_a_name_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    ((named, reason),) = discover([tmp_path], {}).unreadable
    str(named).encode()
    assert "not valid Unicode" in reason


def test_below_a_folder_that_cannot_be_listed_nothing_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "share/a.txt")
    real = os.scandir

    def refuse(folder: str) -> object:
        if Path(folder) == tmp_path / "share":
            raise OSError(errno.EIO, "Input/output error", folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    plan = discover([tmp_path], known(tmp_path / "share/lost.txt", "l") | known(tmp_path / "lost.txt", "m"))
    assert plan.gone == (tmp_path / "lost.txt",)
    assert [path for path, _ in plan.unreadable] == [tmp_path / "share"]


def test_a_name_that_is_no_text_is_not_gone_under_the_name_that_it_is_told_by(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    ((named, _),) = discover([tmp_path], {}).unreadable
    before = known(named, status=FileStatus.FAILED)
    assert discover([tmp_path], before).gone == ()
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).unlink()
    assert discover([tmp_path], before).gone == (named,)
