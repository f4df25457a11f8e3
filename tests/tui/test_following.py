"""Folders that are followed while the interface is open."""

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from textual.widgets import Input

from assistant import watching
from assistant.tui import following as tui_following
from assistant.tui.messages import FollowingFailed, Trouble
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.screens.library import LibraryScreen
from assistant.watching import followed_before, remember_followed
from config.errors import HomeError
from ingest.events import Discovered, FileDone, Finished, IngestEvent
from ingest.types import FileStatus
from tests.tui.helpers import folder_of_documents, running, shows, told, wait_until
from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant


def what_is_there(assistant: StandInAssistant, paths: Sequence[Path]) -> Iterator[IngestEvent]:
    """Takes in the files of the folders that are not in yet."""
    known = {each.document for each in assistant.library.records}
    new = [file for folder in paths for file in sorted(folder.iterdir()) if file.name not in known]
    yield Discovered(len(new), 0, 0)
    for file in new:
        assistant.library.records.append(record(file.name))
        yield FileDone(file, FileStatus.ADDED, pages=12, chunks=36)
    yield Finished(len(new), len(new), 0, 0, 0, 0, 0, 12, 36, 0.1, 8.0, 120.0, 0)


@pytest.fixture
def following(stocked: StandInAssistant, monkeypatch: pytest.MonkeyPatch) -> StandInAssistant:
    monkeypatch.setattr(watching, "QUIET_MS", 50)
    stocked.ingests = what_is_there
    return stocked


async def test_what_is_saved_into_a_folder_that_was_added_comes_in(
    following: StandInAssistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = folder_of_documents(tmp_path_factory.mktemp("outside-the-home"))
    async with running(following, size=(140, 36)) as (app, pilot):
        app.ingest(folder)
        await wait_until(lambda: app.status.ingest is not None and app.status.ingest.finished)
        await pilot.press("f2")
        await shows(app, "lease.pdf")
        await pilot.press("w")
        await shows(app, "Following 1 folder")
        await shows(app, f"following {folder}")
        await shows(app, "There is nothing in that folder")  # the first look at it brought nothing new
        (folder / "minutes.pdf").write_bytes(b"%PDF-1.7")
        await wait_until(lambda: told(app).endswith("minutes.pdf is in the library, read just now."))
        await shows(app, "minutes.pdf")
        await shows(app, "4 documents")
        await pilot.press("w")
        await wait_until(lambda: app.status.following == ())
        await shows(app, "Ready")


async def test_a_folder_added_later_is_followed_too(following: StandInAssistant, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    async with running(following) as (app, pilot):
        app.ingest(first)
        await pilot.press("f2", "w")
        app.ingest(second)
        await wait_until(lambda: app.status.following == (first, second))
        await wait_until(lambda: not app.status.is_ingesting)


async def test_without_a_folder_added_one_is_chosen(following: StandInAssistant, tmp_path: Path) -> None:
    folder = folder_of_documents(tmp_path)
    async with running(following, start_folder=tmp_path) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "lease-halden.pdf")
        await pilot.press("w")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        path = app.screen.query_one(Input)
        path.focus()
        path.value = str(folder / "lease.pdf")
        await pilot.press("enter")
        await shows(app, "Only folders can be followed.")
        path.value = str(folder)
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, LibraryScreen))
        await wait_until(lambda: app.status.following == (folder,))
        await shows(app, "lease.pdf")


async def test_changes_while_documents_come_in_are_read_after_them(following: StandInAssistant, tmp_path: Path) -> None:
    passes: list[Sequence[Path]] = []
    go_on = Event()

    def slowly(_: StandInAssistant, paths: Sequence[Path]) -> Iterator[IngestEvent]:
        passes.append(paths)
        go_on.wait(10)
        yield Finished(0, 0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.0, 100.0, 0)

    following.ingests = slowly
    async with running(following) as (app, _):
        app._folder_to_follow_chosen(tmp_path)
        app.on_folders_changed()
        app.on_folders_changed()
        assert app._waiting == [(tmp_path,)]
        go_on.set()
        await wait_until(lambda: len(passes) >= 2)  # the beginning of the watch may bring a third
        await wait_until(lambda: not app.status.is_ingesting)
        assert app._waiting == []


