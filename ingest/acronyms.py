"""Acronyms and what they stand for, as documents define them: "property, plant and equipment (PP&E)", and the other way
round, "DORA (Digital Operational Resilience Act)"."""

import re
from collections.abc import Iterable, Iterator

from ingest.folding import fold

MAX_LONG_WORDS = 9

_SHORT = re.compile(r"\((?:the\s+)?[\"\u201c\u2018']?([A-Z][A-Za-z&/.-]{1,8})[\"\u201d\u2019']?\)")
_LONG_AFTER = re.compile(
    r"\b([A-Z][A-Za-z&/-]{1,8})\s\((?:the\s+)?[\"\u201c]?([^\W\d_][^()\"\u201c\u201d]{5,90})[\"\u201d]?\)"
)
_BEFORE = 120
"""Characters before the parenthesis that are looked at."""
_WORD = re.compile(r"[\w&'\u2019/-]+")
_SMALL_WORDS = frozenset(
    "and & of the for in on to de du des la le les et und der die das fur von zur zum y e del".split()  # noqa: SIM905
)


def find_acronyms(texts: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(short, long) pairs, both folded: `("pp&e", "property plant and equipment")`."""
    return frozenset(pair for text in texts for pair in _find(text))


def _find(text: str) -> Iterator[tuple[str, str]]:
    for match in _SHORT.finditer(text):
        short = match[1].rstrip(".")
        if sum(letter.isupper() for letter in short) < 2:
            continue
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        long = _long_form(_WORD.findall(before), short)
        if long:
            yield fold(short), fold(" ".join(long))
    for match in _LONG_AFTER.finditer(text):
        words = _WORD.findall(match[2])
        if sum(letter.isupper() for letter in match[1]) > 1 and 1 < len(words) <= MAX_LONG_WORDS:
            letters = [letter for letter in match[1].lower() if letter.isalnum()]
            if _by_initials(words, letters) == words:
                yield fold(match[1]), fold(" ".join(words))


def _long_form(words: list[str], short: str) -> list[str]:
    """The run of words before the parenthesis that the short form stands for, [] if none does."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    found = _by_initials(words, letters) or _by_letters(words, letters)
    return found if len(found) > 1 and short.lower() not in map(str.lower, found) else []


def _by_initials(words: list[str], letters: list[str]) -> list[str]:
    """Each letter starts a word, small words between them left out."""
    left = len(letters)
    for start in range(len(words) - 1, -1, -1):
        word = words[start].lower()
        if word[0] == letters[left - 1]:
            left -= 1
            if left == 0:
                return words[start:]
        elif fold(word) not in _SMALL_WORDS:
            return []
    return []


def _by_letters(words: list[str], letters: list[str]) -> list[str]:
    """The shortest run that has the letters in order, the first of them at the start of a word.

    Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text", PSB 2003.
    """
    position = len(letters) - 1
    for start in range(len(words) - 1, max(-1, len(words) - 1 - MAX_LONG_WORDS), -1):
        word = words[start].lower()
        index = len(word) - 1
        while position > 0 and index > 0:
            position -= word[index] == letters[position]
            index -= 1
        if word[0] == letters[position]:
            position -= 1
            if position < 0:
                return words[start:]
    return []
