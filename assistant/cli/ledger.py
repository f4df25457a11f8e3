"""The ledger as a CSV file: what got in, what did not, and why."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.types import DocumentRecord

COLUMNS = ("document", "path", "status", "reason", "pages", "chunks", "title", "ingested_at", "sha256")

_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def write_ledger(records: "Sequence[DocumentRecord]", empty_pages: Mapping[str, Sequence[int]], file: Path) -> None:
    """A line per file, as spreadsheets read it: UTF-8 with a mark, names and titles never taken for formulas.

    `empty_pages` are the numbers of pages without text, by path. Raises UsageError when the file cannot be written.
    """
    from config.errors import UsageError

    try:
        with file.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow([*COLUMNS, "pages_without_text"])
            for record in records:
                cells = [getattr(record, column) for column in COLUMNS]
                writer.writerow([_cell(cell) for cell in (*cells, named_pages(empty_pages.get(record.path, ())))])
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}.", "Name a file in a folder you may write to."
        ) from error


def named_pages(pages: Sequence[int]) -> str:
    """`[1, 2, 3, 7]` as `1-3, 7`."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _cell(value: object) -> object:
    """A spreadsheet would compute what begins like a formula."""
    if isinstance(value, str) and value.startswith(_STARTS_OF_FORMULAS):
        return f"'{value}"
    return value
