"""Write a Document block by block: for files that hold paragraphs and tables rather than places on paper.

Each text is sanitised and its white space evened out before its offset is taken. Where the file has no pages of its
own, a new one begins after PAGE_CHARACTERS, so that a citation leads to a stretch that can be read at a glance.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from config.errors import DocumentError
from config.sanitise import sanitise
from ingest.loaders.base import LoadOptions, SourceFile, refuse_if_too_long, refuse_if_too_many_pages
from ingest.loaders.titles import choose_title
from ingest.types import Block, BlockKind, Document, Page

PAGE_CHARACTERS = 3_000
"""About what a printed page holds."""

EARLY_BREAK = 0.6
"""A heading begins a new page when the page is so full already."""

DEEPEST_HEADING = 9
CELL_SEPARATOR = " | "
BULLET = "\N{BULLET}"
MAX_HEADER_CHARACTERS = 400
MAX_METADATA_CHARACTERS = 500
MAX_WARNINGS = 50

_LINE_SPACE = re.compile(r"[ \t\xa0]+")
_ANY_SPACE = re.compile(r"\s+")
_TIGHT = frozenset({(BlockKind.LIST_ITEM, BlockKind.LIST_ITEM), (BlockKind.TABLE_ROW, BlockKind.TABLE_ROW)})


class PageWriter:
    """Blocks go in one by one, a Document comes out. `breaks_pages`: pages are made by length (the file has none).

    Raises DocumentError (`too_large`) when the text passes the limits.
    """

    def __init__(self, options: LoadOptions, *, breaks_pages: bool = True) -> None:
        self._options = options
        self.breaks_pages = breaks_pages
        self._pages: list[Page] = []
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0
        self._total = 0
        self._label: str | None = None
        self._is_begun = False
        self._warnings: list[str] = []
        self._unsaid = 0

    def heading(self, text: str, level: int) -> None:
        if self.breaks_pages and self._length > EARLY_BREAK * PAGE_CHARACTERS:
            self.new_page()
        self._add(BlockKind.HEADING, _one_line(text), level=max(1, min(level, DEEPEST_HEADING)))

    def paragraph(self, text: str) -> None:
        self._add(BlockKind.PARAGRAPH, _lines(text))

    def text(self, text: str, level: int, mark: str | None) -> None:
        """A heading of this `level`, unless it is 0, an item of a list, or a paragraph. `mark` is the number or bullet
        that a list gives it, None outside of lists."""
        if level:
            self.heading(f"{number_of(mark)} {text}", level)
        elif mark is not None:
            self.item(text, mark)
        else:
            self.paragraph(text)

    def item(self, text: str, mark: str = BULLET) -> None:
        """A list item, with the mark it is shown with."""
        if words := _lines(text):
            self._add(BlockKind.LIST_ITEM, f"{mark} {words}".strip())

    def code(self, text: str) -> None:
        self._add(BlockKind.CODE, sanitise(text).rstrip().strip("\n"))

    def row(self, cells: Sequence[str], header: str = "") -> None:
        """A table row. `header` is its table's header line, as `header_line` makes it."""
        self._add(BlockKind.TABLE_ROW, header_line(cells), header=header)

    def table(self, rows: Sequence[Sequence[str]], headers: int = 1) -> None:
        """Rows of which the first `headers` are the header. A table of one column is paragraphs."""
        if max((len(row) for row in rows), default=0) < 2:
            for row in rows:
                self.paragraph(" ".join(row))
            return
        header = join_headers(rows[:headers])
        for row in rows:
            if any(cell.strip() for cell in row):
                self.row(row, header)

    def new_page(self, label: str | None = None) -> None:
        """End the page and begin one with this label. In a file that has pages of its own an empty page counts."""
        self._finish_page()
        self._label = label
        self._is_begun = not self.breaks_pages

    def warn(self, warning: str) -> None:
        """Note what is missing or doubtful. The same is said once, and MAX_WARNINGS things at most."""
        warning = _one_line(warning)
        if warning in self._warnings:
            return
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings.append(warning)
        else:
            self._unsaid += 1

    def embed(self, heading: str, document: Document) -> None:
        """The pages of a file that lies in this one, below a heading that names it."""
        self._finish_page()
        for number, page in enumerate(document.pages):
            if number == 0:
                self._add(BlockKind.HEADING, _one_line(heading), level=1)
            if self._parts:
                self._parts.append("\n\n")
                self._length += len("\n\n")
            offset = self._length
            self._parts.append(page.text)
            self._count(len(page.text))
            self._blocks.extend(_moved(block, offset) for block in page.blocks)
            self._label = page.label
            self._close_page()
        for warning in document.warnings:
            self.warn(f"{heading}: {warning}")

    def insert(self, document: Document) -> None:
        """The blocks of another file, as a part of this text."""
        for page in document.pages:
            for block in page.blocks:
                text = page.text[block.start : block.end]
                self._add(block.kind, text, level=block.level, header=block.header)
        for warning in document.warnings:
            self.warn(warning)

    @property
    def is_at_page_start(self) -> bool:
        return not self._blocks

    @property
    def has_text(self) -> bool:
        return bool(self._blocks) or any(page.blocks for page in self._pages)

    def finish(self, file: SourceFile, metadata: Mapping[str, str] | None = None, *, empty: str = "") -> Document:
        """The document. `metadata` is what the file says about itself, its `title` included; `empty` the reason when
        there is no text.

        Raises DocumentError (`empty`) when nothing was written.
        """
        self._finish_page()
        if not self.has_text:
            raise DocumentError(empty or "The file is empty: it holds no text.", status="empty")
        pages = tuple(replace(page, number=number) for number, page in enumerate(self._pages, start=1))
        metadata = dict(metadata or {})
        title = metadata.pop("title", "")
        unsaid = [f"And {self._unsaid} more."] if self._unsaid else []
        return Document(
            path=file.path,
            sha256=file.sha256,
            title=choose_title(title, pages, file.path),
            pages=pages,
            metadata=clean_metadata(metadata),
            warnings=(*self._warnings, *unsaid),
        )

    def _add(self, kind: BlockKind, text: str, *, level: int = 0, header: str = "") -> None:
        if not text.strip():
            return
        if self.breaks_pages and self._length + len(text) > PAGE_CHARACTERS and self._blocks:
            self._close_page_before_headings()
        if self._blocks:
            gap = "\n" if (self._blocks[-1].kind, kind) in _TIGHT else "\n\n"
            self._parts.append(gap)
            self._length += len(gap)
        self._blocks.append(Block(kind, self._length, self._length + len(text), level, header))
        self._parts.append(text)
        self._length += len(text)
        self._count(len(text))

    def _close_page_before_headings(self) -> None:
        """Headings at the end of a page go with what they head."""
        cut = len(self._blocks)
        while cut and self._blocks[cut - 1].kind is BlockKind.HEADING:
            cut -= 1
        text = "".join(self._parts)
        moved = [(text[block.start : block.end], block.level) for block in self._blocks[cut:]] if cut else []
        if moved:
            self._parts = [text[: self._blocks[cut - 1].end]]
            del self._blocks[cut:]
        label = self._label
        self._close_page()
        self._label = label  # the sheet goes on
        for heading, level in moved:
            self._add(BlockKind.HEADING, heading, level=level)

    def _finish_page(self) -> None:
        if self._blocks or self._is_begun:
            self._close_page()

    def _close_page(self) -> None:
        self._pages.append(Page(0, "".join(self._parts), tuple(self._blocks), self._label))
        refuse_if_too_many_pages(len(self._pages), self._options)
        self._parts, self._blocks, self._length = [], [], 0
        self._label, self._is_begun = None, False

    def _count(self, characters: int) -> None:
        self._total += characters
        refuse_if_too_long(self._total)


