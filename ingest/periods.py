"""Years, quarters and dates that a text names, in whatever form: FY2018, Q2'23, 2022/23, the first half of 2023."""

import calendar
import re

_ENGLISH_MONTHS = "january february march april may june july august september october november december"
_GERMAN_MONTHS = "januar februar märz april mai juni juli august september oktober november dezember"
_FRENCH_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_SHORT_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTH_NUMBERS = {
    name: number
    for names in (_SHORT_MONTHS, _FRENCH_MONTHS, _GERMAN_MONTHS, _ENGLISH_MONTHS)
    for number, name in enumerate(names.split(), 1)
} | {"sept": 9}
MONTHS = frozenset(f"{_ENGLISH_MONTHS} {_GERMAN_MONTHS}".split()) | {"marz"}
"""Names of months, folded, that are taken for nothing else."""

_FIRST_DAYS = 7
_FIRST_SHORT_YEAR = 70
"""From here on two figures are a year of the last century: `FY98`."""

_TAKEN_FOR_OTHERS = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s"})
"""Letters that match an i or an s with re.IGNORECASE, and are no such letter in lower case."""

MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
"""A regular expression for the name of a month, to be used with re.IGNORECASE."""
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_PERIOD_END = re.compile(
    rf"(?:years?|quarters?|quarterly period|period|months|weeks)\s+end(?:ed|ing):?\s+"
    rf"(?:(?P<month>{MONTH})\.?\s+(?P<day>\d{{1,2}})|(?P<day_first>\d{{1,2}})\.?\s+(?P<month_last>{MONTH}))"
    r",?\s+(?P<year>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_MONTH_END = re.compile(
    rf"\b(?:end of|ende|fin)\s+(?P<month>{MONTH})\.?,?\s+(?:of\s+)?(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
)
_WRITTEN_DATE = re.compile(
    rf"\b(?:(?P<month>{MONTH})\.?\s+(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?"
    rf"|(?P<day_first>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month_last>{MONTH})\.?,?\s+)(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_NUMERIC_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d)")
_DAY_FIRST_DATE = re.compile(r"(?<![\d.])(0?[1-9]|[12]\d|3[01])\.\s?(0?[1-9]|1[0-2])\.\s?((?:19|20)\d\d)(?!\d|[.,]\d)")
_DATES = (_WRITTEN_DATE, _NUMERIC_DATE, _DAY_FIRST_DATE)
_MONTH_NAME = re.compile(rf"\b(?:{MONTH})\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,])((?:19|20)\d\d)(?!\d|[.,]\d)")
_AMOUNT = re.compile(
    r"[€$£¥]\s?\d[\d.,]*|(?:\b(?P<before>[^\W_]+)\.?,?\s+)?(?<![\w.,/\u2013-])(?:19|20)\d\d\s?"
    r"(?:euros?|eur|dollars?|usd|pounds?|gbp|francs?|franken|chf|kron(?:er|or|en)|nok|sek|dkk|yen|yuan|"
    r"kg|tonnes?|tons?|km|miles|met(?:er|re)s?|lit(?:er|re)s?|k?wh|employees|people|persons|pieces|copies|"
    r"mitarbeitern?|personen|stück|personnes)\b",
    re.IGNORECASE,
)
_BEFORE_A_YEAR = re.compile(
    rf"in|im|en|since|seit|depuis|during|year|jahr|fy|fiscal|[qh][1-4]|\d+|{MONTH}", re.IGNORECASE
)
_PART = r"(?:\bQ[1-4]|\b[1-4]Q|\bH[12]|\b[12]H)"
_SHORT_YEAR = re.compile(rf"(?:\bFY|\bfiscal(?: year)?|{_PART})\s?(?:of |FY)?\s?['\u2019]?(\d\d)(?!\d)", re.IGNORECASE)
_GLUED_YEAR = re.compile(rf"(?:\bFY|{_PART}|_)((?:19|20)\d\d)(?=[QH][1-4]|\b|_)", re.IGNORECASE)
# 2022-23 without FY may be a month; what is no year after the first is left alone.
_TWO_YEARS = re.compile(
    r"(?:(?P<fy>\bFY|\bfiscal(?: year)?)\s?)?(?P<century>19|20)?(?P<first>\d\d)"
    r"(?P<sign>[/\u2013-])(?:19|20)?(?P<second>\d\d)(?!\d)",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"(?<![A-Za-z])Q([1-4])(?!\d(?!\d))|(?<![\dA-Za-z])([1-4])Q(?![A-Za-z])", re.IGNORECASE)
