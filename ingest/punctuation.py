"""Where a line of text ends a sentence, and what a list item begins with."""

import re

_QUOTES_AND_BRACKETS = "'\"\N{RIGHT SINGLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK})\\]"
_STOPS = ".!?\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
_SENTENCE_END = re.compile(f"[{_STOPS}][{_QUOTES_AND_BRACKETS}]*$")
_CLAUSE_END = re.compile(f"[{_STOPS}:;][{_QUOTES_AND_BRACKETS}]*$")

DASHES = "\N{EN DASH}\N{EM DASH}-"
"""As a class of characters in a pattern: the hyphen comes last."""

_LIST_MARKER = re.compile(rf"[•▪◦●○■□☐☑☒✓➢‣·]\s*\S|(?:[*{DASHES}]|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivxIVX]{{1,5}})[.)])\s+\S")


def ends_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text))


def ends_clause(text: str) -> bool:
    """Whether what follows begins anew: after a full stop, and after a colon or semicolon too."""
    return bool(_CLAUSE_END.search(text))


def begins_list_item(text: str) -> bool:
    """A bullet, a dash, `(a)`, `3.`, `iv)`."""
    return bool(_LIST_MARKER.match(text))


def is_list_marker(text: str) -> bool:
    """A bullet or number that stands by itself, without the item it begins."""
    return len(text) <= 6 and begins_list_item(f"{text} x")
