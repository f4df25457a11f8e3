"""Where words stand in a text word for word."""

import re

from assistant.words import FRACTION, GROUPED, values_of
from ingest.unspaced import LETTERS

_IN_WORD = rf"[^\W{LETTERS}]"
"""A letter or figure; words that are written without spaces between can be parted anywhere."""
_GOES_ON = re.compile(
    rf"(?<={_IN_WORD})(?={_IN_WORD})"  # 2|8 days, un|able
    r"|(?<=\d)(?=[.,:/'\u2019]\d)|(?<=\d[.,:/'\u2019])(?=\d)"  # £1|.42m
    rf"|(?<={_IN_WORD})(?=[-\u2013]\d)|(?<={_IN_WORD}[-\u2013])(?={_IN_WORD})"  # 5|-8 days, non-|refundable
    r"|(?<=[-\u2212])(?=\d)"  # -|5 °C
    rf"|(?<=\d)(?=\s?{FRACTION})"  # 3| ½ hours
)
"""A place where a word or number goes on, or one that a hyphen joins to it (a word may end there: long|-term), and one
between a sign and its figures."""
_GROUPED = re.compile(GROUPED)
_LONGEST_GROUP = 3
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])(?=[^\W\d_])")
_HYPHEN = re.compile(r"(?<=\w)\\-(?=[^\W\d_])")
"""Of a word as a pattern."""


def place_of(words: str, text: str) -> tuple[int, int] | None:
    """Start and end (exclusive) of the first place where `words` stand in `text`, white space aside; None if they do
    nowhere. They neither begin nor end in the middle of a word or number: "8 days" does not stand in "28 days", nor
    "500 kroner" in "12 500 kroner". A word that the text breaks at the end of a line is whole in the words, or keeps
    its hyphen; see `in_one_line`."""
    pattern = re.compile(r"\s+".join(map(_broken_anywhere, words.split())))
    found = pattern.search(text)
    while found and any(_GOES_ON.match(text, edge) or _parts_thousands(text, edge) for edge in found.span()):
        found = pattern.search(text, found.start() + 1)
    return found.span() if found else None


def stands_in(words: str, text: str) -> bool:
    """Whether `words` stand in `text`; see `place_of`."""
    return place_of(words, text) is not None


def _parts_thousands(text: str, edge: int) -> bool:
    """12| 500 kroner. Three figures before the space may be a column of a table, and so may all of a long row."""
    around = (match for match in _GROUPED.finditer(text) if match.start() < edge < match.end())
    return any(len(match[0].split()[0]) < _LONGEST_GROUP and len(values_of(match[0])) == 1 for match in around)


def _broken_anywhere(word: str) -> str:
    """A pattern for a word that may go on behind a hyphen and white space: `re-⏎im-⏎bursed`, `third-⏎party`."""
    return _HYPHEN.sub(r"\\-\\s*", _BETWEEN_LETTERS.sub(r"(?:-\\s+)?", re.escape(word)))
