"""Tables in plain lines: rows that end in columns of figures, and the header lines above them.

A PDF holds no tables, only words at places; its text gives a row as one line. What marks it is its end: figures,
dashes and currency signs, one per column.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from statistics import median_low
from typing import NamedTuple

from ingest.loaders.lines import Line
from ingest.punctuation import DASHES

MIN_FULL_ROWS = 2
"""Rows with two columns of figures or more that make a table …"""

MIN_SINGLE_ROWS = 4
"""… or consecutive rows with one: lines of prose end in a figure too, four in a row do not."""

MAX_LINES_BETWEEN_ROWS = 2
"""A row's label may take lines of its own, and groups of rows have a line as their heading."""

MAX_LABELS = 4
"""Lines between the heads of the columns and the first row."""

HEAD_BESIDE = 2.0
"""The head of a column of short figures may end so many heights left of them."""

MAX_HEADER_LINES = 24
MAX_HEADER_CHARACTERS = 240
_SHORT, _LONG = 60, 120

_MINUS = "\N{MINUS SIGN}"
_APOSTROPHE = "'\N{RIGHT SINGLE QUOTATION MARK}"
_FIGURE = re.compile(rf"[(\[$€£¥+{_MINUS}{DASHES}]*\d[\d,.{_APOSTROPHE}]*(?<![,.])[)\]%x*†‡]*(?:\(\w\))?")
_NOTHING = re.compile(rf"[{DASHES}]+|n/?a|nm|n\.m\.|n\.a\.", re.IGNORECASE)
_SIGN = re.compile(r"[$€£¥%()*†‡]+|(?:USD|EUR|GBP|CHF|NOK)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_IN_WORDS = re.compile(r"\b(?:19|20)\d\d\b")
_PERIOD_OR_UNIT = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:ended|ending|as of|quarter|months?|years?|in (?:millions|thousands|billions)|per share)\b"
    r"|\((?:in |\$|€|£|USD|EUR|000)",
    re.IGNORECASE,
)


class Row(NamedTuple):
    """Lines `first` to `last` (exclusive), and the header that says what its figures are."""

    first: int
    last: int
    header: str


@dataclass(frozen=True, slots=True)
class Table:
    """Lines `first` to `last` (exclusive). The lines before the first row are its header, `header` their
    text. `columns` is how many figures most rows end in."""

    first: int
    last: int
    rows: tuple[Row, ...]
    header: str
    columns: int = 0

    def moved_by(self, lines: int) -> "Table":
        rows = tuple(Row(first + lines, last + lines, header) for first, last, header in self.rows)
        return replace(self, first=self.first + lines, last=self.last + lines, rows=rows)


def find_tables(
    lines: Sequence[Line],
    is_heading: Callable[[int], bool],
    ends_table: Callable[[int], bool],
    before: Table | None = None,
) -> Iterator[Table]:
    """Tables from top to bottom. Of a line by its index, `is_heading` says whether it looks like a section's heading,
    and `ends_table` whether no table goes on over it: `LIABILITIES` in bold capitals between two rows is no section.
    `before` is the table at the foot of the page before, whose rows may go on here under the same header."""
    texts = [line.text for line in lines]
    cells = [count_cells(text) for text in texts]
    end = 0
    for run in _runs(texts, cells, ends_table):
        if not _is_table(run, cells):
            continue
        columns = median_low(cells[index] for index in run)
        heads = _heads_of_columns(lines, run, cells)
        first_row = _label_start(texts, run[0], end, is_heading, ends_table, heads)
        start = _header_start(texts, first_row, end, is_heading, heads)
        header = _last_words(" ".join(texts[start:first_row]), MAX_HEADER_CHARACTERS)
        near = start - end <= MAX_LINES_BETWEEN_ROWS and not _PERIOD_OR_UNIT.search(header)
        if before and near and (end or before.columns == columns):
            header = before.header or header  # the next part of the same table, under a heading of its own
        rows = tuple(_rows(texts, run, first_row, header))
        end = rows[-1].last
        before = Table(start, end, rows, header, columns)
        yield before


def _heads_of_columns(lines: Sequence[Line], run: Sequence[int], cells: Sequence[int]) -> Callable[[int], bool]:
    """Whether a line, by its index, has something over the columns of figures of these rows."""
    rows = [(lines[index], cells[index]) for index in run if len(lines[index].cells) > 1]
    figures = median_low(line.cells[-min(count, len(line.cells) - 1)].left for line, count in rows) if rows else inf
    labels = min((line.left for line, _ in rows), default=inf)

    def is_over_them(index: int) -> bool:
        line = lines[index]
        return len(line.text) <= _LONG and any(
            cell.left > labels + line.height and cell.right > figures - HEAD_BESIDE * line.height
            for cell in line.parts()
        )

    return is_over_them


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


def _rows(lines: Sequence[str], run: Sequence[int], first_row: int, header: str) -> Iterator[Row]:
    """A row takes the lines above it that are no row: the first lines of its label, or its group's heading. Where a
    group's heading names the year and the heads of the columns do not, it is the header of all the group."""
    group = header
    start = first_row
    for index in run:
        if start < index and _YEAR_IN_WORDS.search(lines[start]) and not _YEAR_IN_WORDS.search(header):
            group = f"{header} {lines[start]}".strip()
        yield Row(start, index + 1, group)
        start = index + 1


def _label_start(
    lines: Sequence[str],
    row: int,
    end: int,
    is_heading: Callable[[int], bool],
    ends_table: Callable[[int], bool],
    heads: Callable[[int], bool],
) -> int:
    """Lines above the first row that name its group: those under the heads of the columns, else one that ends with a
    colon."""
    start = row
    while start > max(end, row - MAX_LABELS) and not ends_table(start - 1):
        above = start - 1
        if _parts(lines[above]) or len(lines[above]) > _SHORT:
            break
        if heads(above):
            return start
        start = above
    start = row
    while start > end and row - start < MAX_LINES_BETWEEN_ROWS and not ends_table(start - 1):
        above = start - 1
        under_heads = above > end and not is_heading(above - 1) and _PERIOD_OR_UNIT.search(lines[above - 1])
        if not (under_heads if is_heading(above) else lines[above].endswith(":")):
            break
        start = above
    return start


def _header_start(
    lines: Sequence[str], row: int, end: int, is_heading: Callable[[int], bool], heads: Callable[[int], bool]
) -> int:
    start = row
    while start > max(end, row - MAX_HEADER_LINES) and _may_head(lines[start - 1]):
        if is_heading(start - 1) and not heads(start - 1):
            break
        start -= 1
    return start


def _last_words(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[-characters:].split(" ", 1)[-1]


def _may_head(line: str) -> bool:
    if _parts(line):
        return False
    return len(line) <= _SHORT or (len(line) <= _LONG and bool(_PERIOD_OR_UNIT.search(line)))


def _parts(line: str) -> bool:
    """Whether the line is prose that ends: no table goes on over it."""
    return line.endswith((".", ";", "!", "?")) and len(line) > _SHORT // 2
