"""Does anything found fit the question? If not, the question is refused and the model never asked."""

import math
from collections.abc import Sequence

from assistant.types import Passage
from assistant.words import Weights, terms

BEST_PASSAGES = 5
"""Passages looked at, best first."""

TELLING_WORDS = 6
"""As much weight as the heaviest six words of the question have counts as all of it: long questions say how they want
their answer, in words that no document holds."""

FLOOR_WITHOUT_VECTORS = 0.5
"""Least share of words when the dense search was not used."""

_FLOOR_OF_TEN = 0.52
_FLOOR_PER_DOUBLING = 0.07
_HIGHEST_FLOOR = 0.85


def fits(weights: Weights, passages: Sequence[Passage]) -> bool:
    """Whether one of the best passages is likely to hold the answer.

    A passage fits when the cosine between it and the question, plus the idf-weighted share of the question's words that
    it holds, reach the floor. Either alone is fooled: the cosine by a passage on the same topic, the words by a passage
    that happens to share them.
    """
    lowest = floor(weights.chunks)
    return any(_fits(weights, passage, lowest) for passage in passages[:BEST_PASSAGES])


def floor(chunks: int) -> float:
    """Least sum of cosine and share of words in a library of so many chunks.

    The more chunks there are, the better the best of those that do not hold the answer. Measured for all-MiniLM-L6-v2
    in docs/decisions/0008-refusal.md; linear in the logarithm, as the best of many random scores about is.
    """
    return min(_FLOOR_OF_TEN + _FLOOR_PER_DOUBLING * math.log2(max(chunks, 10) / 10), _HIGHEST_FLOOR)


def _fits(weights: Weights, passage: Passage, lowest: float) -> bool:
    share = weights.share(set(terms(passage.chunk.indexed_text)), most=TELLING_WORDS)
    if passage.similarity is None:
        return share >= FLOOR_WITHOUT_VECTORS
    return max(passage.similarity, 0.0) + share >= lowest
