"""Walk folders, hash what is there, compare it with the library: new, changed, unchanged, moved, duplicate, gone."""

import hashlib
import os
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import StrongroomError
from ingest.events import Compared
from ingest.own_files import NO_OWN_FILES, OwnFiles
from ingest.types import READER_VERSION, UNRECOGNISED, FileStatus, FoundFile
from ingest.walking import cannot_be_opened, expanded, is_there, printable, walk

if TYPE_CHECKING:  # numpy comes with it
    from ingest.library.types import KnownFile

_HASH_BLOCK = 1 << 20

SECONDS_BETWEEN_EVENTS = 0.25
"""How often is said how far the comparing is: of unchanged files there are thousands a second."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do, each in the order of the paths.

    `changed` are those with other content, and those that an older READER_VERSION has read or that can be read better
    now.
    `failed` did not get in before and have not changed since: their ledger rows still hold. `moved` are (old path,
    file). `duplicates` are (file, the path with the same content): that one is in the library already, or among the
    files to read, which may yet fail. `gone` are paths that the library knows below what was walked and that are no
    more (one below a folder that cannot be looked into just now still counts as there); `emptied` are (folder, number
    of its documents) where nothing at all was found and several were: those are not among the gone, since a disk that
    is not connected looks like that. `unreadable` are (path, reason).
    """

    new: tuple[FoundFile, ...] = ()
    changed: tuple[FoundFile, ...] = ()
    unchanged: tuple[FoundFile, ...] = ()
    failed: tuple[FoundFile, ...] = ()
    moved: tuple[tuple[Path, FoundFile], ...] = ()
    duplicates: tuple[tuple[FoundFile, Path], ...] = ()
    gone: tuple[Path, ...] = ()
    emptied: tuple[tuple[Path, int], ...] = ()
    unreadable: tuple[tuple[Path, str], ...] = ()

    @property
    def to_read(self) -> tuple[FoundFile, ...]:
        return (*self.new, *self.changed)


def discover(
    paths: Sequence[Path],
    known: "Mapping[str, KnownFile]",
    *,
    retry: Collection[FileStatus] = frozenset(),
    read_again: Collection[str] = frozenset(),
    keep: Collection[str] = frozenset(),
    own: OwnFiles = NO_OWN_FILES,
    most_bytes: float = inf,
) -> Generator[Compared, None, Plan]:
    """Compare the files under `paths` with what the library knows; files that failed with a status in `retry`, and
    those at the paths `read_again`, are read again. With NEEDS_OCR in `retry`, documents are too that were read without
    recognition. Those at the paths `keep` are not, whatever version read them, while they are the same.

    Hidden files, what programs leave behind, symbolic links and the home are passed over; of `own` files, one that is
    named, or has a second name, is among the unreadable. Every other file is read for its hash, but for those of more
    than `most_bytes` of which the library has none of that size.
    Yields now and then how far it is. Raises StrongroomError when one of `paths` does not exist.
    """
    # Not resolve(): a link that the user names keeps its name.
    roots = [Path(os.path.abspath(expanded(path))) for path in paths]  # noqa: PTH100  absolute() keeps `..`
    _refuse_missing(roots)
    unreadable: list[tuple[Path, str]] = []
    found = {root: list(walk(root, unreadable, own)) for root in roots}
    candidates = sorted({path for paths in found.values() for path in paths})
    files: list[FoundFile] = []
    is_worth_it = _those_that_may_be_in(known, most_bytes)
    told = time.monotonic()
    for number, path in enumerate(candidates, start=1):
        files.extend(_found_at(path, is_worth_it, unreadable))
        if (now := time.monotonic()) - told > SECONDS_BETWEEN_EVENTS:
            told = now
            yield Compared(number, len(candidates))
    plan = _compare(files, known, retry, read_again, keep)
    left = {str(old) for old, _ in plan.moved}
    gone = [path for path in map(Path, known) if str(path) not in left and _is_gone(path, roots)]
    closed = {path for path, _ in unreadable}
    gone = sorted(path for path in gone if closed.isdisjoint((path, *path.parents)))
    emptied = tuple(_emptied([root for root, paths in found.items() if not paths], gone, known))
    gone = [path for path in gone if not any(path.is_relative_to(root) for root, _ in emptied)]
    return replace(plan, gone=tuple(gone), emptied=emptied, unreadable=tuple(sorted(unreadable)))


def _emptied(
    empty: Sequence[Path], gone: Sequence[Path], known: "Mapping[str, KnownFile]"
) -> Iterator[tuple[Path, int]]:
    """The empty folders with the number of the documents that were in them, where there were several."""
    for root in empty:
        documents = [path for path in gone if path.is_relative_to(root) and known[str(path)].status.is_held]
        if len(documents) > 1:
            yield root, len(documents)


def _refuse_missing(roots: Sequence[Path]) -> None:
    for root in roots:
        if not is_there(root):
            raise StrongroomError(f"There is no file or folder {root}.", "Check the path and its spelling.")


