"""Is the text that a PDF gives for a page its words, or what a font without a key to its letters leaves behind?"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from ingest.loaders.lines import Line

MIN_CHARACTERS = 20
"""Fewer say too little to judge."""

MAX_STRANGE = 0.2
"""Share of characters that stand for no letter."""

MIN_WORDS = 20
MIN_WORDLIKE = 0.5
"""Share of words that look like words. Tables of codes have few, so many words are asked before it counts."""

_GLYPH_NAME = re.compile(r"\(cid:\d+\)|/[Gg]\d{1,3}\b|/uni[0-9A-F]{4}")
_LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
_HUDDLE = re.compile(r"[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{6,}")
_STRANGE_KINDS = frozenset({"Co", "Cn", "Cc", "Cs"})
_BREAKS = "\n\r\t"


def is_legible(lines: Sequence[Line]) -> bool:
    """False when most would agree that this is no text in any language: replacement characters, private glyphs,
    names of glyphs, or letters put for other letters."""
    text = "\n".join(line.text for line in lines)
    if len(text) < MIN_CHARACTERS:
        return not text or _strange(text) < len(text) / 2
    if _strange(text) > MAX_STRANGE * len(text):
        return False
    words = Counter(_LATIN_WORD.findall(text))
    wordlike = sum(times for word, times in words.items() if _is_wordlike(word))
    return words.total() < MIN_WORDS or wordlike >= MIN_WORDLIKE * words.total()


def _strange(text: str) -> int:
    named = sum(len(name) for name in _GLYPH_NAME.findall(text))
    return named + sum(times for character, times in Counter(text).items() if _is_strange(character))


def _is_strange(character: str) -> bool:
    return character == "\ufffd" or (unicodedata.category(character) in _STRANGE_KINDS and character not in _BREAKS)


def _is_wordlike(word: str) -> bool:
    return bool(_VOWEL.search(word)) and not _HUDDLE.search(word)
