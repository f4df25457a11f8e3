"""A document with questions, laid on pages and cut into sources by the program's own chunker."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from config.sections import ChunkingSettings
from ingest.chunker import chunk_document
from ingest.types import Block, BlockKind, Document, Page
from models.starter import STARTERS
from models.token_counts import TokenCounter
from training.groups import Text

WINDOW = 256
"""Tokens of a text that the starter embedder reads."""
PAGE_CHARACTERS = 2500
WIDTHS = (0, 0, 70, 84, 96, 105)
"""Characters of a line: a PDF is read line by line, what a word processor wrote is not (0)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, where its answer lies in its text, which other answers are as good, and what it is about: questions
    of one `kind` on two texts cannot be told apart, `subject` is what they share with questions like them. `in_row`: a
    row of a table says so, not a sentence."""

    question: str
    start: int
    end: int
    others: tuple[str, ...] = ()
    kind: str = ""
    subject: str = ""
    in_row: bool = False

    def moved(self, by: int) -> "Asked":
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a document: a paragraph, heading, list item or row of a table with this `header`. `missing` are
    questions that someone might ask of it and that it does not answer."""

    text: str
    asked: tuple[Asked, ...] = ()
    kind: BlockKind = BlockKind.PARAGRAPH
    header: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A source, with what is asked on it; `missing` are questions like those that it does not answer."""

    text: Text
    asked: tuple[Asked, ...]
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sheet:
    text: str = ""
    blocks: list[Block] = field(default_factory=list)


def cut(name: str, title: str, parts: Sequence[Part], chance: random.Random) -> list[Cut]:
    """The sources of a document called `name`, each question with the one that holds its whole answer."""
    width = chance.choice(WIDTHS)
    name += chance.choice((".docx", ".md", ".txt", ".pdf")) if not width else ".pdf"
    pages, places = _laid_out(parts, width)
    document = Document(Path(name), name, title, pages)
    chunks = chunk_document(
        document, collection="", settings=ChunkingSettings(), count_tokens=_counter().count, window=WINDOW
    )
    first_page = chance.choice((1, 1, 1, chance.randint(2, 60)))
    cuts = []
    for chunk in chunks:
        asked: list[Asked] = []
        missing: list[str] = []
        for part, (page, start) in zip(parts, places, strict=True):
            if page == chunk.page == chunk.page_last:
                moved = [one.moved(start - chunk.start) for one in part.asked]
                asked += [one for one in moved if one.start >= 0 and one.end <= len(chunk.text)]
                missing += part.missing if chunk.start <= start < chunk.end else ()
        text = Text(name, chunk.context, chunk.text, chunk.page + first_page - 1)
        cuts.append(Cut(text, tuple(asked), tuple(missing)))
    return cuts


def _laid_out(parts: Sequence[Part], width: int) -> tuple[tuple[Page, ...], list[tuple[int, int]]]:
    """The pages, and of each part the number of its page and where it begins there."""
    sheets = [_Sheet()]
    places: list[tuple[int, int]] = []
    for part in parts:
        if len(sheets[-1].text) > PAGE_CHARACTERS:
            sheets.append(_Sheet())
        sheet = sheets[-1]
        if sheet.text:
            sheet.text += "\n" if width or part.kind in (BlockKind.TABLE_ROW, BlockKind.LIST_ITEM) else "\n\n"
        start = len(sheet.text)
        sheet.text += _wrapped(part.text, width)
        level = 0 if part.kind is not BlockKind.HEADING else 2 if places else 1
        sheet.blocks.append(Block(part.kind, start, len(sheet.text), level, part.header))
        places.append((len(sheets), start))
    pages = [Page(number, sheet.text, tuple(sheet.blocks)) for number, sheet in enumerate(sheets, 1)]
    return tuple(pages), places


def _wrapped(text: str, width: int) -> str:
    """`text` with a line's end in place of a space where a line is full: every character stays where it is."""
    if not width:
        return text
    letters, begun, space = list(text), 0, -1
    for place, letter in enumerate(text):
        if letter == " ":
            space = place
        elif letter == "\n":
            begun, space = place + 1, -1
        if place - begun >= width and space >= begun:
            letters[space] = "\n"
            begun, space = space + 1, -1
    return "".join(letters)


@cache
def _counter() -> TokenCounter:
    path = next(starter for starter in STARTERS if starter.kind == "embedder").locate()
    if path is None:
        raise FileNotFoundError("The starter embedder is not installed. Run make run once.")
    return TokenCounter(path / "tokenizer.json")
