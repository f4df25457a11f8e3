"""Word → Document: headings, lists with their numbers, tables, notes and comments, by the pages Word last printed."""

import re
from collections.abc import Sequence

from config.errors import DocumentError
from ingest.loaders import load_within
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.markup import Element, attribute, child, children, descendants, local, whole
from ingest.loaders.numbering import Numbering
from ingest.loaders.ooxml import Package, is_on, relation_of, write_charts, write_diagram
from ingest.loaders.paged_table import PAGE_ENDS, write_paged_table
from ingest.loaders.word_styles import Style, outline_level, read_styles
from ingest.loaders.word_text import (
    DEEPEST,
    PAGE_ENDED,
    WRAPPERS,
    as_line,
    boxes,
    is_joined_to_next,
    joined,
    paragraphs,
    seen_text,
    through_wrappers,
)
from ingest.loaders.writer import PageWriter, number_of
from ingest.types import Document

_PAGE_BREAK = re.compile(f"([{PAGE_ENDS}{PAGE_ENDED}])")


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a Word file: the final text, tracked changes accepted; hidden text is left out.

    Raises DocumentError: `damaged`, `empty`, `too_large`.
    """
    package = Package(file, options)
    part = package.main_part("word/document.xml")
    root = package.root(part)
    is_printed = any(True for _ in descendants(root, "lastRenderedPageBreak"))
    writer = PageWriter(options, breaks_pages=not is_printed)
    writer.new_page()
    reader = _Reader(writer, package, part, options)
    body = child(root, "body")
    reader.blocks(body if body is not None else root, 0)
    reader.frames()
    if package.archive.is_rescued:
        writer.warn("The file is damaged; what could be found in it was read.")
    properties = package.properties()
    return writer.finish(file, {**properties, "title": properties.get("title") or reader.title})


class _Reader:
    def __init__(self, writer: PageWriter, package: Package, part: str, options: LoadOptions) -> None:
        self._writer = writer
        self._options = options
        self._package = package
        self._part = part
        self._styles = read_styles(package.related(part, "styles"))
        self._numbering = Numbering(package.related(part, "numbering"))
        self._notes = {
            kind: {attribute(note, "id"): note for note in children(package.related(part, f"{kind}s"), kind)}
            for kind in ("footnote", "endnote")
        }
        self._comments = {
            attribute(note, "id"): note for note in children(package.related(part, "comments"), "comment")
        }
        self._begun: list[Element] = []
        """Paragraphs whose text goes on in the next one."""
        self._awaits_mark = False
        """The author ended a page, and Word's own mark of that is still to come."""
        self.title = ""

    def blocks(self, element: Element, depth: int) -> None:
        """Paragraphs and tables, from top to bottom."""
        self._walk(element, depth)
        self._end_paragraph()

    def _walk(self, element: Element, depth: int) -> None:
        for block in element:
            name = local(block)
            if name == "p":
                self._begun.append(block)
                if not is_joined_to_next(block):
                    self._end_paragraph()
            elif name == "tbl":
                self._end_paragraph()
                self._table(block, depth)
            elif name == "altChunk":
                self._end_paragraph()
                self._taken_in(block)
            elif name in WRAPPERS and depth < DEEPEST:
                self._walk(block, depth + 1)

    def _end_paragraph(self) -> None:
        together, self._begun = self._begun, []
        if together:
            self._paragraph(together)

    def _taken_in(self, chunk: Element) -> None:
        """A file of its own that Word takes in when it opens this one, as other programs leave it."""
        part = self._package.target(self._part, relation_of(chunk))
        try:
            document = load_within(part, self._package.archive.read(part), self._options)
        except DocumentError as error:
            self._writer.warn(f"The text taken in from {part or 'another file'} was not read: {error.message}")
        else:
            self._awaits_mark = False
            self._writer.insert(document)

    def frames(self) -> None:
        """Headers and footers, each once at the end: a letterhead, a contract's number."""
        seen: set[str] = set()
        for kind in ("header", "footer"):
            for target in self._package.targets(self._part, kind):
                root = self._package.optional(target)
                words = " ".join(as_line(root).split())
                if any(map(str.isalpha, words)) and words not in seen:
                    seen.add(words)
                    self._writer.paragraph(f"Page {kind}: {words}")

    def _paragraph(self, together: Sequence[Element]) -> None:
        """What is one paragraph in the final text (see `joined`)."""
        properties = child(together[-1], "pPr")
        if is_on(child(properties, "pageBreakBefore")):
            self._end_page(PAGE_ENDS)
        style = self._style(properties)
        is_continued = False
        for text in _PAGE_BREAK.split("".join(map(seen_text, together))):
            if text in (PAGE_ENDS, PAGE_ENDED):
                self._end_page(text)
            elif text.strip():
                self._awaits_mark = False
                if is_continued:
                    self._writer.paragraph(text)
                else:
                    self._write(text, properties, style)
                is_continued = True
        if not is_continued and _is_seen(together[-1]):
            self._mark(properties, style)  # an empty paragraph of a list takes a number, too
        for paragraph in together:
            for box in boxes(paragraph):
                self.blocks(box, 1)
            self._attached(paragraph)

    def _end_page(self, mark: str) -> None:
        """Begin a page, unless the mark is Word's own for one that the author began just before."""
        if mark == PAGE_ENDS or not self._awaits_mark:
            self._writer.new_page()
        self._awaits_mark = mark == PAGE_ENDS

    def _write(self, text: str, properties: Element | None, style: Style) -> None:
        mark = self._mark(properties, style)
        level = outline_level(properties) or style.level
        if style.name == "title" and not self.title:
            self.title = " ".join(text.split())
        self._writer.text(text, level, mark)

    def _style(self, properties: Element | None) -> Style:
        return self._styles.get(attribute(child(properties, "pStyle"), "val"), Style())

    def _mark(self, properties: Element | None, style: Style) -> str | None:
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
            text = as_line(note).strip()
            if text:
                author = attribute(note, "author")
                name = kind.capitalize() + (f" by {author}" if author else "")
                self._writer.paragraph(f"{name}: {text}")
        for found in descendants(paragraph, "chart"):
            write_charts(self._writer, self._other(attribute(found, "id")))
        for found in descendants(paragraph, "relIds"):
            write_diagram(self._writer, self._other(attribute(found, "dm")))

    def _other(self, relation: str) -> Element | None:
        return self._package.optional(self._package.target(self._part, relation))

    def _table(self, table: Element, depth: int) -> None:
        rows = [row for row in through_wrappers(table, "tr") if child(row, "trPr", "del") is None]
        cells = [list(through_wrappers(row, "tc")) for row in rows]
        if max(map(len, cells), default=0) < 2 or (len(rows) == 1 and any(_is_long(cell) for cell in cells[0])):
            for cell in (cell for row in cells for cell in row):
                if depth < DEEPEST:
                    self.blocks(cell, depth + 1)
            return
        table_rows: list[list[str]] = []
        for row, its_cells in zip(rows, cells, strict=True):
            above = table_rows[-1] if table_rows else []
            texts = self._row(its_cells, above)
            if texts and _begins_page(row):
                texts[0] = PAGE_ENDS + texts[0].removeprefix(PAGE_ENDS)
            table_rows.append(texts)
        marked = sum(1 for row in rows if is_on(child(row, "trPr", "tblHeader")))
        headers = max(1, marked) if len(table_rows) > 1 else 0
        self._awaits_mark = write_paged_table(self._writer, table_rows, headers, awaits_mark=self._awaits_mark)
        for cell in (cell for row in cells for cell in row):
            self._attached(cell)

    def _row(self, cells: list[Element], above: list[str]) -> list[str]:
        """A cell that goes on from the row above repeats it; one over several columns leaves the others empty."""
        row: list[str] = []
        for cell in cells:
            properties = child(cell, "tcPr")
            merge = child(properties, "vMerge")
            goes_on = merge is not None and attribute(merge, "val", "continue") != "restart"
            text = above[len(row)].replace(PAGE_ENDS, " ") if goes_on and len(row) < len(above) else self._cell(cell)
            span = attribute(child(properties, "gridSpan"), "val")
            row.extend([text, *[""] * (max(0, min(whole(span, 1), 100) - 1))])
        return row

    def _cell(self, cell: Element) -> str:
        """What a cell shows, as one line, and where pages end in it: where Word ended them, if it did."""
        lines: list[str] = []
        for together in joined(paragraphs(cell)):
            text = "".join(map(seen_text, together))
            words = text.lstrip()
            marks = text[: len(text) - len(words)]
            number = self._number(together[-1], is_empty=not words)
            lines.append(marks + f"{number} {words}".strip(" "))
        line = " ".join(text for text in lines if text)
        return line.replace(PAGE_ENDS, "").replace(PAGE_ENDED, PAGE_ENDS) if PAGE_ENDED in line else line

    def _number(self, paragraph: Element, *, is_empty: bool) -> str:
        """The number of a paragraph in a cell; empty when it has none, or a bullet."""
        if is_empty and not _is_seen(paragraph):
            return ""
        properties = child(paragraph, "pPr")
        return number_of(self._mark(properties, self._style(properties)))


def _is_seen(paragraph: Element) -> bool:
    """Whether an empty paragraph is there at all: not deleted, not hidden, not just the end of a section."""
    is_hidden = is_on(child(paragraph, "pPr", "rPr", "vanish"))
    return not is_hidden and not is_joined_to_next(paragraph) and child(paragraph, "pPr", "sectPr") is None


def _is_long(cell: Element) -> bool:
    return sum(1 for _ in children(cell, "p")) > 3


def _begins_page(row: Element) -> bool:
    """Whether Word ended a page before the first word of the row."""
    parts = (local(part) for part in descendants(row, "t", "lastRenderedPageBreak"))
    return next(parts, "") == "lastRenderedPageBreak"
