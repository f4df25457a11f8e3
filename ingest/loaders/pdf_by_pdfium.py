"""Read a PDF with pdfium: fast, and it knows where each line stands and how it looks.

pdfium is not thread-safe, not even across documents: one process per reader.
"""

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingest.loaders.base import LoadOptions, damaged_pdf, locked, refuse_if_too_long, refuse_if_too_many_pages
from ingest.loaders.cells import add_cells
from ingest.loaders.lines import Line, OutlineEntry, RawDocument, RawPage, clean
from ingest.loaders.pdf_extras import AttachedFiles, form_of, read_notes

HYPHEN_AT_LINE_END = "\ufffe"
"""pdfium joins a word broken over two lines and puts this noncharacter where hyphen and line break were."""

PAGES_PER_OPENING = 50

MAX_OUTLINE_ENTRIES = 5_000
RENDER_DPI = 200
POINTS_PER_INCH = 72
_METADATA = {"title": "Title", "author": "Author", "subject": "Subject", "created": "CreationDate"}
_MAY_HOLD_WORDS = frozenset({raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM})
_FONT_NAME_BYTES = 128
_ITALIC_FLAG, _FORCE_BOLD_FLAG = 1 << 6, 1 << 18  # ISO 32000-1, table 123
_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique", re.IGNORECASE)
_LINE_BREAK = re.compile(f"\r\n|{HYPHEN_AT_LINE_END}")


def read_with_pdfium(data: bytes, options: LoadOptions) -> RawDocument:
    """Every page's lines, form fields and comments, with labels, outline, metadata and attached files.

    A page that cannot be read is marked and the others are kept. Raises DocumentError: `locked` when no password
    fits, `damaged` when pdfium cannot open the file, `too_large` past the limits.
    """
    with _opened(data, options.passwords) as document:
        refuse_if_too_many_pages(len(document), options)
        attached = AttachedFiles()
        attached.add_all_of(document)
        pages = _with_xfa(document, tuple(_read_pages(data, options, len(document), attached)))
        return RawDocument(
            pages,
            tuple(_outline(document, len(pages))),
            _metadata(document),
            attachments=tuple(attached.found),
            attachments_left_out=attached.left_out,
        )


@contextmanager
def _opened(data: bytes, passwords: Sequence[str]) -> Iterator[pdfium.PdfDocument]:
    document = _open(data, passwords)
    try:
        yield document
    finally:
        document.close()


def _open(data: bytes, passwords: Sequence[str]) -> pdfium.PdfDocument:
    for password in ("", *passwords):
        try:
            return pdfium.PdfDocument(data, password=password or None)
        except pdfium.PdfiumError as error:
            if error.err_code != raw.FPDF_ERR_PASSWORD:
                raise damaged_pdf() from error
    raise locked("The PDF", passwords)


def _read_pages(data: bytes, options: LoadOptions, count: int, attached: AttachedFiles) -> Iterator[RawPage]:
    """The pages, of a document opened again every so many: pdfium keeps what it has seen of one until it is closed."""
    characters = 0
    for start in range(0, count, PAGES_PER_OPENING):
        with _opened(data, options.passwords) as document, form_of(document) as form:
            for index in range(start, min(start + PAGES_PER_OPENING, count)):
                page = _read_page(document, index, form, attached)
                characters += sum(len(line.text) + 1 for line in page.lines)
                characters += sum(len(note) + 1 for note in (*page.fields, *page.comments))
                refuse_if_too_long(characters)
                yield page


def _with_xfa(document: pdfium.PdfDocument, pages: tuple[RawPage, ...]) -> tuple[RawPage, ...]:
    """With the values of an XFA form on its first page, unless the pages have fields that say them."""
    is_xfa = raw.FPDF_GetFormType(document) in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND)
    if not is_xfa or not pages or any(page.fields for page in pages):
        return pages

    from ingest.loaders.pdf_xfa import read_xfa

    return (replace(pages[0], fields=read_xfa(document)), *pages[1:])


def _read_page(
    document: pdfium.PdfDocument, index: int, form: raw.FPDF_FORMHANDLE | None, attached: AttachedFiles
) -> RawPage:
    label = clean(document.get_page_label(index)) or None
    try:
        page = document[index]
        text_page = page.get_textpage()
    except pdfium.PdfiumError:
        return RawPage(label=label, has_content=True, damaged=True)
    try:
        lines = tuple(_visible(_lines(text_page.raw), page.get_bbox()))
        fields, comments = read_notes(page, form, attached)
        if lines:
            return RawPage(lines, label, has_content=True, fields=fields, comments=comments)
        kinds = {
            raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, i)) for i in range(raw.FPDFPage_CountObjects(page))
        }
        silent = not kinds.isdisjoint(_MAY_HOLD_WORDS)
        return RawPage((), label, has_content=bool(kinds), has_silent_words=silent, fields=fields, comments=comments)
    finally:
        text_page.close()
        page.close()


