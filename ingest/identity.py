"""What a document is about: the names it goes by, the period it covers, what kind of document it is.

Found when a document is taken in, and matched when a question names a document ("3M's FY2018 10-K"). Names are not
looked up in a list: a word names a document when it stands in its file name, or when it is written as a name on a good
part of its pages and on few of the others'.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.cover import (
    COVER_CHARACTERS,
    HEAD_CHARACTERS,
    LEGAL_FORMS,
    cover_of,
    days_of,
    head_of,
    name_tells,
    read_cover,
    without_machine_names,
)
from ingest.folding import fold
from ingest.kinds import kinds_in
from ingest.periods import dates_in, period_ends_in, quarters_in, years_in
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

SPOKEN_OF = 0.5
"""Strength of a word of the file name that the pages have in small letters: `final`, `report`, `employee`."""

ON_THE_COVER = 0.5
LEAST_PAGES_WITH_COVER = 3

INITIALS, QUARTER, KIND, DATE = "=", "quarter:", "kind:", "date:"
"""Put before what is no word, so that the initials of "J&J" are never taken for the word "jj"."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019](?!s\b)[^\W_]+)?")
# Looked for at the start of each run only: a long one without a mark would be searched again from every letter of it.
_ADDRESS = re.compile(r"(?<!\S)(?:\S*(?:www\.|//|@)\S*|\S+\.(?:com|org|net|co\.uk|de|fr|eu)\b\S*)", re.IGNORECASE)
_MARKS_OF_ADDRESSES = ("www.", "//", "@", ".com", ".org", ".net", ".co.uk", ".de", ".fr", ".eu")
"""One of them stands in every address, and on few pages any: looking for addresses takes ten times as long."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_NAME_PHRASE = re.compile(r"\b[A-Z][A-Za-z]+(?:(?:\s|\s?&\s?|\s(?:and|of)\s)[A-Z][A-Za-z]+){1,3}\b")
_BETWEEN_NAMES = re.compile(r"\s*&\s*|\s+(?:and|of)\s+|\s+")
_WRITTEN_INITIALS = re.compile(r"\b[A-Z](?:(?:n|\s?&\s?)?[A-Z]){1,3}\b")
_WITH_AND = re.compile(r"\b[A-Z]{1,2}\s?&\s?[A-Z]{1,2}\b")
_MAX_INITIALS = 4
_EXCHANGE = r"(?:New York Stock Exchange|NYSE|N(?i:asdaq)|London Stock Exchange|LSE|Euronext|X(?i:etra))"
_TICKER = re.compile(rf"{_EXCHANGE}[^\w()]{{0,2}}:\s?([A-Z]{{2,5}})\b|\b([A-Z]{{2,5}})\s(?:[Tt]he )?{_EXCHANGE}")

_OF_A_QUARTER = frozenset({"quarterly report", "earnings release"})


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
    written = cover_of(document)
    head, cover = head_of(written), " ".join(written.split())
    kinds = kinds_in(stem.replace("_", " ")) or kinds_in(document.title) or kinds_in(head)
    ends = [date for _, dates in period_ends_in(cover) for date in dates]
    return Identity(
        names=_names(document, texts),
        period=_period_of_document(stem, document, head, cover, kinds),
        kinds=kinds,
        dates=dates_in(stem.replace("_", "-")) | dates_in(document.title) or days_of(written) | frozenset(ends),
    )


def name_terms(text: str) -> list[str]:
    """The words of a text as names are compared, in order: folded, without a possessive."""
    return _WORD.findall(fold(text.replace("_", " ")))


def initials_in(text: str) -> list[str]:
    """Initials a text uses for a name: `J&J` and `JnJ` → `=jj`, `AWW` → `=aww`."""
    return [INITIALS + re.sub(r"[n&\s]", "", name).lower() for name in _WRITTEN_INITIALS.findall(text)]


def _period_of_document(stem: str, document: Document, head: str, cover: str, kinds: Collection[str]) -> Period:
    """From the file name or else the title, which name what the whole document is about, else from its first pages."""
    quarters = quarters_in(stem.replace("_", " ")) or quarters_in(document.title)
    if not quarters and _OF_A_QUARTER.intersection(kinds):
        quarters = _quarter_spoken_of([page.text for page in document.pages])
    for text in (stem, document.title):
        if years := years_in(text.replace("_", " ")):
            return Period(years, quarters)
    ended = Counter(year for year, _ in period_ends_in(cover))
    years = tuple(year for year, _ in ended.most_common(2)) or years_in(head)[:1]
    return Period(years, quarters)


def _quarter_spoken_of(texts: Sequence[str]) -> frozenset[int]:
    """The quarter that more of the pages name than any other."""
    named = Counter(quarter for text in _spread(texts, SAMPLED_PAGES) for quarter in quarters_in(text)).most_common(2)
    if not named or (len(named) > 1 and named[0][1] == named[1][1]):
        return frozenset()
    return frozenset({named[0][0]})


def _names(document: Document, texts: Sequence[str]) -> dict[str, float]:
    sample = list(_spread(texts, SAMPLED_PAGES))
    pages = [_page_words(text) for text in sample]
    strengths = dict(_recurring((proper for proper, _ in pages), len(sample)))
    small = {word for _, words in pages for word in words}
    called = name_terms(without_machine_names(document.path))
    named = {word: SPOKEN_OF if word in small else 1.0 for word in called}
    named |= dict.fromkeys(_tickers(texts[0][:COVER_CHARACTERS] if texts else ""), 1.0)
    named |= {word: max(named.get(word, 0.0), ON_THE_COVER) for word in _names_on_cover(document.title, pages, sample)}
    named |= {word: max(named.get(word, 0.0), 0.5) for word in name_terms(document.metadata.get("author", ""))}
    if len(texts) < LEAST_PAGES_WITH_COVER or not name_tells(document.path):
        for word in _words_of_cover(document, small):
            named[word] = max(named.get(word, 0.0), ON_THE_COVER)
    named |= dict.fromkeys(_initials(called), 1.0)
    for phrase, strength in _recurring(map(_name_phrases, sample), len(sample)):
        for short in [phrase] if phrase.startswith(INITIALS) else _initials(phrase.split()):
            named[short] = max(strength, named.get(short, 0.0))
    for word, strength in named.items():
        strengths[word] = max(strength, strengths.get(word, 0.0))
    strongest = sorted(strengths.items(), key=lambda item: (-item[1], item[0]))[:MAX_NAMES]
    return {word: strength for word, strength in strongest if not word.isdigit()}


def _names_on_cover(title: str, pages: Sequence[tuple[set[str], set[str]]], sample: Sequence[str]) -> set[str]:
    """Words that the title or the head of page one writes as names, and that other pages have too: many a report says
    "we" after its cover."""
    if len(sample) < LEAST_PAGES_WITH_COVER:
        return set()
    small = {word for _, words in pages for word in words}
    written = f"{title}\n{sample[0][:HEAD_CHARACTERS]}"
    proper = _page_words(written)[0] - small
    later = Counter(word for words, _ in pages[1:] for word in words)
    return {word for word in proper if later[word] > 1}


def _words_of_cover(document: Document, small: Collection[str]) -> Iterator[str]:
    """The organisations that the cover of a short or nameless document names, with their initials."""
    for organisation in read_cover(document).organisations:
        words = [word for word in name_terms(organisation) if word not in LEGAL_FORMS]
        yield from (word for word in words if word not in small)
        if 1 < len(words) <= _MAX_INITIALS:
            yield INITIALS + "".join(word[0] for word in words)


def _tickers(cover: str) -> set[str]:
    """`NYSE: ABC`, or `ABC New York Stock Exchange` as on the cover of a filing, → `abc`."""
    return {(before or after).lower() for before, after in _TICKER.findall(" ".join(cover.split()))}


def _recurring(pages: Iterable[Iterable[str]], count: int) -> Iterator[tuple[str, float]]:
    """What stands on several pages, with its strength: the square of its share of the pages, full at 30 %.

    The page it stands on first does not count, so a document of one page has no recurring words.
    """
    held = Counter(word for words in pages for word in words)
    for word, on in held.items():
        strength = min(1.0, (on - 1) / (count + FEW_PAGES) / FULL_STRENGTH_SHARE) ** 2
        if strength >= LEAST_STRENGTH:
            yield word, strength


def _page_words(text: str) -> tuple[set[str], set[str]]:
    """The words of a page that are written with a capital or a figure wherever they stand on it, as names are; and
    those that stand on it in small letters."""
    written = [word for word in set(_WORD.findall(_without_addresses(text))) if len(word) > 1]
    small = _folded([word for word in written if word[0].islower()])
    return _folded([word for word in written if not word[0].islower()]) - small, small


def _without_addresses(text: str) -> str:
    lower = text.lower()
    return _ADDRESS.sub(" ", text) if any(mark in lower for mark in _MARKS_OF_ADDRESSES) else text


def _folded(words: Sequence[str]) -> set[str]:
    """All in one go: one by one takes several times as long."""
    return set(fold("\n".join(words)).split("\n")) if words else set()


def _name_phrases(text: str) -> set[str]:
    """Names of several words, and what is written as initials with a sign: `AT&T`."""
    phrases = {_BETWEEN_NAMES.sub(" ", phrase).lower() for phrase in set(_NAME_PHRASE.findall(text))}
    return phrases | {mark for found in set(_WITH_AND.findall(text)) for mark in initials_in(found)}


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
