"""What a document is about: the names it goes by, the period it covers, what kind of document it is.

Found when a document is taken in, and matched when a question names a document ("3M's FY2018 10-K"). Names are not
looked up in a list: a word names a document when it stands in its file name, or when it is written as a name on a good
part of its pages and on few of the others'.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.types import Document

MAX_NAMES = 400
"""Words kept for one document, the strongest first."""

LEAST_STRENGTH = 0.1
SAMPLED_PAGES = 200
"""Pages looked at for names, evenly spread: a word that names a document recurs all through it."""

FULL_STRENGTH_SHARE = 0.3
"""A word on this share of the pages names the document as surely as one in its file name."""

FEW_PAGES = 8
"""Added to the number of pages: on a document of three pages a word that stands on two of them names nothing yet."""

INITIALS, QUARTER, KIND, DATE = "=", "quarter:", "kind:", "date:"
"""Put before what is no word, so that the initials of "J&J" are never taken for the word "jj"."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019](?!s\b)[^\W_]+)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_NAME_PHRASE = re.compile(r"\b[A-Z][A-Za-z]+(?:(?:\s|\s?&\s?|\s(?:and|of)\s)[A-Z][A-Za-z]+){1,3}\b")
_BETWEEN_NAMES = re.compile(r"\s*&\s*|\s+(?:and|of)\s+|\s+")
_MAX_INITIALS = 4

_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_PERIOD_END = re.compile(
    rf"(?:years?|quarters?|quarterly period|period|months|weeks)\s+end(?:ed|ing):?\s+"
    rf"(?:(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})|(?P<day_first>\d{{1,2}})\.?\s+(?P<month_last>{_MONTH}))"
    r",?\s+(?P<year>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_WRITTEN_DATE = re.compile(
    rf"\b(?:(?P<month>{_MONTH})\.?\s+(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?"
    rf"|(?P<day_first>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month_last>{_MONTH})\.?,?\s+)(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_NUMERIC_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d)")
_MONTH_STARTS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"(?<![\d.,])((?:19|20)\d\d)(?!\d|[.,]\d)")
_SHORT_YEAR = re.compile(
    r"(?:\bFY|\bfiscal(?: year)?|\bQ[1-4]|\b[1-4]Q)\s?(?:of |FY)?\s?['\u2019]?(\d\d)(?!\d)", re.IGNORECASE
)
_GLUED_YEAR = re.compile(r"(?:\bFY|\bQ[1-4]|\b[1-4]Q|_)((?:19|20)\d\d)(?=Q[1-4]|\b|_)", re.IGNORECASE)
_QUARTER = re.compile(r"(?<![A-Za-z])Q([1-4])(?!\d(?!\d))|(?<!\d)([1-4])Q(?![A-Za-z])", re.IGNORECASE)
_QUARTER_WORDS = re.compile(r"\b(first|second|third|fourth)[\s-]quarter\b", re.IGNORECASE)
_QUARTER_NUMBERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}

_KINDS = {
    "annual report": r"10-?k(?:/a)?|20-?f|annual report|annual accounts",
    "quarterly report": r"10-?q|quarterly report|interim report|half-year report",
    "current report": r"8-?k|6-?k|current report",
    "earnings release": r"earnings(?: release)?|press release|results announcement",
    "proxy statement": r"def ?14a|proxy statement",
    "contract": r"contract|agreement|lease|terms and conditions",
    "policy": r"policy|policies|guidelines?|code of conduct",
    "handbook": r"hand-?book|employee guide",
    "manual": r"manual|user guide|operating instructions",
    "minutes": r"minutes",
    "invoice": r"invoice",
    "price list": r"price list|tariff",
    "offer": r"offer|quotation|proposal|tender",
    "data sheet": r"data ?sheet|sds",
    "letter": r"letter",
    "presentation": r"presentation|slides",
}
_KIND = re.compile("|".join(f"(?P<k{i}>\\b(?:{words})s?\\b)" for i, words in enumerate(_KINDS.values())), re.IGNORECASE)
_KIND_NAMES = tuple(_KINDS)
_HEAD_CHARACTERS = 1_000
_COVER_CHARACTERS = 6_000


