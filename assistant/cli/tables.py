"""Compact tables: no frame, one line a row where the width allows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.cli.output import Output, plain
from config.sanitise import one_line

if TYPE_CHECKING:
    from rich.table import Table

_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    right: bool = False
    """For numbers: never cut nor wrapped."""
    whole: bool = False
    """Not wrapped either, as long as that leaves the others their least."""
    least: int = 10
    """Characters that it needs, if it has so many, where it is wrapped."""


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], output: Output) -> None:
    """A row per line under bold titles; on a terminal too narrow for that, rows as `facts`, one below the other. Cells
    are foreign text: sanitised, on one line, no markup."""
    from rich.cells import cell_len

    cells = [[one_line(cell) for cell in row] for row in rows]
    titles = [column.title for column in columns]
    widest = [max(map(cell_len, column)) for column in zip(titles, *cells, strict=True)]
    wrapped = [min(width, column.least) for width, column in zip(widest, columns, strict=True)]
    room = output.width - _GAP * len(columns)
    for kept in ([column.right or column.whole for column in columns], [column.right for column in columns]):
        needed = sum(whole if keep else least for whole, least, keep in zip(widest, wrapped, kept, strict=True))
        if needed <= room:
            output.render(_grid(columns, cells, kept))
            return
    for number, row in enumerate(cells):
        if number:
            output.line()
        _facts(zip(titles, row, strict=True), output)


def _grid(columns: Sequence[Column], rows: Iterable[Sequence[str]], kept: Sequence[bool]) -> "Table":
    """A row per line, those columns that are `kept` on one line."""
    from rich.table import Table

    grid = Table(box=None, padding=(0, _GAP, 0, 0), header_style="bold", show_edge=False)
    for column, keep in zip(columns, kept, strict=True):
        grid.add_column(column.title, justify="right" if column.right else "left", no_wrap=keep, overflow="fold")
    for row in rows:
        grid.add_row(*map(plain, row))
    return grid


def facts(values: Mapping[str, str], output: Output) -> None:
    """Names and values in two columns; empty values are left out."""
    _facts(values.items(), output)


def _facts(values: Iterable[tuple[str, str]], output: Output) -> None:
    from rich.table import Table

    grid = Table.grid(padding=(0, _GAP, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in values:
        if value:
            grid.add_row(plain(name), plain(one_line(value)))
    output.render(grid)
