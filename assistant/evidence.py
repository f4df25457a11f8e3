"""What a passage holds of a question: the evidence that it answers it."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.essentials import Essentials, essentials
from assistant.glossary import Glossary, OtherWords, other_words, said_otherwise
from assistant.types import Passage
from assistant.words import Weights, terms
from ingest.identity import initials_in, name_terms

if TYPE_CHECKING:
    from ingest.library.library import Library

COSINE_WEIGHT = 1.5
"""Of the cosine, beside the words' weight of 1: docs/decisions/0008-refusal.md has what others give."""

HIGHEST_FLOOR = 1.03
"""Of the questions that their library answers, about 95 in a hundred reach it, in libraries of every kind measured
(docs/decisions/0008-refusal.md)."""

LEAST_SHARE_WITHOUT_VECTORS = 0.5
"""Of the words, when the dense search was not used."""

LEAST_SHARE_OF_NAMES = 0.5
"""Of the question's names, by weight, that a passage or its document must bear."""

BORNE = 0.5
"""Least strength of a mark that says a document goes by a name (see `ingest.identity`)."""

TOGETHER = 30
"""Terms within which the words of a question should meet in a passage: about a sentence or two, or a row of a table."""

ANOTHER_YEAR = 0.4
"""What is added to the floor for a passage that holds the question's year in a document of other years: reports repeat
figures of the years before, and mention many a year in passing."""

EVERYWHERE = math.log(10)
"""Idf of a word that stands in a tenth of the passages."""

_YEARS_AROUND = 10
"""Documents dated this much earlier or later still count as dated; each year looked up costs microseconds."""

Marks = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What "fits" means in one library: see `assistant.calibration`, which finds it out.

    `floor` is the least evidence; `background` the cosine that the embedder gives to texts that have nothing to do
    with each other. `questions` is how many questions it rests on, `chunks` how many passages the library held then (0:
    it was not measured yet, this is the default).
    """

    floor: float = HIGHEST_FLOOR
    background: float = 0.0
    questions: int = 0
    chunks: int = 0

    def nearness(self, cosine: float) -> float:
        """The cosine on a scale on which texts that have nothing to do with each other are at 0, equal ones at 1."""
        return max(cosine - self.background, 0.0) / (1 - self.background)


@dataclass(frozen=True, slots=True)
class Needed:
    """What a passage is held against."""

    essentials: Essentials
    weights: Weights
    meanings: OtherWords

    def weight_of(self, name: str) -> float:
        return max((self.weights.by_term.get(term, 0.0) for term in terms(name)), default=0.0)

    def asked_of_the_names(self) -> frozenset[str]:
        """The words that are neither names nor the year."""
        return self.essentials.words - self.named() - {str(self.essentials.year)}

    def named(self) -> frozenset[str]:
        return frozenset(term for name in self.essentials.names for term in terms(name))

    def unknown(self) -> list[str]:
        """The words, no names, that stand nowhere in the library; as written (folded)."""
        unknown = (self.weights.unknown & self.essentials.words) - self.named()
        return [word for term, word in self.weights.words.items() if term in unknown]

    def names_stand_everywhere(self) -> bool:
        """Whether it has names, and each stands in a tenth of the passages, like a company's own in its documents."""
        names = self.essentials.names
        return bool(names) and all(self.weight_of(name) <= EVERYWHERE for name in names)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a passage that bears the names, figures and year fits: the weighted share of the question's words that
    it holds, and of those that are no names the share that meets within TOGETHER terms."""

    passage: Passage
    share: float
    together: float
    another_year: bool

    def evidence(self, calibration: Calibration) -> float | None:
        """None when there is no cosine."""
        if self.passage.similarity is None:
            return None
        nearness = calibration.nearness(self.passage.similarity)
        return COSINE_WEIGHT * nearness + (self.share + self.together) / 2 - ANOTHER_YEAR * self.another_year

    def reaches(self, calibration: Calibration) -> bool:
        evidence = self.evidence(calibration)
        if evidence is None:
            return self.share >= LEAST_SHARE_WITHOUT_VECTORS
        return evidence >= calibration.floor


def needed_for(question: str, weights: Weights, glossary: Glossary) -> Needed:
    wanted = essentials(question)
    # Its core may be in another language than the whole, and in Chinese a pair of letters may be no word.
    wanted = replace(wanted, words=wanted.words & weights.words.keys())
    return Needed(wanted, weights, other_words(wanted.core, glossary))


def fitting(needed: Needed, passages: Sequence[Passage], library: "Library") -> Iterator[Fit]:
    """Of the passages, those that bear the question's names, figures and year."""
    marks = _marks_of_documents(needed.essentials, passages, library)
    for passage in passages:
        fit = _fit(needed, passage, marks.get(passage.path, {}))
        if fit is not None:
            yield fit


