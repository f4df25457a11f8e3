"""Scores of several searches become one score: each search's candidates are put on one scale, weighed and added.

Scores, not ranks: a search that is sure of one passage and lukewarm about the rest says so in its scores. On SciFact
and FinanceBench this finds more than reciprocal rank fusion; benchmarks/ablation.py has the figures.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from ingest.types import ScoredChunk


def on_one_scale(hits: Sequence[ScoredChunk], others: Mapping[str, float]) -> dict[str, float]:
    """Chunk id → score with 1 for the best of `hits`, 0 for the worst of them, linear between and beyond.

    `others` are scores of the same search for chunks that are not among its best; they may fall below 0.
    """
    if not hits:
        return {}
    best, worst = max(hit.score for hit in hits), min(hit.score for hit in hits)
    spread = best - worst
    scores = {**others, **{hit.chunk_id: hit.score for hit in hits}}
    if spread <= 0:
        return {chunk_id: 1.0 if score >= best else 0.0 for chunk_id, score in scores.items()}
    return {chunk_id: (score - worst) / spread for chunk_id, score in scores.items()}


def fuse(searches: Mapping[str, Mapping[str, float]], weights: Mapping[str, float]) -> dict[str, float]:
    """Chunk id → weighted sum over the searches; a chunk that a search did not find gets that search's lowest score."""
    found = {chunk_id for scores in searches.values() for chunk_id in scores}
    lowest = {name: min([0.0, *scores.values()]) for name, scores in searches.items()}
    return {
        chunk_id: sum(weights[name] * scores.get(chunk_id, lowest[name]) for name, scores in searches.items())
        for chunk_id in found
    }


def with_page_support(
    scores: Mapping[str, float], pages: Mapping[str, tuple[str, int]], share: float
) -> dict[str, float]:
    """Each page's best passage gets a share of its second best: two halves of a table bear each other out.

    `pages` is chunk id → path and page. It tells pages of a document apart; a document found on one page only gets
    nothing, or the longer of two one-page texts would be lifted for its length.
    """
    by_page: dict[tuple[str, int], list[float]] = {}
    for chunk_id, page in pages.items():
        by_page.setdefault(page, []).append(scores[chunk_id])
    found_on = Counter(path for path, _ in by_page)
    best_two = {page: sorted(held, reverse=True)[:2] for page, held in by_page.items() if found_on[page[0]] > 1}
    return {
        chunk_id: scores[chunk_id] + share * max(0.0, _support(scores[chunk_id], best_two.get(page, ())))
        for chunk_id, page in pages.items()
    }


def _support(own: float, best_two: Sequence[float]) -> float:
    """What speaks for a page's best passage is the second; the others are not lifted, or they would crowd out pages."""
    return best_two[1] if len(best_two) == 2 and own == best_two[0] else 0.0
