"""Which document is a question about: its names, period and kind matched to those of the documents."""

import calendar
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.months import months_without_year, with_shared_years
from assistant.words import STOP_WORDS
from config.sections import RetrievalSettings
from ingest.function_words import foreign_function_words
from ingest.identity import (
    INITIALS,
    date_mark,
    initials_in,
    kind_mark,
    name_terms,
    quarter_mark,
)
from ingest.kinds import kinds_in
from ingest.periods import dates_in, is_period_word, quarters_in, years_asked

if TYPE_CHECKING:
    from ingest.library.library import Library

SMALL_LETTERS = 0.4
"""Share of the weight of a name for a word in small letters in a question that has capitals at all."""

QUARTERS = range(1, 5)
QUARTER = 0.5
"""Share of the weight of a year that a quarter has."""

MONTH, DAY = 0.3, 0.5
"""Shares of the weight of a year for a month of the question, and once more for its day."""

ANY_YEAR = range(1900, 2100)
"""Years of a month that the question names without one."""

QUARTER_FOR_YEAR = 0.85
"""Share of the weight of a year for a document of one quarter when the question names the year, and neither a quarter
nor a date of the document."""

YEAR_ALONE = 0.3
"""Share of the weight of a year for a document that bears none of the question's names: it is someone else's year."""

OTHER_YEAR = 0.5
LATER_REPORT = (0.3, 0.2)
"""Share of the weight of a year for a document of another year that the question names, and for one of the next two
years: reports repeat the figures of the years before."""

COMMON_NAME_SHARE = 0.5
"""A word that names more than this share of the documents tells none of them from the others."""

MAX_JOINED_WORDS = 4
MIN_JOINED_LETTERS = 6

_CAPITALISED = re.compile(r"\b[A-Z\d][^\s,;:?!]*")


@dataclass(slots=True)
class DocumentScore:
    """How well a document's identity fits a question: in all, and by each of the marks it was known by."""

    score: float = 0.0
    marks: dict[str, float] = field(default_factory=dict)

    def add(self, score: float, mark: str) -> None:
        self.score += score
        self.marks[mark] = self.marks.get(mark, 0.0) + score


def score_documents(
    question: str,
    library: "Library",
    settings: RetrievalSettings,
    documents: Collection[str] | None = None,
    terms_of_art: Collection[str] = (),
) -> dict[str, DocumentScore]:
    """Path → score of the documents that the question names in any way, within `documents` (paths; None: all).

    `settings` say what a name, a year and a kind weigh; `terms_of_art` are words that name no document, however often
    it uses them. Empty when the question names no document, so that nothing is lost then.
    """
    of_art = {*terms_of_art, *initials_in(" ".join(terms_of_art).upper())}
    names = [name for name in _names(question) if name not in of_art]
    years, quarters, dates = years_asked(question), quarters_in(question), dates_in(with_shared_years(question))
    months = sorted(date for date in dates if len(date) == len("2026-06"))
    days = sorted(dates.difference(months))
    wanted = {*names, *(str(year + later) for year in years for later in range(len(LATER_REPORT) + 1))}
    wanted |= {quarter_mark(quarter) for quarter in QUARTERS}
    wanted |= {kind_mark(kind) for kind in kinds_in(question)} | {date_mark(date) for date in dates}
    of_any_year = _months_of_any_year(question)
    wanted |= {mark for marks in of_any_year.values() for mark in marks}
    total, held = library.documents_marked(sorted(wanted), documents)
    of_a_date = {path for date in dates for path in held.get(date_mark(date), ())}
    of_a_quarter = {path for quarter in QUARTERS for path in held.get(quarter_mark(quarter), ())} - of_a_date

    spelled = _spelled_as_words(question)
    shares = _shares_of_names(question, [name for name in names if name in held])
    scores: dict[str, DocumentScore] = {}
    for name in shares:
        weight = _distinction(held.get(name, {}), total) * shares[name]
        for path, strength in held.get(name, {}).items() if weight else ():
            if path in held.get(spelled.get(name, ""), {}):
                continue  # it goes by `jnj` as it is, and by initials like those
            scores.setdefault(path, DocumentScore()).add(settings.name_weight * weight * strength, name.lstrip("="))
    best_named = max((document.score for document in scores.values()), default=0.0)
    for path, (strength, mark) in _year_matches(years, held).items():
        document = scores.setdefault(path, DocumentScore())
        named = max(YEAR_ALONE, document.score / best_named if best_named else 0.0)
        whole = QUARTER_FOR_YEAR if path in of_a_quarter and not quarters else 1.0
        document.add(settings.year_weight * named * whole * strength, mark)
    for marks, weight in (
        ([quarter_mark(quarter) for quarter in sorted(quarters)], settings.year_weight * QUARTER),
        ([date_mark(month) for month in months], settings.year_weight * MONTH),
        ([date_mark(day) for day in days], settings.year_weight * DAY),
        ([kind_mark(kind) for kind in sorted(kinds_in(question))], settings.kind_weight),
    ):
        for mark in marks:
            for path, strength in held.get(mark, {}).items():
                scores.setdefault(path, DocumentScore()).add(weight * strength, mark.split(":")[1])
    for month, marks in of_any_year.items():
        for path in {path for mark in marks for path in held.get(mark, ())}.intersection(scores):
            scores[path].add(settings.year_weight * MONTH, month)
    return scores


