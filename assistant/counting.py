"""What a text counts: its numbers, in digits and in words, each with what may be counted by it."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from assistant.words import GROUPED, STOP_WORDS, WORD, possible_numbers, readings, term_of, values_of
from ingest.periods import years_in
from ingest.unspaced import spaced

Count = tuple[float, str]
"""A number and the term of what may be counted by it, a unit in the form of UNITS."""

_Piece = tuple[list[float], str]
"""What a number or word may be as a number, and its term."""

_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: float(value) for value, word in enumerate(f"zero {_ONES} {_TEENS}".split())} | {
    word: 10.0 * value for value, word in enumerate(_TENS.split(), 2)
}

_TIMES = {
    "second": "sec sekunde sekunden seconde secondes",
    "minute": "min minuten",
    "hour": "std stunde stunden heure heures",
    "day": "tag tage tagen jour jours",
    "week": "woche wochen semaine semaines",
    "month": "monat monate monaten mois",
    "quarter": "quartal quartale quartalen trimestre trimestres",
    "year": "jahr jahre jahren ans année années",
    "decade": "jahrzehnt jahrzehnte jahrzehnten décennie décennies",
}
_POWERS = {
    "hundred": "hundert",
    "thousand": "tsd tausend mille",
    "million": "m mn mio millionen",
    "billion": "bn mrd milliarde milliarden milliard milliards",
    "trillion": "tn billionen",
}
_FACTOR = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_CURRENCIES = {"euro": "", "dollar": "", "pound": "", "yen": ""}
_SCALES = {"celsius": "c", "fahrenheit": "f"}
_OTHERS = {"percent": "prozent pourcent", "degree": "grad degré"}
_UNIT_OF = {
    term_of(word): unit
    for units in (_TIMES, _POWERS, _CURRENCIES, _SCALES, _OTHERS)
    for unit, others in units.items()
    for word in (unit, *others.split())
}
_SIGNS = {
    "€": "euro", "EUR": "euro", "$": "dollar", "USD": "dollar", "£": "pound", "GBP": "pound", "¥": "yen", "JPY": "yen",
    "%": "percent", "°": "degree",
}  # fmt: skip
TIMES = frozenset(_TIMES)
"""Units of time, as `counts` has them."""
UNITS = (TIMES, frozenset(_POWERS), frozenset(_CURRENCIES), frozenset(_SCALES))
"""What cannot stand for one another: 30 days are not 30 weeks, €900 are not $900."""

_WORDS_TO_UNIT = 2
"""A unit is the word behind its number or the one behind that: 30 business days."""


def _any_of(*words: str) -> str:
    return f"(?:{'|'.join(' '.join(words).split())})"


_UP_TO_99 = rf"(?:{_any_of(_TENS)}(?:[ -]{_any_of(_ONES)})?|{_any_of(_TEENS, _ONES)})"
_IN_WORDS = rf"\b(?:{_any_of(_ONES)} hundred(?:(?: and)? {_UP_TO_99})?|{_UP_TO_99}|zero)(?![^\W\d_])"
_NUMBER_IN_WORDS = re.compile(_IN_WORDS, re.IGNORECASE)
_PIECE = re.compile(rf"{GROUPED}|(?P<in_words>{_IN_WORDS})|{WORD}", re.IGNORECASE)
_IN_DIGITS = rf"(?:{GROUPED}|(?=\d)(?:{WORD}))"
_MONEY = r"(?:[€$£¥]|\b(?:EUR|USD|GBP|JPY)\b)"
_SIGNED = re.compile(
    rf"(?P<before>{_MONEY})\s?(?P<number>{_IN_DIGITS})"
    rf"|(?<!\d)(?P<number_before>{_IN_DIGITS})\s?(?P<behind>{_MONEY}|[%°])"
)
_IN_POWERS = re.compile(
    rf"(?<![\w.,])(?<!\w['\u2019])(?P<number>(?>{_IN_WORDS}|{_IN_DIGITS}))[ -]?"
    rf"(?P<power>{_any_of(*_POWERS)}s?|{_any_of(*_POWERS.values())})\b",
    re.IGNORECASE,
)


def counts(text: str) -> Iterator[Count]:
    """Each number of `text`, which has single spaces only, with the words behind it that may be what is counted, and
    with its sign: €, %, °."""
    yield from _counted(list(_pieces(text, in_every_reading=False)))
    yield from _signed(text, values_of)


def held_in(text: str) -> tuple[set[float], set[Count]]:
    """All that a number of `text`, which has single spaces only, may stand for, in digits or in words, multiplied out
    (`£2.4m` → 2.4 and 2,400,000) and as a year in short (FY24, 2023/24); and `counts` with each of these readings."""
    pieces = list(_pieces(text, in_every_reading=True))
    found = {*_counted(pieces), *_signed(text, readings)}
    in_full = (_multiplied(value, unit) for value, unit in found if unit in _FACTOR)
    years = map(float, years_in(text))
    return possible_numbers(text).union(years, in_full, *(values for values, _ in pieces)), found


def words_for(found: Collection[Count]) -> set[str]:
    """The terms of all words for the units of what is counted: `euro` and `eur` for `€`, `tage` for `days`."""
    units = {unit for _, unit in found}
    codes = ((term_of(sign), unit) for sign, unit in _SIGNS.items() if sign.isalpha())
    return {term for term, unit in (*_UNIT_OF.items(), *codes) if unit in units}


def before_powers(text: str) -> list[float]:
    """The numbers of `text`, in digits or in words, right before a power of ten: the 2.4 of `2.4 million`."""
    return [value for match in _IN_POWERS.finditer(text) for value in _values(match["number"])]


def multiplied_out(text: str, held: Collection[float], found: Collection[Count]) -> str:
    """`text` with those powers of ten multiplied out that `held_in` has so only: `2.4 million` → `2400000.00`."""

    def in_full(match: re.Match[str]) -> str:
        values, unit = _values(match["number"]), _UNIT_OF.get(term_of(match["power"]), "")
        if len(values) != 1 or unit not in _FACTOR or (values[0], unit) in found:
            return match[0]
        full = _multiplied(values[0], unit)
        return f"{full:.2f}" if full in held else match[0]

    return _IN_POWERS.sub(in_full, text)


def spelled_out(text: str) -> list[float]:
    """The numbers that `text` has in words. A lone `one` may be no number."""
    written = (match[0].lower() for match in _NUMBER_IN_WORDS.finditer(text))
    return [_value(each) for each in written if each not in STOP_WORDS]


def in_digits(text: str) -> str:
    """`text` with its numbers in words as digits: `twenty-five days` → `25 days`. A lone `one` may be no number."""
    return _NUMBER_IN_WORDS.sub(lambda match: _digits(match[0].lower()), text)


def _counted(pieces: Sequence[_Piece]) -> Iterator[Count]:
    for place, (values, _) in enumerate(pieces):
        for other_values, word in pieces[place + 1 : place + 1 + _WORDS_TO_UNIT] if values else ():
            if other_values:
                break
            if word not in STOP_WORDS:
                yield from ((value, _UNIT_OF.get(word, word)) for value in values)


def _signed(text: str, values: Callable[[str], Sequence[float]]) -> Iterator[Count]:
    for match in _SIGNED.finditer(text):
        sign = match["before"] or match["behind"]
        yield from ((value, _SIGNS[sign]) for value in values(match["number"] or match["number_before"]))


def _pieces(text: str, *, in_every_reading: bool) -> Iterator[_Piece]:
    for match in _PIECE.finditer(spaced(text)):
        written = match[0]
        if match["in_words"]:
            yield [_value(written.lower())], ""
        elif written[0].isdigit():
            yield readings(written) if in_every_reading else values_of(written)[-1:], term_of(written)
        else:
            yield [], term_of(written)


def _multiplied(value: float, power: str) -> float:
    return round(value * _FACTOR[power], 2)


def _values(written: str) -> list[float]:
    return values_of(written) if written[0].isdigit() else [_value(written.lower())]


def _digits(in_words: str) -> str:
    return in_words if in_words in STOP_WORDS else f"{_value(in_words):.0f}"


def _value(in_words: str) -> float:
    """`one hundred and twenty-five` → 125."""
    value = 0.0
    for word in re.findall("[a-z]+", in_words):
        value = 100 * value if word == "hundred" else value + _VALUES.get(word, 0.0)
    return value
