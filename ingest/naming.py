"""Which documents are meant by what somebody types: a path, a file name, or a pattern over either."""

import unicodedata
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import PurePath


def paths_named(paths: Iterable[str], pattern: str) -> frozenset[str]:
    """Those of `paths` that `pattern` names.

    What is called so is meant first: `report [1].pdf` is that file, not the glob for `report 1.pdf`. Then what is
    called so as `comparable` names are, then what it matches as a glob in the same way.
    """
    either = [(path, PurePath(path).name) for path in paths]
    folded = comparable(pattern)
    ways: tuple[Callable[[str], bool], ...] = (
        lambda name: name == pattern,
        lambda name: comparable(name) == folded,
        lambda name: fnmatchcase(comparable(name), folded),
    )
    found = (frozenset(path for path, name in either if fits(path) or fits(name)) for fits in ways)
    return next((named for named in found if named), frozenset())


def comparable(name: str) -> str:
    """Upper and lower case alike, and accented letters whether they are one character, as keyboards write them, or two,
    as macOS does in names of files."""
    return unicodedata.normalize("NFC", name).casefold()
