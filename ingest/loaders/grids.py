"""Tables of words: rows of cells that stand in columns, each cell of one or more lines.

In reading order (see columns.py) a row is a line with gaps, or its cells one after the other. What makes a table is
that the cells of several rows begin or end in the same columns.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.loaders.lines import NEXT_LINE, Cell, Line
from ingest.loaders.tables import MAX_HEADER_CHARACTERS, Row, Table

MIN_ROWS = 3
MAX_LINES_OF_ROW = 30
MAX_LINES_OF_CELL = 12
MAX_HEAD = 40
"""Characters of a cell that heads a column."""

HIGHER = 3.0
"""A cell of many lines begins at most so many heights above the one before, which stands at its middle."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Lines `first` to `last` (exclusive), in these columns."""

    first: int
    last: int
    columns: tuple[Cell, ...]


def find_grids(lines: Sequence[Line], is_heading: Callable[[int], bool]) -> Iterator[Table]:
    """Tables from top to bottom; rows as spans of lines, with the first row as header if it looks like one."""
    if sum(bool(line.cells) for line in lines) + sum(_is_up_again(*pair) for pair in pairwise(lines)) < MIN_ROWS:
        return
    for rows in _runs(list(_rows(lines, is_heading))):
        header = ""
        body = rows
        if _is_header(lines, rows):
            header, body = _text(lines, rows[0])[:MAX_HEADER_CHARACTERS], rows[1:]
        yield Table(rows[0].first, rows[-1].last, tuple(Row(row.first, row.last, header) for row in body), header)


def _is_up_again(above: Line, line: Line) -> bool:
    return line.left > above.right and line.top > above.bottom


def _rows(lines: Sequence[Line], is_heading: Callable[[int], bool]) -> Iterator[_Found]:
    index = 0
    while index < len(lines):
        row = None if is_heading(index) else _row_at(lines, index, is_heading)
        if row:
            yield row
        index = row.last if row else index + 1


def _row_at(lines: Sequence[Line], first: int, is_heading: Callable[[int], bool]) -> _Found | None:
    """The row that begins with line `first`, None if there is nothing beside its first cell."""
    columns = list(lines[first].parts())
    top, bottom = lines[first].top, lines[first].bottom
    in_cell = 1
    last = first + 1
    while last < min(len(lines), first + MAX_LINES_OF_ROW) and not is_heading(last):
        line, above = lines[last], lines[last - 1]
        if line.left > max(cell.right for cell in columns) and bottom < line.top < top + HIGHER * line.height:
            columns.extend(line.parts())
            in_cell = 1
        elif _is_next_line_of_cell(columns[-1], above, line) and in_cell < MAX_LINES_OF_CELL:
            columns[-1] = columns[-1]._replace(right=max(columns[-1].right, line.right))
            in_cell += 1
        else:
            break
        top, bottom = max(top, line.top), min(bottom, line.bottom)
        last += 1
    return _Found(first, last, tuple(columns)) if len(columns) > 1 else None


def _is_next_line_of_cell(cell: Cell, above: Line, line: Line) -> bool:
    if line.cells or not 0 < above.top - line.top < NEXT_LINE * line.height:
        return False
    return _stand_in_one_column(cell, line.parts()[0], line.height)


def _stand_in_one_column(cell: Cell, other: Cell, height: float) -> bool:
    """Whether two cells begin, end or have their middle at the same place."""
    left, right = cell.left - other.left, cell.right - other.right
    return abs(left) < height / 2 or abs(right) < height / 2 or abs(left + right) < height / 2


def _runs(rows: Sequence[_Found]) -> Iterator[Sequence[_Found]]:
    """Rows that follow each other in the same columns."""
    start = 0
    for index in range(1, len(rows) + 1):
        if index < len(rows) and _belong_together(rows[index - 1], rows[index]):
            continue
        if index - start >= MIN_ROWS:
            yield rows[start:index]
        start = index


def _belong_together(above: _Found, row: _Found) -> bool:
    if row.first != above.last:
        return False
    shared = sum(any(_stand_in_one_column(cell, other, 10) for other in above.columns) for cell in row.columns)
    return shared >= 2 and shared >= min(len(row.columns), len(above.columns)) - 1


def _is_header(lines: Sequence[Line], rows: Sequence[_Found]) -> bool:
    """Whether the first row names the columns: short words, in bold, or over rows with longer cells."""
    head, second = lines[rows[0].first : rows[0].last], lines[rows[1].first : rows[1].last]
    text = _text(lines, rows[0])
    if len(text) > MAX_HEAD * len(rows[0].columns) or text.endswith(".") or any(map(str.isdigit, text)):
        return False
    if all(line.bold for line in head):
        return not all(line.bold for line in second)
    lengths = sorted(len(_text(lines, row)) for row in rows[1:])
    return len(text) < lengths[len(lengths) // 2]


def _text(lines: Sequence[Line], row: _Found) -> str:
    return " ".join(line.text for line in lines[row.first : row.last])
