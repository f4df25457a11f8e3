"""Rows of cells → blocks: the tables of a sheet, each with its header and what stands above it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from ingest.loaders.writer import PageWriter, join_headers

MAX_HEADER_ROWS = 3
_FIGURE = re.compile(
    r"[-+(]?[$€£¥]?\s?-?\d[\d,.'\s\u00a0]*(?:e[-+]?\d+)?(?:\s?(?:%|[$€£¥]|[A-Z]{3})|\s[A-Z]{1,2}|[KMX])?\)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T]\d\d?:\d\d(?::\d\d)?)?")
_YEAR = re.compile(r"(?:FY\s?)?(?:19|20)\d\d[AEP]?", re.IGNORECASE)

Row = Sequence[str]


def write_sheet(writer: PageWriter, rows: Iterable[Row]) -> None:
    """Write the rows of a sheet. An empty row ends a table; what stands alone in its row is a line of text.

    A table after an empty row that has no header of its own and the same width keeps the one above.
    """
    header = ""
    width = 0
    for block in _blocks(rows):
        captions = list(takewhile(_stands_alone, block))
        body = block[len(captions) :]
        if not body:
            for row in captions:
                writer.paragraph(" ".join(cell for cell in row if cell.strip()))
            continue
        for row in captions:
            writer.paragraph(" ".join(cell for cell in row if cell.strip()))
        count = _header_rows(body)
        if not count and len(body) == 1 and _is_header(body[0]):
            count = 1  # a header with an empty row below it
        if count or _width(body) != width:
            header = join_headers(_spread(body[:count]))
        width = _width(body)
        for row in body:
            writer.row(row, header)


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Runs of rows that are not empty, without the columns that are empty in all of them at their left."""
    block: list[Row] = []
    for row in rows:
        if any(cell.strip() for cell in row):
            block.append(row)
        elif block:
            yield _without_margin(block)
            block = []
    if block:
        yield _without_margin(block)


def _without_margin(block: Sequence[Row]) -> list[Row]:
    margin = min(next(index for index, cell in enumerate(row) if cell.strip()) for row in block)
    return [row[margin:] for row in block]


def _stands_alone(row: Row) -> bool:
    return sum(bool(cell.strip()) for cell in row) == 1


def _width(rows: Sequence[Row]) -> int:
    return max((index + 1 for row in rows for index, cell in enumerate(row) if cell.strip()), default=0)


def _header_rows(rows: Sequence[Row]) -> int:
    """How many of the first rows name columns: they hold words and years, what is below holds figures; or the first
    alone, when all is words."""
    count = 0
    for row in rows[:MAX_HEADER_ROWS]:
        if not _is_header(row):
            break
        count += 1
    if count > 1 and count < len(rows) and not _holds_figures(rows[count]):
        return 1
    if count == len(rows):
        return 1 if len(rows) > 1 else 0
    return count


def _is_header(row: Row) -> bool:
    return not _holds_figures(row)


def _holds_figures(row: Row) -> bool:
    return any(_is_figure(cell.strip()) for cell in row)


def _is_figure(cell: str) -> bool:
    return bool(cell) and not _YEAR.fullmatch(cell) and bool(_FIGURE.fullmatch(cell) or _DATE.fullmatch(cell))


def _spread(rows: Sequence[Row]) -> list[list[str]]:
    """Header rows above the last with each name over the empty cells at its right too: `2023 | | 2024 |`."""
    spread: list[list[str]] = []
    for row in rows[:-1]:
        above = ""
        spread.append([above := cell.strip() or above for cell in row])
    return spread + [list(row) for row in rows[-1:]]
