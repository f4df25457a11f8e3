"""Which documents are meant by a path, a name or a pattern, wherever somebody types it."""

from pathlib import Path

import pytest

from ingest.naming import paths_named


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, whose name is a pattern too."""
    there = tmp_path / "drafts [1]"
    there.mkdir()
    monkeypatch.chdir(there)
    return there


@pytest.mark.parametrize(
    "typed", ["./board.txt", "../drafts [1]/board.txt", "minutes/../board.txt", "./BOARD.txt", "./boar*", ".//b*.txt"]
)
def test_a_relative_path_is_meant_from_the_current_directory(typed: str, there: Path) -> None:
    paths = [str(there / "board.txt"), str(there.parent / "board.txt"), "/other/board.txt"]
    assert paths_named(paths, typed) == {paths[0]}


def test_a_bare_name_is_meant_wherever_the_file_is(there: Path) -> None:
    paths = [str(there / "board.txt"), "/other/board.txt"]
    assert paths_named(paths, "board.txt") == set(paths)
    assert paths_named(paths, "*.txt") == set(paths)


def test_a_pattern_over_paths_is_not_bound_to_the_current_directory(there: Path) -> None:
    paths = [str(there / "minutes" / "board.txt"), "/other/minutes/board.txt"]
    assert paths_named(paths, "*/minutes/*") == set(paths)
    assert paths_named(paths, "minutes/*") == {paths[0]}
    assert paths_named(paths, "/other/*") == {paths[1]}


def test_a_folder_is_not_what_is_in_it(there: Path) -> None:
    paths = [str(there / "board.txt")]
    assert not any(paths_named(paths, typed) for typed in ("./", "../", "../drafts [1]/"))


def test_names_are_found_where_the_current_directory_is_gone(there: Path) -> None:
    there.rmdir()
    paths = ["/other/minutes/board.txt"]
    assert paths_named(paths, "*/board.txt") == set(paths)
    assert paths_named(paths, "./board.txt") == set()
