"""Raised figures, on one line with those before and behind them: `10^6`, a note's number after the last figure."""

import re

RAISED, LEVEL = "\x0e", "\x0f"
"""Put around raised text until `show_raised`; `unmarked` takes them out of a text that may hold any character."""
_MARKS = str.maketrans("", "", RAISED + LEVEL)

_RAISED_AFTER_FIGURE = re.compile(rf"(?<=\d){LEVEL}*([.,]?){LEVEL}*{RAISED}+(?=[-+\N{{MINUS SIGN}}]?\d)")
_FIGURE_AFTER_RAISED = re.compile(rf"(?<=\d){LEVEL}+(?=\d)")


def show_raised(text: str) -> str:
    """The text without RAISED and LEVEL: `^` and a space keep raised figures apart from others."""
    text = _FIGURE_AFTER_RAISED.sub(" ", _RAISED_AFTER_FIGURE.sub(r"\1^", text))
    return unmarked(text)


def unmarked(text: str) -> str:
    return text.translate(_MARKS)
