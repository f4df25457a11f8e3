"""A question about several things at once gets evidence for each: two companies, contracts, years, or versions."""

import calendar
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from assistant.aboutness import DocumentScore, capitalised
from assistant.months import months_without_year, with_shared_years
from assistant.versions import families, versions_in
from assistant.words import terms
from ingest.folding import fold
from ingest.identity import INITIALS, initials_in
from ingest.kinds import kind_words_in, kinds_in
from ingest.periods import dates_in, quarters_in, years_asked

if TYPE_CHECKING:
    from ingest.library.library import Library

MOST_SIDES = 4
SURE = 0.5
"""Share of the most that a mark gives any document from which on a document bears it."""
AS_GOOD = 0.95
"""Share of a document's score from which on another one with the same name stands on the same side."""

_COMPARES = re.compile(r"\b(?:compare[sd]?|versus|vs|both|either|between|than|or|which)\b", re.IGNORECASE)
_COUNTS = {"both": 2, "either": 2, "two": 2, "three": 3, "four": 4}
_EACH_OF = r"\b(?:each|either|versions of|drafts of|copies of|editions of) (?:\w+ ){0,2}"
_SEVERAL = re.compile(
    r"\b(?:which of|both|two|three|four|either|each|compare[sd]?|versus|vs|difference between)\b", re.I
)


def find_sides(
    question: str,
    about: Mapping[str, DocumentScore],
    library: "Library",
    documents: Collection[str] | None = None,
) -> list[frozenset[str]]:
    """The groups of documents (of `documents`; None: of all) that a question needs together, best first; [] when one
    of them has all it names.

    The best document is one side. Every name (with a capital) and year of the question that it does not bear nor tell
    of brings in the best document that does: the report of 2021 has the figures of 2020, a contract
    does not have the other party's. Documents that fit as well share a side, such as a company's reports when no year
    is named. A question about "the two contracts" has each document of that kind for a side, one about "versions 1 and
    2" each of the two.
    """
    return (
        _of_versions(question, about, library, documents)
        or _of_names(question, about, library)
        or _of_one_kind(question, about, library)
    )


def _of_names(question: str, about: Mapping[str, DocumentScore], library: "Library") -> list[frozenset[str]]:
    """By the names, periods and kinds that no one document bears together."""
    parts = _periods_and_kinds(question)
    marks = _bearers(about, parts)
    missing = {mark: marks[mark] for mark in marks if mark in parts or mark in capitalised(question)}
    ranked = sorted(about, key=lambda path: (-about[path].score, path))
    sides: list[frozenset[str]] = []
    for path in ranked:
        borne = {mark for mark, bearers in missing.items() if path in bearers}
        if sides and not borne:
            continue
        sides.append(_as_good(path, borne, missing, about))
        missing = {
            mark: bearers
            for mark, bearers in missing.items()
            if mark not in borne and not _tells_of(path, mark, question, library)
        }
        if not missing or len(sides) == MOST_SIDES:
            break
    return sides if len(sides) > 1 else []


def _tells_of(path: str, mark: str, question: str, library: "Library") -> bool:
    """Whether a document has something on what does not name it: an earlier year, somebody it mentions. A mention is
    not enough for a comparison."""
    if (mark.isdigit() and len(mark) < len("2020")) or mark in _months(question):
        return False
    if not mark.isdigit() and _COMPARES.search(question):
        return False
    return bool(library.search_text(f'"{mark}"', 1, [path]))


def _periods_and_kinds(question: str) -> set[str]:
    """The years of a question, and its quarters, months of a year and kinds of document if it names several."""
    quarters, kinds = set(map(str, quarters_in(question))), set(kinds_in(question))
    of_a_year: dict[str, set[str]] = {}  # those of other years are told apart by the years
    for month in _months(question):
        of_a_year.setdefault(month[: len("2026")] if month[0].isdigit() else "", set()).add(month)
    several = {mark for marks in (quarters, *of_a_year.values(), kinds) if len(marks) > 1 for mark in marks}
    return several | set(map(str, years_asked(question)))


def _months(question: str) -> set[str]:
    """As documents are marked with them: `2026-02`, or `february` without a year."""
    dates = dates_in(with_shared_years(question))
    named = {calendar.month_name[month].lower() for month in months_without_year(question)}
    return named | {date for date in dates if len(date) == len("2026-02")}


