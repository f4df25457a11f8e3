"""Lists and tables in running text: which lines belong to what introduces them, and which of these name the columns."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from ingest.periods import MONTH, is_period_word, with_day

Span = tuple[int, int]
"""Start and end (exclusive) of a sentence in its text, surrounding white space left out."""

STRUCTURE = re.compile(r"\s*(?:[-*•‣◦▪\u2013—·>#|+]|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s)")
"""How an item of a list begins."""
ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”\u2019)\]]*\s*$")
_CELL_GAP = re.compile(r"\t|\S {2,}\S|\|")
_NUMERIC = re.compile(r"[($€£]*-?\d[\d.,%)]*")
_INTRODUCES = re.compile(
    r":\s*$|\b(?:as follows|wie folgt|comme suit)\b[^.]*\.?\s*$"
    r"|\b(?:following|folgende[nr]?) (?:table|schedule|chart|list|tabelle|liste|übersicht)s?\b|\btableau suivant\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w.,$€£])(?:19|20)\d\d(?![\w%]|[.,]\d)")
_DATE = re.compile(with_day(f"(?:{MONTH})"), re.IGNORECASE)
_FOOTNOTE = re.compile(r"\(\d\)")
_WORDS = re.compile(r"[^\W\d_]+")
_MONTHS = re.compile(MONTH, re.IGNORECASE)
_OF_COLUMNS = frozenset(
    ["as", "at", "of", "and", "in", "the", "year", "years", "months", "weeks", "ended", "ending", "fiscal"]
)
_LONGEST_LINE = 12
"""Words of a line in a list or table that is neither an item nor a row: the label of the rows below it, a unit."""
_MOST_LINES_OF_COLUMNS = 2
"""Dates and, below them, years."""


def is_tabular(line: str) -> bool:
    """Whether a line looks like a row of a table: cells set apart, or mostly numbers."""
    if _CELL_GAP.search(line.strip()):
        return True
    words = [word for word in line.split() if any(character.isalnum() for character in word)]  # a $ stands apart
    figures = sum(bool(_NUMERIC.fullmatch(word)) for word in words)
    return figures >= 2 and figures * 3 >= len(words)


def has_figure(sentence: str) -> bool:
    """Whether it holds a figure that is no date, no year and no mark of a footnote."""
    for pattern in (_DATE, _YEAR, _FOOTNOTE):
        sentence = pattern.sub(" ", sentence)
    return any(character.isdigit() for character in sentence)


@dataclass(frozen=True, slots=True)
class Listing:
    """The list or table that a sentence stands in: where what introduces it stands, and the words of that."""

    under: tuple[Span, ...] = ()
    words: frozenset[str] = frozenset()

    def read(self, span: Span, sentence: str, words: Collection[str]) -> "Listing":
        """The same after the next sentence, whose `words` are its terms."""
        if _names_columns(sentence, in_listing=bool(self.under)):
            columns = (*self.under[1:], span)[-_MOST_LINES_OF_COLUMNS:]
            return Listing((*self.under[:1], *columns), self.words.union(words))
        if _introduces(sentence):
            return Listing((span,), frozenset(words))
        return self if self.under and _belongs(sentence) else Listing()

    def ends_with(self, span: Span) -> bool:
        """Whether the sentence is one that introduces, or names columns, and no line itself."""
        return self.under[-1:] == (span,)


def _introduces(sentence: str) -> bool:
    """One with a figure says something itself."""
    return bool(_INTRODUCES.search(sentence)) and not has_figure(sentence)


def _names_columns(sentence: str, *, in_listing: bool) -> bool:
    """Whether it holds years and dates alone; two years at least where nothing introduces a table."""
    years, dates = len(_YEAR.findall(sentence)), len(_DATE.findall(sentence))
    if has_figure(sentence) or not (years > 1 or (in_listing and years + dates)):
        return False
    words = [word.lower() for word in _WORDS.findall(sentence)]
    return all(word in _OF_COLUMNS or is_period_word(word) or _MONTHS.fullmatch(word) for word in words)


def _belongs(sentence: str) -> bool:
    """Whether it can be a line of a list or table: an item, a row, or a few words that end no sentence."""
    if is_tabular(sentence) or STRUCTURE.match(sentence):
        return True
    return len(sentence.split()) <= _LONGEST_LINE and not ENDS_SENTENCE.search(sentence)
