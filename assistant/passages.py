"""What becomes of the passages that were found: copies dropped, reordered by a cross-encoder."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.types import Passage
from assistant.words import numbers
from models.base import Reranker

RERANKED = 30
"""Passages a cross-encoder reorders; what is below keeps its fused order."""
_NEAR_DUPLICATE = 0.9


def without_near_duplicates(passages: Iterable[Passage], limit: int) -> list[Passage]:
    """The first `limit` passages, less those that say the same as a better one.

    The same means: the same numbers in the indexed text (so another year's report is not the same), and at least nine
    tenths of the words shared (Jaccard).
    """
    kept: list[Passage] = []
    seen: list[tuple[set[str], set[float]]] = []
    for passage in passages:
        text = passage.chunk.indexed_text
        words, figures = set(text.casefold().split()), set(numbers(text))
        if any(figures == others and _jaccard(words, other) >= _NEAR_DUPLICATE for other, others in seen):
            continue
        kept.append(passage)
        seen.append((words, figures))
        if len(kept) == limit:
            break
    return kept


def rerank(reranker: Reranker, query: str, passages: Sequence[Passage]) -> list[Passage]:
    """The first RERANKED passages in the order of the reranker's scores, the others behind them; ties keep their
    order."""
    head, tail = passages[:RERANKED], passages[RERANKED:]
    scores = reranker.score(query, [passage.chunk.indexed_text for passage in head])
    scored = [
        replace(passage, why=replace(passage.why, rerank_score=score))
        for passage, score in zip(head, scores, strict=True)
    ]
    return [*sorted(scored, key=lambda passage: -(passage.why.rerank_score or 0.0)), *tail]


def _jaccard(one: set[str], other: set[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 1.0
