"""A question becomes passages: full-text and vector search and the document's own score, fused, reordered."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.aboutness import DocumentScore, score_documents
from assistant.calibration import load_calibration
from assistant.fusion import fuse, on_one_scale, with_page_support
from assistant.glossary import Glossary, OtherWords, other_words, phrases_in, widen
from assistant.passages import RERANKED, rerank, without_near_duplicates
from assistant.reasons import Reasons
from assistant.relevance import Meaning, fits
from assistant.sides import find_sides, names_of_documents, take_turns
from assistant.types import Passage, SearchMode, SearchResult, SearchTimings
from assistant.words import Weights, content_words, written_words
from config.sections import RetrievalSettings
from ingest.types import ScoredChunk, StoredChunk
from models.base import Embedder, Reranker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.library.library import Library

LIKELY_DOCUMENT = 0.5
"""Share of the best document score from which on a document is searched by itself as well."""
MOST_DOCUMENTS = 8


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found, and what later steps need of it: the weights of the question's words and its vector."""

    result: SearchResult
    weights: Weights
    vector: "NDArray[np.float32] | None"
    meant: OtherWords = ()
    """What else the question's words are called."""
    sides: Sequence[Collection[str]] = ()
    """Groups of documents (paths) that the question needs together, as a comparison does; see `assistant.sides`."""
    documents: Collection[str] | None = None
    """Paths of the documents that were searched; None: all."""


