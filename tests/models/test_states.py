"""What the model has read of a conversation: kept, restored, bounded, forgotten, and never taken from anybody else."""

import errno
import os
import shutil
import stat
from pathlib import Path
from threading import Event

import pytest

from config.child import JsonObject
from models.llama.keeping import Keeper
from models.llama.states import SavedState, StateStore

CONTENT = b"tokens and state"


@pytest.fixture
def store(tmp_path: Path) -> StateStore:
    return StateStore(tmp_path / "states", limit_mb=1)


def write(path: Path, offset: int, content: bytes = CONTENT) -> bool:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)
    return True


def keep(store: StateStore, conversation: str, content: bytes = CONTENT, epoch: bytes = b"") -> bool:
    return store.save(
        conversation,
        "model",
        epoch or store.epoch,
        tokens=2,
        size=len(content),
        fill=lambda path, offset: write(path, offset, content),
    )


def content_of(state: SavedState | None) -> bytes | None:
    return state and state.path.read_bytes()[state.offset : state.offset + state.size]


def test_a_state_is_found_again_by_its_conversation_and_its_model(store: StateStore, tmp_path: Path) -> None:
    assert keep(store, "c1")

    again = StateStore(tmp_path / "states", limit_mb=1)
    assert content_of(again.find("c1", "model")) == CONTENT
    assert again.find("c1", "another model") is None
    assert again.find("c2", "model") is None


def test_another_conversation_is_not_put_away_for_what_was_stopped(store: StateStore) -> None:
    asked: list[str] = []

    def request(what: str, **_: object) -> JsonObject:
        asked.append(what)
        return {"tokens": 0}

    keeper, stopped = Keeper(store, "model", request), Event()
    stopped.set()
    assert keeper.switch("c1", Event())
    assert not keeper.switch("c2", stopped)
    assert keeper.switch("c1", stopped)
    assert asked == []
    assert keeper.switch("c2", Event())
    assert asked == ["state"]


def test_only_the_owner_can_read_it_and_its_name_says_nothing(store: StateStore, tmp_path: Path) -> None:
    keep(store, "lease")

    assert stat.S_IMODE((tmp_path / "states").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "states").iterdir()} == {0o600}
    assert not any("lease" in path.name for path in (tmp_path / "states").iterdir())


@pytest.mark.parametrize("place", [0, 30, 4095, 4100, -1])
def test_a_state_that_was_changed_is_not_used(store: StateStore, place: int) -> None:
    keep(store, "c1")
    found = store.find("c1", "model")
    assert found is not None
    content = bytearray(found.path.read_bytes())
    content[place] ^= 1
    found.path.write_bytes(content)

    assert store.find("c1", "model") is None


def test_a_state_from_another_home_is_not_used(store: StateStore, tmp_path: Path) -> None:
    other = StateStore(tmp_path / "other", limit_mb=1)
    keep(other, "c1")
    keep(store, "c1")
    theirs, ours = other.find("c1", "model"), store.find("c1", "model")
    assert theirs is not None
    assert ours is not None
    shutil.copy(theirs.path, ours.path)

    assert store.find("c1", "model") is None


def test_a_half_written_state_is_none(store: StateStore, tmp_path: Path) -> None:
    def fail(path: Path, offset: int) -> bool:
        return False

    assert not store.save("c1", "model", store.epoch, 2, 16, fail)
    assert store.find("c1", "model") is None
    assert [path.name for path in (tmp_path / "states").iterdir()] == ["key"]


def test_the_states_used_longest_ago_go_first(store: StateStore) -> None:
    third = bytes(300_000)
    for conversation in ("c1", "c2", "c3"):
        keep(store, conversation, third)
    assert store.find("c1", "model")  # used just now
    keep(store, "c4", third)

    assert [bool(store.find(each, "model")) for each in ("c1", "c2", "c3", "c4")] == [True, False, True, True]
    assert not keep(store, "c5", bytes(2_000_000))


def test_a_limit_that_was_lowered_holds_for_what_is_there(store: StateStore, tmp_path: Path) -> None:
    for conversation in ("c1", "c2", "c3"):
        keep(store, conversation, bytes(300_000))
    lowered = StateStore(tmp_path / "states", limit_mb=0)
    lowered.trim()

    assert [path.name for path in (tmp_path / "states").iterdir()] == ["key"]
    keep(store, "c1", bytes(300_000))
    assert not keep(lowered, "c2")  # too large for it, so nothing may stay
    assert lowered.find("c1", "model") is None


def test_a_state_that_another_process_deletes_meanwhile_does_no_harm_to_trimming(
    store: StateStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, "c1")
    monkeypatch.setattr(StateStore, "_states", lambda _: [tmp_path / "states" / "gone.state"])

    store.trim()


def test_what_a_killed_program_left_half_written_goes(store: StateStore, tmp_path: Path) -> None:
    keep(store, "c1")
    old, young = (tmp_path / "states" / name for name in (".new.old", ".new.young"))
    for path in (old, young):
        path.write_bytes(bytes(1000))
    os.utime(old, (0, 0))
    keep(store, "c2")

    assert not old.exists()
    assert young.exists()  # another process may be at it


def test_a_full_disk_keeps_nothing_and_breaks_nothing(
    store: StateStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, "c1")

    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not keep(store, "c2")
    assert len(list((tmp_path / "states").iterdir())) == 2
    assert store.find("c1", "model")


def test_a_home_that_cannot_be_written_keeps_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "states").write_text("a file where the folder should be")
    store = StateStore(tmp_path / "states", limit_mb=1)

    assert not keep(store, "c1", epoch=b"any")
    assert store.epoch == b""
    assert store.find("c1", "model") is None


def test_what_is_forgotten_is_gone_and_is_not_saved_by_those_who_still_have_it(
    store: StateStore, tmp_path: Path
) -> None:
    keep(store, "c1")
    begun = store.epoch
    store.clear()

    assert store.find("c1", "model") is None
    assert [path.name for path in (tmp_path / "states").iterdir()] == ["key"]
    assert not keep(store, "c1", epoch=begun)
    assert keep(store, "c1")


def test_the_state_of_one_conversation_can_be_removed(store: StateStore) -> None:
    keep(store, "c1")
    keep(store, "c2")
    store.remove("c1")

    assert store.find("c1", "model") is None
    assert store.find("c2", "model")


def test_clearing_makes_no_folder(store: StateStore, tmp_path: Path) -> None:
    store.clear()

    assert not (tmp_path / "states").exists()
