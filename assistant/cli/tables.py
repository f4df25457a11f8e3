"""Compact tables: no frame, one line a row where the width allows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.cli.output import Output, plain
from config.sanitise import one_line


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    right: bool = False
    whole: bool = False
    """Never cut nor wrapped, however narrow the terminal."""


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], output: Output) -> None:
    """A row per line under bold titles. Cells are foreign text: sanitised, on one line, no markup."""
    from rich.table import Table

    grid = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for column in columns:
        grid.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=column.whole or column.right,
            overflow="fold",
        )
    for row in rows:
        grid.add_row(*(plain(one_line(cell)) for cell in row))
    output.render(grid)


def facts(values: Mapping[str, str], output: Output) -> None:
    """Names and values in two columns; empty values are left out."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in values.items():
        if value:
            grid.add_row(plain(name), plain(one_line(value)))
    output.render(grid)
