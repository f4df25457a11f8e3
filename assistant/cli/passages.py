"""How a passage looks on a terminal: where it stands, and its most telling stretch with the question's words lit."""

import re
from typing import TYPE_CHECKING

from assistant.cli.output import plain, styled
from assistant.words import content_terms, terms
from config.sanitise import one_line

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.text import Text

    from assistant.types import Passage, Why

SNIPPET_CHARACTERS = 320
FARTHEST_SPACE = 30
"""Characters from where a text would be cut to a space at which it is cut instead."""

MATCH_STYLE = "bold yellow"
INDENT = 4

_WORD = re.compile(r"[^\W_]+(?:[.,'\u2019][^\W_]+)*")


def pages(passage: "Passage") -> str:
    """`page 3`, with the printed label where it differs and the last page where there are several."""
    chunk = passage.chunk
    several = chunk.page_last > chunk.page
    numbers = f"pages {chunk.page}-{chunk.page_last}" if several else f"page {chunk.page}"
    label = passage.page_label
    return f"{numbers} (printed {label})" if label and label != str(chunk.page) else numbers


def title_line(passage: "Passage", number: int) -> "Text":
    """One line: number, document, page, heading."""
    heading = f"  {words(passage.chunk.heading)}" if passage.chunk.heading else ""
    return styled(
        (f"{number:>2}  ", "bold"),
        (one_line(passage.document), "bold cyan"),
        (f", {pages(passage)}", ""),
        (heading, "dim"),
    )


def indented(text: "Text") -> "Padding":
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, INDENT), expand=False)


def snippet(text: str, query: str, start: int | None = None) -> "Text":
    """At most SNIPPET_CHARACTERS of `text` with the words of `query` emphasised.

    The stretch begins at `start`, or where the most different words of the query stand close together.
    """
    wanted = frozenset(content_terms(query))
    flat = words(text)
    matches = [
        (match.span(), found[0])
        for match in _WORD.finditer(flat)
        if (found := terms(match.group())) and found[0] in wanted
    ]
    begin = _densest_start(flat, matches) if start is None else _place_in(flat, start, text)
    end = _word_end(flat, begin + SNIPPET_CHARACTERS)
    shown = plain("…" if begin else "")
    offset = len(shown) - begin
    shown.append_text(plain(flat[begin:end]))
    for (match_start, match_end), _ in matches:
        if begin <= match_start and match_end <= end:
            shown.stylize(MATCH_STYLE, match_start + offset, match_end + offset)
    if end < len(flat):
        shown.append("…")
    return shown


def in_words(why: "Why", position: int) -> str:
    """Why a passage is at its place, as a sentence."""
    reasons = [
        f"{ordinal(why.lexical_rank)} by its words" if why.lexical_rank else "not found by its words",
        f"{ordinal(why.dense_rank)} by its meaning" if why.dense_rank else "not found by its meaning",
    ]
    if why.document_rank:
        by = f" by {why.named_by}" if why.named_by else ""
        reasons.append(f"the question names its document{by}, {ordinal(why.document_rank)} of those it names")
    if why.rerank_score is not None:
        reasons.append(f"the reranker gave it {why.rerank_score:.2f}")
    return f"Placed {ordinal(position)}: {', '.join(reasons)}."


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, … 11th, …"""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def words(text: str) -> str:
    """`text` on one line, with single spaces."""
    return " ".join(text.split())


def _densest_start(flat: str, matches: list[tuple[tuple[int, int], str]]) -> int:
    """Where to begin so that the most different words of the query come within one snippet."""
    if len(flat) <= SNIPPET_CHARACTERS or not matches:
        return 0

    def different_words_from(index: int) -> int:
        first = matches[index][0][0]
        return len({word for (_, end), word in matches[index:] if end <= first + SNIPPET_CHARACTERS})

    best = max(range(len(matches)), key=lambda index: (different_words_from(index), -index))
    return _word_start(flat, max(0, matches[best][0][0] - SNIPPET_CHARACTERS // 4))


def _place_in(flat: str, start: int, text: str) -> int:
    """Where `start` of `text` is in its `words`."""
    place = len(words(text[:start]))
    return place + flat.startswith(" ", place)


def _word_start(flat: str, position: int) -> int:
    """Behind the next space; `position` itself where none is near, as in Chinese, which writes none."""
    if position == 0:
        return 0
    space = flat.find(" ", position, position + FARTHEST_SPACE)
    return position if space < 0 else space + 1


def _word_end(flat: str, position: int) -> int:
    if position >= len(flat):
        return len(flat)
    space = flat.rfind(" ", position - FARTHEST_SPACE, position)
    return position if space < 0 else space