def _lines(text_page: raw.FPDF_TEXTPAGE) -> list[Line]:
    """The page's lines with the place and look of each: a handful of calls a line, as one per character would take
    longer than reading the page."""
    text = _text(text_page)
    lines: list[Line] = []
    spans: list[tuple[int, int]] = []
    start = 0
    for line_break in (*_LINE_BREAK.finditer(text), None):
        end = line_break.start() if line_break else len(text)
        piece = text[start:end]
        shown = clean(piece)
        if shown:
            hyphen = "-" if line_break and line_break.group() == HYPHEN_AT_LINE_END else ""
            first = start + len(piece) - len(piece.lstrip())
            last = start + len(piece.rstrip()) - 1
            lines.append(_placed(text_page, shown + hyphen, first, last))
            spans.append((first, last + 1))
        start = line_break.end() if line_break else end
    return add_cells(text_page, text, lines, spans)


def _text(text_page: raw.FPDF_TEXTPAGE) -> str:
    count = raw.FPDFText_CountChars(text_page)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 2))()  # characters outside the basic plane take two units
    written = raw.FPDFText_GetText(text_page, 0, count, buffer)
    return memoryview(buffer)[: max(0, written - 1)].tobytes().decode("utf-16-le", errors="ignore")


def _placed(text_page: raw.FPDF_TEXTPAGE, shown: str, first: int, last: int) -> Line:
    """`first` and `last` are the offsets of the line's outer characters in the page's text."""
    first_character = raw.FPDFText_GetCharIndexFromTextIndex(text_page, first)
    last_character = raw.FPDFText_GetCharIndexFromTextIndex(text_page, last)
    opening, closing = raw.FS_RECTF(), raw.FS_RECTF()
    if not (
        raw.FPDFText_GetLooseCharBox(text_page, first_character, opening)
        and raw.FPDFText_GetLooseCharBox(text_page, last_character, closing)
    ):
        return Line(shown)
    # Bullets are often drawn by a font without a height: the line's last character speaks for it then.
    body, character = (opening, first_character) if opening.top - opening.bottom > 1 else (closing, last_character)
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, character, name, _FONT_NAME_BYTES, flags)
    font = name.value.decode("utf-8", errors="ignore")
    return Line(
        shown,
        left=min(opening.left, closing.left),
        right=max(opening.right, closing.right),
        top=body.top,
        height=max(0.0, body.top - body.bottom),
        bold=bool(flags.value & _FORCE_BOLD_FLAG or _BOLD_NAME.search(font)),
        italic=bool(flags.value & _ITALIC_FLAG or _ITALIC_NAME.search(font)),
    )


def _visible(lines: Sequence[Line], box: tuple[float, float, float, float]) -> Iterator[Line]:
    """Without the lines outside the page: the other half of a spread, printers' marks, text hidden there."""
    left, bottom, right, top = box
    for line in lines:
        outside = line.right < left or line.left > right or line.top < bottom or line.top - line.height > top
        if not (line.is_placed and outside):
            yield line


def _outline(document: pdfium.PdfDocument, page_count: int) -> Iterator[OutlineEntry]:
    for bookmark in islice(document.get_toc(), MAX_OUTLINE_ENTRIES):
        destination = bookmark.get_dest()
        page = destination.get_index() if destination else None
        title = clean(bookmark.get_title())
        if title and page is not None and 0 <= page < page_count:
            yield OutlineEntry(title, bookmark.level + 1, page)


def _metadata(document: pdfium.PdfDocument) -> dict[str, str]:
    values = {name: clean(document.get_metadata_value(key)) for name, key in _METADATA.items()}
    return {name: value for name, value in values.items() if value}


def render_page(data: bytes, options: LoadOptions, index: int, longest_side: int) -> tuple[NDArray[np.uint8], float]:
    """The picture of a page (0-based), shape (height, width, 3) in blue green red, and how many points a pixel is.

    At most RENDER_DPI, and `longest_side` pixels along the longer side. Raises DocumentError as `read_with_pdfium`
    does, and `damaged` when the page cannot be drawn.
    """
    with _opened(data, options.passwords) as document:
        try:
            page = document[index]
            scale = min(RENDER_DPI / POINTS_PER_INCH, longest_side / max(*page.get_size(), 1.0))
            picture: NDArray[np.uint8] = page.render(scale=scale, may_draw_forms=True).to_numpy()
            return np.ascontiguousarray(picture[:, :, :3]), 1 / scale
        except pdfium.PdfiumError as error:
            raise damaged_pdf() from error
