"""Files below a folder and what they take of the disk, while other processes may be making and removing some."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path


def files_below(folder: Path, *, but: Path | None = None) -> Iterator[Path]:
    """Every file below `folder`, but for those below the folder `but`; none when there is no such folder."""
    for place, subfolders, names in os.walk(folder):
        subfolders[:] = [name for name in subfolders if Path(place) / name != but]
        yield from (Path(place) / name for name in names)


def size_of(files: Iterable[Path]) -> int:
    """Bytes of those of `files` that are there by now."""
    total = 0
    for path in files:
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