@dataclass(frozen=True, slots=True)
class Period:
    """Years and quarters that a text names. `years` are in the order of their weight, the main one first."""

    years: tuple[int, ...] = ()
    quarters: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """What is kept of a document to tell whether a question is about it.

    `names`: word → strength from 0 to 1 (1: it stands in the file name or on 30 % of the pages or more), and initials
    with INITIALS before them.
    """

    names: Mapping[str, float] = field(default_factory=dict)
    period: Period = Period()
    kinds: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()

    def marks(self) -> dict[str, float]:
        """All of it as one mapping of marks to strengths: names, years (`2018`), quarters, kinds and dates."""
        marks = dict(self.names)
        marks.update((str(year), 1.0 if position == 0 else 0.5) for position, year in enumerate(self.period.years))
        marks.update((quarter_mark(quarter), 1.0) for quarter in self.period.quarters)
        marks.update((kind_mark(kind), 1.0) for kind in self.kinds)
        marks.update((date_mark(date), 1.0) for date in self.dates)
        return marks


def quarter_mark(quarter: int) -> str:
    return f"{QUARTER}{quarter}"


def date_mark(date: str) -> str:
    return f"{DATE}{date}"


def kind_mark(kind: str) -> str:
    return f"{KIND}{kind}"


def identify(document: Document) -> Identity:
    """What the document is about, from its name, its title and its pages."""
    stem = _CAMEL.sub(" ", document.path.stem)
    texts = [page.text for page in document.pages]
    cover = " ".join(" ".join(texts[:2])[:_COVER_CHARACTERS].split())
    head = cover[:_HEAD_CHARACTERS]
    return Identity(
        names=_names(stem, document, texts),
        period=_period_of_document(stem, document.title, cover),
        kinds=kinds_in(stem.replace("_", " ")) or kinds_in(document.title) or kinds_in(head),
        dates=dates_in(stem.replace("_", "-")) | dates_in(document.title) or dates_in(head),
    )


