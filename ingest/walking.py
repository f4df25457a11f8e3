"""What lies below a folder: its files, without what is hidden, what programs leave behind, links, and the home."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ingest.own_files import IN_THE_HOME, OwnFiles

JUNK_FOLDERS = frozenset({"node_modules", "__pycache__", "__MACOSX", "$RECYCLE.BIN", "System Volume Information"})
JUNK_FILES = frozenset({"Thumbs.db", "desktop.ini", "Icon\r"})
LOCK_FILE_PREFIX = "~$"
"""What Office leaves beside a document that is open."""

_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def expanded(path: Path) -> Path:
    """`path` with the home of a user for `~` at its beginning; as it is where there is no such user, as for the
    `~$letter.docx` of Office."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def is_folder(path: Path) -> bool:
    """False, too, where that cannot be told: a closed folder above it, a share that has gone."""
    return os.path.isdir(path)  # noqa: PTH112  is_dir() raises there


def walk(root: Path, unreadable: list[tuple[Path, str]], own: OwnFiles) -> Iterator[Path]:
    """The regular files at or below `root`, without the home. To `unreadable` goes a folder that cannot be listed, a
    `root` that is in the home, and a second name of one of `own` files."""
    if own.include(root):
        unreadable.append((printable(root), IN_THE_HOME))
        return
    if not is_folder(root):
        yield root
        return

    def note(error: OSError) -> None:
        unreadable.append((printable(Path(error.filename)), f"The folder cannot be opened: {error.strerror}."))

    for folder, subfolders, names in os.walk(root, onerror=note):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if not _is_hidden(name) and name not in JUNK_FOLDERS and not own.is_home(Path(folder, name))
        )
        for name in names:
            path = Path(folder, name)
            if not _is_junk(name) and _is_for_reading(path, unreadable, own):
                yield path


def _is_for_reading(path: Path, unreadable: list[tuple[Path, str]], own: OwnFiles) -> bool:
    """Whether it is a file and no link. One that cannot be looked at, in a closed folder, and a second name of one of
    `own` go to `unreadable`."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        unreadable.append((printable(path), cannot_be_opened(error)))
        return False
    if (status.st_dev, status.st_ino) in own.files:
        unreadable.append((printable(path), IN_THE_HOME))
        return False
    return stat.S_ISREG(status.st_mode)


def cannot_be_opened(error: OSError) -> str:
    """The reason of a file that may not be opened."""
    return f"The file cannot be opened: {error.strerror}. Check that you may read it."


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _is_junk(name: str) -> bool:
    return _is_hidden(name) or name.startswith(LOCK_FILE_PREFIX) or name in JUNK_FILES


def printable(path: Path) -> Path:
    """A path that can be shown and kept, whatever bytes its name has."""
    return Path(os.fsencode(path).decode("utf-8", errors="replace"))


def is_there(path: Path) -> bool:
    """Whether there is something at `path`, as far as can be told: a closed folder, or a drive that does not answer,
    tells nothing, and what was below it must not be taken for deleted."""
    try:
        path.stat()
    except OSError as error:
        return error.errno not in _NOT_THERE
    except ValueError:  # a name that no file can have
        return False
    return True