@dataclass(slots=True)
class _Stopwatch:
    """Milliseconds by name of the step; steps may run beside each other."""

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
        glossary: Glossary,
    ) -> None:
        self.library = library
        self.settings = settings
        self._embedder = embedder
        self._reranker = reranker
        self._glossary = glossary
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="embed-query")
        self._terms_of_art = frozenset(word for words in glossary for word in words.split())

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
        lexical = dense = _NOTHING
        embedded = self._embed(query, watch) if mode != "lexical" and self._has_vectors() else None
        with watch.step("document"):
            about = self.documents_named(query, documents)
            sides = find_sides(query, about, self.library, documents)
            named = _best_documents(about, sides)
        with watch.step("lexical"):
            if mode != "dense":
                lexical = self._search_text(query, wanted, documents, named)
        vector = None if embedded is None else embedded.result()
        with watch.step("dense"):
            if vector is not None:
                dense = self._search_vectors(vector, wanted, documents, named, lexical)
        with watch.step("fuse"):
            passages = self._fuse(lexical, dense, about, sides, k if reranker is None else max(k, RERANKED))
        with watch.step("rerank"):
            if reranker is not None and passages:
                passages = rerank(reranker, query, passages)
        weights = self._weights(query)
        relevant = self._fits(query, weights, vector, passages[:k])
        return Findings(
            SearchResult(
                query=query,
                mode=mode,
                passages=tuple(replace(passage, rank=rank) for rank, passage in enumerate(passages[:k], 1)),
                timings=watch.timings(),
                fits=relevant,
            ),
            weights,
            vector,
            other_words(query, self._glossary) if self.settings.glossary else (),
            sides,
            documents,
        )

    def documents_named(self, query: str, documents: Collection[str] | None = None) -> dict[str, DocumentScore]:
        """Path → score of the documents that a question names; see `assistant.aboutness`."""
        return score_documents(query, self.library, self.settings, documents, self._terms_of_art)

    def names_in(self, question: str) -> set[str]:
        """The words of a question by which it names documents, folded."""
        return names_of_documents(question, self.documents_named(question))

    def _search_text(
        self, query: str, wanted: int, documents: Collection[str] | None, named: Collection[str]
    ) -> "_Found":
        """By the question's words and what else they are called; in the documents it names as well."""
        phrases = widen(query, self._glossary) if self.settings.glossary else []
        forms = self.library.other_forms(phrases_in(query)) if self.settings.acronyms else {}
        widened = " ".join([query, *(f'"{phrase}"' for phrase in phrases)])
        best = self.library.search_text(widened, wanted, documents, forms)
        within = self.library.search_text(widened, wanted, named, forms) if named else ()
        return _Found(best, {hit.chunk_id: hit.score for hit in within})

    def _search_vectors(
        self,
        vector: "NDArray[np.float32]",
        wanted: int,
        documents: Collection[str] | None,
        named: Collection[str],
        lexical: "_Found",
    ) -> "_Found":
        """By the question's vector; what only the full-text search found gets its cosine too."""
        best = self.library.search_vectors(vector, wanted, documents)
        within = self.library.search_vectors(vector, wanted, named) if named else ()
        others = {hit.chunk_id: hit.score for hit in within}
        unseen = lexical.ids() - {hit.chunk_id for hit in best} - others.keys()
        vectors = self.library.chunk_vectors(sorted(unseen))
        others.update((chunk_id, float(other @ vector)) for chunk_id, other in vectors.items())
        return _Found(best, others)

    def _has_vectors(self) -> bool:
        recorded = self.library.embedder_identity()
        if recorded is not None:
            self.library.require_embedder(self._embedder().identity)
        return recorded is not None

    def _embed(self, query: str, watch: _Stopwatch) -> "Future[NDArray[np.float32]]":
        """The query's vector, made on another core while its words are looked up."""

        def work() -> "NDArray[np.float32]":
            with watch.step("embed"):
                return self._embedder().embed_query(query)

        return self._beside.submit(work)

    def _fuse(
        self,
        lexical: "_Found",
        dense: "_Found",
        about: Mapping[str, DocumentScore],
        sides: Sequence[Collection[str]],
        limit: int,
    ) -> list[Passage]:
        searches = {
            "lexical": on_one_scale(lexical.best, lexical.others),
            "dense": on_one_scale(dense.best, dense.others),
        }
        if dense.best:
            # A passage that waits for its vector is judged by its words alone.
            searches["dense"] = {**searches["lexical"], **searches["dense"]}
        fused = fuse(searches, {"lexical": self.settings.lexical_weight, "dense": self.settings.dense_weight})
        # A chunk can be forgotten by another process between the search and this look.
        places = self.library.places(fused)
        scores = with_page_support(
            {chunk_id: fused[chunk_id] for chunk_id in places}, places, self.settings.page_weight
        )
        for chunk_id, (path, _) in places.items():
            scores[chunk_id] += about[path].score if path in about else 0.0
        order = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))
        if sides:
            order = take_turns(order, {chunk_id: path for chunk_id, (path, _) in places.items()}, sides)
        reasons = Reasons(lexical.ranks(), dense.ranks(), about, dense.scores())
        passages = (reasons.passage(held, scores[held.chunk.chunk_id]) for held in self._read(order, limit))
        return without_near_duplicates(passages, limit)

    def _read(self, order: Sequence[str], batch: int) -> Iterator[StoredChunk]:
        """The chunks in this order, `batch` at a time: most of them are never asked for."""
        for start in range(0, len(order), batch):
            chunk_ids = order[start : start + batch]
            stored = self.library.chunks(chunk_ids)
            yield from (stored[chunk_id] for chunk_id in chunk_ids if chunk_id in stored)

    def _fits(
        self, query: str, weights: Weights, vector: "NDArray[np.float32] | None", passages: Sequence[Passage]
    ) -> bool:
        meaning = None if vector is None else Meaning(vector, self._embedder().embed_query)
        glossary = self._glossary if self.settings.glossary else {}
        return fits(query, weights, passages, self.library, glossary, load_calibration(self.library), meaning)

    def _weights(self, query: str) -> Weights:
        folded, written = content_words(query), written_words(query)
        found = self.library.term_statistics([*folded.values(), *written.values()])
        frequencies = {word: max(found[word], found[written[term]]) for term, word in folded.items()}
        counts = [counted.chunks for counted in self.library.collections() if counted.name == self.library.collection]
        return Weights(query, frequencies, sum(counts))


@dataclass(frozen=True, slots=True)
class _Found:
    """What one search found: its best chunks, best first, and the scores of others that it was asked about."""

    best: Sequence[ScoredChunk] = ()
    others: Mapping[str, float] = field(default_factory=dict)

    def ids(self) -> set[str]:
        return {hit.chunk_id for hit in self.best} | set(self.others)

    def ranks(self) -> dict[str, int]:
        return {hit.chunk_id: rank for rank, hit in enumerate(self.best, 1)}

    def scores(self) -> dict[str, float]:
        return {**self.others, **{hit.chunk_id: hit.score for hit in self.best}}


_NOTHING = _Found()


def _best_documents(about: Mapping[str, DocumentScore], sides: Sequence[Collection[str]]) -> list[str]:
    """The documents that a question is most likely about, those of all its sides first; none if it names none."""
    best = max((document.score for document in about.values()), default=0.0)
    likely = {path for path, document in about.items() if document.score >= LIKELY_DOCUMENT * best}
    of_sides = {path for side in sides for path in side}
    scores = {path: document.score for path, document in about.items()}
    ranked = sorted(likely | of_sides, key=lambda path: (path not in of_sides, -scores.get(path, 0.0), path))
    return ranked[: max(MOST_DOCUMENTS, len(of_sides))]
