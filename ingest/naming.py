"""Which documents are meant by what somebody types: a path, a file name, or a pattern over either."""

import os
import unicodedata
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path, PurePath


def paths_named(paths: Iterable[str], pattern: str) -> frozenset[str]:
    """Those of `paths` that `pattern` names.

    What is called so is meant first: `report [1].pdf` is that file, not the glob for `report 1.pdf`. Then what is
    called so as `comparable` names are, then what it matches as a glob in the same way. A relative path with a `/` in
    it may also be meant from the current directory, as a shell completes it.
    """
    either = [(path, PurePath(path).name) for path in paths]
    here = _current_directory() if "/" in pattern else ""
    exact = {pattern, _below(here, pattern)}
    folded = {comparable(name) for name in exact}
    globs = {comparable(glob) for glob in (pattern, _below(escape(here), pattern))}
    ways: tuple[Callable[[str], bool], ...] = (
        lambda name: name in exact,
        lambda name: comparable(name) in folded,
        lambda name: any(fnmatchcase(comparable(name), glob) for glob in globs),
    )
    found = (frozenset(path for path, name in either if fits(path) or fits(name)) for fits in ways)
    return next((named for named in found if named), frozenset())


def _current_directory() -> str:
    """Empty when it is gone."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return ""


def _below(folder: str, pattern: str) -> str:
    """A relative `pattern` below `folder`, if there is one, without `.` and `..`; any other as it is."""
    return os.path.normpath(f"{folder}/{pattern}") if folder and not pattern.startswith("/") else pattern


def comparable(name: str) -> str:
    """Upper and lower case alike, and accented letters whether they are one character, as keyboards write them, or two,
    as macOS does in names of files."""
    return unicodedata.normalize("NFC", name).casefold()
