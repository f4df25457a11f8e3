"""Followed folders on drives of other machines: the system tells what this machine changes there, nothing of others."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile
from pathlib import Path
from threading import Event

from ingest.own_files import OwnFiles, inode_of
from ingest.walking import walk

MOUNTS = Path("/proc/self/mountinfo")

SECONDS_BETWEEN_LOOKS = 60.0
"""A look at a share with many files is work for the machine that has them, too."""

_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse", "lustre", "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "virtiofs"}
)


class Shares:
    """Those of `folders` that lie on a drive of another machine, or have one below them. What is in the folder `ignore`
    does not count. Once `stop` is set nothing has changed."""

    def __init__(self, folders: Sequence[Path], ignore: Path, stop: Event) -> None:
        self._folders = [folder for folder in folders if _is_shared(folder)]
        self._own = OwnFiles(home=inode_of(ignore))
        self._stop = stop
        self._noted = 0
        self._looked = 0.0

    def note(self) -> None:
        """Take what is there now for known."""
        self._noted, self._looked = self._state(), time.monotonic()

    def have_changed(self) -> bool:
        """Whether there is something else now than `note` has found. Looks every SECONDS_BETWEEN_LOOKS at most."""
        if not self._folders or time.monotonic() < self._looked + SECONDS_BETWEEN_LOOKS:
            return False
        self._looked = time.monotonic()
        return self._state() != self._noted and not self._stop.is_set()

    def _state(self) -> int:
        """A number for the names, sizes and times of all files that an ingest would read."""
        files = chain.from_iterable(walk(folder, [], self._own) for folder in self._folders)
        until_stopped = takewhile(lambda _: not self._stop.is_set(), files)
        return sum(hash((path, _size_and_time(path))) for path in until_stopped)


def _size_and_time(path: Path) -> tuple[int, int]:
    try:
        status = path.lstat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _is_shared(folder: Path) -> bool:
    """As far as the system says: only Linux does."""
    place = Path(os.path.realpath(folder))
    nearest, is_remote = Path("/"), False
    for point, kind in _mounts():
        if place.is_relative_to(point) and point.is_relative_to(nearest):
            nearest, is_remote = point, _is_remote(kind)  # of two at one point the later hides the earlier
        elif point.is_relative_to(place) and _is_remote(kind):
            return True
    return is_remote


def _is_remote(kind: str) -> bool:
    return kind in _REMOTE or kind.startswith("fuse.")


def _mounts() -> Iterator[tuple[Path, str]]:
    """Where file systems are mounted, and of which kind they are: see proc_pid_mountinfo(5)."""
    try:
        lines = MOUNTS.read_bytes().split(b"\n")
    except OSError:
        return
    for line in lines:
        place, _, source = os.fsdecode(line).partition(" - ")
        if len(fields := place.split(" ")) > 4:
            point = re.sub(r"\\([0-7]{3})", lambda escaped: chr(int(escaped[1], 8)), fields[4])
            yield Path(point), source.split(" ")[0]
