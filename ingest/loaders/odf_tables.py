"""Rows of OpenDocument tables and sheets: what is in their cells, and where pages end."""

from collections.abc import Iterator

from ingest.loaders.markup import Element, attribute, children, local, text_of, whole
from ingest.loaders.odf_lists import Lists
from ingest.loaders.odf_text import BOXES, DEEPEST, NOTES, outermost, seen_text
from ingest.loaders.paged_table import PAGE_ENDS
from ingest.loaders.writer import PageWriter, number_of

MAX_REPEATED = 1_000
"""Equal columns or rows that are written out: a sheet's last row stands for all the empty ones below it."""

MAX_CELLS = 2_000_000
_BLANK = " \t\n\xa0"


class Cells:
    """Reads the cells of one file, up to MAX_CELLS."""

    def __init__(self, writer: PageWriter, lists: Lists) -> None:
        self._writer = writer
        self._lists = lists
        self._count = 0

    def rows(self, table: Element) -> Iterator[list[str]]:
        """The rows as they are shown. What is repeated without end is empty, and is left out."""
        begins_page = False
        for row in table_rows(table):
            if local(row) == "soft-page-break":
                begins_page = True
                continue
            cells: list[str] = []
            waiting = 0
            for cell in children(row, "table-cell", "covered-table-cell"):
                count = _repeated(cell, "number-columns-repeated")
                text = " ".join(self._lines(cell, 0))
                if not text:
                    waiting += count
                    continue
                cells.extend([""] * min(waiting, MAX_REPEATED))
                waiting = 0
                cells.extend([text] * min(count, MAX_REPEATED))
            times = _repeated(row, "number-rows-repeated")
            for _ in range(min(times, MAX_REPEATED) if cells else 1):
                self._count += len(cells)
                if self._count > MAX_CELLS:
                    self._writer.warn(f"Only the first {MAX_CELLS:,} cells were read.")
                    return
                if begins_page:
                    yield [PAGE_ENDS + "".join(cells[:1]), *cells[1:]]
                else:
                    yield cells
                begins_page = False

    def _lines(self, element: Element, depth: int) -> Iterator[str]:
        """The paragraphs of a cell, with their numbers, without its notes and comments."""
        for part in element:
            yield from self._part(part, "", depth)

    def _part(self, part: Element, mark: str, depth: int) -> Iterator[str]:
        name = local(part)
        if name in ("p", "h"):
            # A number stays even where no words stand beside it: a column of numbers is made like that.
            if line := f"{mark} {seen_text(part).strip(_BLANK)}".strip(_BLANK):
                yield line
            for box in outermost(part, *BOXES, *NOTES):
                if local(box) in BOXES and depth < DEEPEST:
                    yield from self._lines(box, depth + 1)
        elif name == "list":
            for inner, its_mark in self._lists.items(part):
                if depth < DEEPEST:
                    yield from self._part(inner, number_of(its_mark), depth + 1)
        elif name == "soft-page-break":
            yield PAGE_ENDS
        elif name not in NOTES and depth < DEEPEST:
            yield from self._lines(part, depth + 1)


def table_rows(table: Element) -> Iterator[Element]:
    """The table's own rows, and where pages end between them."""
    for part in table:
        if local(part) in ("table-row", "soft-page-break"):
            yield part
        elif local(part) in ("table-rows", "table-header-rows", "table-row-group"):
            yield from table_rows(part)


def columns(row: Element) -> int:
    """How many columns a row has, up to the last one with text."""
    passed = filled = 0
    for cell in children(row, "table-cell", "covered-table-cell"):
        passed += _repeated(cell, "number-columns-repeated")
        if text_of(cell).strip():
            filled = passed
    return filled


def _repeated(element: Element, name: str) -> int:
    return max(1, whole(attribute(element, name), 1))
