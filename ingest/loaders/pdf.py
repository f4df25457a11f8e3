"""PDF → Document: pdfium reads, pypdf is the second opinion, and the layout of the lines gives the blocks."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from config.errors import DocumentError
from ingest.loaders.attachments import write_attachments
from ingest.loaders.base import (
    LoadOptions,
    Recognition,
    RecognitionNeeded,
    SourceFile,
    damaged,
    needs_ocr,
    title_from_name,
)
from ingest.loaders.layout import add_notes, lay_out
from ingest.loaders.legibility import is_legible
from ingest.loaders.lines import Line, RawDocument, RawPage
from ingest.loaders.recognition import LONGEST_SIDE, Pixels
from ingest.loaders.titles import MAX_TITLE_CHARACTERS, first_heading, given_title, is_title
from ingest.loaders.writer import PageWriter
from ingest.types import Document, Page

_CATALOGUE = re.compile(rb"(\d{1,10})\s+(\d{1,5})\s+obj\b(?:(?!endobj).){0,1000}?/Type\s*/Catalog\b", re.DOTALL)


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a PDF. Pages that cannot be read or hold no text are named in the warnings, the others are kept.

    Raises DocumentError: `locked`, `damaged`, `too_large`, `needs_ocr` when no page holds text, `empty` when the pages
    are blank; and RecognitionNeeded for pages whose text is to be recognised.
    """
    document = _read(file, options)
    wanted = [index for index, page in enumerate(document.pages) if _is_to_be_recognised(page, options.ocr)]
    document = _with_recognised_pages(document, wanted, options)
    if missing := [index for index in wanted if index not in options.recognised]:
        raise RecognitionNeeded(file.sha256, missing, _without_missing_pages(document, file, options))
    return _laid_out(document, file, options)


def _without_missing_pages(document: RawDocument, file: SourceFile, options: LoadOptions) -> Document | None:
    try:
        return _laid_out(document, file, options)
    except DocumentError:
        return None


def _laid_out(document: RawDocument, file: SourceFile, options: LoadOptions) -> Document:
    """Raises DocumentError when no page holds text."""
    _refuse_without_text(document, options)
    printed = lay_out(document)
    pages = tuple(add_notes(page, raw.fields, raw.comments) for page, raw in zip(printed, document.pages, strict=True))
    attached, attachment_warnings = _attached_pages(document, file, options)
    return Document(
        path=file.path,
        sha256=file.sha256,
        title=_title(document, printed) or title_from_name(file.path),
        pages=(*pages, *attached),
        metadata={name: value for name, value in document.metadata.items() if name != "title"},
        warnings=(*_warnings(document), *attachment_warnings),
    )


def picture_of(file: SourceFile, options: LoadOptions, index: int) -> tuple[Pixels, float]:
    """The picture of a page (0-based) and how many points a pixel is. Raises DocumentError when it cannot be drawn."""
    from ingest.loaders.pdf_by_pdfium import render_page

    try:
        return render_page(file.data, options, index, LONGEST_SIDE)
    except DocumentError as error:
        if error.status != "damaged":
            raise
        return render_page(_with_new_trailer(file.data), options, index, LONGEST_SIDE)


def _attached_pages(
    document: RawDocument, file: SourceFile, options: LoadOptions
) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """The attached files' pages, numbered on from the document's own, and what is to be said about them."""
    count = len(document.pages)
    warnings: tuple[str, ...] = ()
    if document.attachments_left_out:
        warnings = (f"Attachments too large, too many or broken, not read: {document.attachments_left_out}.",)
    if not document.attachments:
        return (), warnings
    writer = PageWriter(replace(options, max_pages=options.max_pages - count), breaks_pages=False)
    try:
        write_attachments(writer, document.attachments, options)
        attached = writer.finish(file)
    except DocumentError as error:
        return (), (*warnings, f"The attachments were not read: {error.message}")
    pages = tuple(replace(page, number=count + page.number) for page in attached.pages)
    return pages, (*warnings, *attached.warnings)


def _with_recognised_pages(document: RawDocument, wanted: Sequence[int], options: LoadOptions) -> RawDocument:
    """Pages that give no text of their own have what was recognised in their picture, as far as that has been done."""
    pages = list(document.pages)
    for index in wanted:
        recognised = options.recognised.get(index)
        if recognised and recognised.lines:
            pages[index] = replace(
                pages[index], lines=recognised.lines, confidence=recognised.confidence, damaged=False
            )
    return replace(document, pages=tuple(pages))


def _is_to_be_recognised(page: RawPage, ocr: Recognition) -> bool:
    if ocr == "never" or not page.has_content or page.damaged:
        return False
    return ocr == "always" or not page.lines or not is_legible(page.lines)


