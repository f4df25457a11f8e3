"""Months that a question names side by side: `February and May 2026`, `the February and the May minutes`."""

import re

from ingest.periods import MONTH, month_number, with_day

_DATE = rf"(?:{with_day(f'(?:{MONTH})')}|\b(?:{MONTH})\b\.?)"
_YEAR = r"(?:19|20)\d\d\b"
_WORD = r"[^\W\d]+"
_SIDE_BY_SIDE = re.compile(
    rf"(?P<first>{_DATE})(?=(?P<between>(?:\s+{_WORD}){{0,2}}?,?\s+(?:and|or|vs\.?|versus|than|und|oder|als|et|ou)"
    rf"(?:\s+{_WORD}){{0,3}}?\s+|,\s+)(?P<second>{_DATE})(?:,?\s+(?:of\s+)?(?P<year>{_YEAR}))?)",
    re.IGNORECASE,
)
_MOST_MONTHS = 4


def with_shared_years(text: str) -> str:
    """A text whose months have the year that stands only after the last of them: `February 2026 and May 2026`."""
    for _ in range(_MOST_MONTHS):
        text = _SIDE_BY_SIDE.sub(_with_year, text)
    return text


def _with_year(match: re.Match[str]) -> str:
    """The first of two months with the year of the second, unless it may be a verb: "who may attend in March 2025"."""
    is_month = _names(match["first"]) or len(match["between"].split()) == 1
    return f"{match[0]} {match['year']}" if match["year"] and is_month else match[0]


def months_without_year(text: str) -> frozenset[int]:
    """The months (1 to 12) that stand side by side with another one, and have no year."""
    pairs = [match for match in _SIDE_BY_SIDE.finditer(with_shared_years(text)) if not match["year"]]
    written = {part for match in pairs for part in (match["first"], match["second"])}
    return frozenset(month_number(name) for part in written for name in _names(part))


def _names(date: str) -> list[str]:
    """The month of a date; none where it may be another word: "may" and "march" in small letters."""
    return [name for name in re.findall(rf"\b(?:{MONTH})\b", date, re.IGNORECASE) if name not in ("may", "march")]
