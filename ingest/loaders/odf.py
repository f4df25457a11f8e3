"""OpenDocument (ISO 26300: .odt, .ods, .odp) → Document: text, sheets and slides from the one XML that holds them."""

from collections.abc import Iterator

from config.errors import DocumentError
from ingest.loaders.archive import Archive
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.markup import (
    Element,
    attribute,
    child,
    children,
    descendants,
    local,
    names,
    parse_xml,
    text_of,
    whole,
)
from ingest.loaders.sheets import write_sheet
from ingest.loaders.writer import PageWriter
from ingest.types import Document

MAX_REPEATED = 1_000
"""Equal columns or rows that are written out: a sheet's last row stands for all the empty ones below it."""

MAX_CELLS = 2_000_000
_META = {
    "title": "title",
    "initial-creator": "author",
    "creator": "author",
    "subject": "subject",
    "description": "description",
    "keyword": "keywords",
    "creation-date": "created",
    "date": "modified",
}
_APART = names("note annotation frame custom-shape tracked-changes annotation-end desc title bookmark ruby-text")
_SKIPPED = names("tracked-changes sequence-decls forms notes")
_DEEPEST = 60


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a text, sheets or slides. Raises DocumentError: `damaged`, `locked`, `empty`, `too_large`."""
    archive = Archive(file.data, options.passwords)
    _refuse_if_encrypted(archive)
    root = parse_xml(archive.read("content.xml"))
    body = child(root, "body")
    content = next(iter(body), None) if body is not None else None
    if content is None:
        raise DocumentError(
            "The file is damaged: its content is missing.",
            "Open it with the program that made it and save it again.",
            status="damaged",
        )
    has_pages = local(content) in ("presentation", "drawing")
    breaks = has_pages or any(True for _ in descendants(content, "soft-page-break"))
    writer = PageWriter(options, breaks_pages=not breaks)
    if breaks and not has_pages:
        writer.new_page()
    _Reader(writer, root).content(content)
    if archive.is_rescued:
        writer.warn("The file is damaged; what could be found in it was read.")
    metadata = _metadata(archive)
    title = metadata.pop("title", "")
    return writer.finish(file, metadata, title=title)


def _refuse_if_encrypted(archive: Archive) -> None:
    if "META-INF/manifest.xml" not in archive:
        return
    manifest = parse_xml(archive.read("META-INF/manifest.xml"))
    if any(True for _ in descendants(manifest, "encryption-data")):
        raise DocumentError(
            "The file is locked with a password.",
            "Open it with the program that made it and save it without the password.",
            status="locked",
        )


def _metadata(archive: Archive) -> dict[str, str]:
    try:
        root = parse_xml(archive.read("meta.xml"))
    except DocumentError:
        return {}
    found: dict[str, str] = {}
    for item in children(child(root, "meta"), *_META):
        found.setdefault(_META[local(item)], text_of(item))
    return found


class _Reader:
    def __init__(self, writer: PageWriter, root: Element) -> None:
        self._writer = writer
        self._numbered = {
            attribute(style, "name")
            for style in descendants(root, "list-style")
            if next(children(style, "list-level-style-number"), None) is not None
        }
        self._cells = 0

    def content(self, content: Element) -> None:
        kind = local(content)
        if kind == "spreadsheet":
            for table in children(content, "table"):
                self._sheet(table)
        elif kind in ("presentation", "drawing"):
            for page in children(content, "page"):
                self._slide(page)
        else:
            self._blocks(content, 0)

    def _blocks(self, element: Element, depth: int) -> None:
        for block in element:
            name = local(block)
            if name == "h":
                self._paragraph(block, level=whole(attribute(block, "outline-level"), 1))
            elif name == "p":
                self._paragraph(block)
            elif name == "list":
                self._list(block, depth, "")
            elif name == "table":
                self._table(block, depth)
            elif name == "soft-page-break":
                self._writer.new_page()
            elif name not in _SKIPPED and depth < _DEEPEST:
                self._blocks(block, depth + 1)

    def _paragraph(self, paragraph: Element, *, level: int = 0, mark: str | None = None) -> None:
        for number, text in enumerate("".join(_runs(paragraph, 0)).split("\f")):
            if number:
                self._writer.new_page()
            if level:
                self._writer.heading(text, level)
            elif mark is not None:
                self._writer.item(text, mark)
            else:
                self._writer.paragraph(text)
        for part in descendants(paragraph, "note", "annotation", "text-box", "custom-shape"):
            self._attached(part)

    def _attached(self, part: Element) -> None:
        """A note, a comment or a text box, after the paragraph it is anchored in."""
        name = local(part)
        if name == "note":
            words = " ".join("".join(_runs(p, 0)) for p in descendants(part, "p"))
            self._writer.paragraph(f"{attribute(part, 'note-class', 'note').capitalize()}: {words}")
        elif name == "annotation":
            author = text_of(child(part, "creator"))
            words = " ".join("".join(_runs(p, 0)) for p in descendants(part, "p"))
            self._writer.paragraph(f"Comment{f' by {author}' if author else ''}: {words}")
        else:
            self._blocks(part, 1)

    def _list(self, element: Element, depth: int, style: str) -> None:
        style = attribute(element, "style-name") or style
        for number, item in enumerate(children(element, "list-item", "list-header"), start=1):
            mark = f"{number}." if style in self._numbered else "\N{BULLET}"
            for block in item:
                if local(block) == "list" and depth < _DEEPEST:
                    self._list(block, depth + 1, style)
                elif local(block) == "h":
                    self._paragraph(block, level=whole(attribute(block, "outline-level"), 1))
                elif local(block) == "p":
                    self._paragraph(block, mark=mark)

    def _table(self, table: Element, depth: int) -> None:
        rows = list(self._rows(table))
        if max(map(len, rows), default=0) < 2 and depth < _DEEPEST:
            for cell in descendants(table, "table-cell"):
                self._blocks(cell, depth + 1)
            return
        headers = sum(1 for part in children(table, "table-header-rows") for _ in children(part, "table-row"))
        self._writer.table(rows, headers or int(len(rows) > 1))

    def _sheet(self, table: Element) -> None:
        name = attribute(table, "name")
        rows = list(self._rows(table))
        if not any(rows):
            return
        self._writer.new_page(name or None)
        self._writer.heading(name, 1)
        write_sheet(self._writer, rows)
        for note in descendants(table, "annotation"):
            self._attached(note)

    def _slide(self, page: Element) -> None:
        self._writer.new_page()
        notes = child(page, "notes")
        frames = [part for part in page if part is not notes]
        for frame in frames:
            if attribute(frame, "class") == "title":
                self._writer.heading(" ".join("".join(_runs(p, 0)) for p in descendants(frame, "p")), 1)
            elif local(frame) != "forms":
                self._blocks(frame, 0)
        lines = descendants(notes, "p") if notes is not None else ()
        words = [text for line in lines if (text := "".join(_runs(line, 0)).strip())]
        if words:
            self._writer.paragraph("Notes: " + "\n".join(words))

    def _rows(self, table: Element) -> Iterator[list[str]]:
        """The rows as they are shown. What is repeated without end is empty, and is left out."""
        for row in _table_rows(table):
            cells: list[str] = []
            waiting = 0
            for cell in children(row, "table-cell", "covered-table-cell"):
                count = _repeated(cell, "number-columns-repeated")
                text = " ".join(filter(None, ("".join(_runs(p, 0)).strip() for p in descendants(cell, "p"))))
                if not text:
                    waiting += count
                    continue
                cells.extend([""] * min(waiting, MAX_REPEATED))
                waiting = 0
                cells.extend([text] * min(count, MAX_REPEATED))
            times = _repeated(row, "number-rows-repeated")
            for _ in range(min(times, MAX_REPEATED) if cells else 1):
                self._cells += len(cells)
                if self._cells > MAX_CELLS:
                    self._writer.warn(f"Only the first {MAX_CELLS:,} cells were read.")
                    return
                yield cells


def _table_rows(table: Element) -> Iterator[Element]:
    for part in table:
        if local(part) == "table-row":
            yield part
        elif local(part) in ("table-rows", "table-header-rows", "table-row-group"):
            yield from _table_rows(part)


def _repeated(element: Element, name: str) -> int:
    return max(1, whole(attribute(element, name), 1))


def _runs(element: Element, depth: int) -> Iterator[str]:
    """The text of a paragraph; a form feed where the program last broke the page."""
    yield element.text or ""
    for part in element:
        name = local(part)
        if name == "s":
            yield " "
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name == "soft-page-break":
            yield "\f"
        elif name and name not in _APART and depth < _DEEPEST:
            yield from _runs(part, depth + 1)
        yield part.tail or ""