def _fit(needed: Needed, passage: Passage, marks: Marks) -> Fit | None:
    context, text = terms(passage.chunk.context), terms(passage.chunk.text)
    held = {*context, *text}
    wanted = needed.essentials
    another_year = False
    if wanted.year is not None and str(wanted.year) not in marks:
        if str(wanted.year) not in held:
            return None
        another_year = any(year in marks for year in _years_around(wanted.year))
    if not all(held.issuperset(terms(figure)) for figure in wanted.figures):
        return None
    borne = {name for name in wanted.names if held.issuperset(terms(name)) or _goes_by(marks, name)}
    all_names = sum(map(needed.weight_of, wanted.names))
    if sum(map(needed.weight_of, borne)) < LEAST_SHARE_OF_NAMES * all_names:
        return None

    given = {term for name in borne for term in terms(name)} | said_otherwise(needed.meanings, [*context, *text])
    given |= {term for term in wanted.words if _goes_by(marks, needed.weights.words[term])}
    above = given.union(context, terms(passage.chunk.heading))
    asked = needed.asked_of_the_names()
    meeting = _meeting(asked - above, text, needed.weights)
    return Fit(
        passage,
        share=needed.weights.share(held | given, among=wanted.words),
        together=needed.weights.share(above | meeting, among=asked) if asked else 1.0,
        another_year=another_year,
    )


def _meeting(wanted: Collection[str], text: Sequence[str], weights: Weights) -> set[str]:
    """The heaviest of the `wanted` terms that stand within TOGETHER terms of each other in `text`."""
    places = [(place, term) for place, term in enumerate(text) if term in wanted]
    groups = (
        {term for place, term in places[first:] if place < start + TOGETHER} for first, (start, _) in enumerate(places)
    )
    return max(groups, key=lambda group: sum(weights.by_term[term] for term in group), default=set())


def _goes_by(marks: Marks, name: str) -> bool:
    """Whether a document goes by this name: one of its words, all of them joined, or its initials."""
    words = name_terms(name)
    return any(marks.get(mark, 0.0) >= BORNE for mark in (*words, "".join(words), *initials_in(name)))


def _marks_of_documents(wanted: Essentials, passages: Sequence[Passage], library: "Library") -> Mapping[str, Marks]:
    """Path → those of its marks that the question could mean."""
    words = name_terms(wanted.core)
    marks = {*words, *initials_in(wanted.core), *(["".join(name_terms(name)) for name in wanted.names])}
    if wanted.year is not None:
        marks.update(_years_around(wanted.year))
    _, held = library.documents_marked(sorted(marks), {passage.path for passage in passages})
    of_documents: dict[str, dict[str, float]] = {}
    for mark, bearers in held.items():
        for path, strength in bearers.items():
            of_documents.setdefault(path, {})[mark] = strength
    return of_documents


def _years_around(year: int) -> list[str]:
    return [str(year + apart) for apart in range(-_YEARS_AROUND, _YEARS_AROUND + 1)]
