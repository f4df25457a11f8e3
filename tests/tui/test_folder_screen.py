"""The folder picker: a tree, and a field for a path."""

import os
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.events import Key, Paste
from textual.widgets import Input

from assistant.tui import librarian
from assistant.tui.screens import folder as folder_screen
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.screens.library import LibraryScreen
from assistant.tui.widgets.library.folder_tree import FolderTree
from tests.tui.helpers import folder_of_documents, running, shows, wait_until
from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant


async def test_a_folder_is_chosen_in_the_tree(stocked: StandInAssistant, tmp_path: Path) -> None:
    folder = folder_of_documents(tmp_path)
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: len(app.screen.query_one(FolderTree).root.children) == 1)
        await pilot.press("down")
        await wait_until(lambda: app.screen.query_one(Input).value == str(folder))
        await pilot.press("right")
        await shows(app, "lease.pdf")
        await pilot.press("enter")
        await wait_until(lambda: stocked.taken_in == [folder])
        await wait_until(lambda: not app.status.is_ingesting)


async def test_a_path_that_is_not_there_is_told(stocked: StandInAssistant, tmp_path: Path) -> None:
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        path = app.screen.query_one(Input)
        path.focus()
        path.value = "/no/such/folder"
        await pilot.press("enter")
        await shows(app, "There is no /no/such/folder.")
        await pilot.press("escape")
        await wait_until(lambda: not isinstance(app.screen, FolderScreen))


@pytest.mark.parametrize(("typed", "chosen"), [("/no/such", "/no/such"), ("dox", "{start}/dox")])
async def test_what_is_typed_over_the_tree_is_a_path_and_the_folder_in_it_is_not_read(
    typed: str, chosen: str, stocked: StandInAssistant, tmp_path: Path
) -> None:
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        assert app.screen.query_one(FolderTree).has_focus
        await pilot.press(*typed, "enter")
        await shows(app, "There is no ")
        assert app.screen.query_one(Input).value == chosen.format(start=tmp_path)
        assert stocked.taken_in == []


async def test_keys_that_come_faster_than_the_focus_moves_are_one_path(
    stocked: StandInAssistant, tmp_path: Path
) -> None:
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: isinstance(app.screen, FolderScreen) and app.screen.query_one(FolderTree).has_focus)
        tree = app.screen.query_one(FolderTree)
        for character in "/no/such":
            tree.post_message(Key(character, character))
        await wait_until(lambda: app.screen.query_one(Input).value == "/no/such")
        await pilot.press("enter")
        await shows(app, "There is no /no/such.")
        assert stocked.taken_in == []


async def test_a_path_pasted_over_the_tree_is_a_path(stocked: StandInAssistant, tmp_path: Path) -> None:
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: isinstance(app.screen, FolderScreen) and app.screen.query_one(FolderTree).has_focus)
        app.post_message(Paste("/no/such/folder\n"))
        await wait_until(lambda: app.screen.query_one(Input).value == "/no/such/folder")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("~no-such-user/x", "There is no ~no-such-user/x."),
        ("/" + "x" * 300, "That cannot be opened (File name too long)"),
    ],
    ids=["no such user", "too long"],
)
async def test_a_path_that_the_system_does_not_understand_is_told(
    typed: str, problem: str, stocked: StandInAssistant, tmp_path: Path
) -> None:
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: isinstance(app.screen, FolderScreen) and app.screen.query_one(FolderTree).has_focus)
        await pilot.press("~", "x")  # which is completed, or not, at every key
        await pilot.pause()
        app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await shows(app, problem)


async def test_a_typed_path_is_completed(stocked: StandInAssistant, tmp_path: Path) -> None:
    folder = folder_of_documents(tmp_path)
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        path = app.screen.query_one(Input)
        path.focus()
        path.value = f"{tmp_path}/doc"
        path.cursor_position = len(path.value)
        await wait_until(lambda: path._suggestion == str(folder))
        await pilot.press("right")
        assert path.value == str(folder)


async def test_a_folder_whose_name_holds_control_characters_can_be_chosen(
    stocked: StandInAssistant, tmp_path: Path
) -> None:
    (tmp_path / "bad\x1b]0;x\x07name").mkdir()
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("ctrl+o")
        await wait_until(lambda: len(app.screen.query_one(FolderTree).root.children) == 1)
        await pilot.press("down")
        await wait_until(lambda: app.screen.query_one(Input).value.endswith("bad]0;xname"))
        app.screen.query_one(Input).focus()
        await pilot.press("enter")
        await wait_until(lambda: stocked.taken_in == [tmp_path / "bad\x1b]0;x\x07name"])
        await wait_until(lambda: not app.status.is_ingesting)


