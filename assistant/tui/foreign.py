"""Text from documents, models and file names on its way to the screen: sanitised, and never read as markup.

Whatever is shown and was not written by us goes through one of these functions. They return Textual's Content or
Rich's Text, which no widget interprets; a plain `str` would be.
"""

from collections.abc import Iterable
from datetime import datetime

from rich.text import Text
from textual.content import Content

from assistant.tui.styles import LIT
from config.sanitise import sanitise

Range = tuple[int, int]
"""Characters of a text, from the first to the one behind the last."""


def words(text: str) -> str:
    """`text` on one line, with single spaces."""
    return " ".join(sanitise(text).split())


def local_minute(text: str) -> str:
    """The ISO 8601 time `text` by the clock of this machine, to the minute; what is no time as it is, cut short."""
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return words(text[:16])


def plain(text: str, style: str = "") -> Content:
    """`text` as it is, line breaks included."""
    return Content.styled(sanitise(text), style)


def line(text: str, style: str = "") -> Content:
    """`text` on one line."""
    return Content.styled(words(text), style)


def cell(text: str, style: str = "") -> Text:
    """`text` in a cell of a table, which understands Rich's Text only."""
    return Text(words(text), style=style, no_wrap=True, overflow="ellipsis")


def lit(text: str, ranges: Iterable[Range], style: str = LIT) -> Content:
    """`text` with the characters of `ranges` lit. The pieces are sanitised one by one, so the ranges still fit."""
    pieces: list[Content] = []
    position = 0
    for start, end in merged(ranges, len(text)):
        pieces += [plain(text[position:start]), plain(text[start:end], style)]
        position = end
    return Content("").join([*pieces, plain(text[position:])])


def excerpt(text: str, focus: Range, *, around: int) -> tuple[str, Range]:
    """The part of `text` around `focus`, cut between words, `around` characters to each side at most; and where the
    focus is in it. Line breaks become spaces: an excerpt is read as one run of words."""
    start, end = focus
    earliest, latest = max(0, start - around), min(len(text), end + around)
    break_before, break_after = text.find(" ", earliest, start), text.rfind(" ", end, latest)
    first = 0 if earliest == 0 else break_before + 1 if break_before != -1 else earliest
    last = len(text) if latest == len(text) else break_after if break_after != -1 else latest
    before = ("…" if first else "") + text[first:start]
    after = text[end:last] + ("…" if last < len(text) else "")
    shown = (before + text[start:end] + after).replace("\n", " ")
    return shown, (len(before), len(before) + end - start)


def merged(ranges: Iterable[Range], length: int) -> list[Range]:
    """`ranges` in order, cut to a text of `length` characters, overlapping ones joined, empty ones dropped."""
    result: list[Range] = []
    for start, end in sorted((max(0, start), min(length, end)) for start, end in ranges):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
