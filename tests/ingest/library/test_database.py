import resource
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from config.errors import LibraryError
from config.locations import Locations
from ingest.library.database import Database
from ingest.library.library import Library
from tests.ingest.library.shelf import contents, others_see_its_locks, put


def test_the_library_is_durable_private_and_forgets_what_is_deleted(library: Library, locations: Locations) -> None:
    put(library, "/a.txt", "A page.")
    settings = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30_000,
        "temp_store": 2,
    }

    assert {name: library.database.value(f"PRAGMA {name}") for name in settings} == settings
    for path in locations.home.glob("library.sqlite*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_opening_it_once_more_gives_up_no_lock_on_it(library: Library, locations: Locations) -> None:
    put(library, "/a.txt", "A page.")
    again = Library.open(locations)

    assert others_see_its_locks(library)
    again.close()


def test_a_library_of_a_newer_version_is_refused(locations: Locations) -> None:
    Library.open(locations).close()
    connection = sqlite3.connect(locations.library_file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(LibraryError, match="newer Strongroom"):
        Library.open(locations)


def test_a_library_of_an_older_version_is_brought_up_to_date(locations: Locations) -> None:
    library = Library.open(locations)
    put(library, "/a.txt", "A page.")
    library.close()
    connection = sqlite3.connect(locations.library_file)
    connection.execute("DROP VIEW chunks_spaced")
    connection.execute("ALTER TABLE documents DROP COLUMN reader")
    connection.executescript(
        "ALTER TABLE collections DROP COLUMN found_in;"
        " ALTER TABLE collections DROP COLUMN calibration; ALTER TABLE pages DROP COLUMN status;"
        " ALTER TABLE pages DROP COLUMN confidence; DROP TABLE recognised"
    )
    connection.execute("PRAGMA user_version = 3")
    connection.close()

    library = Library.open(locations)
    assert library.calibration() is None
    library.keep_calibration("{}")
    assert library.calibration() == "{}"
    assert [record.document for record in library.documents()] == ["a.txt"]
    assert library.page_notes("/a.txt") == []
    library.close()


def test_a_file_that_is_no_library_is_refused_and_left_alone(locations: Locations) -> None:
    locations.library_file.write_bytes(b"These are my notes. " * 100)

    with pytest.raises(LibraryError, match="is damaged"):
        Library.open(locations)

    assert locations.library_file.read_bytes().startswith(b"These are my notes.")


def _spoil_tables(library_file: Path) -> None:
    """Write nonsense over the root of every table, but for that which says which tables there are."""
    connection = sqlite3.connect(library_file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    roots = [root for (root,) in connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 1")]
    connection.close()
    with library_file.open("r+b") as file:
        for root in roots:
            file.seek((root - 1) * size)
            file.write(b"\xff" * size)


@pytest.mark.parametrize(
    "read",
    [
        Library.documents,
        Library.known_files,
        Library.collections,
        Library.calibration,
        Library.embedder_identity,
        Library.counts_of_indexes,
        Library.empty_pages,
        Library.is_empty,
        Library.pending_count,
        lambda library: library.chunks(["x"]),
        lambda library: library.places(["x"]),
        lambda library: library.page_text("/a.txt", 1),
        lambda library: library.page_notes("/a.txt"),
        lambda library: library.documents_marked(["x"]),
        lambda library: library.other_forms(["x"]),
        lambda library: library.search_text("page", 1),
        lambda library: library.search_vectors(np.ones(3, np.float32), 1),
    ],
)
def test_a_damaged_library_is_named_whatever_is_read(locations: Locations, read: Callable[[Library], object]) -> None:
    library = Library.open(locations)
    put(library, "/a.txt", "A page.")
    library.close()
    _spoil_tables(locations.library_file)

    library = Library.open(locations)
    with pytest.raises(LibraryError, match="is damaged"):
        read(library)
    library.close()


def test_a_folder_in_its_place_is_refused(locations: Locations) -> None:
    locations.library_file.mkdir()

    with pytest.raises(LibraryError, match="cannot be opened"):
        Library.open(locations)


def test_a_full_disk_is_said_and_leaves_the_library_as_it_was(library: Library) -> None:
    put(library, "/a.txt", "A page.")
    before = contents(library)
    pages = library.database.value("PRAGMA page_count")
    library.database.rows(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(LibraryError, match="The disk is full") as error:
        put(library, "/big.txt", *(f"Page {number}: {'words ' * 300}" for number in range(50)))

    assert "Free some space" in error.value.remedy
    assert contents(library) == before
    library.database.rows("PRAGMA max_page_count = 1000000")
    assert library.check() == []
    put(library, "/b.txt", "Goes on.")


def test_compacting_keeps_its_copy_in_a_file_of_the_home(library: Library, tmp_path: Path) -> None:
    """In memory it would take as much as the whole library."""
    put(library, "/big.txt", *(f"Page {number}: {'words ' * 500}" for number in range(60)))
    library.database.rows("PRAGMA cache_size = 10")
    open_files: set[str] = set()

    def look() -> int:
        for file in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                open_files.add(str(file.readlink()))
        return 0

    library.database.connection.set_progress_handler(look, 1000)
    library.database.vacuum(tmp_path)
    library.database.connection.set_progress_handler(None, 0)

    assert [file for file in open_files if Path(file).parent == tmp_path]
    assert library.database.value("PRAGMA temp_store") == 2


def test_a_disk_that_takes_no_more_bytes_is_said(locations: Locations) -> None:
    """The kernel refuses every write past the limit, as a full disk or a quota does."""
    script = f"""
import resource, signal
from pathlib import Path
from config.errors import LibraryError
from config.locations import Locations
from ingest.library.library import Library
from tests.ingest.library.shelf import contents, put
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
library = Library.open(Locations(Path({str(locations.home)!r})))
put(library, "/a.txt", "A page.")
before = contents(library)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
try:
    put(library, "/big.txt", *("words " * 300 + str(number) for number in range(500)))
except LibraryError as error:
    print(error.message)
assert contents(library) == before
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert library.check() == []
"""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert finished.returncode == 0, finished.stderr
    assert "disk" in finished.stdout


def test_a_transaction_in_a_transaction_is_part_of_it(library: Library) -> None:
    class StoppedError(Exception):
        pass

    def write_both() -> None:
        with library.database.transaction():
            put(library, "/a.txt", "First.")
            put(library, "/b.txt", "Second.")
            raise StoppedError

    with pytest.raises(StoppedError):
        write_both()

    assert library.documents() == []


def test_threads_read_while_another_writes(library: Library) -> None:
    put(library, "/a.txt", "A whale.")
    errors: list[BaseException] = []
    writing = threading.Event()

    def search() -> None:
        try:
            for _ in range(50):
                assert library.search_text("whale", 10)
            with library.database.transaction():  # waits for the writer instead of failing
                pass
        except BaseException as error:  # noqa: BLE001  shown in the thread of the test
            errors.append(error)

    readers = [threading.Thread(target=search) for _ in range(4)]
    with library.database.transaction():
        put(library, "/b.txt", "Another whale.")
        for reader in readers:
            reader.start()
        writing.wait(0.2)
    for reader in readers:
        reader.join()

    assert errors == []
    assert len(library.search_text("whale", 10)) == 2


def test_connections_of_ended_threads_are_closed(locations: Locations) -> None:
    database = Database(locations.library_file)
    opened: list[sqlite3.Connection] = []

    def read() -> None:
        database.value("SELECT 1")
        opened.append(database.connection)

    for _ in range(3):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")
    database.close()
    with pytest.raises(LibraryError, match="was closed"):
        database.value("SELECT 1")


def test_two_processes_may_open_a_new_library_at_once(locations: Locations) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom config.locations import Locations\n"
        "from ingest.library.library import Library\nsys.stdin.read()\n"
        "Library.open(Locations(Path(sys.argv[1]))).close()"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(locations.home)], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for process in starts:
        assert process.stdin
        process.stdin.close()
    errors = [process.stderr.read().decode() for process in starts if process.stderr]

    assert [process.wait() for process in starts] == [0, 0, 0, 0], errors
    for process in starts:
        assert process.stderr
        process.stderr.close()
