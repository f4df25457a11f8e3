"""What is on the disk, compared with what the library knows."""

import hashlib
import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from config.errors import StrongroomError
from ingest import discovery
from ingest.discovery import Plan
from ingest.events import Compared
from ingest.library.types import KnownFile
from ingest.types import UNRECOGNISED, FileStatus, FoundFile


def discover(
    paths: list[Path],
    known: dict[str, KnownFile],
    *,
    retry: Collection[FileStatus] = (),
    read_again: Collection[str] = (),
    most_bytes: float = inf,
) -> Plan:
    """What comes of it, without what is said meanwhile."""
    plans: list[Plan] = []

    def steps() -> Iterator[Compared]:
        plans.append(
            (yield from discovery.discover(paths, known, retry=retry, read_again=read_again, most_bytes=most_bytes))
        )

    for _ in steps():
        pass
    return plans[0]


def put(path: Path, content: str = "words") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def known(path: Path, content: str = "words", status: FileStatus = FileStatus.ADDED) -> dict[str, KnownFile]:
    return {str(path): KnownFile(hashlib.sha256(content.encode()).hexdigest(), status, len(content), 0.0)}


def names(files: tuple[FoundFile, ...]) -> list[str]:
    return [file.path.name for file in files]


def test_new_files_are_found_below_a_folder_in_order(tmp_path: Path) -> None:
    for name in ("b.pdf", "sub/deeper/c.md", "a.txt"):
        put(tmp_path / name, name)
    plan = discover([tmp_path], {})
    assert [file.path for file in plan.new] == [tmp_path / "a.txt", tmp_path / "b.pdf", tmp_path / "sub/deeper/c.md"]
    assert plan.to_read == plan.new
    first = plan.new[0]
    assert (first.size, first.sha256) == (5, hashlib.sha256(b"a.txt").hexdigest())
    assert first.modified == (tmp_path / "a.txt").stat().st_mtime


def test_what_the_user_names_is_taken_as_it_is(tmp_path: Path) -> None:
    hidden = put(tmp_path / ".vault/.note.txt")
    link = tmp_path / "link"
    link.symlink_to(hidden.parent)
    assert discover([hidden], {}).new[0].path == hidden
    assert discover([link], {}).new == ()  # hidden below the folder that was named
    put(hidden.parent / "open.txt", "other")
    assert discover([link], {}).new[0].path == link / "open.txt"


def test_paths_are_absolute_and_named_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "sub/a.txt")
    monkeypatch.chdir(tmp_path / "sub")
    plan = discover([Path("a.txt"), Path(), Path("../sub")], {})
    assert [file.path for file in plan.new] == [path]


def test_a_missing_path_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StrongroomError) as caught:
        discover([tmp_path / "typo"], {})
    assert "typo" in caught.value.message
    assert caught.value.remedy
    assert caught.value.exit_code == 1


def test_an_empty_folder_is_fine(tmp_path: Path) -> None:
    assert discover([tmp_path], {}) == Plan()


def test_unchanged_and_changed(tmp_path: Path) -> None:
    same, other = put(tmp_path / "same.txt", "same"), put(tmp_path / "other.txt", "after")
    plan = discover([tmp_path], known(same, "same") | known(other, "before"))
    assert names(plan.unchanged) == ["same.txt"]
    assert names(plan.changed) == ["other.txt"]
    assert plan.new == ()


def test_only_the_content_counts(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "145 euro")
    before = known(path, "145 euro")
    times = path.stat()
    os.utime(put(path, "155 euro"), ns=(times.st_atime_ns, times.st_mtime_ns))
    assert names(discover([tmp_path], before).changed) == ["a.txt"]
    os.utime(put(path, "145 euro"), (1, 1))
    assert names(discover([tmp_path], before).unchanged) == ["a.txt"]