def _as_good(
    path: str, borne: Collection[str], missing: Mapping[str, set[str]], about: Mapping[str, DocumentScore]
) -> frozenset[str]:
    """`path` and the documents that fit as well by the same of the `missing` marks."""
    least = AS_GOOD * about[path].score
    others = {other for other, document in about.items() if document.score >= least}
    return frozenset(
        {path} | {other for other in others if {m for m, held in missing.items() if other in held} == borne}
    )


def _of_versions(
    question: str, about: Mapping[str, DocumentScore], library: "Library", documents: Collection[str] | None
) -> list[frozenset[str]]:
    """Of the one document that fits best the versions that a question names several of; it must name a document or
    compare."""
    versions = versions_in(question)
    if len(versions) < 2 or not (about or _COMPARES.search(question)):
        return []
    records = (record for record in library.documents() if documents is None or record.path in documents)
    scores = {path: document.score for path, document in about.items()}
    scored = [
        (max(scores.get(path, 0.0) for paths in family.values() for path in paths), family)
        for family in families(records, versions)
    ]
    best = max((score for score, _ in scored), default=0.0)
    if best < SURE * max(scores.values(), default=0.0):
        return []
    fitting = [family for score, family in scored if score >= AS_GOOD * best]
    return [fitting[0][version] for version in sorted(fitting[0])][:MOST_SIDES] if len(fitting) == 1 else []


def _of_one_kind(question: str, about: Mapping[str, DocumentScore], library: "Library") -> list[frozenset[str]]:
    """The documents of the kind that a question about several of them names, if they are few and fit equally well."""
    several = _SEVERAL.search(question)
    if several is None or not _has_several_of_a_kind(question):
        return []
    best = max((document.score for document in about.values()), default=0.0)
    fitting = sorted(path for path, document in about.items() if document.score >= AS_GOOD * best)
    of_kind = [path for path in fitting if kinds_in(question).intersection(about[path].marks)]
    count = _COUNTS.get(several[0].lower())
    groups = [group for group in (*_called(question, of_kind, library), of_kind) if len(group) > 1]
    group = next((group for group in groups if len(group) == count), groups[0] if groups else [])
    return [frozenset({path}) for path in group] if len(group) <= MOST_SIDES else []


def _has_several_of_a_kind(question: str) -> bool:
    """Whether a question is about "the leases", "each lease", "versions of the lease": not "both parties to the
    lease"."""
    text = fold(question)
    words = kind_words_in(question)
    return any(word.endswith("s") or re.search(rf"{_EACH_OF}{re.escape(word)}\b", text) for word in words)


def _called(question: str, paths: Collection[str], library: "Library") -> list[list[str]]:
    """Those of the documents that are called by all the words for their kind in the question, and by each of them: a
    lease is a contract, but "the two leases" are no other contracts."""
    words = [set(terms(word)) for word in kind_words_in(question)]
    called = {
        record.path: set(terms(f"{PurePath(record.path).stem} {record.title}".replace("_", " ")))
        for record in library.documents()
        if record.path in paths
    }
    return [[path for path in paths if word <= called.get(path, set())] for word in (set().union(*words), *words)]


def names_of_documents(question: str, about: Mapping[str, DocumentScore]) -> set[str]:
    """The names in a question (folded, with a capital there or initials) that tell documents apart; no years."""
    initials = {mark.removeprefix(INITIALS) for mark in initials_in(question)}
    named = (capitalised(question) | initials) - _months(question)
    return {mark for mark in _bearers(about) if mark in named and not mark.isdigit()}


def _bearers(about: Mapping[str, DocumentScore], parts: Collection[str] = ()) -> dict[str, set[str]]:
    """Mark → the documents that bear it, for the names that tell documents apart, and for `parts`."""
    most: dict[str, float] = {}
    for document in about.values():
        for mark, score in document.marks.items():
            most[mark] = max(score, most.get(mark, 0.0))
    strongest = max((score for mark, score in most.items() if not mark.isdigit()), default=0.0)
    return {
        mark: {path for path, document in about.items() if document.marks.get(mark, 0.0) >= SURE * best}
        for mark, best in most.items()
        if mark in parts or best >= SURE * strongest
    }


def take_turns(order: Sequence[str], paths: Mapping[str, str], sides: Sequence[Collection[str]]) -> list[str]:
    """The chunks (best first, `paths` their documents) of the sides in turn, then all the others in their order."""
    queues = [[chunk_id for chunk_id in order if paths[chunk_id] in side] for side in sides]
    turns = [
        queue[place] for place in range(max(map(len, queues), default=0)) for queue in queues if place < len(queue)
    ]
    return list(dict.fromkeys([*turns, *order]))
