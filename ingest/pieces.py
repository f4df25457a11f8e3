"""Document → pieces: the stretches of text that a chunk is packed from, none longer than a chunk may be.

A piece is a block, or a part of one that is too long: sentences of prose, lines of tables and code, then clauses,
then words.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from sentencex import get_sentence_boundaries

from ingest.punctuation import ends_clause
from ingest.types import Block, BlockKind, Document, Page

CountTokens = Callable[[Sequence[str]], list[int]]
Span = tuple[int, int]
PartsOf = Callable[[str, BlockKind], list[Span]]
"""Cuts the text of a piece of this kind into spans of it."""

BYTES_PER_CHARACTER = 4
"""A tokenizer that falls back to bytes makes four tokens of a character at most (UTF-8)."""

_WORD = re.compile(r"\S+")
_CLAUSE = re.compile(r"\S(?:.*?[,;:](?=\s)|.*\S|)", re.DOTALL)
_LINE = re.compile(r"[^\n]+")
_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})


class Piece(NamedTuple):
    """`page.text[start:end]`, where it stands and what it takes.

    `path` are the headings over it, `table` the header line of its table. `tokens` are its own, `gap` those of what
    stands between the piece before and this one (marks of Markdown, a footer between two pages). `runs_on` says that
    a sentence runs over the page break from the piece before into this one.
    """

    page: int
    start: int
    end: int
    kind: BlockKind
    tokens: int = 0
    gap: int = 0
    path: tuple[str, ...] = ()
    table: str = ""
    runs_on: bool = False


def cut_into_pieces(document: Document, limit: int, count_tokens: CountTokens) -> list[Piece]:
    """The document's pieces in reading order, each of `limit` tokens at most, the headings right above it included."""
    pieces = _count(document, list(_whole_blocks(document)), count_tokens)
    runs_over = _runs_over_a_page(document, pieces)
    for parts_of in (_sentences_or_lines, _clauses, _words(limit, count_tokens)):
        too_long = _too_long(pieces, limit)
        pieces = _cut(document, pieces, too_long | runs_over, parts_of, count_tokens)
        runs_over = set()
    return _count_gaps(document, _mark_running_sentences(document, pieces), count_tokens)


def text_of(document: Document, piece: Piece) -> str:
    return document.pages[piece.page - 1].text[piece.start : piece.end]


def slice_of(document: Document, first: Piece, last: Piece) -> str:
    """The pages' text from the start of `first` to the end of `last`, pages joined by one newline."""
    if first.page == last.page:
        return document.pages[first.page - 1].text[first.start : last.end]
    between = (page.text for page in document.pages[first.page : last.page - 1])
    opening, closing = document.pages[first.page - 1].text, document.pages[last.page - 1].text
    return "\n".join([opening[first.start :], *between, closing[: last.end]])


def _whole_blocks(document: Document) -> Iterator[Piece]:
    path: list[tuple[int, str]] = []
    for page in document.pages:
        for block in page.blocks:
            if block.kind is BlockKind.HEADING:
                while path and path[-1][0] >= block.level:
                    path.pop()
                path.append((block.level, _heading_text(page, block)))
            names = tuple(name for _, name in path)
            yield Piece(page.number, block.start, block.end, block.kind, path=names, table=block.header)


def _heading_text(page: Page, block: Block) -> str:
    return " ".join(page.text[block.start : block.end].split())


def _count(document: Document, pieces: Sequence[Piece], count_tokens: CountTokens) -> list[Piece]:
    counts = count_tokens([text_of(document, piece) for piece in pieces]) if pieces else []
    return [piece._replace(tokens=tokens) for piece, tokens in zip(pieces, counts, strict=True)]


