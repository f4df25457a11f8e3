"""The home holds no documents, whatever it is called, and its files are not opened to find that out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.locations import Locations
from ingest.events import FileDone
from ingest.library.library import Library
from ingest.own_files import OwnFiles
from ingest.walking import walk
from tests.ingest.library.shelf import others_see_its_locks, put
from tests.ingest.runs import run


def the_library(locations: Locations, _: Path) -> tuple[Path, Path]:
    return locations.library_file, locations.library_file


def a_link_to_it(locations: Locations, elsewhere: Path) -> tuple[Path, Path]:
    link = elsewhere / "letter.txt"
    link.symlink_to(locations.library_file)
    return link, link


def a_folder_with_a_second_name_of_it(locations: Locations, elsewhere: Path) -> tuple[Path, Path]:
    second = elsewhere / "letter.txt"
    second.hardlink_to(locations.library_file)
    return elsewhere, second


def a_second_name_of_it(locations: Locations, elsewhere: Path) -> tuple[Path, Path]:
    _, second = a_folder_with_a_second_name_of_it(locations, elsewhere)
    return second, second


def the_home(locations: Locations, _: Path) -> tuple[Path, Path]:
    return locations.home, locations.home


def a_link_to_the_home(locations: Locations, elsewhere: Path) -> tuple[Path, Path]:
    link = elsewhere / "link"
    link.symlink_to(locations.home)
    return link, link


def a_file_through_a_link(locations: Locations, elsewhere: Path) -> tuple[Path, Path]:
    link, _ = a_link_to_the_home(locations, elsewhere)
    return link / "library.sqlite", link / "library.sqlite"


def a_folder_in_the_home(locations: Locations, _: Path) -> tuple[Path, Path]:
    folder = locations.home / "papers"
    folder.mkdir()
    (folder / "letter.txt").write_text("A letter that was put into the home.\n")
    return folder, folder


@pytest.mark.parametrize(
    "way",
    [
        the_library,
        a_link_to_it,
        a_folder_with_a_second_name_of_it,
        a_second_name_of_it,
        the_home,
        a_link_to_the_home,
        a_file_through_a_link,
        a_folder_in_the_home,
    ],
)
def test_what_is_in_the_home_is_told_and_not_opened(
    library: Library, locations: Locations, tmp_path: Path, way: Callable[[Locations, Path], tuple[Path, Path]]
) -> None:
    put(library, "/a.txt", "A page.")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    named, told = way(locations, elsewhere)

    [done] = [event for event in run(library, named) if isinstance(event, FileDone)]

    assert (done.path, done.status.value) == (told, "failed")
    assert "the home" in done.reason
    assert done.reason.endswith("Keep your documents in another folder.")
    assert others_see_its_locks(library)


def test_the_home_is_passed_over_when_a_link_leads_to_the_folder_above_it(locations: Locations, tmp_path: Path) -> None:
    (locations.home / "note.txt").write_text("A note of the program's own.\n")
    (tmp_path / "letter.txt").write_text("A letter beside the home.\n")
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    unreadable: list[tuple[Path, str]] = []

    assert list(walk(link, unreadable, OwnFiles.of(locations))) == [link / "letter.txt"]
    assert unreadable == []


def test_a_file_that_the_home_has_a_second_name_of_as_a_model_is_read(locations: Locations, tmp_path: Path) -> None:
    card = tmp_path / "model" / "README.md"
    card.parent.mkdir()
    card.write_text("# A model\n")
    locations.models_directory.mkdir()
    (locations.models_directory / "README.md").hardlink_to(card)

    assert list(walk(card.parent, [], OwnFiles.of(locations))) == [card]
