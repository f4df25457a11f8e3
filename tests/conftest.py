"""What every test runs under: sealed by the kernel, silent, and with a home directory that is not the developer's."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.environment import silence_telemetry
from config.locations import Locations, open_home
from config.log import stop_log
from config.seal import seal
from config.settings import LoadedSettings, load_settings
from tests.launcher import Launcher

_TESTS = Path(__file__).parent

_launcher_key = pytest.StashKey[Launcher]()
_user_home_key = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Seal this process before a test is imported. From here on no test, and no program it starts, can connect."""
    silence_telemetry()
    # Started in the background by a shell, we ignore Ctrl-C, and so would every program that the tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[_user_home_key] = tempfile.mkdtemp(prefix="strongroom-tests-")
    _leave_the_developers_environment(config.stash[_user_home_key])
    config.stash[_launcher_key] = Launcher()
    seal()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Screens and commands have a mark of their own, so that the fast layer stays under a minute."""
    for item in items:
        if item.path.is_relative_to(_TESTS / "tui") or item.path.is_relative_to(_TESTS / "cli"):
            item.add_marker(pytest.mark.interface)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_launcher_key].close()
    shutil.rmtree(config.stash[_user_home_key], ignore_errors=True)


def _leave_the_developers_environment(user_home: str) -> None:
    for name in [name for name in os.environ if name.startswith(("STRONGROOM_", "XDG_"))]:
        del os.environ[name]
    os.environ["HOME"] = user_home
    os.environ["TZ"] = "UTC"
    time.tzset()


@pytest.fixture(autouse=True)
def _leave_the_process_as_it_was() -> Iterator[None]:
    """What the program sets for its whole process, in one test, is not there in the next."""
    before = dict(os.environ)
    yield
    stop_log()
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(scope="session")
def unsealed(request: pytest.FixtureRequest) -> Launcher:
    """Starts programs that are not sealed, to show that what the seal refuses works without it."""
    return request.config.stash[_launcher_key]


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    """An empty home."""
    return open_home(tmp_path / "home")


@pytest.fixture
def settings(locations: Locations) -> LoadedSettings:
    """The default settings."""
    return load_settings(locations)