def _too_long(pieces: Sequence[Piece], limit: int) -> set[int]:
    """Indexes of the pieces that take more than `limit` tokens with the headings right above them."""
    found: set[int] = set()
    headings = 0
    for index, piece in enumerate(pieces):
        is_heading = piece.kind is BlockKind.HEADING
        if piece.tokens + (0 if is_heading else min(headings, limit // 2)) > limit:
            found.add(index)
        headings = headings + piece.tokens if is_heading else 0
    return found


def _runs_over_a_page(document: Document, pieces: Sequence[Piece]) -> set[int]:
    """Indexes of the two halves of a paragraph that runs over a page break: cut in sentences, its broken sentence can
    stay whole without the rest of the paragraph."""
    found: set[int] = set()
    for index, (above, below) in enumerate(pairwise(pieces)):
        if _runs_over(document, above, below):
            found |= {index, index + 1}
    return found


def _runs_over(document: Document, above: Piece, below: Piece) -> bool:
    if below.page != above.page + 1 or above.kind not in _PROSE or below.kind is not BlockKind.PARAGRAPH:
        return False
    return not ends_clause(text_of(document, above)) and text_of(document, below)[:1].islower()


def _mark_running_sentences(document: Document, pieces: Sequence[Piece]) -> list[Piece]:
    found = list(pieces)
    for index, (above, below) in enumerate(pairwise(pieces), start=1):
        if _runs_over(document, above, below):
            found[index] = below._replace(runs_on=True)
    return found


def _cut(
    document: Document, pieces: Sequence[Piece], indexes: set[int], parts_of: PartsOf, count_tokens: CountTokens
) -> list[Piece]:
    """The pieces with those at `indexes` cut into their parts."""
    if not indexes:
        return list(pieces)
    found: list[Piece] = []
    parts: list[int] = []
    for index, piece in enumerate(pieces):
        spans = parts_of(text_of(document, piece), piece.kind) if index in indexes else []
        if len(spans) < 2:
            found.append(piece)
            continue
        parts.extend(range(len(found), len(found) + len(spans)))
        found.extend(piece._replace(start=piece.start + start, end=piece.start + end) for start, end in spans)
    for index, counted in zip(parts, _count(document, [found[index] for index in parts], count_tokens), strict=True):
        found[index] = counted
    return found


def _sentences_or_lines(text: str, kind: BlockKind) -> list[Span]:
    if kind not in _PROSE:
        return [match.span() for match in _LINE.finditer(text)]
    spans: list[Span] = []
    for sentence in get_sentence_boundaries("en", text):
        words = sentence["text"].strip()
        if words:
            start = text.index(words, sentence["start_index"])
            spans.append((start, start + len(words)))
    return spans


def _clauses(text: str, _: BlockKind) -> list[Span]:
    return [match.span() for match in _CLAUSE.finditer(text)]


def _words(limit: int, count_tokens: CountTokens) -> PartsOf:
    def parts_of(text: str, _: BlockKind) -> list[Span]:
        """Runs of words of up to half of `limit` tokens; a word longer than that is cut by characters."""
        words = [match.span() for match in _WORD.finditer(text)]
        counts = count_tokens([text[start:end] for start, end in words])
        spans: list[Span] = []
        room = 0
        for (start, end), tokens in zip(words, counts, strict=True):
            if tokens > limit // 2:
                step = max(1, limit // 2 // BYTES_PER_CHARACTER)
                spans.extend((first, min(first + step, end)) for first in range(start, end, step))
                room = 0
            elif spans and tokens <= room:
                spans[-1] = (spans[-1][0], end)
                room -= tokens
            else:
                spans.append((start, end))
                room = limit // 2 - tokens
        return spans

    return parts_of


def _count_gaps(document: Document, pieces: Sequence[Piece], count_tokens: CountTokens) -> list[Piece]:
    found = list(pieces)
    gaps = {index: gap for index in range(1, len(found)) if (gap := _gap(document, found[index - 1], found[index]))}
    for index, tokens in zip(gaps, count_tokens(list(gaps.values())) if gaps else [], strict=True):
        found[index] = found[index]._replace(gap=tokens)
    return found


def _gap(document: Document, above: Piece, below: Piece) -> str:
    """What stands between two pieces that may share a chunk, if it is more than white space."""
    if above.page == below.page:
        return document.pages[above.page - 1].text[above.end : below.start].strip()
    if below.runs_on:
        rest = document.pages[above.page - 1].text[above.end :]
        return f"{rest}\n{document.pages[below.page - 1].text[: below.start]}".strip()
    return ""
