"""Followed folders that other machines save into as well, which the system does not tell."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import watchfiles

from assistant import shares
from assistant.shares import Shares
from assistant.watching import changes


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system says is mounted where: nothing, at first."""
    file = tmp_path / "mountinfo"
    file.touch()
    monkeypatch.setattr(shares, "MOUNTS", file)
    monkeypatch.setattr(shares, "SECONDS_BETWEEN_LOOKS", 0.0)
    return file


def mount(mounts: Path, point: Path, kind: str) -> None:
    escaped = str(point).replace(" ", r"\040")
    with mounts.open("a") as file:
        file.write(f"36 35 98:0 / {escaped} rw,noatime shared:1 - {kind} //server/share rw\n")


def sees_a_new_file(folder: Path, *, home: Path, name: str = "new.md") -> bool:
    """Whether it is noted, and known from then on."""
    looks = Shares([folder], home, Event())
    looks.note()
    assert not looks.have_changed()
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Saved by a colleague.")
    if not looks.have_changed():
        return False
    looks.note()
    assert not looks.have_changed()
    os.utime(path, (1, 1))
    assert looks.have_changed()
    return True


@pytest.mark.parametrize("kind", ["cifs", "nfs4", "fuse.sshfs", "9p"])
def test_what_others_save_on_a_share_is_seen(tmp_path: Path, mounts: Path, kind: str) -> None:
    folder = tmp_path / "our files" / "contracts"
    folder.mkdir(parents=True)
    mount(mounts, Path("/"), "ext4")
    mount(mounts, folder.parent, kind)
    assert sees_a_new_file(folder, home=tmp_path / "home")
    assert sees_a_new_file(tmp_path, home=tmp_path / "home"), "the share lies below it"


def test_folders_of_this_machine_are_left_to_the_system(tmp_path: Path, mounts: Path) -> None:
    (tmp_path / "share/disk").mkdir(parents=True)
    mount(mounts, tmp_path / "share", "nfs")
    mount(mounts, tmp_path / "share/disk", "xfs")
    (tmp_path / "here").mkdir()
    assert not sees_a_new_file(tmp_path / "here", home=tmp_path / "home")
    assert not sees_a_new_file(tmp_path / "share/disk", home=tmp_path / "home")


def test_a_system_that_tells_no_mounts_has_no_shares(tmp_path: Path, mounts: Path) -> None:
    mounts.unlink()
    assert not sees_a_new_file(tmp_path, home=tmp_path / "home")


def test_on_a_share_too_only_what_would_be_read_counts(tmp_path: Path, mounts: Path) -> None:
    mount(mounts, tmp_path, "cifs")
    home = tmp_path / "home"
    home.mkdir()
    assert not sees_a_new_file(tmp_path, home=home, name="home/library.sqlite")
    assert not sees_a_new_file(tmp_path, home=home, name="~$lease.docx")


def test_nothing_has_changed_once_it_is_to_stop(tmp_path: Path, mounts: Path) -> None:
    mount(mounts, tmp_path, "nfs")
    stop = Event()
    looks = Shares([tmp_path], tmp_path / "home", stop)
    looks.note()
    (tmp_path / "new.md").write_text("Saved by a colleague.")
    assert looks.have_changed()
    stop.set()
    assert not looks.have_changed()


def test_a_share_is_looked_at_now_and_then(tmp_path: Path, mounts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "SECONDS_BETWEEN_LOOKS", 3600.0)
    mount(mounts, tmp_path, "nfs")
    assert not sees_a_new_file(tmp_path, home=tmp_path / "home")


def test_a_followed_share_is_read_again_when_others_have_saved_there(
    tmp_path: Path, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def notices_nothing(*_: object, **__: object) -> Iterator[Any]:
        for _ in range(100):
            time.sleep(0.001)
            yield set()
        raise AssertionError("nobody told of the change")

    monkeypatch.setattr(watchfiles, "watch", notices_nothing)
    folder = tmp_path / "share"
    folder.mkdir()
    mount(mounts, folder, "nfs")
    seen = changes([folder], ignore=tmp_path / "home", stop=Event())
    next(seen)
    (folder / "new.md").write_text("Saved by a colleague.")
    next(seen)
    with pytest.raises(AssertionError, match="nobody told"):
        next(seen)  # it is known by now
