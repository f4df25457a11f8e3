"""Excel → Document: each sheet begins a page, its tables keep their headers, numbers are as the sheet shows them."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.cell_formats import format_code, shown
from ingest.loaders.markup import Element, attribute, child, children, descendants, local, text_of, whole
from ingest.loaders.ooxml import Package, drawing_text, relation_of, write_charts
from ingest.loaders.sheets import write_sheet
from ingest.loaders.writer import PageWriter
from ingest.types import Document

MAX_ROWS = 100_000
MAX_COLUMNS = 2_000
MAX_CELLS = 2_000_000
"""Cells of one sheet that are read; what is past them is named in a warning."""

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MERGED = re.compile(rb'mergeCell\s[^>]*ref="([A-Z]+\d+):([A-Z]+\d+)"')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HIDDEN = frozenset({"hidden", "veryHidden"})


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a workbook. A sheet that cannot be read, and rows past the limits, are named in the warnings.

    Raises DocumentError: `damaged`, `empty`, `too_large`.
    """
    package = Package(file, options)
    part = package.main_part("xl/workbook.xml")
    workbook = package.root(part)
    book = _Book(
        strings=_strings(package, part),
        formats=_formats(package.related(part, "styles")),
        from_1904=attribute(child(workbook, "workbookPr"), "date1904") in ("1", "true"),
    )
    writer = PageWriter(options)
    for sheet in descendants(workbook, "sheet"):
        name = attribute(sheet, "name")
        target = package.target(part, relation_of(sheet))
        hidden = " (hidden sheet)" if attribute(sheet, "state") in _HIDDEN else ""
        writer.new_page(name or None)
        try:
            _write_sheet(writer, package, target, f"{name}{hidden}", book)
        except DocumentError as error:
            if error.status == "too_large":
                raise
            writer.warn(f"The sheet {name} is damaged and was not read.")
    return writer.finish(file, package.properties(), empty="The workbook is empty: no cell holds anything.")


@dataclass(frozen=True, slots=True)
class _Book:
    strings: list[str]
    formats: list[str]
    from_1904: bool


def _strings(package: Package, part: str) -> list[str]:
    """The table of shared strings, without the readings that stand beside Japanese words."""
    root = package.related(part, "sharedStrings")
    return [_string(item) for item in children(root, "si")]


def _string(item: Element) -> str:
    text = "".join(
        text_of(part if local(part) == "t" else child(part, "t")) for part in item if local(part) in ("t", "r")
    )
    return _unescaped(text)


