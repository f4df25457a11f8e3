"""Figures made of several numbers, which must stand together: dates, times, numbers of sections and versions; and codes
made of letters and a number, which need not."""

import re
from collections.abc import Sequence

from assistant.counting import held_in
from assistant.words import parse_number, terms
from ingest.folding import fold
from ingest.periods import dates_in, dates_written, months_in, without_dates, years_in

_JOINED = re.compile(r"(?<![\w.,])(?:\d+(?:/\d+)+|\d+(?::\d+)+)")
"""8:30, 03/04/2024, 2023/24."""
_LETTERED = re.compile(r"(?<![\w.])(\d+(?:\.\d+)*)\s?(\((?:[a-z]|[ivx]+)\))")
"""7(b), 4.1 (ii)."""
_POINTED = re.compile(r"(?<!\d)(?<!\d\.)\d+(?:\.\d+)+")
_NAMED = re.compile(
    r"\b(?:sections?|clauses?|articles?|paragraphs?|chapters?|versions?|releases?|v|abschnitte?n?|artikeln?|ziffern?|"
    rf"kapiteln?|punkte?)\.?\s?({_POINTED.pattern})|§\s?({_POINTED.pattern})",
    re.IGNORECASE,
)
"""A number whose zeros count: section 4.10 is not section 4.1."""
_CODE = re.compile(r"(?<!\w)([^\W\d_]{1,4})[-\u2010\u2011\u2013]?\s?(\d\w*(?:\.\d\w*)*)")
"""Letters and a number with a hyphen, a space or nothing between."""


def dates_held(claim: str, passages: Sequence[str]) -> list[str]:
    """The dates of the claim, as it writes them, that the passages have in any form."""
    written = dates_written(claim)
    held = _dates_in_any(passages) if written else frozenset()
    return [date for date in written if dates_in(date) <= held]


def codes_held(claim: str, passages: Sequence[str]) -> list[str]:
    """The codes of the claim, as it writes them, that the passages have in any form: `ISO-9001`, `ISO 9001`, `E07`."""
    written = [match for match in _CODE.finditer(claim) if match[1][0].isupper()]
    held = {_code(match) for passage in passages for match in _CODE.finditer(passage)} if written else set()
    return [match[0] for match in written if _code(match) in held]


def composed_stand(claim: str, passages: Sequence[str]) -> bool:
    """Whether the passages have the figures of the claim that are made of several as the claim has them: not 31 March
    2023 where they say "from 1 April 2023 to 31 March 2026"."""
    return (
        _dotted_stand(claim, passages)
        and _named_stand(claim, passages)
        and _lettered_stand(claim, passages)
        and _joined_stand(claim, passages)
        and _dates_stand(claim, passages)
    )


def _dotted_stand(claim: str, passages: Sequence[str]) -> bool:
    """4.2.1, 15.03.2024, 10.0.0.1."""
    dotted = {term for term in terms(claim) if term[0].isdigit() and parse_number(term) is None}
    return not (dotted and dotted.difference(*map(terms, passages)))


def _named_stand(claim: str, passages: Sequence[str]) -> bool:
    named = {number or of_sign for number, of_sign in _NAMED.findall(claim)}
    return not (named and named.difference(*map(_POINTED.findall, passages)))


def _lettered_stand(claim: str, passages: Sequence[str]) -> bool:
    """Not 7(c) where there is 7(b) only. A letter may stand by itself: "7 (a) or (b)"."""
    held = {pair for passage in passages for pair in _LETTERED.findall(passage)}
    return all(
        (number, letter) in held
        or number not in {other for other, _ in held}
        or any(letter in _LETTERED.sub(" ", passage) for passage in passages)
        for number, letter in _LETTERED.findall(claim)
    )


def _joined_stand(claim: str, passages: Sequence[str]) -> bool:
    """Those that are not there may be put together of numbers that stand in no other: 24 hours on 7 days are 24/7."""
    held = {_parts(joined) for passage in passages for joined in _JOINED.findall(passage)}
    missing = [joined for joined in _JOINED.findall(claim) if _parts(joined) not in held] if held else []
    apart = _values_in_any([_JOINED.sub(" ", passage) for passage in passages]) if missing else set()
    return all(float(part) in apart for joined in missing for part in re.split("[/:]", joined))


def _dates_stand(claim: str, passages: Sequence[str]) -> bool:
    """A date that is not there may share a part with one that is, where another part stands by itself: the 1 March 2026
    of "from 1 to 31 March 2026"."""
    claimed = {date for written in dates_written(claim) for date in dates_in(written)}
    missing = claimed - _dates_in_any(passages) if claimed else claimed
    if not missing:
        return True
    apart = [without_dates(passage) for passage in passages]
    values, months = _values_in_any(apart), {month for text in apart for month in months_in(text)}

    def shares(date: str) -> bool:
        year, month, *day = map(int, date.split("-"))
        return month in months or not values.isdisjoint([float(year), *map(float, day)])

    return all(map(shares, missing))


def _code(match: re.Match[str]) -> str:
    return fold(match[1] + match[2])


def _parts(joined: str) -> tuple[object, ...]:
    """08:30 is 8:30, and 2023/2024 is 2023/24."""
    years = years_in(joined)
    return years if len(years) > 1 else tuple(part.lstrip("0") for part in re.split("[/:]", joined))


def _dates_in_any(passages: Sequence[str]) -> frozenset[str]:
    return frozenset(date for passage in passages for date in dates_in(passage))


def _values_in_any(passages: Sequence[str]) -> set[float]:
    return {value for passage in passages for value in held_in(passage)[0]}
