"""Word → Document: headings, lists with their numbers, tables, notes and comments, by the pages Word last printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.markup import Element, attribute, child, children, descendants, local, names, whole
from ingest.loaders.numbering import Numbering
from ingest.loaders.ooxml import Package, is_on, write_charts
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_WRAPPERS = frozenset(
    {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo"}
)
_GONE = names("del moveFrom Fallback rPr pPr instrText delText fldData pict drawing object txbxContent")
_PAGE_ENDS, _PAGE_ENDED = "\f", "\v"
"""Where the author ended a page, and where Word did when it last printed the file."""
_PAGE_BREAK = re.compile(f"([{_PAGE_ENDS}{_PAGE_ENDED}])")
_HEADING = "heading "
_DEEPEST = 60


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a Word file: the final text, tracked changes accepted; hidden text is left out.

    Raises DocumentError: `damaged`, `empty`, `too_large`.
    """
    package = Package(file, options)
    part = package.main_part("word/document.xml")
    root = package.root(part)
    breaks = any(True for _ in descendants(root, "lastRenderedPageBreak")) or any(
        attribute(found, "type") == "page" for found in descendants(root, "br")
    )
    writer = PageWriter(options, breaks_pages=not breaks)
    writer.new_page()
    reader = _Reader(writer, package, part)
    body = child(root, "body")
    reader.blocks(body if body is not None else root, 0)
    reader.frames()
    if package.archive.is_rescued:
        writer.warn("The file is damaged; what could be found in it was read.")
    properties = package.properties()
    return writer.finish(file, _without_title(properties), title=properties.get("title", "") or reader.title)


def _without_title(properties: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in properties.items() if name != "title"}


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style: its heading level (0 for none), and its list with the depth in it."""

    name: str = ""
    level: int = 0
    list_id: str = ""
    depth: int = 0


class _Reader:
    def __init__(self, writer: PageWriter, package: Package, part: str) -> None:
        self._writer = writer
        self._package = package
        self._part = part
        self._styles = _styles(package.related(part, "styles"))
        self._numbering = Numbering(package.related(part, "numbering"))
        self._notes = {
            kind: {attribute(note, "id"): note for note in children(package.related(part, f"{kind}s"), kind)}
            for kind in ("footnote", "endnote")
        }
        self._comments = {
            attribute(note, "id"): note for note in children(package.related(part, "comments"), "comment")
        }
        self.title = ""

    def blocks(self, element: Element, depth: int) -> None:
        """Paragraphs and tables, from top to bottom."""
        for block in element:
            name = local(block)
            if name == "p":
                self._paragraph(block)
            elif name == "tbl":
                self._table(block, depth)
            elif name in _WRAPPERS and depth < _DEEPEST:
                self.blocks(block, depth + 1)

    def frames(self) -> None:
        """Headers and footers, each once at the end: a letterhead, a contract's number."""
        seen: set[str] = set()
        for kind in ("header", "footer"):
            for target in self._package.targets(self._part, kind):
                root = self._package.optional(target)
                words = " ".join(_words(root).split())
                if any(map(str.isalpha, words)) and words not in seen:
                    seen.add(words)
                    self._writer.paragraph(f"Page {kind}: {words}")

    def _paragraph(self, paragraph: Element) -> None:
        properties = child(paragraph, "pPr")
        if is_on(child(properties, "pageBreakBefore")) and not self._writer.breaks_pages:
            self._writer.new_page()
        style = self._styles.get(attribute(child(properties, "pStyle"), "val"), _Style())
        is_continued = False
        for text in _PAGE_BREAK.split("".join(_runs(paragraph, 0))):
            if text == _PAGE_ENDS or (text == _PAGE_ENDED and not self._writer.is_at_page_start):
                self._writer.new_page()
            elif text.strip() and is_continued:
                self._writer.paragraph(text)
            elif text.strip():
                self._write(text, properties, style)
                is_continued = True
        for box in _boxes(paragraph):
            self.blocks(box, 1)
        self._attached(paragraph)

    def _write(self, text: str, properties: Element | None, style: _Style) -> None:
        mark = self._mark(properties, style)
        level = _outline_level(properties) or style.level
        if style.name == "title" and not self.title:
            self.title = " ".join(text.split())
        if level:
            self._writer.heading(f"{mark} {text}" if mark and mark != "\N{BULLET}" else text, level)
        elif mark is not None:
            self._writer.item(text, mark)
        else:
            self._writer.paragraph(text)

    def _mark(self, properties: Element | None, style: _Style) -> str | None:
        """The paragraph's number or bullet; None when it is in no list."""
        listed = child(properties, "numPr")
        list_id = attribute(child(listed, "numId"), "val") or style.list_id
        depth = attribute(child(listed, "ilvl"), "val")
        if not list_id or list_id == "0":
            return None
        return self._numbering.next(list_id, whole(depth, style.depth))

    def _attached(self, paragraph: Element) -> None:
        """The notes and comments that the paragraph refers to, right after it."""
        for reference in descendants(paragraph, "footnoteReference", "endnoteReference", "commentReference"):
            kind = local(reference).removesuffix("Reference")
            notes = self._comments if kind == "comment" else self._notes[kind]
            note = notes.get(attribute(reference, "id"))
            text = _words(note).strip()
            if text:
                author = attribute(note, "author")
                name = kind.capitalize() + (f" by {author}" if author else "")
                self._writer.paragraph(f"{name}: {text}")
        for found in descendants(paragraph, "chart"):
            write_charts(self._writer, self._package.optional(self._package.target(self._part, attribute(found, "id"))))

    def _table(self, table: Element, depth: int) -> None:
        rows = [row for row in _through_wrappers(table, "tr") if child(row, "trPr", "del") is None]
        cells = [list(_through_wrappers(row, "tc")) for row in rows]
        if max(map(len, cells), default=0) < 2 or (len(rows) == 1 and any(_is_long(cell) for cell in cells[0])):
            for cell in (cell for row in cells for cell in row):
                if depth < _DEEPEST:
                    self.blocks(cell, depth + 1)
            return
        table_rows: list[list[str]] = []
        for row in cells:
            above = table_rows[-1] if table_rows else []
            table_rows.append(self._row(row, above))
        marked = sum(1 for row in rows if is_on(child(row, "trPr", "tblHeader")))
        self._writer.table(table_rows, max(1, marked) if len(table_rows) > 1 else 0)
        for cell in (cell for row in cells for cell in row):
            self._attached(cell)

    def _row(self, cells: list[Element], above: list[str]) -> list[str]:
        """A cell that goes on from the row above repeats it; one over several columns leaves the others empty."""
        row: list[str] = []
        for cell in cells:
            properties = child(cell, "tcPr")
            merge = child(properties, "vMerge")
            goes_on = merge is not None and attribute(merge, "val", "continue") != "restart"
            text = above[len(row)] if goes_on and len(row) < len(above) else _words(cell)
            span = attribute(child(properties, "gridSpan"), "val")
            row.extend([text, *[""] * (max(0, min(whole(span, 1), 100) - 1))])
        return row


