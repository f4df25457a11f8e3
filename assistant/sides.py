"""A question about several things at once gets evidence for each: two companies, two contracts, two years."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.aboutness import DocumentScore, capitalised
from ingest.identity import INITIALS, initials_in
from ingest.kinds import kinds_in
from ingest.periods import quarters_in, years_in

if TYPE_CHECKING:
    from ingest.library.library import Library

MOST_SIDES = 4
SURE = 0.5
"""Share of the most that a mark gives any document from which on a document bears it."""
AS_GOOD = 0.95
"""Share of a document's score from which on another one with the same name stands on the same side."""

_COMPARES = re.compile(r"\b(?:compare[sd]?|versus|vs|both|either|between|than|or|which)\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:which of|both|two|three|four|either|each|compare[sd]?|versus|vs|difference between)\b", re.I
)


def find_sides(question: str, about: Mapping[str, DocumentScore], library: "Library") -> list[frozenset[str]]:
    """The groups of documents that a question needs together, best first; [] when one of them has all it names.

    The best document is one side. Every name (with a capital) and year of the question that it does not bear nor tell
    of brings in the best document that does: the report of 2021 has the figures of 2020, a contract
    does not have the other party's. Documents that fit as well share a side, such as a company's reports when no year
    is named. A question about "the two contracts" has each document of that kind for a side.
    """
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
    return sides if len(sides) > 1 else _of_one_kind(question, about)


def _tells_of(path: str, mark: str, question: str, library: "Library") -> bool:
    """Whether a document has something on what does not name it: an earlier year, somebody it mentions. A mention is
    not enough for a comparison."""
    if mark.isdigit() and len(mark) < len("2020"):
        return False
    if not mark.isdigit() and _COMPARES.search(question):
        return False
    return bool(library.search_text(f'"{mark}"', 1, [path]))


def _periods_and_kinds(question: str) -> set[str]:
    """The years of a question, and its quarters and kinds of document if it names several."""
    quarters, kinds = set(map(str, quarters_in(question))), set(kinds_in(question))
    several = {mark for marks in (quarters, kinds) if len(marks) > 1 for mark in marks}
    return several | set(map(str, years_in(question)))


def _as_good(
    path: str, borne: Collection[str], missing: Mapping[str, set[str]], about: Mapping[str, DocumentScore]
) -> frozenset[str]:
    """`path` and the documents that fit as well by the same of the `missing` marks."""
    least = AS_GOOD * about[path].score
    others = {other for other, document in about.items() if document.score >= least}
    return frozenset(
        {path} | {other for other in others if {m for m, held in missing.items() if other in held} == borne}
    )


def _of_one_kind(question: str, about: Mapping[str, DocumentScore]) -> list[frozenset[str]]:
    """The documents of the kind that a question about several of them names, if they are few and fit equally well."""
    if not _SEVERAL.search(question) or not kinds_in(question):
        return []
    best = max((document.score for document in about.values()), default=0.0)
    fitting = sorted(path for path, document in about.items() if document.score >= AS_GOOD * best)
    of_kind = [path for path in fitting if kinds_in(question).intersection(about[path].marks)]
    return [frozenset({path}) for path in of_kind] if 1 < len(of_kind) <= MOST_SIDES else []


def names_of_documents(question: str, about: Mapping[str, DocumentScore]) -> set[str]:
    """The names in a question (folded, with a capital there or initials) that tell documents apart; no years."""
    initials = {mark.removeprefix(INITIALS) for mark in initials_in(question)}
    return {mark for mark in _bearers(about) if mark in capitalised(question) | initials and not mark.isdigit()}


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