_HALF = re.compile(r"(?<![A-Za-z])H([12])(?!\d(?!\d))|(?<![\dA-Za-z])([12])H(?![A-Za-z])", re.IGNORECASE)
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4,
    "erste": 1, "zweite": 2, "dritte": 3, "vierte": 4,
    "premier": 1, "deuxième": 2, "troisième": 3, "quatrième": 4,
}  # fmt: skip
_ORDINAL = rf"\b(?:(?P<word>{'|'.join(_ORDINALS)})[nrs]?|(?P<number>[1-4])(?:st|nd|rd|th|er|e|ème|\.))"
_AND_ANOTHER = r"(?:\s(?:and|or|to|und|oder|bis|et|ou)\s(?:the\s|das\s|dem\s|le\s)?[\w.]+)?"
_QUARTER_WORDS = re.compile(
    rf"{_ORDINAL}(?=(?:{_AND_ANOTHER})[\s-](?:fiscal )?(?:quarter|quartal|trimestre)s?\b)", re.IGNORECASE
)
_HALF_WORDS = re.compile(rf"{_ORDINAL}[\s-](?:half(?:[\s-]year)?\b|halbjahr|semestre\b)", re.IGNORECASE)
_PERIOD_WORDS = re.compile(
    r"(?:fy|[qh][1-4]|[1-4][qh])?(?:(?:19|20)?\d\d)?|fiscal|(?:half|quarter|month|week|day|year)s?|"
    r"first|second|third|fourth|end|ended|ending|annual|quarterly|monthly|jahr|geschäftsjahr|quartal|halbjahr"
)


def with_day(month: str) -> str:
    """A regular expression for a `month`, itself one, with its day: `30th of August`, `Aug. 30`, `30. August`."""
    return rf"(?:\b{_DAY}\.?\s+(?:of\s+)?{month}\b\.?|\b{month}\b\.?\s+{_DAY}\b)"


def years_in(text: str) -> tuple[int, ...]:
    """Years a text names in whatever form (2018, FY18, Q2'23, 2023Q2, 2022/23), newest first."""
    years = {int(year) for pattern in (_YEAR, _GLUED_YEAR) for year in pattern.findall(text)}
    years |= {int(year) for _, _, year in _DAY_FIRST_DATE.findall(text)}
    years |= {_full_year(int(year)) for year in _SHORT_YEAR.findall(text)}
    years |= {year for match in _TWO_YEARS.finditer(text) for year in _two_years(match)}
    return tuple(sorted(years, reverse=True))


def years_asked(question: str) -> tuple[int, ...]:
    """`years_in` a question, where an amount is none: `€2000`, `2050 kg`, `2000 employees`."""
    return years_in(_AMOUNT.sub(lambda match: match[0] if _is_dated(match) else match["before"] or " ", question))


def _is_dated(amount: re.Match[str]) -> bool:
    """Whether what looks like an amount follows what a year follows: `in 2024 people worked`."""
    return bool(amount["before"] and _BEFORE_A_YEAR.fullmatch(amount["before"]))


def quarters_in(text: str) -> frozenset[int]:
    """Quarters a text names: `Q2`, `2Q23`, `second quarter`. Half a year is the quarter it ends with: `H1` is 2."""
    numbers = {int(before or after) for before, after in _QUARTER.findall(text)}
    numbers |= {_ordinal(match) for match in _QUARTER_WORDS.finditer(text)}
    halves = {int(before or after) for before, after in _HALF.findall(text)}
    halves |= {_ordinal(match) for match in _HALF_WORDS.finditer(text)}
    return frozenset(numbers | {2 * half for half in halves if half <= 2})


