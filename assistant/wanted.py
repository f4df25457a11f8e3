"""What kind of thing a question asks for, a name, a time, a figure, and whether a sentence holds one."""

import re

from assistant.counting import UNITS, counts, spelled_out
from assistant.listing import has_figure
from ingest.folding import fold

_WHO = re.compile(r"\bwho(?:m|se)?\b")
_FIRM_WANTED = re.compile(
    r"\b(?:what|which)(?: (?!(?:is|was|are|were|do|does|did)\b)[a-z-]+)? (?:compan(?:y|ies)|firm|bank|supplier|"
    r"vendor|provider|customer|client|insurer|auditor|lender|contractor|manufacturer)s?\b"
)
_TIME_WANTED = re.compile(
    r"\bwhen\b|\bhow old\b|\b(?:what|which)\b.*\b(?:year|date|day|month|time|deadline)s?\b|\bby wh(?:at|ich)\b"
)
_FIGURE_WANTED = re.compile(
    r"\bhow (?:many|much|long|often|old|far|high|large|big)\b"
    r"|\bwhat\b.*\b(?:amount|percentage|rate|ratio|cost|price|fee|limit|maximum|minimum|number|total|value|balance|"
    r"revenue|turnover|sales|income|earnings|profit|loss(?:es)?|expense|asset|debt|rent|salary|budget|margin)s?\b"
)
_CAPITAL = r"(?:(?![a-zà-ÿ\u0131])[^\W\d_])"
"""A to Z, Å, Ł: a letter that is not a small one of Latin-1."""
_DIGITS = re.compile(r"\S*\d\S*")
_FULL_NAME = re.compile(rf"\b{_CAPITAL}[^\W\dA-Z_][\w'\u2019-]*(?: {_CAPITAL}\.)? {_CAPITAL}[\w'\u2019-]+")
_FIRM = re.compile(
    r"\b(?!(?:The|This|That|Such|Our|Your|Their|Its|Each|Any|Every|No)\b)"
    rf"{_CAPITAL}[\w&'\u2019-]*,? (?:LLP|LLC|Ltd|Limited|plc|PLC|Inc|Corp|Corporation|Company|Bank|Group|Holdings|"
    r"AG|SE|KG|GmbH|AB|AS|ASA|SA|SAS|SARL|SpA|BV|NV|Pty)\b"
)


def holds_what_is_asked_for(question: str, sentence: str) -> bool:
    """Whether a sentence holds the kind of thing that `question` asks for; a name or firm that the question itself
    says is none. Where it asks for several kinds, one is enough; False where it asks for none."""
    asked = " ".join(fold(question).split())
    return (
        (bool(_WHO.search(asked)) and _holds_another(_FULL_NAME, sentence, asked))
        or (bool(_FIRM_WANTED.search(asked)) and _holds_another(_FIRM, sentence, asked))
        or (bool(_TIME_WANTED.search(asked)) and any(character.isdigit() for character in sentence))
        or (bool(_FIGURE_WANTED.search(asked)) and (has_figure(sentence) or _has_figure_in_words(sentence)))
    )


def _has_figure_in_words(sentence: str) -> bool:
    """Thirty days, one month."""
    if spelled_out(sentence):
        return True
    times, _ = UNITS
    return any(unit in times for _, unit in counts(" ".join(_DIGITS.sub(" ", sentence).split())))


def _holds_another(pattern: re.Pattern[str], sentence: str, asked: str) -> bool:
    names = (fold(found[0]) for found in pattern.finditer(" ".join(sentence.split())))
    return any(name not in asked for name in names)
