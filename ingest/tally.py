"""What an ingest has done so far, counted for its summary."""

import resource
import sys
import time
from dataclasses import dataclass, field

from ingest.events import FileDone, Finished
from ingest.types import FileStatus

FAULTS = frozenset({FileStatus.DAMAGED, FileStatus.TIMEOUT, FileStatus.FAILED})
"""Outcomes that the summary counts as failed; the others that keep a file out are counted as skipped."""


@dataclass(slots=True)
class Tally:
    """Counts for the summary. Each file is added, updated, unchanged (which takes in moved files and duplicates),
    skipped or failed; `pages` and `chunks` are those of the documents added and updated in this run."""

    started: float = field(default_factory=time.monotonic)
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    removed: int = 0
    skipped: int = 0
    failed: int = 0
    pages: int = 0
    chunks: int = 0

    def count(self, done: FileDone) -> FileDone:
        match done.status:
            case FileStatus.ADDED:
                self.added += 1
            case FileStatus.UPDATED:
                self.updated += 1
            case FileStatus.REMOVED:
                self.removed += 1
            case FileStatus.UNCHANGED | FileStatus.MOVED | FileStatus.DUPLICATE:
                self.unchanged += 1
                self.duplicates += done.status is FileStatus.DUPLICATE
            case status if status in FAULTS:
                self.failed += 1
            case _:
                self.skipped += 1
        if done.status.is_held:
            self.pages += done.pages
            self.chunks += done.chunks
        return done

    def finished(self, files: int, pending: int) -> Finished:
        seconds = time.monotonic() - self.started
        return Finished(
            files=files,
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            removed=self.removed,
            skipped=self.skipped,
            failed=self.failed,
            pages=self.pages,
            chunks=self.chunks,
            seconds=round(seconds, 3),
            pages_per_second=round(self.pages / seconds, 1),
            peak_rss_mb=round(_peak_memory_mb(), 1),
            vectors_pending=pending,
            duplicates=self.duplicates,
        )


def _peak_memory_mb() -> float:
    """The most that this process, or one of its readers, has held in memory."""
    bytes_per_unit = 1 if sys.platform == "darwin" else 1024
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return peak * bytes_per_unit / 1_000_000
