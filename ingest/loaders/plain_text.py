"""Plain text → Document: a form feed begins a new page, a blank line a new paragraph.

It is UTF-8, UTF-16, UTF-32 or Windows-1252; other encodings are read as the last, with a warning where that
shows. A long text without form feeds is cut into pages as files without pages are, at the ends of paragraphs or lines.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from config.errors import DocumentError
from config.sanitise import sanitise
from ingest.loaders.base import LoadOptions, SourceFile, refuse_if_too_long, refuse_if_too_many_pages, title_from_name
from ingest.loaders.lines import Line
from ingest.loaders.tables import find_tables
from ingest.loaders.writer import EARLY_BREAK, PAGE_CHARACTERS
from ingest.punctuation import begins_list_item, ends_clause
from ingest.types import Block, BlockKind, Document, Page

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins alike
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BAD_AMONG_VALID = 20
"""A file is UTF-8 with a fault in it when it has more than so many characters of several bytes for each bad one."""

_CHARACTERS_LOOKED_AT = 100_000
_NO_LETTERS = frozenset("\N{FEMININE ORDINAL INDICATOR}\N{MASCULINE ORDINAL INDICATOR}")
"""Letters to Unicode, signs behind a figure to people: `20 \N{MASCULINE ORDINAL INDICATOR}C`."""

_MAX_HEADING = 70
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\*{3,})")
_NUMBERED = re.compile(r"(?:§\s*)?\d{1,3}(?:\.\d{1,3})*[.)]?\s+[^\W\d_]")

Span = tuple[int, int]


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a text file. Raises DocumentError: `empty` for white space only, `damaged` for bytes that are no text."""
    texts = read_pages(file.data, options)
    pages = [Page(number, text, tuple(_blocks(text))) for number, text in enumerate(texts, start=1)]
    if len(pages) == 1 and len(texts[0]) > PAGE_CHARACTERS:
        pages = list(_cut(pages[0]))
        refuse_if_too_many_pages(len(pages), options)
    title = _title(pages) or title_from_name(file.path)
    return Document(file.path, file.sha256, title, tuple(pages), warnings=encoding_warnings(texts))


def read_pages(data: bytes, options: LoadOptions) -> list[str]:
    """The file's text, sanitised, cut at form feeds.

    Raises DocumentError: `empty`, `damaged`, `too_large` past the limits.
    """
    text = decode(data)
    refuse_if_too_long(len(text))
    # A form feed at the end closes the last page, it does not begin another.
    pages = [sanitise(page) for page in text.removesuffix("\f").split("\f")]
    refuse_if_too_many_pages(len(pages), options)
    if not any(page.strip() for page in pages):
        raise DocumentError("The file is empty: it holds nothing but white space.", status="empty")
    return pages


