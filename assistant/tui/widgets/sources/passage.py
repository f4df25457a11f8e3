"""A source in words and colours: on its card, and large."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from assistant.tui.foreign import excerpt, line, lit
from assistant.tui.styles import BADGE, MUTED, QUIET_BADGE

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Citation, Passage, Source, Why

_CARD_CHARACTERS = 300
"""The sentence that matters and what stands around it: about six lines of a card."""


def card(source: "Source", *, is_cited: bool) -> Content:
    """The source as a card: number, document, place, and the sentence that matters among its neighbours."""
    passage = source.passage
    badge = Content.styled(f" {source.number} ", BADGE if is_cited else QUIET_BADGE)
    head = badge + Content(" ") + line(passage.document, "bold")
    around = max(0, _CARD_CHARACTERS - (source.key_end - source.key_start)) // 2
    text, focus = excerpt(passage.chunk.text, (source.key_start, source.key_end), around=around)
    return Content("\n").join([head, line(place(passage), MUTED), lit(text, [focus])])


def place(passage: "Passage") -> str:
    """Where the passage stands: page, and the headings above it."""
    parts = [pages(passage)]
    if passage.chunk.heading:
        parts.append(passage.chunk.heading)
    return " · ".join(parts)


def pages(passage: "Passage") -> str:
    first, last = passage.chunk.page, passage.chunk.page_last
    text = f"page {first}" if first == last else f"pages {first}-{last}"
    label = passage.page_label
    return f"{text} (printed {label})" if label and label != str(first) else text


def reasons(why: "Why", similarity: float | None) -> str:
    """Why the passage was found, in words."""
    found = []
    if why.lexical_rank is not None:
        found.append(f"number {why.lexical_rank} by its words")
    if why.dense_rank is not None:
        found.append(f"number {why.dense_rank} by its meaning")
    if why.document_rank is not None:
        found.append(f"in document number {why.document_rank} for this question")
    if similarity is not None:
        found.append(f"similarity {similarity:.2f}")
    return "Found as " + ", ".join(found) if found else ""


def key_ranges(source: "Source", citations: "Sequence[Citation]" = ()) -> list[tuple[int, int]]:
    """What to light in the passage: the sentence that matters, and what the answer quotes."""
    text = source.passage.chunk.text
    ranges = [(source.key_start, source.key_end)]
    for citation in citations:
        start = text.find(citation.quote) if citation.number == source.number and citation.quote else -1
        if start != -1:
            ranges.append((start, start + len(citation.quote)))
    return ranges
