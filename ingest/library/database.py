"""The library file: SQLite in write-ahead mode, one connection per thread, errors with a way out."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.errors import LibraryError
from ingest.library.schema import migrate
from ingest.own_files import inode_of
from ingest.unspaced import spaced

BUSY_SECONDS = 30.0
"""How long a writer waits for another process's transaction before it gives up."""

# temp_store keeps sorting from writing document text to files outside the home.
PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32000",
)

Row = tuple[Any, ...]


class Database:
    """`library.sqlite`. Any thread may use it: each gets a connection of its own.

    Raises LibraryError, with a remedy, for what the disk or the file itself does wrong.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opening = threading.Lock()
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}
        self._closed = False
        try:
            with explained(path):
                _create_private(path)
                self._file = inode_of(path)
                _use_write_ahead_log(self.connection)
                migrate(self)
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """The calling thread's own connection, in autocommit mode."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._closed:
            connection = self._local.connection = self._open_connection()
        return connection

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[Row]:
        """All rows of one query; nothing stays open behind it."""
        with explained(self.path):
            return self.connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: tuple[object, ...] = ()) -> Any:
        """First column of the first row, None when there is no row."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing. Inside another transaction of this thread it becomes a part of that one.

        Raises LibraryError when the file is no longer where it was: SQLite would write into what nobody can open again.
        """
        with self._scope("BEGIN IMMEDIATE") as connection:
            yield connection
            if inode_of(self.path) != self._file:
                raise LibraryError(
                    f"The library {self.path} was moved or removed while it was in use.",
                    "Bring its folder back, or name another home, and try again.",
                )

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Several reads that see one state of the library, whatever others write meanwhile."""
        with self._scope("BEGIN") as connection:
            yield connection

    def vacuum(self, temporary: Path) -> None:
        """Write the file anew without what was deleted. The copy that SQLite makes is a file in the folder `temporary`,
        if there is that folder: in memory it would take as much as the library."""
        in_file = temporary.is_dir() and self._keeps_temporary_files(str(temporary))
        if in_file:
            self.rows("PRAGMA temp_store = FILE")
        try:
            self.rows("VACUUM")
        finally:
            if in_file:
                self.rows("PRAGMA temp_store = MEMORY")

    def _keeps_temporary_files(self, folder: str) -> bool:
        """Have SQLite keep them there. It reads SQLITE_TMPDIR when Python's module is imported, which may be too early,
        and can be built without this way to name the folder."""
        if self.value("PRAGMA temp_store_directory") != folder:
            quoted = folder.replace("'", "''")
            self.rows(f"PRAGMA temp_store_directory = '{quoted}'")
        return bool(self.value("PRAGMA temp_store_directory") == folder)

    def close(self) -> None:
        """Close the connections of all threads. Using the library afterwards raises LibraryError."""
        with self._opening:
            self._closed = True
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    @contextmanager
    def _scope(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        with explained(self.path):
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # SQLite itself has already rolled back after some errors, such as a full disk.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _open_connection(self) -> sqlite3.Connection:
        with self._opening, explained(self.path):
            if self._closed:
                raise LibraryError("The library was closed.", "Open it again.")
            self._close_those_of_ended_threads()
            connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
            )
            self._connections[threading.current_thread()] = connection
            connection.create_function("spaced", 1, spaced, deterministic=True)
            for pragma in PRAGMAS:
                connection.execute(pragma)
            return connection

    def _close_those_of_ended_threads(self) -> None:
        for thread in [thread for thread in self._connections if not thread.is_alive()]:
            self._connections.pop(thread).close()


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the disk or the file into a LibraryError; our own bugs pass as they are."""
    try:
        yield
    except sqlite3.Error as error:
        primary_code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if primary_code not in _EXPLANATIONS:
            raise
        sentence, remedy = _EXPLANATIONS[primary_code]
        raise LibraryError(sentence.format(path=path), remedy) from error
    except OSError as error:
        raise LibraryError(
            f"The library {path} cannot be opened: {error.strerror or error}.",
            "Name a home you may write to with --home or STRONGROOM_HOME.",
        ) from error


_WRITABLE_HOME = "Make the home writable, or name another one with --home or STRONGROOM_HOME."
_DAMAGED = (
    "The library {path} is damaged.",
    "Put back a copy of the file if you have one; else move it away and ingest the documents again.",
)
_EXPLANATIONS = {
    sqlite3.SQLITE_FULL: (
        "The disk is full: this could not be written to the library {path}.",
        "Free some space and try again: what is already in is kept.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk would not take or give the data of the library {path}.",
        "Check that the disk has space and is sound, then try again: what is already in is kept.",
    ),
    sqlite3.SQLITE_READONLY: ("The library {path} cannot be written.", _WRITABLE_HOME),
    sqlite3.SQLITE_CANTOPEN: ("The library {path} cannot be opened.", _WRITABLE_HOME),
    sqlite3.SQLITE_PERM: ("The library {path} cannot be written.", _WRITABLE_HOME),
    sqlite3.SQLITE_BUSY: (
        f"Another process has kept the library {{path}} busy for {BUSY_SECONDS:.0f} seconds.",
        "Wait for it to end, then try again.",
    ),
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
}


def _create_private(path: Path) -> None:
    """SQLite gives the files beside it the same mode as the library itself. One that is there already is not opened:
    closing it would give up the locks of this process's other connections to it."""
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """The mode stays with the file. The busy timeout does not cover this switch: two first starts take turns here."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
