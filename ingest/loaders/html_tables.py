"""Tables of web pages → rows of cells."""

from collections.abc import Iterator, Sequence

from ingest.loaders.html_text import seen_text
from ingest.loaders.markup import Element, attribute, children, descendants, local, text_of, whole

_SIGNS_BEFORE, _SIGNS_AFTER = frozenset("$€£¥("), frozenset({")", "%", ")%"})
MAX_SPAN = 100
"""Columns or rows that one cell may take."""


def table_rows(table: Element) -> tuple[list[list[str]], int]:
    """The rows of a table with cells that span several repeated in each row, and how many of them are its header."""
    rows: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}
    headers = 0
    for element in descendants(table, "tr"):
        cells = list(children(element, "td", "th"))
        row: list[str] = []
        for cell in cells:
            _fill(row, spanning)
            text = seen_text(cell).strip()
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            texts = [text, *[""] * (width - 1)]
            if height > 1:
                spanning.update((len(row) + index, (height - 1, words)) for index, words in enumerate(texts))
            row.extend(texts)
        _fill(row, spanning)
        is_header = bool(cells) and all(local(cell) == "th" for cell in cells)
        if headers == len(rows) and (is_header or local(element.getparent()) == "thead"):
            headers += 1
        rows.append(row)
    return _without_fillers(rows), min(headers, len(rows) - 1) or int(len(rows) > 1)


def _without_fillers(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows without columns that are empty or hold only signs (`$`, `)`), which go to the figure beside them."""
    width = max((len(row) for row in rows), default=0)
    table = [[*row, *[""] * (width - len(row))] for row in rows]
    for row in table:
        for index, cell in enumerate(row):
            if cell in _SIGNS_BEFORE and index + 1 < width and row[index + 1]:
                row[index], row[index + 1] = "", cell + row[index + 1]
            elif cell in _SIGNS_AFTER and index and row[index - 1]:
                row[index - 1], row[index] = row[index - 1] + cell, ""
    kept = [index for index in range(width) if any(row[index] for row in table)]
    return [[row[index] for index in kept] for row in table]


def _fill(row: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    while len(row) in spanning:
        left, text = spanning.pop(len(row))
        if left > 1:
            spanning[len(row)] = (left - 1, text)
        row.append(text)


def _span(cell: Element, name: str) -> int:
    return max(1, min(whole(attribute(cell, name), 1), MAX_SPAN))


def is_layout(table: Element) -> bool:
    """Whether the table only places things on the page: one cell a row, or long texts in its cells."""
    rows = list(descendants(table, "tr"))
    widths = [sum(1 for _ in children(row, "td", "th")) for row in rows]
    if max(widths, default=0) < 2 or attribute(table, "role") in ("presentation", "none"):
        return max(widths, default=0) < 2
    return len(rows) == 1 and any(len(text_of(cell)) > 500 for cell in cells_in(table))


def cells_in(table: Element) -> Iterator[Element]:
    """The outermost cells."""
    for inner in table:
        name = local(inner)
        if name in ("td", "th", "caption"):
            yield inner
        elif name in ("tr", "thead", "tbody", "tfoot"):
            yield from cells_in(inner)