async def test_a_folder_that_goes_is_told_and_followed_no_longer(
    following: StandInAssistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("outside-the-home")
    async with running(following) as (app, _):
        app._folder_to_follow_chosen(folder)
        await wait_until(lambda: app.status.ingest is not None and app.status.ingest.finished)
        folder.rmdir()
        await wait_until(lambda: "is not there. Check its name" in told(app))
        assert app.status.following == ()


@pytest.fixture
def two_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The one goes, the other one stays."""
    return tmp_path_factory.mktemp("gone"), tmp_path_factory.mktemp("there")


async def test_a_folder_that_went_does_not_keep_the_others_from_being_followed(
    following: StandInAssistant, two_folders: tuple[Path, Path]
) -> None:
    gone, there = two_folders
    async with running(following) as (app, pilot):
        for folder in two_folders:
            app.ingest(folder)
        await wait_until(lambda: not app.status.is_ingesting and app._waiting == [])
        gone.rmdir()
        await pilot.press("f2", "w")
        await wait_until(lambda: f"The folder {gone} is not there. Check its name" in told(app))
        assert app.status.following == (there,)
        (there / "minutes.pdf").write_bytes(b"%PDF-1.7")
        await shows(app, "minutes.pdf")


async def test_a_folder_that_goes_meanwhile_is_left_out_and_the_others_are_followed_on(
    following: StandInAssistant, two_folders: tuple[Path, Path]
) -> None:
    gone, there = two_folders
    async with running(following) as (app, _):
        app._follow(two_folders)
        await wait_until(lambda: app.status.ingest is not None and app.status.ingest.finished)
        gone.rmdir()
        await wait_until(lambda: app.status.following == (there,))
        (there / "minutes.pdf").write_bytes(b"%PDF-1.7")
        await wait_until(lambda: "minutes.pdf is in the library" in told(app))


async def test_a_folder_that_was_away_at_a_start_is_followed_again_once_it_is_back(
    following: StandInAssistant, two_folders: tuple[Path, Path]
) -> None:
    gone, there = two_folders
    remember_followed(following.locations, two_folders)
    gone.rmdir()
    async with running(following) as (app, _):
        await wait_until(lambda: app.status.following == (there,))
        await wait_until(lambda: app.status.ingest is not None and app.status.ingest.finished)
        assert set(followed_before(following.locations)) == {gone, there}
    gone.mkdir()
    (gone / "minutes.pdf").write_bytes(b"%PDF-1.7")
    async with running(following) as (app, pilot):
        await wait_until(lambda: set(app.status.following) == {gone, there})
        await wait_until(lambda: "minutes.pdf is in the library" in told(app))
        await pilot.press("f2", "w")
        await wait_until(lambda: followed_before(following.locations) == ())


async def test_the_only_folder_is_followed_again_once_it_is_back(
    following: StandInAssistant, two_folders: tuple[Path, Path]
) -> None:
    gone, _ = two_folders
    remember_followed(following.locations, [gone])
    gone.rmdir()
    async with running(following) as (app, _):
        await wait_until(lambda: "is not there" in told(app))
        assert app.status.following == ()
    assert followed_before(following.locations) == (gone,)
    gone.mkdir()
    async with running(following) as (app, _):
        await wait_until(lambda: app.status.following == (gone,))


async def test_what_became_of_a_folder_is_looked_at_in_a_thread_that_holds_up_no_key(
    following: StandInAssistant, two_folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, there = two_folders
    look, held_up = os.stat, []

    def stat(path: object, *how: object, **more: object) -> os.stat_result:
        if str(path) == str(gone):
            held_up.append(threading.current_thread() is threading.main_thread())
        return look(path, *how, **more)  # type: ignore[arg-type]

    async with running(following) as (app, _):
        app._follow(two_folders)
        await wait_until(lambda: app.status.ingest is not None and app.status.ingest.finished)
        gone.rmdir()
        monkeypatch.setattr(os, "stat", stat)
        await wait_until(lambda: app.status.following == (there,))
        monkeypatch.undo()
    assert held_up
    assert not any(held_up)


async def test_a_failure_of_what_is_followed_no_longer_stops_nothing(
    following: StandInAssistant, two_folders: tuple[Path, Path]
) -> None:
    gone, there = two_folders
    async with running(following) as (app, _):
        app._follow([there])
        app.on_following_failed(FollowingFailed((gone, there), (gone,), Trouble("The folder is not there.", "")))
        assert app.status.following == (there,)
        assert told(app) == ""


async def test_folders_are_followed_again_at_the_next_start_until_somebody_stops_that(
    following: StandInAssistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = folder_of_documents(tmp_path_factory.mktemp("outside-the-home"))
    async with running(following) as (app, _):
        app._folder_to_follow_chosen(folder)
        await wait_until(following.locations.followed_file.exists)
    async with running(following) as (app, pilot):
        await wait_until(lambda: app.status.following == (folder,))
        await wait_until(lambda: told(app).startswith(f"Following {folder} again."))
        await pilot.press("f2")
        await pilot.press("w")
        await wait_until(lambda: not following.locations.followed_file.exists())
    async with running(following) as (app, _):
        await wait_until(lambda: not app.status.loading)
        assert app.status.following == ()


async def test_a_passing_trouble_ends_following_until_the_next_start_only(
    following: StandInAssistant, two_folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, there = two_folders
    remember_followed(following.locations, [there])

    def full(*_: object) -> None:
        raise HomeError("The disk is full.", "Free some space.")

    async with running(following) as (app, _pilot):
        await wait_until(lambda: app.status.following == (there,))
        await wait_until(lambda: app.status.ingest is not None and app.status.ingest.finished)
        monkeypatch.setattr(tui_following, "remember_followed", full)
        app._follow(two_folders)
        await wait_until(lambda: "The disk is full. Free some space." in told(app))
        assert app.status.following == ()
    assert followed_before(following.locations) == (there,)


async def test_what_is_remembered_already_is_not_written_again(
    following: StandInAssistant, two_folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    remember_followed(following.locations, two_folders)
    written: list[object] = []
    monkeypatch.setattr(tui_following, "remember_followed", lambda *each: written.append(each))
    async with running(following) as (app, _):
        await wait_until(lambda: app.status.ingest is not None and app.status.ingest.finished)
        assert app.status.following == two_folders
        assert written == []


async def test_a_folder_that_is_away_is_followed_no_more_when_somebody_stops_that(
    following: StandInAssistant, two_folders: tuple[Path, Path]
) -> None:
    gone, _ = two_folders
    remember_followed(following.locations, [gone])
    gone.rmdir()
    async with running(following) as (app, pilot):
        await wait_until(lambda: "is not there" in told(app))
        await pilot.press("f2", "w")
        await wait_until(lambda: f"{gone} will not be followed, at the next start neither." in told(app))
        await wait_until(lambda: not following.locations.followed_file.exists())
