"""A question becomes passages: lexical and dense candidates, fused by reciprocal rank, duplicates dropped, reranked."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.relevance import fits
from assistant.types import Passage, SearchMode, SearchResult, SearchTimings, Why
from assistant.words import Weights, content_words, numbers
from config.sections import RetrievalSettings
from ingest.types import ScoredChunk, StoredChunk
from models.base import Embedder, Reranker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.library.library import Library

Ranking = Sequence[str]
"""Chunk ids, best first."""

RERANKED = 30
"""Passages a cross-encoder reorders; what is below keeps its fused order."""
_NEAR_DUPLICATE = 0.9


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found, and what later steps need of it: the weights of the question's words and its vector."""

    result: SearchResult
    weights: Weights
    vector: "NDArray[np.float32] | None"


@dataclass(slots=True)
class _Stopwatch:
    """Milliseconds by name of the step."""

    started: float = field(default_factory=time.perf_counter)
    steps: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.steps[name] = (time.perf_counter() - begun) * 1000

    def timings(self) -> SearchTimings:
        return SearchTimings(**self.steps, total=(time.perf_counter() - self.started) * 1000)


class Retriever:
    """Searches one library. The models are asked for when a search first needs them."""

    def __init__(
        self,
        library: "Library",
        settings: RetrievalSettings,
        embedder: Callable[[], Embedder],
        reranker: Callable[[], Reranker | None],
    ) -> None:
        self.library = library
        self.settings = settings
        self._embedder = embedder
        self._reranker = reranker

    def find(
        self,
        query: str,
        *,
        k: int | None = None,
        mode: SearchMode | None = None,
        documents: Collection[str] | None = None,
    ) -> Findings:
        """The `k` best passages for `query`, best first, within `documents` (paths; None: all).

        Raises EmbedderMismatch when the library was built with another embedder, ModelError when one is missing.
        """
        k, mode = k or self.settings.top_k, mode or self.settings.mode
        wanted = max(self.settings.candidates, k)
        reranker = self._reranker()
        watch = _Stopwatch()
        vector = None
        lexical: Sequence[ScoredChunk] = ()
        dense: Sequence[ScoredChunk] = ()
        with watch.step("embed"):
            if mode != "lexical" and self._has_vectors():
                vector = self._embedder().embed_query(query)
        with watch.step("lexical"):
            if mode != "dense":
                lexical = self.library.search_text(query, wanted, documents)
        with watch.step("dense"):
            if vector is not None:
                dense = self.library.search_vectors(vector, wanted, documents)
        with watch.step("fuse"):
            passages = self._fuse(lexical, dense, k if reranker is None else max(k, RERANKED))
        with watch.step("rerank"):
            if reranker is not None and passages:
                passages = rerank(reranker, query, passages)
        passages = self._with_similarity(passages[:k], vector)
        weights = self._weights(query)
        return Findings(
            SearchResult(
                query=query,
                mode=mode,
                passages=tuple(replace(passage, rank=rank) for rank, passage in enumerate(passages, 1)),
                timings=watch.timings(),
                fits=fits(weights, passages),
            ),
            weights,
            vector,
        )

    def _has_vectors(self) -> bool:
        recorded = self.library.embedder_identity()
        if recorded is not None:
            self.library.require_embedder(self._embedder().identity)
        return recorded is not None

    def _fuse(self, lexical: Sequence[ScoredChunk], dense: Sequence[ScoredChunk], limit: int) -> list[Passage]:
        rankings = {"lexical": _ids(lexical), "dense": _ids(dense)}
        weights = {"lexical": self.settings.lexical_weight, "dense": self.settings.dense_weight}
        fused = reciprocal_rank_fusion(rankings, weights, self.settings.fusion_constant)
        ranks = {name: {chunk_id: rank for rank, chunk_id in enumerate(ids, 1)} for name, ids in rankings.items()}
        cosines = {hit.chunk_id: hit.score for hit in dense}
        stored = self.library.chunks([hit.chunk_id for hit in fused])
        passages = (
            _passage(hit, stored[hit.chunk_id], ranks, cosines.get(hit.chunk_id))
            for hit in fused
            # A chunk can be forgotten by another process between the search and this look.
            if hit.chunk_id in stored
        )
        return without_near_duplicates(passages, limit)

    def _with_similarity(self, passages: list[Passage], vector: "NDArray[np.float32] | None") -> list[Passage]:
        """Passages that only the full-text search found get their cosine too."""
        unseen = [passage.chunk.chunk_id for passage in passages if passage.similarity is None]
        if vector is None or not unseen:
            return passages
        vectors = self.library.chunk_vectors(unseen)
        return [
            replace(passage, similarity=float(vectors[passage.chunk.chunk_id] @ vector))
            if passage.chunk.chunk_id in vectors
            else passage
            for passage in passages
        ]

    def _weights(self, query: str) -> Weights:
        words = content_words(query)
        counts = [counted.chunks for counted in self.library.collections() if counted.name == self.library.collection]
        return Weights(query, self.library.term_statistics(list(words.values())), sum(counts))


def reciprocal_rank_fusion(
    rankings: Mapping[str, Ranking], weights: Mapping[str, float], constant: int
) -> list[ScoredChunk]:
    """Fuse rankings: each chunk scores the sum over rankings of weight / (constant + rank), ranks from 1.

    Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet …", SIGIR 2009. Ties go to the chunk
    with the better single rank, then to the smaller id, so that the same rankings always give the same order.
    """
    scores: dict[str, float] = {}
    best: dict[str, int] = {}
    for name, ranking in rankings.items():
        if not weights[name]:
            continue
        for rank, chunk_id in enumerate(ranking, 1):
            scores[chunk_id] = scores.get(chunk_id, 0.0) + weights[name] / (constant + rank)
            best[chunk_id] = min(best.get(chunk_id, rank), rank)
    order = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], best[chunk_id], chunk_id))
    return [ScoredChunk(chunk_id, scores[chunk_id]) for chunk_id in order]


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


def _ids(hits: Iterable[ScoredChunk]) -> list[str]:
    return [hit.chunk_id for hit in hits]


def _passage(
    hit: ScoredChunk, stored: StoredChunk, ranks: Mapping[str, Mapping[str, int]], similarity: float | None
) -> Passage:
    return Passage(
        rank=0,
        score=hit.score,
        chunk=stored.chunk,
        document=stored.document,
        path=stored.path,
        title=stored.title,
        page_label=stored.page_label,
        why=Why(lexical_rank=ranks["lexical"].get(hit.chunk_id), dense_rank=ranks["dense"].get(hit.chunk_id)),
        similarity=similarity,
    )
