"""Outcomes of files that are not read: what is known of them already, or by another file with the same content."""

from collections.abc import Collection, Iterator, Mapping
from glob import escape
from pathlib import Path

from ingest.discovery import Plan
from ingest.events import FileDone
from ingest.library.library import Library
from ingest.library.types import KnownFile
from ingest.types import READER_VERSION, FileStatus, FoundFile
from ingest.walking import is_folder

FORGOTTEN_MEANWHILE = "Another process has taken it out of the ledger just now. Run the ingest again."

_BY_ITS_NAME = frozenset({FileStatus.UNSUPPORTED, FileStatus.DAMAGED})
"""Outcomes that the same content may not have under another name."""


def settle_what_needs_no_reading(
    plan: Plan, known: Mapping[str, KnownFile], library: Library, *, prune: bool
) -> Iterator[FileDone]:
    """Files that are as they were, have another path, are gone, or cannot be opened. Documents whose files are gone are
    taken out with `prune` only; what never got in and is gone leaves the ledger without a word: of a download, for
    example, that has its own name by now."""
    for file in plan.unchanged:
        yield FileDone(file.path, FileStatus.UNCHANGED)
    reasons = {record.path: record.reason for record in library.documents()} if plan.failed else {}
    for file in plan.failed:
        reason = reasons.get(str(file.path), FORGOTTEN_MEANWHILE)
        status = known[str(file.path)].status
        yield FileDone(file.path, FileStatus.FAILED if status.is_held else status, reason=reason)
    for old, file in plan.moved:
        library.move_document(old, file.path)
        yield FileDone(file.path, FileStatus.MOVED)
    for path in plan.gone if prune else ():
        library.remove_document(path)
        yield FileDone(path, FileStatus.REMOVED)
    library.drop_outcomes([path for path in plan.gone if not known[str(path)].status.is_success])
    for path, reason in plan.unreadable:
        if str(path) not in known and not is_folder(path):
            library.record_outcome(FoundFile(path), FileStatus.FAILED, reason)
        yield FileDone(path, FileStatus.FAILED, reason=reason)


def why_spared(root: Path, documents: int) -> str:
    """The reason why the documents of a folder that is empty all at once are not pruned."""
    return (
        f"The folder is empty, and the library has {documents:,} documents of it, which stay: a disk that is not"
        " connected looks like that. Connect it and run the ingest again; if you deleted the files, take their"
        f" documents out with `strongroom documents forget '{escape(str(root))}/*'`."
    )


def copies_to_read(plan: Plan, library: Library) -> list[FoundFile]:
    """Copies whose original could not be read as what its name says, while they have another suffix: `sales.csv` beside
    `sales.bak`. To be asked when all others were read."""
    if not plan.duplicates:
        return []
    originals = {record.path: record for record in library.documents()}
    return [
        file
        for file, original in plan.duplicates
        if file.path.suffix.lower() != original.suffix.lower()
        and (record := originals.get(str(original))) is not None
        and record.status in _BY_ITS_NAME
    ]


def settle_duplicates(
    plan: Plan, known: Mapping[str, KnownFile], library: Library, read: Collection[Path]
) -> Iterator[FileDone]:
    """Files with the same content as another share its outcome, which is known only now that it was read; but for those
    that were `read` themselves."""
    if not plan.duplicates:
        return
    originals = {record.path: record for record in library.documents()}
    for file, original in plan.duplicates:
        if file.path in read:
            continue
        record = originals.get(str(original))
        if record is not None and record.status.is_held and record.sha256 != file.sha256:
            status, reason = FileStatus.FAILED, f"{original}, which has the same content, could not be read."
        elif record is None or record.status.is_held or record.status is FileStatus.DUPLICATE:
            status, reason = FileStatus.DUPLICATE, f"Same content as {original}."
        else:
            status, reason = record.status, record.reason
        before = known.get(str(file.path))
        if before is None or (before.status, before.sha256, before.reader) != (status, file.sha256, READER_VERSION):
            reason = library.record_outcome(file, status, reason)
        yield FileDone(file.path, status, reason=reason)
