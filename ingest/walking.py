"""What lies below a folder: its files, without what is hidden, what programs leave behind, and links."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

JUNK_FOLDERS = frozenset({"node_modules", "__pycache__", "__MACOSX", "$RECYCLE.BIN", "System Volume Information"})
JUNK_FILES = frozenset({"Thumbs.db", "desktop.ini", "Icon\r"})
LOCK_FILE_PREFIX = "~$"
"""What Office leaves beside a document that is open."""

_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def walk(root: Path, unreadable: list[tuple[Path, str]], leave_out: Path | None) -> Iterator[Path]:
    """The regular files at or below `root`; a folder that cannot be listed goes to `unreadable`."""
    if not os.path.isdir(root):  # noqa: PTH112  is_dir() raises for a folder that is closed
        yield root
        return

    def note(error: OSError) -> None:
        unreadable.append((printable(Path(error.filename)), f"The folder cannot be opened: {error.strerror}."))

    for folder, subfolders, names in os.walk(root, onerror=note):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if not _is_hidden(name) and name not in JUNK_FOLDERS and Path(folder, name) != leave_out
        )
        for name in names:
            path = Path(folder, name)
            if not _is_junk(name) and _is_regular(path, unreadable):
                yield path


def _is_regular(path: Path, unreadable: list[tuple[Path, str]]) -> bool:
    """Whether it is a file and no link; one that cannot be looked at, in a closed folder, goes to `unreadable`."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False
    except OSError as error:
        unreadable.append((printable(path), cannot_be_opened(error)))
        return False


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
