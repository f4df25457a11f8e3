"""The order in which people read the lines of a page: down one column, then down the next.

Most files give their columns one after the other; then nothing is changed. Some draw straight across them. Those show
as a gutter: white from top to bottom through several lines, with full lines of prose on both sides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.loaders.lines import NEXT_LINE, Cell, Line, stand_side_by_side

MIN_ROWS = 4
"""Lines that a gutter runs through."""

WIDEST_GUTTER = 4.0
"""Heights of the print. Cells of a table stand farther apart."""

SHORTEST_LINE = 10
"""Characters of a column's line that can show where its gutter is."""

SHORTEST_WORDS = 4
"""Characters of a cell that takes more than one line, and of each of its lines."""

MIN_CHARACTERS = 16
"""Of a column's line, on average."""

LETTERS = 0.6
"""A column of prose is letters for more than this share."""

FULL = 0.75
"""A line that is this much of its column's width is full …"""

SHARE_OF_FULL = 0.5
"""… and of prose at least this share is."""

MOST_SHORT = 0.2
"""Rows with a short cell of their own inside a column; more of them make a table."""

ROOM = 1.3
"""A row of a table begins this many times farther below the line above than the lines of a paragraph do."""

MAX_TRIES = 4


@dataclass(frozen=True, slots=True)
class _Row:
    """Lines side by side, in the file's order, and the parts of them from left to right."""

    lines: tuple[Line, ...]
    parts: tuple[tuple[Line, Cell], ...]

    @property
    def top(self) -> float:
        return max(line.top for line in self.lines)

    def sides(self, x: float) -> tuple["_Row | None", "_Row | None"]:
        """What stands left and right of `x`."""
        left = [part for part in self.parts if part[1].left < x]
        right = [part for part in self.parts if part[1].left >= x]
        return _row_of(left), _row_of(right)


def in_reading_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The page's lines, columns one after the other. A line across columns becomes a line for each."""
    crossed = sum(map(_may_cross, lines)) + sum(_may_stand_in_columns(*pair) for pair in pairwise(lines))
    if crossed < MIN_ROWS and not any(_may_wrap(*pair) for pair in pairwise(lines)):
        return tuple(lines)
    return tuple(_ordered(_rows(lines)))


def _may_wrap(above: Line, line: Line) -> bool:
    """Whether `line` may go on in several cells of `above`, or in one that is not its last."""
    if len(above.cells) < 2 or line.left < above.cells[1].left - line.height / 2:
        return False
    return len(line.cells) > 1 or line.left < above.cells[-1].left - line.height / 2


def _may_cross(line: Line) -> bool:
    return any(_is_gutter(left, right, line.height) for left, right in pairwise(line.cells))


def _may_stand_in_columns(line: Line, other: Line) -> bool:
    if abs(line.top - other.top) > line.height or not stand_side_by_side(line, other):
        return False
    left, right = sorted((line.parts()[0], other.parts()[0]), key=lambda cell: cell.left)
    return _is_gutter(left, right, line.height)


def _is_gutter(left: Cell, right: Cell, height: float) -> bool:
    """Whether what is between two cells may be a part of the white between columns of prose."""
    return (
        right.left - left.right < WIDEST_GUTTER * height
        and len(left.text) >= SHORTEST_LINE
        and len(right.text) >= SHORTEST_LINE
    )


def _rows(lines: Sequence[Line]) -> list[_Row]:
    rows: list[_Row] = []
    group: list[Line] = []
    for line in lines:
        if group and not all(stand_side_by_side(line, other) for other in group):
            rows.append(_row(group))
            group = []
        group.append(line)
    return [*rows, _row(group)] if group else rows


def _row(lines: Sequence[Line]) -> _Row:
    parts = [(line, cell) for line in lines for cell in line.parts()]
    return _Row(tuple(lines), tuple(sorted(parts, key=lambda part: part[1].left)))


def _row_of(parts: Sequence[tuple[Line, Cell]]) -> _Row | None:
    """The row of these parts; those of one line stay one line."""
    if not parts:
        return None
    lines: list[Line] = []
    for whole in dict.fromkeys(line for line, _ in parts):
        cells = [cell for line, cell in parts if line is whole]
        lines.append(whole if len(cells) == len(whole.parts()) else whole.cut_to(cells))
    return _row(lines)


def _ordered(rows: Sequence[_Row]) -> Iterator[Line]:
    for x in _gutters(rows):
        for first, last in _regions(rows, x):
            if _are_columns(rows[first:last], x):
                yield from _ordered(rows[:first])
                for band in _bands(rows[first:last], x):
                    sides = [row.sides(x) for row in band]
                    for side in (0, 1):
                        yield from _ordered([row for pair in sides if (row := pair[side])])
                yield from _ordered(rows[last:])
                return
    yield from _unfolded(rows)


def _unfolded(rows: Sequence[_Row]) -> Iterator[Line]:
    """The rows in order, but each cell whole: a table's row whose cells take several lines is read cell by cell."""
    band: list[_Row] = []
    for row in rows:
        if band and not _goes_on(band, row):
            yield from _by_cells(band)
            band = []
        band.append(row)
    yield from _by_cells(band)