def test_a_moved_file_is_moved_and_not_gone(tmp_path: Path) -> None:
    new = put(tmp_path / "new/a.txt", "text")
    plan = discover([tmp_path], known(tmp_path / "old/a.txt", "text"))
    assert [(old, file.path) for old, file in plan.moved] == [(tmp_path / "old/a.txt", new)]
    assert plan.gone == plan.new == ()


def test_a_file_moved_from_outside_the_paths(tmp_path: Path) -> None:
    put(tmp_path / "here/a.txt", "text")
    plan = discover([tmp_path / "here"], known(tmp_path / "elsewhere/a.txt", "text"))
    assert len(plan.moved) == 1


def test_one_old_path_is_moved_to_one_new_path(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        put(tmp_path / name, "text")
    plan = discover([tmp_path], known(tmp_path / "old.txt", "text"))
    assert [file.path.name for _, file in plan.moved] == ["a.txt"]
    assert [(file.path.name, original.name) for file, original in plan.duplicates] == [("b.txt", "a.txt")]


def test_duplicates_by_content(tmp_path: Path) -> None:
    held = put(tmp_path / "z.txt", "held")
    for name, content in (("a.txt", "held"), ("b.txt", "fresh"), ("c.txt", "fresh")):
        put(tmp_path / name, content)
    plan = discover([tmp_path], known(held, "held"))
    assert names(plan.new) == ["b.txt"]
    assert [(file.path.name, original.name) for file, original in plan.duplicates] == [
        ("a.txt", "z.txt"),
        ("c.txt", "b.txt"),
    ]


def test_a_duplicate_takes_over_when_its_original_is_gone(tmp_path: Path) -> None:
    copy = put(tmp_path / "copy.txt", "text")
    before = known(copy, "text", FileStatus.DUPLICATE) | known(tmp_path / "original.txt", "text")
    plan = discover([tmp_path], before)
    assert [(old.name, file.path.name) for old, file in plan.moved] == [("original.txt", "copy.txt")]


def test_a_duplicate_of_a_changed_file_is_read(tmp_path: Path) -> None:
    copy, original = put(tmp_path / "copy.txt", "before"), put(tmp_path / "original.txt", "after")
    before = known(copy, "before", FileStatus.DUPLICATE) | known(original, "before")
    plan = discover([tmp_path], before)
    assert names(plan.new) == ["copy.txt"]
    assert names(plan.changed) == ["original.txt"]


def test_what_failed_before_is_not_read_again_unless_asked(tmp_path: Path) -> None:
    locked = put(tmp_path / "locked.pdf", "x")
    before = known(locked, "x", FileStatus.LOCKED)
    assert names(discover([tmp_path], before).failed) == ["locked.pdf"]
    assert names(discover([tmp_path], before, retry={FileStatus.LOCKED}).new) == ["locked.pdf"]
    put(locked, "saved again")
    assert names(discover([tmp_path], before).new) == ["locked.pdf"]


def test_what_failed_holds_no_content_for_others(tmp_path: Path) -> None:
    locked = put(tmp_path / "locked.pdf", "x")
    put(tmp_path / "other.pdf", "x")
    plan = discover([tmp_path], known(locked, "x", FileStatus.LOCKED))
    assert names(plan.new) == ["other.pdf"]
    assert plan.duplicates == ()


def test_gone_are_known_paths_below_the_folder_only(tmp_path: Path) -> None:
    put(tmp_path / "here/a.txt", "a")
    before = known(tmp_path / "here/lost.txt", "l") | known(tmp_path / "there/lost.txt", "m")
    assert discover([tmp_path / "here"], before).gone == (tmp_path / "here/lost.txt",)


def test_what_was_read_without_recognition_is_read_again_when_there_is_one(tmp_path: Path) -> None:
    path = put(tmp_path / "mixed.pdf")
    before = {name: replace(file, reader=UNRECOGNISED) for name, file in known(path).items()}
    assert names(discover([tmp_path], before).unchanged) == ["mixed.pdf"]
    assert names(discover([tmp_path], before, retry={FileStatus.NEEDS_OCR}).changed) == ["mixed.pdf"]


def test_what_is_asked_for_is_read_again(tmp_path: Path) -> None:
    asked, other = put(tmp_path / "asked.pdf", "a"), put(tmp_path / "other.pdf", "b")
    plan = discover([tmp_path], known(asked, "a") | known(other, "b"), read_again={str(asked)})
    assert (names(plan.changed), names(plan.unchanged)) == (["asked.pdf"], ["other.pdf"])


def test_another_version_looks_once_at_what_did_not_get_in(tmp_path: Path) -> None:
    path = put(tmp_path / "a.xyz")
    now = known(path, status=FileStatus.UNSUPPORTED)
    older = {name: replace(file, reader=file.reader - 1) for name, file in now.items()}
    assert names(discover([tmp_path], older).new) == ["a.xyz"]
    assert names(discover([tmp_path], now).failed) == ["a.xyz"]


def test_what_is_too_large_to_get_in_is_not_read_for_its_hash(tmp_path: Path) -> None:
    large, copy = put(tmp_path / "film.mkv", "a long film"), put(tmp_path / "second.mkv", "a long film")
    plan = discover([tmp_path], {}, most_bytes=5)
    assert [(file.path, file.sha256, file.size) for file in plan.new] == [(large, "", 11), (copy, "", 11)]


def test_what_is_too_large_is_the_same_while_its_size_and_time_are(tmp_path: Path) -> None:
    path = put(tmp_path / "film.mkv", "a long film")
    before = {str(path): KnownFile("", FileStatus.UNSUPPORTED, 11, path.stat().st_mtime)}
    assert names(discover([tmp_path], before, most_bytes=5).failed) == ["film.mkv"]
    os.utime(path, (1, 1))
    assert names(discover([tmp_path], before, most_bytes=5).new) == ["film.mkv"]
    os.utime(put(path, "a longer film"), (before[str(path)].modified,) * 2)
    assert names(discover([tmp_path], before, most_bytes=5).new) == ["film.mkv"]


def test_what_came_in_under_a_higher_limit_is_known_again(tmp_path: Path) -> None:
    kept, moved = put(tmp_path / "kept.txt", "long text"), put(tmp_path / "new/moved.txt", "another long text")
    before = known(kept, "long text") | known(tmp_path / "old/moved.txt", "another long text")
    plan = discover([tmp_path], before, most_bytes=5)
    assert names(plan.unchanged) == ["kept.txt"]
    assert [file.path for _, file in plan.moved] == [moved]


def test_how_far_it_is_is_said_while_files_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        put(tmp_path / f"{number}.txt", str(number))
    assert list(discovery.discover([tmp_path], {})) == [], "not for files that take no time"
    monkeypatch.setattr(discovery, "SECONDS_BETWEEN_EVENTS", -1.0)
    assert list(discovery.discover([tmp_path], {})) == [Compared(1, 3), Compared(2, 3), Compared(3, 3)]


def test_only_documents_with_the_content_of_a_file_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking at the others would wait for a disk that has nothing to do with it, and may not answer."""
    here = put(tmp_path / "here/a.txt", "a")
    moved = put(tmp_path / "here/moved.txt", "moved")
    before = known(tmp_path / "there/moved.txt", "moved")
    for number in range(3):
        before |= known(tmp_path / f"there/{number}.txt", str(number))
    looked_at: list[Path] = []

    def is_there(path: Path) -> bool:
        looked_at.append(path)
        return path.exists()

    monkeypatch.setattr(discovery, "is_there", is_there)
    plan = discover([here, moved], before)
    assert plan.new[0].path == here
    assert [(old, file.path) for old, file in plan.moved] == [(tmp_path / "there/moved.txt", moved)]
    assert sorted(set(looked_at)) == [here, moved, tmp_path / "there/moved.txt"]
