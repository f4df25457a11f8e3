"""What becomes of the passages that were found: copies dropped, reordered by a cross-encoder, neighbours joined."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from assistant.types import Passage
from assistant.words import numbers
from models.base import Reranker

RERANKED = 30
"""Passages a cross-encoder reorders; what is below keeps its fused order."""
MOST_JOINED = 3
"""Neighbours that become one passage at most."""
_NEAR_DUPLICATE = 0.9


def without_near_duplicates(passages: Iterable[Passage], limit: int) -> list[Passage]:
    """The first `limit` passages, less those that say the same as a better one.

    The same means: the same numbers in the indexed text (so another year's report is not the same), and at least nine
    tenths of the words shared (Jaccard).
    """
    kept: list[Passage] = []
    seen: list[tuple[set[str], str]] = []
    for passage in passages:
        text = passage.chunk.indexed_text
        words = set(text.casefold().split())
        alike = (other for others, other in seen if _are_alike(words, others))
        if any(set(numbers(text)) == set(numbers(other)) for other in alike):
            continue
        kept.append(passage)
        seen.append((words, text))
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


def join_neighbours(passages: Sequence[Passage], page_text: Callable[[str, int], str]) -> list[Passage]:
    """Passages that follow on one another on a page as one, in the place and for the reasons of the best of them.

    `page_text` gives the text of a page of the document at a path.
    """
    groups: list[list[Passage]] = []
    for passage in passages:
        group = next((group for group in groups if _adjoins(group, passage)), None)
        if group is None:
            groups.append([passage])
        else:
            group.append(passage)
    return [_as_one(group, page_text) if len(group) > 1 else group[0] for group in groups]


def _adjoins(group: Sequence[Passage], passage: Passage) -> bool:
    best, chunk = group[0], passage.chunk
    if len(group) == MOST_JOINED or passage.path != best.path:
        return False
    if any(each.chunk.page != chunk.page or each.chunk.page_last != chunk.page for each in (*group, passage)):
        return False
    ordinals = [each.chunk.ordinal for each in group]
    return chunk.ordinal in (min(ordinals) - 1, max(ordinals) + 1)


def _as_one(group: Sequence[Passage], page_text: Callable[[str, int], str]) -> Passage:
    best = group[0]
    chunks = sorted((each.chunk for each in group), key=lambda chunk: chunk.ordinal)
    first, last = chunks[0], chunks[-1]
    text = page_text(best.path, first.page)[first.start : last.end]
    chunk = replace(
        best.chunk, ordinal=first.ordinal, text=text, context=first.context, start=first.start, end=last.end
    )
    return replace(best, chunk=chunk)


def _are_alike(one: set[str], other: set[str]) -> bool:
    """Whether nine tenths of the words are shared. Sets of very different size are not looked into: they cannot be."""
    fewer, more = sorted((len(one), len(other)))
    if not more:
        return True
    return fewer / more >= _NEAR_DUPLICATE and len(one & other) / len(one | other) >= _NEAR_DUPLICATE
