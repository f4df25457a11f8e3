"""The line put before a chunk in both indexes: which document, which section, which table.

It also names the words that the chunk's text breaks over two lines: `inter-⏎national` stands in the text as it is
printed, and is found as `international`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.cover import name_tells, read_cover
from ingest.loaders.base import title_from_name
from ingest.pieces import CountTokens, Piece, slice_of
from ingest.types import BlockKind, Document

PATH_SEPARATOR = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
SEPARATOR_TOKENS = 2
"""What a separator may take in a tokenizer that does not know it."""

NAME_TOKENS, HEADING_TOKENS, TABLE_TOKENS, WORDS_TOKENS = 14, 16, 40, 16
"""Most tokens of a document's name or title, of one heading, of a table's header, of the rejoined words."""

# Anchored at a word's start: a text may be one long word, and is not to be searched from each of its letters.
_BROKEN_WORD = re.compile(r"\b([^\W\d_]+)-\n([^\W\d_]+)")
_COMPOUND = re.compile(r"\b[^\W\d_]+-[^\W\d_]+")
_NAME_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the line: at most `most` tokens of it, and the lower `rank`, the sooner it gets room."""

    text: str
    most: int
    rank: int


def write_contexts(
    document: Document, groups: Sequence[Sequence[Piece]], count_tokens: CountTokens, window: int
) -> list[str]:
    """One line per group of pieces, so long that it and the group's text fit `window` tokens."""
    texts = [slice_of(document, group[0], group[-1]) for group in groups]
    names, compounds = _names(document), _compounds(document)
    parts = [
        [*names, *_section(document, group), *_tables(group, text), *_broken_words(text, compounds)]
        for group, text in zip(groups, texts, strict=True)
    ]
    unique = list({part.text: None for line in parts for part in line})
    tokens = dict(zip(unique, count_tokens(unique) if unique else [], strict=True))
    rooms = [window - sum(piece.tokens + piece.gap for piece in group) for group in groups]
    written = [_write(line, tokens, room) for line, room in zip(parts, rooms, strict=True)]
    lines = [line for line, _ in written]
    joints = [len(group) + len(line) for group, line in zip(groups, parts, strict=True)]
    doubtful = [index for index, (_, left) in enumerate(written) if left < joints[index]]
    _shorten_until_they_fit(lines, texts, doubtful, count_tokens, window)
    return lines


def heading_path(group: Sequence[Piece]) -> tuple[str, ...]:
    """The headings over all of the group's text; over its beginning, when they have none in common."""
    under = dict.fromkeys(piece.path for piece in group if piece.kind is not BlockKind.HEADING)
    paths = list(under) or [group[-1].path]
    if len(paths) == 1:
        return paths[0]
    common = 0
    while common < min(len(path) for path in paths) and len({path[common] for path in paths}) == 1:
        common += 1
    return paths[0][:common] or paths[0]


def _names(document: Document) -> list[_Part]:
    """The title, and the file's name unless the title says the same: people name files by company, year and kind. Where
    the name says nothing, the cover does."""
    name = title_from_name(document.path)
    if not name_tells(document.path):
        name = " ".join(read_cover(document).fields().values()) or name
    words = {word.casefold() for word in _NAME_WORD.findall(name)}
    known = {word.casefold() for word in _NAME_WORD.findall(document.title)}
    title = _Part(document.title, NAME_TOKENS, rank=3)
    return [title] if len(words & known) > len(words) / 2 else [_Part(name, NAME_TOKENS, rank=1), title]


def _section(document: Document, group: Sequence[Piece]) -> Iterator[_Part]:
    """The heading path without what the text says itself: the title, and headings that stand in the chunk."""
    inside = {piece.path[-1] for piece in group if piece.kind is BlockKind.HEADING}
    path = [name for name in heading_path(group) if name not in inside and name.casefold() != document.title.casefold()]
    for depth, name in enumerate(path, start=1):
        yield _Part(name, HEADING_TOKENS, rank=0 if depth == len(path) else 4)


def _tables(group: Sequence[Piece], text: str) -> Iterator[_Part]:
    words = " ".join(text.split())
    for header in dict.fromkeys(piece.table for piece in group if piece.table):
        if header not in words:
            yield _Part(header, TABLE_TOKENS, rank=2)


def _broken_words(text: str, compounds: set[str]) -> Iterator[_Part]:
    """Words broken at a line's end, whole; but not `cloud-⏎based` where the document has `cloud-based` elsewhere."""
    if "-\n" not in text:
        return
    found = dict.fromkeys(
        first + second
        for first, second in _BROKEN_WORD.findall(text)
        if second.islower() and f"{first}-{second}".casefold() not in compounds
    )
    if found:
        yield _Part(" ".join(found), WORDS_TOKENS, rank=5)


def _compounds(document: Document) -> set[str]:
    if not any("-\n" in page.text for page in document.pages):
        return set()
    return {word.casefold() for page in document.pages for word in _COMPOUND.findall(page.text)}


def _write(parts: Sequence[_Part], tokens: Mapping[str, int], room: int) -> tuple[str, int]:
    """The parts that fit `room` tokens, the most telling first served, in the order of `parts`; and the room left."""
    kept: dict[int, str] = {}
    for index in sorted(range(len(parts)), key=lambda index: (parts[index].rank, -index)):
        part = parts[index]
        taken = min(tokens[part.text], part.most, room - SEPARATOR_TOKENS)
        if taken > 0 and (text := _beginning(part.text, tokens[part.text], taken)):
            kept[index] = text
            room -= taken + SEPARATOR_TOKENS
    return PATH_SEPARATOR.join(kept[index] for index in sorted(kept)), room


def _beginning(text: str, tokens: int, allowed: int) -> str:
    """The first words of `text`, about `allowed` of its `tokens`."""
    if tokens <= allowed:
        return text
    words = text.split()
    return " ".join(words[: len(words) * allowed // tokens])


def _shorten_until_they_fit(
    lines: list[str], texts: Sequence[str], doubtful: list[int], count_tokens: CountTokens, window: int
) -> None:
    """Where a token more at each joint would not fit, count the whole, and cut lines that are too long."""
    while doubtful:
        counts = count_tokens([f"{lines[index]}\n{texts[index]}" for index in doubtful])
        doubtful = [index for index, count in zip(doubtful, counts, strict=True) if count > window and lines[index]]
        for index in doubtful:
            words = lines[index].split()
            lines[index] = " ".join(words[: len(words) * 3 // 4])