def _words(element: Element | None) -> str:
    """All that is seen of an element, as one line."""
    paragraphs = descendants(element, "p") if element is not None else ()
    return " ".join(text for paragraph in paragraphs if (text := "".join(_runs(paragraph, 0)).strip()))


def _runs(element: Element, depth: int) -> Iterator[str]:
    """The text that is seen, with marks where a page ends."""
    for part in element:
        name = local(part)
        if name == "t":
            yield part.text or ""
        elif name in ("tab", "ptab"):
            yield "\t"
        elif name == "br":
            yield _PAGE_ENDS if attribute(part, "type") == "page" else "\n"
        elif name == "lastRenderedPageBreak":
            yield _PAGE_ENDED
        elif name == "cr":
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name in _GONE or depth > _DEEPEST or (name == "r" and is_on(child(part, "rPr", "vanish"))):
            continue
        elif name == "AlternateContent":
            yield from (text for choice in children(part, "Choice") for text in _runs(choice, depth + 1))
        else:
            yield from _runs(part, depth + 1)


def _boxes(paragraph: Element) -> Iterator[Element]:
    """Text boxes anchored in the paragraph, each once: the fallback for old programs repeats them."""
    for box in descendants(paragraph, "txbxContent"):
        above = [local(element) for element in box.iterancestors()]
        if "Fallback" not in above and "del" not in above and "txbxContent" not in above:
            yield box


def _through_wrappers(element: Element, name: str, depth: int = 0) -> Iterator[Element]:
    for inner in element:
        if local(inner) == name:
            yield inner
        elif local(inner) in _WRAPPERS and depth < _DEEPEST:
            yield from _through_wrappers(inner, name, depth + 1)


def _is_long(cell: Element) -> bool:
    return sum(1 for _ in children(cell, "p")) > 3


def _styles(root: Element | None) -> dict[str, _Style]:
    elements = {attribute(style, "styleId"): style for style in children(root, "style")}
    return {key: _style(elements, key) for key in elements}


def _style(elements: dict[str, Element], key: str) -> _Style:
    """What a style says, or the nearest one that it is based on."""
    name, level, list_id, depth = "", 0, "", 0
    seen: set[str] = set()
    while key in elements and key not in seen:
        seen.add(key)
        element = elements[key]
        called = attribute(child(element, "name"), "val").lower()
        name = name or called
        properties = child(element, "pPr")
        level = level or _outline_level(properties) or _level_by_name(called)
        listed = child(properties, "numPr")
        if not list_id and listed is not None:
            list_id = attribute(child(listed, "numId"), "val")
            written = attribute(child(listed, "ilvl"), "val")
            depth = whole(written)
        key = attribute(child(element, "basedOn"), "val")
    return _Style(name, level, list_id, depth)


def _outline_level(properties: Element | None) -> int:
    """1 to 9, 0 for body text."""
    written = attribute(child(properties, "outlineLvl"), "val")
    return whole(written, 9) + 1 if whole(written, 9) < 9 else 0


def _level_by_name(name: str) -> int:
    if name == "title":
        return 1
    digits = name.removeprefix(_HEADING)
    return whole(digits) if name.startswith(_HEADING) and whole(digits) <= 9 else 0
