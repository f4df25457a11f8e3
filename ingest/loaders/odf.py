"""OpenDocument (ISO 26300: .odt, .ods, .odp) → Document: text, sheets and slides from the one XML that holds them."""

from config.errors import DocumentError
from ingest.loaders.archive import Archive
from ingest.loaders.base import LoadOptions, SourceFile, damaged
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
from ingest.loaders.odf_lists import Lists
from ingest.loaders.odf_pages import PageBreaks
from ingest.loaders.odf_tables import Cells, columns, table_rows
from ingest.loaders.odf_text import BOXES, DEEPEST, NOTES, outermost, seen_text
from ingest.loaders.paged_table import PAGE_ENDS, write_paged_table
from ingest.loaders.sheets import write_sheet
from ingest.loaders.writer import PageWriter
from ingest.types import Document

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
_SKIPPED = names("tracked-changes sequence-decls forms notes")


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a text, sheets or slides. Raises DocumentError: `damaged`, `locked`, `empty`, `too_large`."""
    archive = Archive(file.data, options.passwords)
    _refuse_if_encrypted(archive)
    root = parse_xml(archive.read("content.xml"))
    body = child(root, "body")
    content = next(iter(body), None) if body is not None else None
    if content is None:
        raise damaged("The file is damaged: its content is missing.")
    has_pages = local(content) in ("presentation", "drawing")
    breaks = has_pages or any(True for _ in descendants(content, "soft-page-break"))
    writer = PageWriter(options, breaks_pages=not breaks)
    if breaks and not has_pages:
        writer.new_page()
    styles = child(_optional(archive, "styles.xml"), "styles")
    groups = (child(root, "automatic-styles"), styles)
    # A slide is a page, whatever the style of what stands on it.
    breaks_of_author = PageBreaks() if has_pages else PageBreaks(*groups)
    _Reader(writer, Lists(*groups), breaks_of_author).content(content)
    if archive.is_rescued:
        writer.warn("The file is damaged; what could be found in it was read.")
    return writer.finish(file, _metadata(archive))


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
    found: dict[str, str] = {}
    for item in children(child(_optional(archive, "meta.xml"), "meta"), *_META):
        found.setdefault(_META[local(item)], text_of(item))
    return found


def _optional(archive: Archive, part: str) -> Element | None:
    """The root of a part that need not be there."""
    try:
        return parse_xml(archive.read(part))
    except DocumentError:
        return None


class _Reader:
    def __init__(self, writer: PageWriter, lists: Lists, breaks: PageBreaks) -> None:
        self._writer = writer
        self._lists = lists
        self._cells = Cells(writer, lists)
        self._breaks = breaks
        self._is_page_due = False
        self._is_page_fresh = True

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
            self._block(block, depth)

    def _block(self, block: Element, depth: int, mark: str | None = None) -> None:
        """A block of text. `mark`: its number or bullet, empty when it goes on in an item, None outside of lists."""
        name = local(block)
        if name in ("p", "h"):
            self._turn_page(block)
            self._paragraph(block, mark)
        elif name == "list":
            for inner, its_mark in self._lists.items(block):
                if depth < DEEPEST:
                    self._block(inner, depth + 1, its_mark)
        elif name == "table":
            self._turn_page(block)
            self._table(block, depth)
        elif name == "soft-page-break":
            self._writer.new_page()
            self._is_page_due, self._is_page_fresh = False, True
        elif name not in _SKIPPED and depth < DEEPEST:
            self._blocks(block, depth + 1)

    def _turn_page(self, block: Element) -> None:
        """Begin a page where the author did, unless one has just begun."""
        if (self._is_page_due or self._breaks.before(block)) and not self._is_page_fresh:
            self._writer.new_page()
        self._is_page_due = self._breaks.after(block)
        self._is_page_fresh = False

    def _paragraph(self, paragraph: Element, mark: str | None) -> None:
        level = whole(attribute(paragraph, "outline-level"), 1) if local(paragraph) == "h" else 0
        is_continued = False
        for number, text in enumerate(seen_text(paragraph).split(PAGE_ENDS)):
            if number:
                self._writer.new_page()
            if not text.strip() or is_continued:
                self._writer.paragraph(text)
                continue
            is_continued = True
            self._writer.text(text, level, mark)
        for part in outermost(paragraph, *NOTES, *BOXES):
            self._attached(part)

    def _attached(self, part: Element) -> None:
        """A note, a comment or a text box, after the paragraph it is anchored in."""
        name = local(part)
        if name == "note":
            words = " ".join(seen_text(p) for p in descendants(part, "p"))
            self._writer.paragraph(f"{attribute(part, 'note-class', 'note').capitalize()}: {words}")
        elif name == "annotation":
            author = text_of(child(part, "creator"))
            words = " ".join(seen_text(p) for p in descendants(part, "p"))
            self._writer.paragraph(f"Comment{f' by {author}' if author else ''}: {words}")
        else:
            self._blocks(part, 1)

    def _table(self, table: Element, depth: int) -> None:
        if depth < DEEPEST and max(map(columns, table_rows(table)), default=0) < 2:
            for row in table_rows(table):
                if local(row) == "soft-page-break":
                    self._block(row, depth)
                for cell in children(row, "table-cell"):
                    self._blocks(cell, depth + 1)
            return
        rows = list(self._cells.rows(table))
        headers = sum(1 for part in children(table, "table-header-rows") for _ in children(part, "table-row"))
        is_begun = self._writer.is_at_page_start
        write_paged_table(self._writer, rows, headers or int(len(rows) > 1), awaits_mark=is_begun)
        for note in outermost(table, *NOTES):
            self._attached(note)

    def _sheet(self, table: Element) -> None:
        name = attribute(table, "name")
        rows = list(self._cells.rows(table))
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
                self._writer.heading(" ".join(seen_text(p) for p in descendants(frame, "p")), 1)
            elif local(frame) != "forms":
                self._blocks(frame, 0)
        lines = descendants(notes, "p") if notes is not None else ()
        words = [text for line in lines if (text := seen_text(line).strip())]
        if words:
            self._writer.paragraph("Notes: " + "\n".join(words))
