"""What kind of thing a question asks for, a name, a time, a figure, and whether a sentence holds one."""

import re

from assistant.counting import UNITS, counts, spelled_out
from assistant.listing import has_figure
from ingest.folding import fold

_WHO = re.compile(r"\bwho(?:m|se)?\b")
_FIRM_WANTED = re.compile(
    r"\b(?:what|which)(?: [a-z-]+)? (?:compan(?:y|ies)|firm|bank|supplier|vendor|provider|customer|client|insurer|"
    r"auditor|lender|contractor|manufacturer)s?\b"
)
_TIME_WANTED = re.compile(
    r"\bwhen\b|\bhow old\b|\b(?:what|which)\b.*\b(?:year|date|day|month|time|deadline)s?\b|\bby wh(?:at|ich)\b"
)
_FIGURE_WANTED = re.compile(
    r"\bhow (?:many|much|long|often|old|far|high|large|big)\b"
    r"|\bwhat\b.*\b(?:amount|percentage|rate|ratio|cost|price|fee|limit|maximum|minimum|number|total|value|balance|"
    r"revenue|turnover|sales|income|earnings|profit|loss(?:es)?|expense|asset|debt|rent|salary|budget|margin)s?\b"
)
_FULL_NAME = re.compile(r"\b[A-Z][a-zà-ÿ'\u2019-]+(?:\s+[A-Z]\.)?\s+[A-Z][\w'\u2019-]+")
_FIRM = re.compile(
    r"\b[A-Z][\w&'\u2019-]*,? (?:LLP|LLC|Ltd|Limited|plc|PLC|Inc|Corp|Corporation|Company|Bank|Group|Holdings|AG|SE|KG|"
    r"GmbH|AB|AS|ASA|SA|SAS|SARL|SpA|BV|NV|Pty)\b"
)


def holds_what_is_asked_for(question: str, sentence: str) -> bool:
    """Whether a sentence holds the kind of thing that `question` asks for; a name or firm that the question itself
    says is none. False where it asks for no such kind."""
    asked = " ".join(fold(question).split())
    if _WHO.search(asked):
        return _holds_another(_FULL_NAME, sentence, asked)
    if _FIRM_WANTED.search(asked):
        return _holds_another(_FIRM, sentence, asked)
    if _TIME_WANTED.search(asked):
        return any(character.isdigit() for character in sentence)
    return bool(_FIGURE_WANTED.search(asked)) and (has_figure(sentence) or _has_figure_in_words(sentence))


def _has_figure_in_words(sentence: str) -> bool:
    """Thirty days, one month."""
    if spelled_out(sentence):
        return True
    times, _ = UNITS
    return any(unit in times for _, unit in counts(" ".join(sentence.split())))


def _holds_another(pattern: re.Pattern[str], sentence: str, asked: str) -> bool:
    names = (fold(found[0]) for found in pattern.finditer(" ".join(sentence.split())))
    return any(name not in asked for name in names)