@pytest.mark.parametrize(
    ("keys", "problem"),
    [(["ctrl+o"], "Type the path of a folder or file."), (["f2", "w"], "Type the path of a folder.")],
    ids=["to add", "to follow"],
)
async def test_an_empty_field_names_no_folder(
    keys: list[str], problem: str, stocked: StandInAssistant, tmp_path: Path
) -> None:
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press(*keys)
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        field = app.screen.query_one(Input)
        field.focus()
        field.value = "  "
        await pilot.press("enter")
        await shows(app, problem)
        assert isinstance(app.screen, FolderScreen)
        assert stocked.taken_in == []
        assert app.status.following == ()


async def test_a_share_that_does_not_answer_holds_up_no_key_and_one_thread_only(
    stocked: StandInAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = Event(), []

    def complete(value: str) -> str | None:
        asked.append(value)
        answers.wait()
        return f"{value}-and-more"

    def look(path: Path, *, to_follow: bool) -> str:
        del to_follow
        answers.wait()
        return f"There is no {path}."

    monkeypatch.setattr(folder_screen, "_complete", complete)
    monkeypatch.setattr(folder_screen, "_problem_with", look)
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        try:
            await pilot.press("ctrl+o")
            await wait_until(
                lambda: isinstance(app.screen, FolderScreen) and app.screen.query_one(FolderTree).has_focus
            )
            await pilot.press(*"/share/a")
            await wait_until(lambda: asked)
            first = list(asked)
            await pilot.press("enter")
            assert app.screen.query_one(Input).value == "/share/a"
            assert asked == first
            answers.set()
            await shows(app, "There is no /share/a.")
            await wait_until(lambda: asked[-1] == "/share/a")
            assert asked == [*first, "/share/a"], "what was typed in between is not looked for"
        finally:
            answers.set()


async def test_a_folder_that_may_not_be_looked_at_is_not_where_the_picker_begins(
    stocked: StandInAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = os.stat

    def refuse(path: object, *how: object, **more: object) -> os.stat_result:
        if str(path) == "/documents":
            raise PermissionError(13, "Permission denied", path)
        return look(path, *how, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", refuse)
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "lease-halden.pdf")
        await pilot.press("w")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        assert app.screen.query_one(Input).value == str(tmp_path)
        app._folder_chosen(Path("/documents"))  # closed since it was looked at
        await wait_until(lambda: stocked.taken_in == [Path("/documents")])
        await wait_until(lambda: not app.status.is_ingesting)


@pytest.mark.parametrize(("seconds", "answers_first"), [(60, True), (0.01, False)], ids=["late", "never"])
async def test_a_share_that_does_not_answer_holds_up_no_key_when_a_folder_is_to_be_followed(
    seconds: float,
    answers_first: bool,
    stocked: StandInAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, answers = folder_of_documents(tmp_path), Event()
    stocked.library.records = [replace(record("lease.pdf"), path=str(folder / "lease.pdf"))]

    def look(_: Path) -> bool:
        return answers.wait(10)

    monkeypatch.setattr(librarian, "is_folder", look)
    monkeypatch.setattr(librarian, "_SECONDS_TO_LOOK", seconds)
    async with running(stocked, start_folder=tmp_path) as (app, pilot):
        try:
            await pilot.press("f2")
            await shows(app, "lease.pdf")
            await pilot.press("w")
            if answers_first:
                await pilot.press("l")
                await shows(app, "Every file that was found is in the library.")
                assert isinstance(app.screen, LibraryScreen)
                answers.set()
            await wait_until(lambda: isinstance(app.screen, FolderScreen))
            assert app.screen.query_one(Input).value == str(folder if answers_first else tmp_path)
        finally:
            answers.set()


async def test_a_folder_of_very_many_files_shows_its_folders_and_the_first_of_them(tmp_path: Path) -> None:
    files = [Path(f"/no/such/{number:05}.pdf") for number in range(30_000)]
    shown = list(FolderTree(tmp_path).filter_paths([*files, tmp_path, Path("/no/such/.hidden")]))
    assert shown == [tmp_path, *files[:999]]
