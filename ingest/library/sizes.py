"""How much of the disk is taken, while other processes may be making and removing the files that are counted."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below `folder`; none when there is no such folder."""
    for place, _, names in os.walk(folder):
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
