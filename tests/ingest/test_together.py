"""Several processes on one library: two ingests, an open interface, searches and forgetting, all at the same time."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.locations import Locations, open_home
from ingest.library.library import Library
from ingest.types import FileStatus
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import contents
from tests.ingest.test_kill import start, state, write_papers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return open_home(tmp_path / "home").home


def end(*processes: "subprocess.Popen[str]") -> None:
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0


@contextmanager
def searching(home: Path) -> Iterator[list[int]]:
    """Search all the time, in a thread, by words and by vectors; gives how many hits each search had."""
    found: list[int] = []
    failed: list[BaseException] = []
    stop = threading.Event()

    def search() -> None:
        library = Library.open(Locations(home))
        vector = HashEmbedder().embed_query("crew and engine")
        try:
            while not stop.is_set():
                found.append(len(library.search_text("harbour budget", 5)) + len(library.search_vectors(vector, 5)))
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            library.close()

    thread = threading.Thread(target=search)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()
    assert failed == []


def test_two_ingests_and_searches_at_once_end_like_one(folder: Path, home: Path, tmp_path: Path) -> None:
    alone = open_home(tmp_path / "alone").home
    end(start(alone, folder))

    with searching(home) as found:
        end(start(home, folder), start(home, folder))

    assert state(home) == state(alone)
    assert found[-1] > 0


def test_an_ingest_beside_the_open_interface_is_indexed_by_it(folder: Path, home: Path) -> None:
    """The interface holds the index all the time, and looks now and then for what others have put in."""
    interface = Library.open(Locations(home))
    assert interface.hold_index()
    other = start(home, folder)
    while other.poll() is None:
        interface.refresh_index()
        assert other.stdout
        other.stdout.readline()
    end(other)

    interface.refresh_index()

    assert interface.check() == []
    assert interface.pending_count() == 0
    assert interface.index_count() == interface.collections()[0].vectors > 0
    interface.close()


def test_forgetting_during_an_ingest_takes_that_document_only(folder: Path, home: Path) -> None:
    other = start(home, folder)
    library = Library.open(Locations(home))
    while not (held := [record.path for record in library.documents() if record.status is FileStatus.ADDED]):
        assert other.stdout
        other.stdout.readline()

    library.forget(held[0])
    end(other)

    assert library.forget(held[0]).verified_absent
    assert library.check() == []
    paths = {record.path for record in library.documents()}
    assert held[0] not in paths
    end(start(home, folder))
    assert {record.path for record in library.documents()} == paths | {held[0]}
    assert all(row[-1] is not None for row in contents(library) if row[2] == "added")
    library.close()
