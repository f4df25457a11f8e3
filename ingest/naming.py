"""Which documents are meant by what somebody types: a path, a file name, or a pattern over either."""

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import PurePath


def paths_named(paths: Iterable[str], pattern: str) -> frozenset[str]:
    """Those of `paths` that `pattern` names.

    What is called so is meant first: `report [1].pdf` is that file, not the glob for `report 1.pdf`. Then what is
    called so but for upper and lower case, then what it matches as a glob, upper and lower case alike.
    """
    either = [(path, PurePath(path).name) for path in paths]
    folded = pattern.casefold()
    ways: tuple[Callable[[str], bool], ...] = (
        lambda name: name == pattern,
        lambda name: name.casefold() == folded,
        lambda name: fnmatchcase(name.casefold(), folded),
    )
    found = (frozenset(path for path, name in either if fits(path) or fits(name)) for fits in ways)
    return next((named for named in found if named), frozenset())