def _read(file: SourceFile, options: LoadOptions) -> RawDocument:
    if options.engine == "pdfium":
        try:
            return _read_with_pdfium(file.data, options)
        except DocumentError as error:
            if error.status not in ("damaged", "locked") or (error.status == "locked" and not options.passwords):
                raise
        with suppress(DocumentError):
            return replace(_read_with_pdfium(_with_new_trailer(file.data), options), is_mended=True)

    from ingest.loaders.pdf_by_pypdf import read_with_pypdf

    return read_with_pypdf(file.data, options)


def _read_with_pdfium(data: bytes, options: LoadOptions) -> RawDocument:
    """pypdf is asked about the pages where pdfium failed, or saw words and got no text."""
    from ingest.loaders.pdf_by_pdfium import read_with_pdfium

    document = read_with_pdfium(data, options)
    doubtful = [index for index, page in enumerate(document.pages) if page.damaged or page.has_silent_words]
    if not doubtful:
        return document

    from ingest.loaders.pdf_by_pypdf import reread_pages

    better = reread_pages(data, options, doubtful, len(document.pages))
    pages = tuple(
        replace(page, lines=better[index].lines, has_silent_words=False, damaged=False) if index in better else page
        for index, page in enumerate(document.pages)
    )
    return replace(document, pages=pages)


def _with_new_trailer(data: bytes) -> bytes:
    """The file with a trailer put at its end that names the last catalogue in it: pdfium then finds the other objects
    by looking through the file. That opens downloads that broke off."""
    catalogues = _CATALOGUE.findall(data)
    if not catalogues:
        return data
    return data + b"\ntrailer\n<< /Root %s %s R >>\nstartxref\n0\n%%%%EOF\n" % catalogues[-1]


def _refuse_without_text(document: RawDocument, options: LoadOptions) -> None:
    if document.attachments or any(page.lines or page.fields or page.comments for page in document.pages):
        return
    if all(page.damaged for page in document.pages):
        raise damaged("The PDF is damaged: none of its pages can be read.")
    if any(page.has_content for page in document.pages):
        if options.recognised:
            raise DocumentError("The PDF holds pictures in which no text was found.", status="empty")
        raise needs_ocr()
    if document.is_mended:
        raise DocumentError(
            "The PDF is damaged: a part of it is missing, and what is left holds no text.",
            "Copy or download it again.",
            status="damaged",
        )
    raise DocumentError("The PDF is empty: its pages are blank.", status="empty")


def _warnings(document: RawDocument) -> tuple[str, ...]:
    numbered = list(enumerate(document.pages, start=1))
    damaged = [number for number, page in numbered if page.damaged]
    scanned = [number for number, page in numbered if page.has_content and not page.lines and not page.damaged]
    recognised = [(number, page.confidence) for number, page in numbered if page.confidence is not None]
    garbled = [number for number, page in numbered if page.confidence is None and not is_legible(page.lines)]
    warnings = []
    if document.is_mended:
        warnings.append("The file is broken off or damaged at its end; what could be found in it was read.")
    if damaged:
        warnings.append(f"Could not be read because they are damaged: {_name_pages(damaged)}.")
    if scanned:
        warnings.append(f"Hold no text, only pictures or drawings: {_name_pages(scanned)}.")
    if recognised:
        sure = sum(confidence for _, confidence in recognised) / len(recognised)
        names = _name_pages([number for number, _ in recognised])
        warnings.append(f"Read by character recognition, {sure:.0%} sure: {names}.")
    if garbled:
        warnings.append(
            f"Hold text that is no words, as a font without a key to its letters gives: {_name_pages(garbled)}."
        )
    return tuple(warnings)


def _name_pages(numbers: Sequence[int]) -> str:
    """`[3, 5, 6, 7]` → `pages 3, 5-7`."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    names = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
    return f"page {names}" if len(numbers) == 1 else f"pages {names}"


def _title(document: RawDocument, pages: Sequence[Page]) -> str:
    """What the file calls itself if that is a title, else page one's largest print, else the first heading."""
    if given := given_title(document.metadata.get("title", "")):
        return given
    largest = _largest_print(document.pages[0].lines)
    if is_title(largest):
        return largest
    return next((heading for page in pages[:3] if is_title(heading := first_heading(page))), "")


def _largest_print(lines: Sequence[Line]) -> str:
    """The lines of page one in its largest print, when that stands out from the rest of the page."""
    placed = [line for line in lines if line.is_placed and sum(character.isalpha() for character in line.text) >= 3]
    if not placed:
        return ""
    largest = max(line.height for line in placed)
    chosen = [line for line in placed if line.height > 0.95 * largest]
    text = " ".join(line.text for line in chosen)
    return text if len(chosen) < len(placed) and len(text) <= MAX_TITLE_CHARACTERS else ""