def _goes_on(band: Sequence[_Row], row: _Row) -> bool:
    """Whether all of `row` stands below cells of words of the band's first row, and nothing below its first cell."""
    if not 0 < band[-1].top - row.top < NEXT_LINE * row.lines[0].height:
        return False
    for _, cell in row.parts:
        column = _column(band[0], cell)
        if not column or not (_is_words(cell.text) and _is_words(band[0].parts[column][1].text)):
            return False
    return True


def _is_words(text: str) -> bool:
    """Whether a cell of this text may go on in the next line. Figures and signs do not."""
    return len(text) >= SHORTEST_WORDS and sum(map(str.isalpha, text)) > LETTERS * len(text)


def _column(row: _Row, cell: Cell) -> int | None:
    """Which cell of `row` begins or ends where `cell` does."""
    near = row.lines[0].height / 2
    for column, (_, other) in enumerate(row.parts):
        if abs(other.left - cell.left) < near or abs(other.right - cell.right) < near:
            return column
    return None


def _by_cells(band: Sequence[_Row]) -> Iterator[Line]:
    last = len(band[0].parts) - 1 if band else 0
    if all(_column(band[0], cell) == last for row in band[1:] for _, cell in row.parts):
        for row in band:
            yield from row.lines
        return
    for column in range(last + 1):
        for row in band:
            cells = [part for part in row.parts if _column(band[0], part[1]) == column]
            if found := _row_of(cells):
                yield from found.lines


def _gutters(rows: Sequence[_Row]) -> list[float]:
    """Places that lie in the gaps of most rows, the most first."""
    gaps = [
        (left.right, right.left)
        for row in rows
        for (line, left), (_, right) in pairwise(row.parts)
        if _is_gutter(left, right, line.height)
    ]
    if len(gaps) < MIN_ROWS:
        return []
    counts: dict[float, int] = {}
    for begin, end in gaps:
        x = (begin + end) / 2
        counts[x] = sum(left < x < right for left, right in gaps)
    likely = sorted((x for x in counts if counts[x] >= MIN_ROWS), key=lambda x: -counts[x])
    found: list[float] = []
    for x in likely:
        if all(abs(x - other) > 20 for other in found):
            found.append(x)
    return found[:MAX_TRIES]


def _regions(rows: Sequence[_Row], x: float) -> Iterator[tuple[int, int]]:
    """Stretches of rows over none of which anything is printed at `x`, from the first to the last with both sides."""
    start: int | None = None
    last = 0
    for index, row in enumerate(rows):
        if any(cell.left < x < cell.right for _, cell in row.parts):
            if start is not None:
                yield start, _end_of_columns(rows[:index], last) + 1
            start = None
        elif row.parts[0][1].right < x < row.parts[-1][1].left:
            start = index if start is None else start
            last = index
    if start is not None:
        yield start, _end_of_columns(rows, last) + 1


def _end_of_columns(rows: Sequence[_Row], last: int) -> int:
    """Below the last row with both sides one column may go on by itself, line after line."""
    for index in range(last + 1, len(rows)):
        above, row = rows[index - 1], rows[index]
        if not 0 < above.top - row.top < NEXT_LINE * row.lines[0].height:
            return index - 1
    return len(rows) - 1


def _are_columns(rows: Sequence[_Row], x: float) -> bool:
    both = [row for row in rows if row.parts[0][1].right < x < row.parts[-1][1].left]
    if len(both) < MIN_ROWS or len(both) < len(rows) / 3:
        return False
    gaps = [
        min(cell.left for _, cell in row.parts if cell.left > x)
        - max(cell.right for _, cell in row.parts if cell.right < x)
        for row in both
    ]
    if median(gaps) > WIDEST_GUTTER * median(row.lines[0].height for row in both):
        return False
    sides = [row.sides(x) for row in both]
    return all(_is_prose([row for pair in sides if (row := pair[side])]) for side in (0, 1))


def _is_prose(rows: Sequence[_Row]) -> bool:
    texts = [" ".join(cell.text for _, cell in row.parts) for row in rows]
    characters = sum(map(len, texts))
    letters = sum(character.isalpha() or character.isspace() for text in texts for character in text)
    if characters < MIN_CHARACTERS * len(rows) or letters < LETTERS * characters:
        return False
    short = sum(len(row.parts) > 1 and any(len(cell.text) < SHORTEST_LINE for _, cell in row.parts) for row in rows)
    if short > MOST_SHORT * len(rows):
        return False
    left = min(row.parts[0][1].left for row in rows)
    widths = [row.parts[-1][1].right - left for row in rows]
    return sum(width >= FULL * max(widths) for width in widths) >= SHARE_OF_FULL * len(rows)


def _bands(rows: Sequence[_Row], x: float) -> list[Sequence[_Row]]:
    """All rows, or, when both sides begin anew together several times, as the rows of a table do, those between."""
    steps = [above.top - below.top for above, below in pairwise(rows)]
    usual = sorted(steps)[len(steps) // 4]
    starts = [index for index, step in enumerate(steps, start=1) if step > ROOM * usual and all(rows[index].sides(x))]
    if len(starts) < 2:
        return [rows]
    return [rows[first:last] for first, last in pairwise([0, *starts, len(rows)])]