def _months_of_any_year(question: str) -> dict[str, list[str]]:
    """Month → its marks in any year, for a question that names several months without a year. They say which of the
    documents it names otherwise are meant, and name none."""
    months = months_without_year(question)
    return {
        calendar.month_name[month].lower(): [date_mark(f"{year}-{month:02}") for year in ANY_YEAR]
        for month in sorted(months if len(months) > 1 else ())
    }


def _names(question: str) -> list[str]:
    """Words, initials and joined words ("american water works" → "americanwaterworks") that could name a document."""
    words = name_terms(question)
    function_words = STOP_WORDS | foreign_function_words(question)
    single = [word for word in words if word not in function_words and not is_period_word(word)]
    return list(dict.fromkeys([*single, *initials_in(question), *_joined(words)]))


def _spelled_as_words(question: str) -> dict[str, str]:
    """Initials → the word that they are written as: `=jj` → `jnj`."""
    return {mark: word.lower() for word in _CAPITALISED.findall(question) for mark in initials_in(word)}


def capitalised(text: str) -> frozenset[str]:
    """The words that are written with a capital or a figure, as names are compared."""
    return frozenset(name_terms(" ".join(_CAPITALISED.findall(text))))


def _shares_of_names(question: str, names: Iterable[str]) -> dict[str, float]:
    """Name → its share of the weight: words in small letters tell less in a question that has capitals."""
    written = capitalised(question)
    return {
        name: 1.0 if not written or name in written or name.startswith(INITIALS) else SMALL_LETTERS for name in names
    }


def _joined(words: Sequence[str]) -> Iterable[str]:
    for start in range(len(words)):
        for end in range(start + 2, min(start + MAX_JOINED_WORDS, len(words)) + 1):
            joined = "".join(words[start:end])
            if len(joined) >= MIN_JOINED_LETTERS:
                yield joined


def _distinction(held: Mapping[str, float], total: int) -> float:
    """From 1 for a name of one document down to 0 for one that most go by.

    The square of its inverse document frequency, relative to that of a name of one document: a question has many words
    that are somewhat more frequent in some documents than in others, and few names.
    """
    bearers = sum(held.values())
    if not held or (bearers > 1 and bearers > COMMON_NAME_SHARE * total):
        return 0.0
    rarest = math.log((total + 1) / 1.5)
    return (math.log((total + 1) / (bearers + 0.5)) / rarest) ** 2 if rarest > 0 else 1.0


def _year_matches(years: Sequence[int], held: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[float, str]]:
    """Path → the best match of its years: the newest year named counts in full, as its report has the earlier ones."""
    matches: dict[str, tuple[float, str]] = {}
    if not years:
        return matches
    newest = years[0]
    shares = {newest: 1.0, **dict.fromkeys(years[1:], OTHER_YEAR)}
    for later, share in enumerate(LATER_REPORT, 1):
        shares.setdefault(newest + later, share)
    for year, share in shares.items():
        for path, strength in held.get(str(year), {}).items():
            if share * strength > matches.get(path, (0.0, ""))[0]:
                matches[path] = (share * strength, str(year))
    return matches