def _unescaped(text: str) -> str:
    """`total_x000D_` → `total` and a line's end: what XML does not take is written so (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _merged_down(data: bytes) -> dict[tuple[int, int], int]:
    """(row, column) of the first cell of those that are merged over several rows → the last of these rows."""
    merged: dict[tuple[int, int], int] = {}
    for found in _MERGED.finditer(data, max(0, data.find(b"</sheetData>"))):
        first, last = (_PLACE.fullmatch(found[part].decode("ascii")) for part in (1, 2))
        if first and last and last[2] != first[2]:
            merged[int(first[2]), _column(first[1])] = int(last[2])
    return merged


def _formats(root: Element | None) -> list[str]:
    """Cell style → number format."""
    own = {
        whole(attribute(item, "numFmtId")): attribute(item, "formatCode")
        for item in children(child(root, "numFmts"), "numFmt")
    }
    styles = children(child(root, "cellXfs"), "xf")
    return [format_code(whole(attribute(style, "numFmtId")), own) for style in styles]


def _write_sheet(writer: PageWriter, package: Package, part: str, name: str, book: _Book) -> None:
    """Raises DocumentError (`damaged`)."""
    data = package.archive.read(part)
    rows = _Rows(data, book)
    grid = list(rows)
    if rows.without_value:
        writer.warn(
            f"Formulas of the sheet {name} whose values are not in the file: {rows.without_value:,}. "
            "Open it in a spreadsheet program and save it."
        )
    drawings = package.targets(part, "drawing")
    if not grid and not drawings:
        return
    writer.heading(name, 1)
    write_sheet(writer, grid)
    if rows.cut:
        writer.warn(f"Only the first part of the sheet {name} was read: it is larger than {MAX_ROWS:,} rows.")
    for comments in package.targets(part, "comments"):
        _write_comments(writer, package.optional(comments))
    for drawing in drawings:
        _write_drawing(writer, package, drawing)


def _write_drawing(writer: PageWriter, package: Package, part: str) -> None:
    """Text boxes and charts on a sheet."""
    root = package.optional(part)
    for box in descendants(root, "txBody") if root is not None else ():
        writer.paragraph("\n".join(drawing_text(box)))
    for chart in package.targets(part, "chart"):
        write_charts(writer, package.optional(chart))


def _write_comments(writer: PageWriter, root: Element | None) -> None:
    authors = [text_of(author) for author in children(child(root, "authors"), "author")]
    for comment in children(child(root, "commentList"), "comment"):
        number = whole(attribute(comment, "authorId"))
        author = authors[number] if number < len(authors) else ""
        words = "".join(text_of(part) for part in descendants(comment, "t")).removeprefix(f"{author}:").strip()
        if words:
            by = f" by {author}" if author else ""
            writer.paragraph(f"Comment on {attribute(comment, 'ref')}{by}: {words}")


class _Rows:
    """The rows of a sheet, top to bottom, empty ones as empty lists (several in a row as one). Read as a stream."""

    def __init__(self, data: bytes, book: _Book) -> None:
        self._data = data
        self._book = book
        self._merged = _merged_down(data)
        self._held: dict[int, tuple[str, int]] = {}  # column → what a merged cell above holds, and its last row
        self.cut = False
        self.without_value = 0  # formulas that no program has worked out

    def __iter__(self) -> Iterator[list[str]]:
        cells = above = 0
        try:
            for row in self._elements():
                number = whole(row.get("r", ""), above + 1)
                words = self._cells(row)
                row.clear()
                cells += len(words)
                if not words:
                    continue
                if number > MAX_ROWS or cells > MAX_CELLS:
                    self.cut = True
                    return
                if self._merged:
                    self._fill_down(number, words)
                if number > above + 1 and above:
                    yield []
                above = number
                yield words
        except etree.XMLSyntaxError:
            if not above:
                raise DocumentError("The sheet is damaged.", status="damaged") from None

    def _fill_down(self, number: int, words: list[str]) -> None:
        """What stands in a cell that is merged over several rows is said of each of them that holds anything else."""
        for column, (value, last) in self._held.items():
            if number <= last and (column >= len(words) or not words[column]):
                words.extend([""] * (column + 1 - len(words)))
                words[column] = value
        for column, word in enumerate(words):
            if (number, column) in self._merged:
                self._held[column] = (word, self._merged[number, column])

    def _elements(self) -> Iterator[Element]:
        events = etree.iterparse(
            io.BytesIO(self._data), tag="{*}row", resolve_entities=False, no_network=True, load_dtd=False, recover=True
        )
        return (element for _, element in events)

    def _cells(self, row: Element) -> list[str]:
        found: list[str] = []
        column = -1
        for cell in children(row, "c"):
            place = _PLACE.fullmatch(cell.get("r", ""))
            column = _column(place[1]) if place else column + 1  # some programs leave the places out
            value = self._value(cell)
            if not value or column >= MAX_COLUMNS:
                continue
            found.extend([""] * (column - len(found)))
            found[column:] = [value]
        return found

    def _value(self, cell: Element) -> str:
        kind, value = cell.get("t", "n"), text_of(child(cell, "v"))
        if kind == "inlineStr":
            inline = child(cell, "is")
            return _string(inline) if inline is not None else ""
        if kind == "s":
            number = whole(value, len(self._book.strings))
            return self._book.strings[number] if number < len(self._book.strings) else ""
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        if kind == "str":
            return _unescaped(value)
        if kind in ("e", "d"):
            return value
        if not value:
            self.without_value += child(cell, "f") is not None
            return ""
        style, formats = whole(cell.get("s", "")), self._book.formats
        code = formats[style] if style < len(formats) else ""
        return shown(value, code, from_1904=self._book.from_1904)


def _column(letters: str) -> int:
    """`A` → 0, `AA` → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
