"""What kind of thing a question asks for, a name, a time, a figure, and whether a sentence holds one."""

import re
from dataclasses import dataclass

from assistant.counting import TIMES, counts, spelled_out
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """The kinds of thing that a question asks for: any number of them, or none."""

    asked: str
    """The question, folded and with single spaces."""
    person: bool
    firm: bool
    time: bool
    figure: bool

    def is_held_by(self, sentence: str) -> bool:
        """Whether a sentence holds a thing of one of these kinds. A name or firm that the question itself says is
        none."""
        return (
            (self.person and self._holds_another(_FULL_NAME, sentence))
            or (self.firm and self._holds_another(_FIRM, sentence))
            or (self.time and any(character.isdigit() for character in sentence))
            or (self.figure and (has_figure(sentence) or _has_figure_in_words(sentence)))
        )

    def _holds_another(self, pattern: re.Pattern[str], sentence: str) -> bool:
        names = (fold(found[0]) for found in pattern.finditer(" ".join(sentence.split())))
        return any(name not in self.asked for name in names)


def wanted_by(question: str) -> Wanted:
    asked = " ".join(fold(question).split())
    return Wanted(asked, *(bool(kind.search(asked)) for kind in (_WHO, _FIRM_WANTED, _TIME_WANTED, _FIGURE_WANTED)))


def _has_figure_in_words(sentence: str) -> bool:
    """Thirty days, one month."""
    if spelled_out(sentence):
        return True
    return any(unit in TIMES for _, unit in counts(" ".join(_DIGITS.sub(" ", sentence).split())))
