"""Does anything found fit the question? If not, the question is refused and the model never asked."""

from collections.abc import Sequence

from assistant.types import Passage
from assistant.words import Weights, terms

BEST_PASSAGES = 5
"""Passages looked at, best first."""

FLOOR = 0.85
"""Least sum of cosine and share of words; measured in docs/decisions/0008-refusal.md."""

FLOOR_WITHOUT_VECTORS = 0.5
"""Least share of words when the dense search was not used."""


def fits(weights: Weights, passages: Sequence[Passage]) -> bool:
    """Whether one of the best passages is likely to hold the answer.

    A passage fits when the cosine between it and the question plus the idf-weighted share of the question's words
    that it holds reach FLOOR: either alone is fooled by a passage on the same topic, or by common words.
    """
    return any(_fits(weights, passage) for passage in passages[:BEST_PASSAGES])


def _fits(weights: Weights, passage: Passage) -> bool:
    share = weights.share(set(terms(passage.chunk.indexed_text)))
    if passage.similarity is None:
        return share >= FLOOR_WITHOUT_VECTORS
    return max(passage.similarity, 0.0) + share >= FLOOR