def _those_that_may_be_in(known: "Mapping[str, KnownFile]", most_bytes: float) -> Callable[[int], bool]:
    """Whether a file of so many bytes may get in, or be in: the limit may have been higher."""
    sizes = {before.size for before in known.values() if before.status.is_success}
    return lambda size: size <= most_bytes or size in sizes


def _found_at(
    path: Path, is_worth_it: Callable[[int], bool], unreadable: list[tuple[Path, str]]
) -> Iterator[FoundFile]:
    try:
        yield hash_file(path, is_worth_it)
    except OSError as error:
        unreadable.append((path, cannot_be_opened(error)))
    except UnicodeEncodeError:
        unreadable.append((printable(path), "The name of the file is not valid Unicode. Rename it."))


def hash_file(path: Path, is_worth_it: Callable[[int], bool] = lambda _: True) -> FoundFile:
    """A file with its SHA-256, if it is worth it by its size.

    Raises OSError, or UnicodeEncodeError when the name holds bytes that are no text: no store could keep it.
    """
    str(path).encode()
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if not is_worth_it(status.st_size):
            return FoundFile(path, "", status.st_size, status.st_mtime)
        digest = hashlib.sha256()
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
        status = os.fstat(file.fileno())
    return FoundFile(path, digest.hexdigest(), status.st_size, status.st_mtime)


def _compare(
    files: Sequence[FoundFile],
    known: "Mapping[str, KnownFile]",
    retry: Collection[FileStatus],
    read_again: Collection[str],
    keep: Collection[str],
) -> Plan:
    holders, vanished = _where_contents_are(files, known)
    new: list[FoundFile] = []
    changed: list[FoundFile] = []
    unchanged: list[FoundFile] = []
    failed: list[FoundFile] = []
    moved: list[tuple[Path, FoundFile]] = []
    duplicates: list[tuple[FoundFile, Path]] = []
    for file in files:
        before = known.get(str(file.path))
        was_in = before is not None and before.status.is_held
        is_same = before is not None and _is_same(before, file)
        if is_same and was_in and before is not None:
            is_read = str(file.path) in keep or (_is_read(before, retry) and str(file.path) not in read_again)
            (unchanged if is_read else changed).append(file)
        elif is_same and before is not None and not before.status.is_success and _is_settled(before, retry):
            failed.append(file)
        elif file.sha256 in holders:
            duplicates.append((file, holders[file.sha256]))
        elif not was_in and file.sha256 in vanished:
            moved.append((vanished.pop(file.sha256), file))
            holders[file.sha256] = file.path
        elif was_in and before is not None and not retry and _has_failed_as_it_is(before, file):
            failed.append(file)
        else:
            (changed if was_in else new).append(file)
            if file.sha256:
                holders[file.sha256] = file.path
    return Plan(
        new=tuple(new),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        failed=tuple(failed),
        moved=tuple(moved),
        duplicates=tuple(duplicates),
    )


def _is_same(before: "KnownFile", file: FoundFile) -> bool:
    return before.sha256 == file.sha256 and (
        file.sha256 != "" or (before.size, before.modified) == (file.size, file.modified)
    )


def _is_read(before: "KnownFile", retry: Collection[FileStatus]) -> bool:
    """Whether reading a document of the library again would give the same."""
    if before.reader == UNRECOGNISED:
        return FileStatus.NEEDS_OCR not in retry
    return before.reader == READER_VERSION


def _is_settled(before: "KnownFile", retry: Collection[FileStatus]) -> bool:
    """Whether a file that did not get in would not this time either: this version has looked at it already."""
    return before.reader == READER_VERSION and before.status not in retry


def _has_failed_as_it_is(before: "KnownFile", file: FoundFile) -> bool:
    """Whether the library holds another content and yet knows this state of the file: reading that went wrong."""
    return before.sha256 != file.sha256 and (before.size, before.modified) == (file.size, file.modified)


def _where_contents_are(
    files: Sequence[FoundFile], known: "Mapping[str, KnownFile]"
) -> tuple[dict[str, Path], dict[str, Path]]:
    """Contents of `files` that the library has, by hash: where each still is, and where those were whose file is no
    more."""
    now = {str(file.path): file.sha256 for file in files}
    wanted = set(now.values())
    holders: dict[str, Path] = {}
    vanished: dict[str, Path] = {}
    for path, before in sorted(known.items()):
        if not before.status.is_held or before.sha256 not in wanted:
            continue  # a look at the others would wait for every disk that there are documents of
        if path in now:
            if now[path] == before.sha256:
                holders.setdefault(before.sha256, Path(path))
        elif is_there(Path(path)):
            holders.setdefault(before.sha256, Path(path))
        else:
            vanished.setdefault(before.sha256, Path(path))
    return holders, vanished


def _is_gone(path: Path, roots: Sequence[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots) and not is_there(path)
