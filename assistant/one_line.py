"""A text in one line, to be compared with words that are written in one."""

import re

_GOES_ON = "and|or|to|und|oder|bis|et|ou|e|y|o|en|of"
# Anchored at a word's start: a text may be one long word, and is not to be searched from each of its letters.
_BROKEN = re.compile(rf"\b(\w+)-\s+(?!(?:{_GOES_ON})\s)(?=([^\W\d_]\w*))", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def in_one_line(text: str, like: str | None = None) -> str:
    """`text` with single spaces, and with the words in one piece that a hyphen at the end of a line breaks in two.

    Print does not tell whether such a hyphen is the word's own. Where `like` (the text itself, unless it is given) has
    the word whole, it is whole here (`reim-⏎bursed` → `reimbursed`); else it keeps its hyphen (`third-⏎party` →
    `third-party`), and nothing but white space is changed. The hyphen of "short- and long-term" ends its word.
    """
    whole = set(_WORD.findall((text if like is None else like).casefold()))

    def first_half(match: re.Match[str]) -> str:
        word = match[1] + match[2]
        return match[1] if word.isalpha() and word.casefold() in whole else f"{match[1]}-"

    return " ".join(_BROKEN.sub(first_half, text).split())
