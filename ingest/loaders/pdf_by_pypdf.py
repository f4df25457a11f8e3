"""Read a PDF with pypdf: the second opinion. Slow (a thirtieth of pdfium's speed) and without places, but it repairs
files that pdfium refuses, and has limits of its own against files made to exhaust memory."""

import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from pypdf import PasswordType, PdfReader

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, damaged_pdf, locked, refuse_if_too_long, refuse_if_too_many_pages
from ingest.loaders.lines import Line, RawDocument, RawPage, clean

T = TypeVar("T")

_METADATA = {"title": "/Title", "author": "/Author", "subject": "/Subject", "created": "/CreationDate"}


def read_with_pypdf(data: bytes, options: LoadOptions) -> RawDocument:
    """Every page's lines, with labels and metadata.

    A page that cannot be read is marked and the others are kept. Raises DocumentError: `locked` when no password
    fits, `damaged` when the file cannot be opened, `too_large` past the limits.
    """
    reader = _open(data, options.passwords)
    count = _attempt(lambda: len(reader.pages)) or 0
    if count == 0:
        raise damaged_pdf()
    refuse_if_too_many_pages(count, options)
    pages = tuple(_read_pages(reader, range(count)))
    if all(page.damaged for page in pages):
        raise damaged_pdf()
    return RawDocument(pages, metadata=_attempt(lambda: _metadata(reader)) or {})


def reread_pages(data: bytes, options: LoadOptions, indexes: Collection[int], page_count: int) -> dict[int, RawPage]:
    """These pages (0-based) alone; the ones that give text.

    Empty when pypdf cannot open the file, or does not find `page_count` pages: it passes over what is no page, and a
    text must not come under another page's number.
    """
    try:
        reader = _open(data, options.passwords)
    except DocumentError:
        return {}
    if _attempt(lambda: len(reader.pages)) != page_count:
        return {}
    pages = zip(indexes, _read_pages(reader, indexes), strict=True)
    return {index: page for index, page in pages if page.lines}


def _open(data: bytes, passwords: Sequence[str]) -> PdfReader:
    reader = _attempt(lambda: PdfReader(io.BytesIO(data)))
    if reader is None:
        raise damaged_pdf()
    if reader.is_encrypted and not any(_unlocks(reader, password) for password in ("", *passwords)):
        raise locked("The PDF", passwords)
    return reader


def _unlocks(reader: PdfReader, password: str) -> bool:
    return _attempt(lambda: reader.decrypt(password) != PasswordType.NOT_DECRYPTED) or False


def _read_pages(reader: PdfReader, indexes: Iterable[int]) -> Iterator[RawPage]:
    labels = _labels(reader)
    characters = 0
    for index in indexes:
        page = _attempt(partial(_read_page, reader, index))
        if page is None:
            page = RawPage(has_content=True, damaged=True)
        characters += sum(len(line.text) + 1 for line in page.lines)
        refuse_if_too_long(characters)
        yield replace(page, label=labels.get(index))


def _labels(reader: PdfReader) -> dict[int, str]:
    """The pages' printed numbers by index, if the file has any (pypdf counts 1, 2, 3 … otherwise)."""
    found = _attempt(lambda: list(reader.page_labels)) or []
    labels = {index: clean(label) for index, label in enumerate(found)}
    return {} if all(label == str(index + 1) for index, label in labels.items()) else labels


def _read_page(reader: PdfReader, index: int) -> RawPage:
    page = reader.pages[index]
    lines = tuple(Line(shown) for text in page.extract_text().splitlines() if (shown := clean(text)))
    return RawPage(lines, has_content=bool(lines) or page.get_contents() is not None)


def _metadata(reader: PdfReader) -> dict[str, str]:
    found: Mapping[str, object] = reader.metadata or {}
    values = {name: clean(str(found.get(key, ""))) for name, key in _METADATA.items()}
    return {name: value for name, value in values.items() if value}


def _attempt(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except Exception:  # noqa: BLE001  over a damaged file pypdf raises whatever its code runs into; None says so
        return None
