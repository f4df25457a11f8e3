"""Does anything found fit the question? If not, the question is refused and the model never asked."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.essentials import Essentials, essentials
from assistant.glossary import Glossary, meanings
from assistant.types import Passage
from assistant.words import Weights, terms
from ingest.identity import initials_in, name_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.library.library import Library

BEST_PASSAGES = 5
"""Passages looked at, best first."""

FLOOR_WITHOUT_VECTORS = 0.5
"""Least share of words when the dense search was not used."""

LEAST_SHARE_OF_NAMES = 0.5
"""Of the question's names, by weight, that a passage or its document must bear."""

BORNE = 0.5
"""Least strength of a mark that says a document goes by a name (see `ingest.identity`)."""

ANOTHER_YEAR = 0.4
"""What is added to the floor for a passage that holds the question's year in a document of other years: reports repeat
figures of the years before, and mention many a year in passing."""

STRANGE = 0.1
"""A word that no passage holds and without which the question comes this much nearer to the passages (cosine) is what
the question is about, and the documents are not."""

UNKNOWN_WORDS_TRIED = 2
"""Each costs an embedding of the question."""

WORDS_OF_A_SHORT_QUESTION = 10
"""With more content words than this, none of them moves the question by STRANGE."""

_FLOOR_OF_TEN = 0.52
_FLOOR_PER_DOUBLING = 0.07
_HIGHEST_FLOOR = 0.9
_YEARS_AROUND = 10
"""Documents dated this much earlier or later still count as dated; each year looked up costs microseconds."""

Marks = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Needed:
    """What a passage is held against."""

    essentials: Essentials
    weights: Weights
    meanings: Sequence[tuple[frozenset[str], tuple[str, ...]]]
    """Terms of the question and the phrases, as terms between spaces, that mean the same."""

    def weight_of(self, name: str) -> float:
        return max((self.weights.by_term.get(term, 0.0) for term in terms(name)), default=0.0)


def fits(question: str, weights: Weights, passages: Sequence[Passage], library: "Library", glossary: Glossary) -> bool:
    """Whether one of the best passages is likely to hold the answer.

    A passage fits when it, or the identity of its document, bears the question's names, year and figures, and when the
    cosine between it and the question, plus the idf-weighted share of the question's words that it bears, reach the
    floor. Either of the two alone is fooled: the cosine by a passage on the same topic, the words by a passage that
    happens to share them; and both together by a passage that says the same of somebody else.
    """
    wanted = essentials(question)
    best = passages[:BEST_PASSAGES]
    needed = _Needed(wanted, weights, list(_meanings(wanted.core, glossary)))
    marks = _marks_of_documents(wanted, best, library)
    return any(_fits(needed, passage, marks.get(passage.path, {})) for passage in best)


def hangs_on_unknown_word(
    question: str,
    weights: Weights,
    vector: "NDArray[np.float32]",
    best: "Sequence[NDArray[np.float32]]",
    embed: "Callable[[str], NDArray[np.float32]]",
) -> bool:
    """Whether a short question is about a word that stands nowhere in the library, nor anything that means the same.

    `vector` is the question's, `best` are those of the best passages, all of unit length. "How many days of leave for
    jury service?" comes nearer to the pages on leave without "jury"; "How long is the guarantee?" moves away from the
    page on the warranty without "guarantee".
    """
    wanted = essentials(question)
    if len(wanted.words) > WORDS_OF_A_SHORT_QUESTION:
        return False
    named = {term for name in wanted.names for term in terms(name)}
    unknown = [word for term, word in weights.words.items() if term in (weights.unknown & wanted.words) - named]
    nearest = _nearest(best, vector)
    without = (re.sub(rf"(?i)\b{re.escape(word)}\b", "", question) for word in unknown[:UNKNOWN_WORDS_TRIED])
    return any(_nearest(best, embed(rest)) - nearest >= STRANGE for rest in without)


def floor(chunks: int) -> float:
    """Least sum of cosine and share of words in a library of so many chunks.

    The more chunks there are, the better the best of those that do not hold the answer. Measured for all-MiniLM-L6-v2
    in docs/decisions/0008-refusal.md; linear in the logarithm, as the best of many random scores about is.
    """
    return min(_FLOOR_OF_TEN + _FLOOR_PER_DOUBLING * math.log2(max(chunks, 10) / 10), _HIGHEST_FLOOR)


def _fits(needed: _Needed, passage: Passage, marks: Marks) -> bool:
    listed = terms(passage.chunk.indexed_text)
    held = set(listed)
    wanted = needed.essentials
    lowest = floor(needed.weights.chunks)
    if wanted.year is not None and str(wanted.year) not in marks:
        if str(wanted.year) not in held:
            return False
        lowest += ANOTHER_YEAR * any(year in marks for year in _years_around(wanted.year))
    if not all(held.issuperset(terms(figure)) for figure in wanted.figures):
        return False
    borne = {name for name in wanted.names if held.issuperset(terms(name)) or _goes_by(marks, name)}
    all_names = sum(map(needed.weight_of, wanted.names))
    if sum(map(needed.weight_of, borne)) < LEAST_SHARE_OF_NAMES * all_names:
        return False

    covered = held | {term for name in borne for term in terms(name)} | _meant(needed, listed)
    covered |= {term for term in wanted.words if _goes_by(marks, needed.weights.words[term])}
    share = needed.weights.share(covered, among=wanted.words)
    if passage.similarity is None:
        return share >= FLOOR_WITHOUT_VECTORS
    return max(passage.similarity, 0.0) + share >= lowest


def _nearest(best: "Sequence[NDArray[np.float32]]", vector: "NDArray[np.float32]") -> float:
    return max((float(other @ vector) for other in best), default=0.0)


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


def _meanings(core: str, glossary: Glossary) -> "list[tuple[frozenset[str], tuple[str, ...]]]":
    return [
        (frozenset(terms(words)), tuple(_spaced(terms(phrase)) for phrase in phrases))
        for words, phrases in meanings(core, glossary).items()
    ]


def _meant(needed: _Needed, listed: Sequence[str]) -> set[str]:
    """The question's terms that the passage says in other words."""
    text = _spaced(listed)
    return {term for words, phrases in needed.meanings if any(phrase in text for phrase in phrases) for term in words}


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "
