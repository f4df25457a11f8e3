"""Web pages → Document: headings, paragraphs, lists, tables and code of the main text, without navigation."""

import codecs
import re
from collections.abc import Iterator, Sequence

from ingest.loaders.base import LoadOptions, SourceFile, refuse_if_too_long
from ingest.loaders.charsets import codec_of, decode_as
from ingest.loaders.markup import Element, attribute, children, descendants, local, names, parse_html, text_of, whole
from ingest.loaders.plain_text import decode
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNSEEN = names(
    "head script style noscript template svg canvas iframe object embed audio video map nav menu button select option"
    " datalist input textarea dialog"
)
_ROLES_UNSEEN = frozenset({"navigation", "banner", "search", "menu", "menubar", "toolbar", "contentinfo"})
_FRAME = frozenset({"header", "footer", "aside"})
_BLOCKS = names(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hr"
    " html li main ol p pre section summary table ul h1 h2 h3 h4 h5 h6"
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
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
_SIGNS_BEFORE, _SIGNS_AFTER = frozenset("$€£¥("), frozenset({")", "%", ")%"})
_DEEPEST = 150
MANY_LINKS, SHORT_LINK = 20, 30
"""A list of so many items that are nothing but links of so few characters on average leads elsewhere."""
MAX_SPAN = 100
"""Columns or rows that one cell may take."""

LEAST_SHARE = 0.3
"""The main part is taken alone when it holds this share of the page's text; else all of it is."""


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a web page. Raises DocumentError: `empty`, `damaged` for bytes that are no text, `too_large`."""
    text = decode_html(file.data)
    refuse_if_too_long(len(text) // 4)  # marks and scripts may be most of it
    root = parse_html(text)
    writer = PageWriter(options)
    if root is None:
        return writer.finish(file)
    write_html(writer, _main_part(root))
    return writer.finish(file, _metadata(root), title=text_of(next(descendants(root, "title"), None)))


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
    """Write a piece of HTML: the body of a mail, a chapter."""
    root = parse_html(text)
    if root is not None:
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
    found: dict[str, str] = {}
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
        if not name or depth > _DEEPEST or _is_unseen(element, name):
            return
        if name in _HEADINGS:
            self._flush()
            self._writer.heading(text_of(element), _HEADINGS[name] + self._shift)
        elif name == "pre":
            self._flush()
            self._writer.code(text_of(element))
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
            is_block = name in _BLOCKS
            if is_block:
                self._flush()
            self._content(element, depth)
            if is_block:
                self._flush()
        if depth == 0:
            self._flush()

    def _content(self, element: Element, depth: int) -> None:
        self._text(element.text)
        for inner in element:
            self.block(inner, depth + 1)
            self._text(inner.tail)

    def _text(self, text: str | None) -> None:
        if text:
            self._inline.append(re.sub(r"\s+", " ", text))

    def _flush(self) -> None:
        if text := "".join(self._inline).strip():
            self._writer.paragraph(text)
        self._inline = []

    def _item(self, element: Element, depth: int) -> None:
        """The item's own text is the item; lists and tables in it come after it."""
        outer = [inner for inner in element if local(inner) in ("ul", "ol", "table", "pre", "dl")]
        text = _visible_text(element, without=outer).strip()
        ordered = local(element.getparent()) == "ol" if element.getparent() is not None else False
        number = 1 + sum(1 for _ in element.itersiblings("li", preceding=True)) if ordered else 0
        self._writer.item(text, f"{number}." if ordered else "\N{BULLET}")
        for inner in outer:
            self.block(inner, depth + 1)

    def _table(self, table: Element, depth: int) -> None:
        if any(local(inner) == "table" for inner in table.iterdescendants() if local(inner)) or _is_layout(table):
            for cell in _cells_in(table):
                self._content(cell, depth + 1)
                self._flush()
            return
        rows, headers = table_rows(table)
        for caption in children(table, "caption"):
            self._writer.paragraph(text_of(caption))
        self._writer.table(rows, headers)


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
            text = _visible_text(cell).strip()
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


def _is_menu(items: Element) -> bool:
    links = sum(1 for _ in descendants(items, "a"))
    if links < MANY_LINKS:
        return False
    words = len(text_of(items).split())
    linked = sum(len(text_of(link).split()) for link in descendants(items, "a"))
    return linked > 0.9 * words and len(" ".join(text_of(items).split())) < SHORT_LINK * links


def _is_layout(table: Element) -> bool:
    """Whether the table only places things on the page: one cell a row, or long texts in its cells."""
    rows = list(descendants(table, "tr"))
    widths = [sum(1 for _ in children(row, "td", "th")) for row in rows]
    if max(widths, default=0) < 2 or attribute(table, "role") in ("presentation", "none"):
        return max(widths, default=0) < 2
    return len(rows) == 1 and any(len(text_of(cell)) > 500 for cell in _cells_in(table))


def _cells_in(table: Element) -> Iterator[Element]:
    """The outermost cells."""
    for inner in table:
        name = local(inner)
        if name in ("td", "th", "caption"):
            yield inner
        elif name in ("tr", "thead", "tbody", "tfoot"):
            yield from _cells_in(inner)


def _visible_text(element: Element, without: Sequence[Element] = ()) -> str:
    parts: list[str] = []

    def collect(element: Element, depth: int) -> None:
        name = local(element)
        if not name or depth > _DEEPEST or element in without or (depth and _is_unseen(element, name)):
            return
        if name == "br" or (depth and name in _BLOCKS):
            parts.append(" ")
        parts.append(element.text or "")
        for inner in element:
            collect(inner, depth + 1)
            parts.append(inner.tail or "")
        if depth and name in _BLOCKS:
            parts.append(" ")

    collect(element, 0)
    return re.sub(r"\s+", " ", "".join(parts))


def _is_unseen(element: Element, name: str) -> bool:
    if name in _UNSEEN or element.get("hidden") is not None or element.get("role") in _ROLES_UNSEEN:
        return True
    if name in _FRAME and _is_of_the_page(element):
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))


def _is_of_the_page(element: Element) -> bool:
    """Whether a header, footer or aside is the page's, not an article's."""
    return not any(local(above) in ("article", "main", "section", "blockquote") for above in element.iterancestors())