def number_of(mark: str | None) -> str:
    """The mark that a list gives a text, where it is a number and not a bullet; else nothing."""
    return "" if mark is None or mark == BULLET else mark


def header_line(cells: Sequence[str]) -> str:
    """`["Team", "Wins"]` → `Team | Wins`; empty cells at the end are left out, cells become one line each."""
    words = [_one_line(cell) for cell in cells]
    while words and not words[-1]:
        words.pop()
    return CELL_SEPARATOR.join(words)


def join_headers(rows: Sequence[Sequence[str]]) -> str:
    """Header rows as one line, column by column: `2023 | 2023` over `Q1 | Q2` → `2023 Q1 | 2023 Q2`."""
    width = max((len(row) for row in rows), default=0)
    columns = [dict.fromkeys(_one_line(row[i]) for row in rows if i < len(row)) for i in range(width)]
    return header_line([" ".join(word for word in column if word) for column in columns])[:MAX_HEADER_CHARACTERS]


def clean_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """What a file says about itself, sanitised, without what is empty."""
    cleaned = {name: _one_line(value)[:MAX_METADATA_CHARACTERS] for name, value in metadata.items()}
    return {name: value for name, value in cleaned.items() if value}


def _moved(block: Block, offset: int) -> Block:
    level = min(block.level + 1, DEEPEST_HEADING) if block.kind is BlockKind.HEADING else block.level
    return replace(block, start=block.start + offset, end=block.end + offset, level=level)


def _one_line(text: str) -> str:
    return _ANY_SPACE.sub(" ", sanitise(text)).strip()


def _lines(text: str) -> str:
    """Line breaks stay, runs of spaces and empty lines do not."""
    lines = (_LINE_SPACE.sub(" ", line).strip() for line in sanitise(text).split("\n"))
    return "\n".join(line for line in lines if line)
