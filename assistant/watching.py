"""Folders that are followed: what is saved into them is taken in, whichever face of the program is open."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from assistant.shares import Shares
from config.errors import UsageError
from config.files import replace_file
from config.locations import Locations
from ingest.own_files import OwnFiles, inode_of
from ingest.walking import is_there

if TYPE_CHECKING:
    from watchfiles import Change

# A file that is being copied in changes again and again: wait until it is quiet for this long, but not for ever.
QUIET_MS = 800
LONGEST_MS = 10_000

# What the system will not watch is looked at this often: a folder with one below that may not be opened, or too many.
SECONDS_BETWEEN_LOOKS = 60.0

_log = logging.getLogger(__name__)


def changes(folders: Sequence[Path], *, ignore: Path, stop: Event | None = None) -> Iterator[None]:
    """Yield as soon as `folders` are watched, and then each time something under them has changed and come to rest.

    What changes in the folder `ignore` does not count, by whatever name it is reached; what changes while the caller is
    busy is not lost. Where the system cannot watch them, yields every SECONDS_BETWEEN_LOOKS. What other machines change
    on a shared drive is seen a while later (see `assistant.shares`). Blocks in between. Ends within QUIET_MS when
    `stop` is set; in the main thread with KeyboardInterrupt. Raises UsageError when one of the folders is not there, or
    no longer.
    """
    stop = stop or Event()
    while not stop.is_set():
        try:
            for _ in _changes_seen(folders, ignore, stop):
                _require_there(folders)
                yield
        except (OSError, RuntimeError) as error:  # RuntimeError: the watcher's own, such as for a name that is no text
            _require_there(folders)
            _log.warning("folders cannot be watched (%s), and are looked at now and then", type(error).__name__)
            yield
            stop.wait(SECONDS_BETWEEN_LOOKS)


def require_folders(paths: Sequence[Path]) -> None:
    """A single file cannot be watched: programs save by putting a new file in its place. Raises UsageError."""
    for path in paths:
        if not is_there(path):
            raise UsageError(f"There is no folder {path}.", "Check the path and its spelling.")
        if os.path.isfile(path):  # noqa: PTH113  is_file() raises for what is in a closed folder
            raise UsageError(f"Only folders can be watched, and {path} is a file.", "Name the folder it is in.")


def is_folder_there(folder: Path) -> bool:
    """Whether `folder` is a folder that is there, as far as can be told."""
    return is_there(folder) and not os.path.isfile(folder)  # noqa: PTH113  is_file() raises for a closed one


def remember_followed(locations: Locations, folders: Sequence[Path]) -> None:
    """Keep which folders are followed, if any. Raises HomeError when that cannot be written."""
    if folders:
        replace_file(locations.followed_file, json.dumps([str(folder) for folder in folders]).encode())
    else:
        locations.followed_file.unlink(missing_ok=True)


def followed_before(locations: Locations) -> tuple[Path, ...]:
    """The folders that were followed when the program last ended."""
    try:
        return tuple(Path(str(folder)) for folder in json.loads(locations.followed_file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return ()


def _changes_seen(folders: Sequence[Path], ignore: Path, stop: Event) -> Iterator[None]:
    """Yields once when the watch has begun. Raises OSError or RuntimeError when the system cannot watch."""
    from watchfiles import watch

    shares, begun = Shares(folders, ignore, stop), False
    # After each `step` without a change it gives an empty set: the first of anything says that the watch has begun.
    for seen in watch(
        *folders,
        watch_filter=_outside(ignore),
        step=QUIET_MS,
        debounce=LONGEST_MS,
        stop_event=stop,
        rust_timeout=1,
        yield_on_timeout=True,
    ):
        if seen or not begun or shares.have_changed():
            begun = True
            shares.note()  # before the caller reads them: what changes from now on is for the next time
            yield


def _outside(folder: Path) -> "Callable[[Change, str], bool]":
    """Whether a change counts. The watcher names paths by what it was given and goes through links: how they begin does
    not tell whether they lead into the folder."""
    from watchfiles import DefaultFilter

    is_worth_a_look = DefaultFilter()
    inside = OwnFiles(home=inode_of(folder))
    return lambda change, path: is_worth_a_look(change, path) and not inside.include(Path(path))


def _require_there(folders: Sequence[Path]) -> None:
    for folder in folders:
        if not is_folder_there(folder):
            raise UsageError(
                f"The folder {folder} is not there.", "Check its name, or follow it again when it is back."
            )
