"""A question about several things at once gets evidence for each: two companies, two contracts, two years."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.aboutness import DocumentScore, capitalised
from ingest.identity import INITIALS, initials_in
from ingest.periods import years_in

if TYPE_CHECKING:
    from ingest.library.library import Library

MOST_SIDES = 4
SURE = 0.5
"""Share of the most that a mark gives any document from which on a document bears it."""


def find_sides(question: str, about: Mapping[str, DocumentScore], library: "Library") -> list[str]:
    """The documents that a question needs together, best first; [] when one of them has all it names.

    The best document is one side. Every name (with a capital) and year of the question that it does not bear and whose
    word it does not hold brings in the best document that does: the report of 2021 has the figures of 2020, a contract
    does not have the other party's.
    """
    named = {*capitalised(question), *map(str, years_in(question))}
    missing = {mark: bearers for mark, bearers in _bearers(about).items() if mark in named}
    ranked = sorted(about, key=lambda path: (-about[path].score, path))
    sides: list[str] = []
    for path in ranked:
        borne = {mark for mark, bearers in missing.items() if path in bearers}
        if sides and not borne:
            continue
        sides.append(path)
        missing = {
            mark: bearers
            for mark, bearers in missing.items()
            if mark not in borne and not library.search_text(f'"{mark}"', 1, [path])
        }
        if not missing or len(sides) == MOST_SIDES:
            break
    return sides if len(sides) > 1 else []


def names_of_documents(question: str, about: Mapping[str, DocumentScore]) -> set[str]:
    """The names in a question (folded, with a capital there or initials) that tell documents apart; no years."""
    initials = {mark.removeprefix(INITIALS) for mark in initials_in(question)}
    return {mark for mark in _bearers(about) if mark in capitalised(question) | initials and not mark.isdigit()}


def _bearers(about: Mapping[str, DocumentScore]) -> dict[str, set[str]]:
    """Mark → the documents that bear it, for the marks that tell documents apart."""
    most: dict[str, float] = {}
    for document in about.values():
        for mark, score in document.marks.items():
            most[mark] = max(score, most.get(mark, 0.0))
    strongest = max(most.values(), default=0.0)
    return {
        mark: {path for path, document in about.items() if document.marks.get(mark, 0.0) >= SURE * best}
        for mark, best in most.items()
        if best >= SURE * strongest
    }


def take_turns(order: Sequence[str], paths: Mapping[str, str], sides: Sequence[str]) -> list[str]:
    """The chunks (best first, `paths` their documents) of the sides in turn, then all the others in their order."""
    queues = [[chunk_id for chunk_id in order if paths[chunk_id] == side] for side in sides]
    turns = [
        queue[place] for place in range(max(map(len, queues), default=0)) for queue in queues if place < len(queue)
    ]
    return turns + [chunk_id for chunk_id in order if paths[chunk_id] not in sides]
