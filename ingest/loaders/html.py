"""Web pages → Document: headings, paragraphs, lists, tables and code of the main text, without navigation."""

import codecs
import re
from itertools import chain

from ingest.loaders.base import LoadOptions, SourceFile, refuse_if_too_long
from ingest.loaders.charsets import codec_of, decode_as
from ingest.loaders.html_tables import cells_in, is_layout, table_rows
from ingest.loaders.html_text import BLOCKS, FRAME, is_unseen, marks_around, seen_text, set_text
from ingest.loaders.markup import Element, children, descendants, local, parse_html, text_of, whole
from ingest.loaders.numbering import FORMS, written
from ingest.loaders.plain_text import decode
from ingest.loaders.raised import show_raised, unmarked
from ingest.loaders.writer import BULLET, PageWriter
from ingest.types import Document

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)|<\?xml[^>]{0,100}encoding=[\"']([\w-]+)", re.IGNORECASE
)
_META = {
    "author": "author",
    "description": "description",
    "keywords": "keywords",
    "date": "created",
    "dcterms.created": "created",
    "article:published_time": "created",
    "og:site_name": "publisher",
}
_DEEPEST = 150
MANY_LINKS, SHORT_LINK = 20, 30
"""A list of so many items that are nothing but links of so few characters on average leads elsewhere."""

LEAST_SHARE = 0.3
"""The main part is taken alone when it holds this share of the page's text; else all of it is."""


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a web page. Raises DocumentError: `empty`, `damaged` for bytes that are no text, `too_large`."""
    text = decode_html(file.data)
    refuse_if_too_long(len(text) // 4)  # marks and scripts may be most of it
    writer = PageWriter(options)
    root = parse_html(text, writer.warn)
    if root is None:
        return writer.finish(file)
    write_html(writer, _main_part(root))
    return writer.finish(file, _metadata(root))


def decode_html(data: bytes) -> str:
    """By the byte order mark, else as the page says, else as any text."""
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(data)
    if found := _CHARSET.search(data[:4096]):
        name = (found.group(1) or found.group(2)).decode("ascii")
        is_mistaken = (codec_of(name) or "").startswith("utf-16")  # or these words could not be read
        return decode_as(data, "utf-8" if is_mistaken else name)
    return decode(data)


def html_to(writer: PageWriter, text: str) -> None:
    """Write a piece of HTML: the body of a mail, a chapter. What frames a whole page (`header`, `aside`) is the head of
    a chapter there, or a note."""
    root = parse_html(text, writer.warn)
    if root is not None:
        for element in list(descendants(root, *FRAME)):
            element.tag = "section"
        write_html(writer, root)


def write_html(writer: PageWriter, root: Element, *, shift: int = 0) -> None:
    """Write what is seen of an element. Headings are put `shift` levels deeper."""
    _Walk(writer, shift).block(root, 0)


def _main_part(root: Element) -> Element:
    """The element that holds the article, if the page marks one."""
    whole = len(text_of(next(descendants(root, "body"), root)))
    for name in ("main", "article"):
        found = list(descendants(root, name))
        if len(found) == 1 and len(text_of(found[0])) > LEAST_SHARE * whole:
            return found[0]
    return root


def _metadata(root: Element) -> dict[str, str]:
    found = {"title": text_of(next(descendants(root, "title"), None))}
    for element in descendants(root, "meta"):
        name = _META.get((element.get("name") or element.get("property") or "").lower())
        if name:
            found.setdefault(name, element.get("content") or "")
    return found


class _Walk:
    """Goes through the elements; text between block elements is a paragraph."""

    def __init__(self, writer: PageWriter, shift: int) -> None:
        self._writer = writer
        self._shift = shift
        self._inline: list[str] = []

    def block(self, element: Element, depth: int) -> None:
        name = local(element)
        if not name or is_unseen(element, name):
            return
        if depth > _DEEPEST:
            self._as_text(element, name)
        elif name in _HEADINGS:
            self._flush()
            self._writer.heading(seen_text(element), _HEADINGS[name] + self._shift)
        elif name == "pre":
            self._flush()
            self._writer.code(set_text(element))
        elif name == "table":
            self._flush()
            self._table(element, depth)
        elif name == "br":
            self._inline.append("\n")
        elif name == "li":
            self._flush()
            self._item(element, depth)
        elif name in ("ul", "ol") and _is_menu(element):
            self._flush()
        else:
            is_block = name in BLOCKS
            if is_block:
                self._flush()
            before, behind = marks_around(element)
            self._inline.append(before)
            self._content(element, depth)
            self._inline.append(behind)
            if is_block:
                self._flush()
        if depth == 0:
            self._flush()

    def _content(self, element: Element, depth: int) -> None:
        self._text(element.text)
        for inner in element:
            self.block(inner, depth + 1)
            self._text(inner.tail)

    def _as_text(self, element: Element, name: str) -> None:
        """What is nested so deeply that its order is not worth following further."""
        edge = "\n" if name in BLOCKS else ""
        self._inline += [edge, seen_text(element), edge]

    def _text(self, text: str | None) -> None:
        if text:
            self._inline.append(re.sub(r"\s+", " ", unmarked(text)))

    def _flush(self) -> None:
        if text := show_raised("".join(self._inline)).strip():
            self._writer.paragraph(text)
        self._inline = []

    def _item(self, element: Element, depth: int) -> None:
        """The item's own text is the item; lists and tables in it come after it."""
        outer = [inner for inner in element if local(inner) in ("ul", "ol", "table", "pre", "dl")]
        text = seen_text(element, without=outer).strip()
        self._writer.item(text, _mark(element))
        for inner in outer:
            self.block(inner, depth + 1)

    def _table(self, table: Element, depth: int) -> None:
        if any(local(inner) == "table" for inner in table.iterdescendants() if local(inner)) or is_layout(table):
            for cell in cells_in(table):
                self._content(cell, depth + 1)
                self._flush()
            return
        rows, headers = table_rows(table)
        for caption in children(table, "caption"):
            self._writer.paragraph(seen_text(caption))
        self._writer.table(rows, headers)


def _mark(item: Element) -> str:
    """What a list item is shown with: a bullet, its number, its letter."""
    above = item.getparent()
    if above is None or local(above) != "ol":
        return BULLET
    return f"{written(_number(item, above), FORMS.get(above.get('type', ''), 'decimal'))}."


def _number(item: Element, items: Element) -> int:
    steps = 0
    for before in chain([item], item.itersiblings("li", preceding=True)):
        if (value := whole(before.get("value", ""), -1)) >= 0:
            return value + steps
        steps += 1
    return whole(items.get("start", ""), 1) + steps - 1


def _is_menu(items: Element) -> bool:
    links = sum(1 for _ in descendants(items, "a"))
    if links < MANY_LINKS:
        return False
    words = len(text_of(items).split())
    linked = sum(len(text_of(link).split()) for link in descendants(items, "a"))
    return linked > 0.9 * words and len(" ".join(text_of(items).split())) < SHORT_LINK * links
