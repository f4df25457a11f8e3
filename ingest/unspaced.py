"""Scripts that write without spaces between words (Chinese, Japanese, Thai) or glue endings to them (Korean).

A full-text index knows words by the spaces around them. Here every two neighbouring letters of these scripts stand for
a word, in what is indexed and in what is looked for: 营业收入 → 营业 业收 收入.
"""

import re
import unicodedata
from itertools import pairwise

LETTERS = (
    "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana
    "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Han
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # Hangul
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u109f\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
)
"""To be put between the brackets of a regular expression."""

_RUN = re.compile(f"[{LETTERS}]+(?:\n[{LETTERS}]+)*")
"""Over line breaks too: a line ends anywhere in a word."""


def spaced(text: str) -> str:
    """The text with each run of such letters as its pairs, with spaces between; all else stays as it is.

    Vowel signs and tone marks of Thai and its neighbours go: full-text search knows no marks.
    """
    return text if text.isascii() else _RUN.sub(_pairs, text)


def is_pair(word: str) -> bool:
    """Whether a word is one of these pairs, or a run of such letters."""
    return bool(_RUN.match(word))


def _pairs(run: re.Match[str]) -> str:
    letters = [letter for letter in run.group() if letter != "\n" and not unicodedata.category(letter).startswith("M")]
    pairs = [first + second for first, second in pairwise(letters)] or letters
    return f" {' '.join(pairs)} "
