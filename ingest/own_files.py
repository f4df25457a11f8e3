"""The program's own files are no documents, and some must not even be opened to see what is in them.

Closing a file gives up every lock that this process has on it (POSIX, fcntl(2)). Were the library hashed as documents
are, another process that ends would think itself the last one, and take the write-ahead log away under our connections.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from config.locations import Locations
from ingest.library.sizes import files_below

IN_THE_HOME = (
    "What is in the home, where Strongroom keeps its own files, is not read. Keep your documents in another folder."
)

Inode = tuple[int, int]
"""Device and number: what a file is known by, whatever links and mounts call it."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """The home and the files in it, but for those of models: these may be second names of files of the user's."""

    home: Inode | None = None
    files: frozenset[Inode] = frozenset()

    @classmethod
    def of(cls, locations: Locations) -> "OwnFiles":
        """Those that are there now."""
        files = files_below(locations.home, but=locations.models_directory)
        return cls(inode_of(locations.home), frozenset(filter(None, map(inode_of, files))))

    def is_home(self, folder: Path) -> bool:
        """Whether `folder` is the home."""
        return self.home is not None and inode_of(folder) == self.home

    def include(self, path: Path) -> bool:
        """Whether `path`, or what it is a link to, is the home, something in it, or a second name of a file in it."""
        place = Path(os.path.realpath(path))
        return inode_of(place) in self.files or any(map(self.is_home, (place, *place.parents)))


NO_OWN_FILES = OwnFiles()


def inode_of(path: Path) -> Inode | None:
    """None when there is nothing at `path`, or it cannot be looked at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