def decode(data: bytes) -> str:
    """Bytes → text: by the byte order mark, else UTF-16 if half the bytes are zero, else UTF-8, a few bad bytes in it
    included, else Windows-1252.

    Raises DocumentError (`damaged`) when the bytes are no text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data[:4096]:
        return _decode_without_mark(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
        # In Windows-1252 hardly anything that is not ASCII is valid UTF-8, by chance.
        return text if is_mostly_valid(text, BAD_AMONG_VALID) else data.decode("cp1252", errors="replace")


def is_mostly_valid(text: str, bad_among: int) -> bool:
    """Whether, of what is not ASCII, there are more than `bad_among` characters for each that stands for bad bytes."""
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    valid = len(text) - len(text.encode("ascii", errors="ignore")) - bad
    return bad * bad_among < valid


def encoding_warnings(texts: Sequence[str]) -> tuple[str, ...]:
    """A warning when most letters of a file are those that Windows-1252 has above ASCII. No language is written so:
    it is Cyrillic, Greek, Japanese or the like in an encoding of its own."""
    letters = [
        letter
        for letter in "".join(texts)[:_CHARACTERS_LOOKED_AT]
        if letter == "\ufffd" or (letter.isalpha() and letter not in _NO_LETTERS)
    ]
    doubtful = sum("\x80" <= letter < "\u0200" or letter == "\ufffd" for letter in letters)
    if 2 * doubtful <= len(letters):
        return ()
    return ("Most letters of the text look wrong: its encoding is not known. Save the file as UTF-8.",)


def _decode_without_mark(data: bytes) -> str:
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    half = len(data[:4096]) / 2
    if odd > 0.4 * half and even < 0.1 * half:
        return data.decode("utf-16-le", errors="replace")
    if even > 0.4 * half and odd < 0.1 * half:
        return data.decode("utf-16-be", errors="replace")
    raise DocumentError(
        "The file is called a text file but holds no text.",
        "Open it with the program that made it and save it as text.",
        status="damaged",
    )


def _blocks(text: str) -> Iterator[Block]:
    paragraphs = list(_paragraphs(text))
    for index, lines in enumerate(paragraphs):
        level = _heading_level(text, lines, followed=index + 1 < len(paragraphs))
        if level:
            yield Block(BlockKind.HEADING, *lines[0], level)
        else:
            yield from _prose_and_tables(text, lines)


def _paragraphs(text: str) -> Iterator[list[Span]]:
    """Runs of lines that are not blank, as spans without the spaces at their ends."""
    lines: list[Span] = []
    start = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            first = start + line.index(stripped)
            lines.append((first, first + len(stripped)))
        elif lines:
            yield lines
            lines = []
        start += len(line) + 1
    if lines:
        yield lines


def _heading_level(text: str, lines: Sequence[Span], *, followed: bool) -> int:
    """1 or 2 (deeper when numbered so) for a paragraph that is a heading, else 0."""
    first = text[slice(*lines[0])]
    if len(lines) == 2 and _UNDERLINE.fullmatch(text[slice(*lines[1])]):
        return 1 if text[lines[1][0]] in "=*" else 2
    if len(lines) > 1 or not followed or len(first) > _MAX_HEADING or ends_clause(first) or first.endswith(","):
        return 0
    if numbered := _NUMBERED.match(first):
        return min(6, 1 + numbered.group().count("."))
    if begins_list_item(first) or not first[0].isupper() or sum(map(str.isalpha, first)) < 0.5 * len(first):
        return 0
    return 1 if first.isupper() else 2


def _prose_and_tables(text: str, lines: Sequence[Span]) -> Iterator[Block]:
    done = 0
    for table in find_tables([Line(text[slice(*line)]) for line in lines], _never, _never):
        yield from _prose(text, lines[done : table.first])
        if table.first < table.rows[0].first:
            start, end = lines[table.first][0], lines[table.rows[0].first - 1][1]
            yield Block(BlockKind.TABLE_ROW, start, end, header=table.rows[0].header)
        for row in table.rows:
            yield Block(BlockKind.TABLE_ROW, lines[row.first][0], lines[row.last - 1][1], header=row.header)
        done = table.last
    yield from _prose(text, lines[done:])


def _never(_: int) -> bool:
    return False


def _prose(text: str, lines: Sequence[Span]) -> Iterator[Block]:
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or begins_list_item(text[slice(*lines[index])]):
            is_item = begins_list_item(text[slice(*lines[start])])
            kind = BlockKind.LIST_ITEM if is_item else BlockKind.PARAGRAPH
            yield Block(kind, lines[start][0], lines[index - 1][1])
            start = index


def _cut(page: Page) -> Iterator[Page]:
    """Pages of about PAGE_CHARACTERS, each from its first block to its last; their text stays as it stands there. A
    heading begins a page where the page before it is nearly full, and is never the last on one."""
    held: list[Block] = []
    number = 1
    for block in _split_long(page):
        length = block.end - held[0].start if held else 0
        is_early = block.kind is BlockKind.HEADING and length > EARLY_BREAK * PAGE_CHARACTERS
        if length > PAGE_CHARACTERS or is_early:
            end = len(held)
            while end and held[end - 1].kind is BlockKind.HEADING:
                end -= 1
            if end:
                yield _part(page, number, held[:end])
                held = held[end:]
                number += 1
        held.append(block)
    yield _part(page, number, held)


def _split_long(page: Page) -> Iterator[Block]:
    """Its blocks; what is longer than a page, as a log without blank lines is, is split at the ends of lines."""
    for block in page.blocks:
        start = block.start
        while block.end - start > PAGE_CHARACTERS:
            end = page.text.rfind("\n", start, start + PAGE_CHARACTERS)
            if end < 0:  # a line longer than a page stays whole
                end = page.text.find("\n", start + PAGE_CHARACTERS, block.end)
            if end < 0:
                break
            yield replace(block, start=start, end=end)
            start = end + 1
        yield replace(block, start=start)


def _part(page: Page, number: int, blocks: Sequence[Block]) -> Page:
    first, last = blocks[0].start, blocks[-1].end
    moved = tuple(replace(block, start=block.start - first, end=block.end - first) for block in blocks)
    return Page(number, page.text[first:last], moved)


def _title(pages: Sequence[Page]) -> str:
    """The heading that the file begins with."""
    page = next(page for page in pages if page.blocks)
    first = page.blocks[0]
    return page.text[first.start : first.end] if first.kind is BlockKind.HEADING else ""
