"""The home and what is written to it, on disks that are full, read-only, or not ours."""

import os
import pwd
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.environment import confine_to_home, forbid_core_dumps
from config.errors import HomeError
from config.files import replace_file
from config.locations import Locations, default_home, open_home, private_directory
from tests.faults import NOBODY, no_file_larger_than, without_rights_of_root


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a process without the rights of root reaches, too, and owns."""
    with tempfile.TemporaryDirectory(prefix="strongroom-tests-") as name:
        if os.getuid() == 0:
            os.chown(name, NOBODY, NOBODY)
        yield Path(name)
        Path(name).chmod(0o700)


def test_the_home_is_made_for_its_owner_only(tmp_path: Path) -> None:
    locations = open_home(tmp_path / "a" / "home")

    assert locations.home.stat().st_mode & 0o777 == 0o700
    assert list(locations.home.iterdir()) == []


def test_a_home_open_to_others_is_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)

    assert open_home(home).home.stat().st_mode & 0o777 == 0o700


def test_closing_a_folder_that_was_something_else_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    notes: list[str] = []
    open_home(home, note=notes.append)
    assert notes == []

    (home / "letter.txt").write_text("")
    home.chmod(0o755)
    open_home(home, note=notes.append)
    open_home(home, note=notes.append)  # closed already
    assert notes == [f"{home} is the home now, and closed to other users; what was in it before is, too."]

    open_home(home).settings_file.write_text("")
    home.chmod(0o755)
    open_home(home, note=notes.append)
    assert len(notes) == 1


def test_a_command_names_the_home_unless_it_is_the_one_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRONGROOM_HOME", raising=False)
    assert Locations(default_home()).command == "strongroom"
    assert Locations(tmp_path / "the house").command == f"strongroom --home '{tmp_path / 'the house'}'"

    monkeypatch.setenv("STRONGROOM_HOME", str(tmp_path))
    assert Locations(tmp_path).command == "strongroom"

    for variable in ("STRONGROOM_HOME", "HOME"):
        monkeypatch.delenv(variable)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: {}["of this user"])
    assert Locations(Path("/srv/house")).command == "strongroom --home /srv/house"


def test_a_home_of_nobody_is_an_error_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HomeError, match=r"no folder that ~ stands for.*--home"):
        open_home(Path("~nobody-of-that-name/home"))

    monkeypatch.setenv("STRONGROOM_HOME", "~nobody-of-that-name/home")
    with pytest.raises(HomeError, match="no folder that ~ stands for"):
        open_home()

    for variable in ("STRONGROOM_HOME", "HOME"):
        monkeypatch.delenv(variable)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: {}["of this user"])
    with pytest.raises(HomeError, match="no folder that ~ stands for"):
        open_home()


def test_the_home_is_named_by_flag_then_variable_then_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_home() == Path.home() / ".strongroom"

    monkeypatch.setenv("STRONGROOM_HOME", str(tmp_path / "one"))
    assert open_home().home == tmp_path / "one"
    assert open_home(tmp_path / "two").home == tmp_path / "two"


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(HomeError, match=r"is a file.*--home"):
        open_home(tmp_path / "home")
    with pytest.raises(HomeError, match=r"cannot be used.*--home"):
        open_home(tmp_path / "home" / "below")


def test_a_home_that_cannot_be_made_says_what_to_do() -> None:
    with pytest.raises(HomeError, match=r"cannot be used: .*--home"):
        open_home(Path("/proc/strongroom"))  # for root, too


def test_a_home_that_cannot_be_written_says_what_to_do(open_folder: Path) -> None:
    open_folder.chmod(0o500)

    with without_rights_of_root():
        with pytest.raises(HomeError, match=r"cannot be written.*--home"):
            open_home(open_folder)
        with pytest.raises(HomeError, match=r"cannot be used: Permission denied.*--home"):
            open_home(open_folder / "home")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    replace_file(path, b"new")

    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    with no_file_larger_than(1000), pytest.raises(HomeError, match=r"cannot be written: .*Make room"):
        replace_file(path, bytes(2000))

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_leaves_the_old_content(open_folder: Path) -> None:
    path = open_folder / "file"
    path.write_text("old")
    open_folder.chmod(0o500)

    with without_rights_of_root(), pytest.raises(HomeError, match=r"cannot be written: Permission denied.*--home"):
        replace_file(path, b"new")

    assert path.read_text() == "old"


def test_folders_below_the_home_are_private(locations: Locations) -> None:
    assert private_directory(locations.home / "a").stat().st_mode & 0o777 == 0o700

    (locations.home / "file").write_text("")
    with pytest.raises(HomeError, match="cannot be created"):
        private_directory(locations.home / "file" / "below")


def test_caches_and_temporary_files_go_to_the_home(locations: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", "/elsewhere")

    confine_to_home(locations)

    for variable in ("TMPDIR", "SQLITE_TMPDIR", "XDG_CACHE_HOME", "HF_HOME", "MPLCONFIGDIR"):
        assert Path(os.environ[variable]).is_relative_to(locations.home), variable
    assert Path(os.environ["TMPDIR"]).is_dir()  # a folder that is not there is passed over for /tmp


@pytest.mark.parametrize(("hard", "limit"), [(resource.RLIM_INFINITY, 1), (1, 1), (0, 0)])
def test_no_core_dump_is_kept_nor_handed_to_a_program(hard: int, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all limits, 1 alone keeps a core dump from a program that they are piped into (fs/coredump.c)."""
    set_to: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (0, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda *limits: set_to.append(limits))
    forbid_core_dumps()
    assert set_to == [(resource.RLIMIT_CORE, (limit, limit))]
