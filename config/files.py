"""Write small files of our own, readable by the owner only, so that a crash leaves the old content or the new."""

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from config.errors import HomeError

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of the system that mean that there is no more room."""


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` (0600) in one step: a reader sees the old content or the new, never a part.

    Raises HomeError when the disk is full or read-only; the old file is then as it was.
    """
    try:
        _replace(path, content)
    except OSError as error:
        raise unwritable(path, error) from error


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp creates 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    sync(path.parent)  # the new name is to survive a power cut, too


def sync(path: Path) -> None:
    """See the content of a file, or the names in a directory, onto the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(path: Path, error: OSError) -> HomeError:
    """The error to raise when `path` under the home could not be written."""
    reason = error.strerror or type(error).__name__
    remedy = (
        "Make room on the disk and try again."
        if error.errno in DISK_FULL
        else "Make the folder writable, or name another home with --home or STRONGROOM_HOME."
    )
    return HomeError(f"{path} cannot be written: {reason}.", remedy)