def fold(text: str) -> str:
    """Lower case without accents, for comparing only: offsets are not kept."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def name_terms(text: str) -> list[str]:
    """The words of a text as names are compared, in order: folded, without a possessive."""
    return _WORD.findall(fold(text.replace("_", " ")))


def initials_in(text: str) -> list[str]:
    """Initials a text uses for a name: `J&J` and `JnJ` → `=jj`, `AWW` → `=aww`."""
    found = re.findall(r"\b[A-Z](?:[n&]?[A-Z]){1,3}\b", text)
    return [INITIALS + re.sub("[n&]", "", name).lower() for name in found]


def years_in(text: str) -> tuple[int, ...]:
    """Years a text names in whatever form (2018, FY18, Q2'23, 2023Q2), newest first."""
    years = {int(year) for pattern in (_YEAR, _GLUED_YEAR) for year in pattern.findall(text)}
    years |= {2000 + int(year) for year in _SHORT_YEAR.findall(text)}
    return tuple(sorted(years, reverse=True))


def quarters_in(text: str) -> frozenset[int]:
    """Quarters a text names: `Q2`, `2Q23`, `2023Q2`, `second quarter`."""
    numbers = {int(before or after) for before, after in _QUARTER.findall(text)}
    return frozenset(numbers | {_QUARTER_NUMBERS[word.lower()] for word in _QUARTER_WORDS.findall(text)})


def dates_in(text: str) -> frozenset[str]:
    """Days and months a text names: `30 August 2023` → `2023-08-30` and `2023-08`, `June 2026` → `2026-06`."""
    found: set[str] = set()
    for match in _WRITTEN_DATE.finditer(text):
        name = (match["month"] or match["month_last"]).lower()
        month = f"{match['year']}-{_MONTH_STARTS.index(name[:3]) + 1:02}"
        day = match["day"] or match["day_first"]
        found |= {month, f"{month}-{int(day):02}"} if day else {month}
    for year, number, day in _NUMERIC_DATE.findall(text):
        found |= {f"{year}-{number}", f"{year}-{number}-{day}"} if day else {f"{year}-{number}"}
    return frozenset(found)


def kinds_in(text: str) -> frozenset[str]:
    """Kinds of document a text names, in the words of this module: `10-K` → `annual report`."""
    return frozenset(_KIND_NAMES[int(str(match.lastgroup)[1:])] for match in _KIND.finditer(text))


def _period_of_document(stem: str, title: str, cover: str) -> Period:
    """From the file name or else the title, which name what the whole document is about, else from its first pages."""
    for text in (stem, title):
        if years := years_in(text.replace("_", " ")):
            return Period(years, quarters_in(text.replace("_", " ")) or quarters_in(title))
    ended = Counter(_year_of_period(match) for match in _PERIOD_END.finditer(cover))
    years = tuple(year for year, _ in ended.most_common(2)) or years_in(cover[:_HEAD_CHARACTERS])[:1]
    return Period(years, quarters_in(title))


def _year_of_period(match: re.Match[str]) -> int:
    """A year that ends in the first days of January is the one before."""
    month = (match["month"] or match["month_last"]).lower()
    day = int(match["day"] or match["day_first"])
    return int(match["year"]) - (month.startswith("jan") and day <= 7)


def _names(stem: str, document: Document, texts: Sequence[str]) -> dict[str, float]:
    sample = list(_spread(texts, SAMPLED_PAGES))
    strengths = dict(_recurring(map(_page_words, sample), len(sample)))
    phrases = _recurring(map(_name_phrases, sample), len(sample))
    called = name_terms(stem)
    by = name_terms(document.metadata.get("author", ""))
    initials = dict.fromkeys(_initials(called), 1.0)
    for phrase, strength in phrases:
        initials.update((short, max(strength, initials.get(short, 0.0))) for short in _initials(phrase.split()))
    strengths.update(initials)
    strengths.update((word, max(0.5, strengths.get(word, 0.0))) for word in by)
    strengths.update((word, 1.0) for word in called)
    strongest = sorted(strengths.items(), key=lambda item: (-item[1], item[0]))[:MAX_NAMES]
    return {word: strength for word, strength in strongest if not word.isdigit()}


def _recurring(pages: Iterable[Iterable[str]], count: int) -> Iterator[tuple[str, float]]:
    """What stands on several pages, with its strength: the square of its share of the pages, full at 30 %.

    The page it stands on first does not count, so a document of one page has no recurring words.
    """
    held = Counter(word for words in pages for word in words)
    for word, on in held.items():
        strength = min(1.0, (on - 1) / (count + FEW_PAGES) / FULL_STRENGTH_SHARE) ** 2
        if strength >= LEAST_STRENGTH:
            yield word, strength


def _page_words(text: str) -> set[str]:
    """The words of a page that are written with a capital or a figure wherever they stand on it, as names are."""
    written = [word for word in set(_WORD.findall(text)) if len(word) > 1]
    small = {fold(word) for word in written if word[0].islower()}
    return {fold(word) for word in written if not word[0].islower()} - small


def _name_phrases(text: str) -> set[str]:
    return {_BETWEEN_NAMES.sub(" ", phrase).lower() for phrase in set(_NAME_PHRASE.findall(text))}


def _initials(words: Sequence[str]) -> Iterator[str]:
    """Of every run of two to four words: `johnson johnson` → `=jj`."""
    spelled = [word for word in words if word.isalpha()]
    for start in range(len(spelled)):
        for end in range(start + 2, min(start + _MAX_INITIALS, len(spelled)) + 1):
            yield INITIALS + "".join(word[0] for word in spelled[start:end])


def _spread(texts: Sequence[str], most: int) -> Iterator[str]:
    step = max(1, len(texts) / most)
    position = 0.0
    while position < len(texts):
        yield texts[int(position)]
        position += step