def dates_in(text: str) -> frozenset[str]:
    """Days and months a text names: `30 August 2023` → `2023-08-30` and `2023-08`, `June 2026` → `2026-06`, and the
    `end of June 2026` is `2026-06-30` too."""
    found: set[str] = set()
    for match in _WRITTEN_DATE.finditer(text):
        found |= _day(match["year"], match["month"] or match["month_last"], match["day"] or match["day_first"])
    for match in _MONTH_END.finditer(text):
        last = calendar.monthrange(int(match["year"]), month_number(match["month"]))[1]
        found |= _day(match["year"], match["month"], str(last))
    for year, number, day in _NUMERIC_DATE.findall(text):
        found |= {f"{year}-{number}", f"{year}-{number}-{day}"} if day else {f"{year}-{number}"}
    for day, number, year in _DAY_FIRST_DATE.findall(text):
        found |= {f"{year}-{int(number):02}", f"{year}-{int(number):02}-{int(day):02}"}
    return frozenset(found)


def dates_written(text: str) -> list[str]:
    """The dates of a text as they stand there: `30 August 2023`, `June 2026`, `2023-08-30`, `30.08.2023`."""
    return [match[0] for pattern in _DATES for match in pattern.finditer(text)]


def without_dates(text: str) -> str:
    """A text with a space for each of `dates_written`."""
    for pattern in _DATES:
        text = pattern.sub(" ", text)
    return text


def months_in(text: str) -> frozenset[int]:
    """The months (1 to 12) that a text names, with or without a year; what may be another word ("may") is one."""
    return frozenset(map(month_number, _MONTH_NAME.findall(text)))


def period_ends_in(text: str) -> list[tuple[int, frozenset[str]]]:
    """For each "year ended December 31, 2018" and the like the year it closes and its date, as of `dates_in`.

    A year that ends in the first days of January is the one before.
    """
    ends = []
    for match in _PERIOD_END.finditer(text):
        month, day = match["month"] or match["month_last"], match["day"] or match["day_first"]
        just_begun = month_number(month) == 1 and int(day) <= _FIRST_DAYS
        ends.append((int(match["year"]) - just_begun, _day(match["year"], month, day)))
    return ends


def is_period_word(word: str) -> bool:
    """Whether a word (folded) is part of how periods are written: `fy2018`, `q2`, `quarter`, `ended`."""
    return word in MONTHS or _PERIOD_WORDS.fullmatch(word) is not None


def _two_years(match: re.Match[str]) -> tuple[int, ...]:
    """Both years of `FY 22/23`, `2022/23`, `2022/2023`; none of `3/4` or of the month `2022-11`."""
    first, second = int(match["first"]), int(match["second"])
    named = match["fy"] or (match["century"] and match["sign"] != "-")
    if not named or second != (first + 1) % 100:
        return ()
    year = int(match["century"]) * 100 + first if match["century"] else _full_year(first)
    return year, year + 1


def _full_year(two_figures: int) -> int:
    return two_figures + (1900 if two_figures >= _FIRST_SHORT_YEAR else 2000)


def _ordinal(match: re.Match[str]) -> int:
    return _ORDINALS[_lower(match["word"])] if match["word"] else int(match["number"])


def month_number(name: str) -> int:
    """1 to 12, for a name that MONTH matches."""
    return _MONTH_NUMBERS[_lower(name)]


def _lower(word: str) -> str:
    return word.translate(_TAKEN_FOR_OTHERS).lower()


def _day(year: str, month: str, day: str | None) -> frozenset[str]:
    named = f"{year}-{month_number(month):02}"
    return frozenset({named, f"{named}-{int(day):02}"} if day else {named})
