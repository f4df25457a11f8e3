"""Tables in plain lines: rows that end in columns of figures, and the header lines above them.

A PDF holds no tables, only words at places; its text gives a row as one line. What marks it is its end: figures,
dashes and currency signs, one per column.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.punctuation import DASHES

MIN_FULL_ROWS = 2
"""Rows with two columns of figures or more that make a table …"""

MIN_SINGLE_ROWS = 4
"""… or consecutive rows with one: lines of prose end in a figure too, four in a row do not."""

MAX_LINES_BETWEEN_ROWS = 2
"""A row's label may take lines of its own, and groups of rows have a line as their heading."""

MAX_HEADER_LINES = 24
MAX_HEADER_CHARACTERS = 240
_SHORT, _LONG = 60, 120

_MINUS = "\N{MINUS SIGN}"
_APOSTROPHE = "'\N{RIGHT SINGLE QUOTATION MARK}"
_FIGURE = re.compile(rf"[(\[$€£¥+{_MINUS}{DASHES}]*\d[\d,.{_APOSTROPHE}]*(?<![,.])[)\]%x*†‡]*(?:\(\w\))?")
_NOTHING = re.compile(rf"[{DASHES}]+|n/?a|nm|n\.m\.|n\.a\.", re.IGNORECASE)
_SIGN = re.compile(r"[$€£¥%()*†‡]+|(?:USD|EUR|GBP|CHF|NOK)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERIOD_OR_UNIT = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:ended|ending|as of|quarter|months?|years?|in (?:millions|thousands|billions)|per share)\b"
    r"|\((?:in |\$|€|£|USD|EUR|000)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Table:
    """Lines `first` to `last` (exclusive). `rows` are the spans of lines that make a row; the lines before the first
    row are its header, `header` their text."""

    first: int
    last: int
    rows: tuple[tuple[int, int], ...]
    header: str


def find_tables(
    lines: Sequence[str], is_heading: Callable[[int], bool], ends_table: Callable[[int], bool]
) -> Iterator[Table]:
    """Tables from top to bottom. Of a line by its index, `is_heading` says whether it looks like a section's heading,
    and `ends_table` whether no table goes on over it: `LIABILITIES` in bold capitals between two rows is no section."""
    cells = [count_cells(line) for line in lines]
    end = 0
    above = ""
    for run in _runs(lines, cells, ends_table):
        if not _is_table(run, cells):
            continue
        first_row = _label_start(lines, run[0], end, is_heading, ends_table)
        start = _header_start(lines, first_row, end, is_heading)
        header = " ".join(lines[start:first_row])[-MAX_HEADER_CHARACTERS:]
        if start - end <= MAX_LINES_BETWEEN_ROWS and not _PERIOD_OR_UNIT.search(header):
            header = above or header  # the next part of the same table, under a heading of its own
        rows = _rows(run, first_row)
        end = rows[-1][1]
        above = header
        yield Table(start, end, rows, header)


def count_cells(line: str) -> int:
    """Columns of figures at the line's end: `Goodwill $ 12,787 — 12,668` has three. A row of years has none: it is a
    header."""
    count = years = 0
    for word in reversed(line.split()):
        if _FIGURE.fullmatch(word) or _NOTHING.fullmatch(word):
            count += 1
            years += bool(_YEAR.fullmatch(word))
        elif not _SIGN.fullmatch(word):
            break
    return 0 if years == count else count


def _runs(lines: Sequence[str], cells: Sequence[int], ends_table: Callable[[int], bool]) -> Iterator[list[int]]:
    """Indexes of rows that belong together."""
    run: list[int] = []
    for index, count in enumerate(cells):
        if count == 0 or (count == 1 and len(lines[index]) > _LONG):
            continue
        between = range(run[-1] + 1, index) if run else range(0)
        if run and (len(between) > MAX_LINES_BETWEEN_ROWS or any(_parts(lines[i]) or ends_table(i) for i in between)):
            yield run
            run = []
        run.append(index)
    if run:
        yield run


def _is_table(run: Sequence[int], cells: Sequence[int]) -> bool:
    return sum(cells[index] >= 2 for index in run) >= MIN_FULL_ROWS or (
        len(run) >= MIN_SINGLE_ROWS and run[-1] - run[0] == len(run) - 1
    )


def _rows(run: Sequence[int], first_row: int) -> tuple[tuple[int, int], ...]:
    """A row takes the lines above it that are no row: the first lines of its label, or its group's heading."""
    starts = [first_row, *(index + 1 for index in run[:-1])]
    return tuple((start, index + 1) for start, index in zip(starts, run, strict=True))


def _label_start(
    lines: Sequence[str], row: int, end: int, is_heading: Callable[[int], bool], ends_table: Callable[[int], bool]
) -> int:
    """Lines right above the first row that name its group: one that ends with a colon, or one in the print of a
    heading that stands under the heads of the columns."""
    start = row
    while start > end and row - start < MAX_LINES_BETWEEN_ROWS and not ends_table(start - 1):
        above = start - 1
        under_heads = above > end and not is_heading(above - 1) and _PERIOD_OR_UNIT.search(lines[above - 1])
        if not (under_heads if is_heading(above) else lines[above].endswith(":")):
            break
        start = above
    return start


def _header_start(lines: Sequence[str], row: int, end: int, is_heading: Callable[[int], bool]) -> int:
    start = row
    while start > max(end, row - MAX_HEADER_LINES) and _may_head(lines[start - 1]) and not is_heading(start - 1):
        start -= 1
    return start


def _may_head(line: str) -> bool:
    if _parts(line):
        return False
    return len(line) <= _SHORT or (len(line) <= _LONG and bool(_PERIOD_OR_UNIT.search(line)))


def _parts(line: str) -> bool:
    """Whether the line is prose that ends: no table goes on over it."""
    return line.endswith((".", ";", "!", "?")) and len(line) > _SHORT // 2
