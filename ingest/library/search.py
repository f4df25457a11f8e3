"""Full-text search: the terms of a question are looked up in FTS5 one by one, and chunks ranked by the bm25 of all.

The bm25 of a chunk is the sum over the terms of what each gives it, and what a term gives its chunks stays the same
until documents come or go. So FTS5 is asked for one term at a time and its answers are kept in memory: a word that has
been looked for before costs microseconds, and a search within some documents costs no more than one in all.

FTS5's own bm25() looks up every chunk's length by itself. Here the lengths are read once, and a word's occurrences are
taken from the index as they stand in it, five times faster; the scores of words are the same.
"""

import json
import math
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.library.database import Database
from ingest.library.schema import ORDINAL_BITS, TOKENIZER
from ingest.library.terms import as_words, terms_of
from ingest.types import ScoredChunk

K1, B = 1.2, 0.75
LEAST_IDF = 1e-6
"""The constants of FTS5's bm25(); the last is the weight of a word that stands in half of the chunks or more."""

MOST_KEPT = 2_000_000
"""Chunks that the terms kept in memory may stand in, all together; each takes 12 bytes."""

NO_OTHER_FORMS: Mapping[str, str] = {}

# In memory and the thread's own: a view of what FTS5 holds of the chunks, and the words of a query with a view of them.
_OCCURRENCES = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.occurrences USING fts5vocab (main, chunks_text, instance)"
_ASKED = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked USING fts5 (word, tokenize = '{TOKENIZER}')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked_words USING fts5vocab (temp, asked, instance)",
)


@dataclass(frozen=True, slots=True)
class _Term:
    """Where a term stands: positions in `_State.chunks`, and the part of the bm25 of each that is the term's."""

    positions: NDArray[np.int32]
    scores: NDArray[np.float64]


@dataclass(slots=True)
class _State:
    """What is known of one state of the library: the row ids of all chunks, ascending, how much the length of each
    dampens what stands in it, which of them are in the collection, and the terms looked up."""

    version: tuple[int, int]
    chunks: NDArray[np.int64]
    damping: NDArray[np.float64]
    ours: NDArray[np.bool_]
    terms: OrderedDict[tuple[str, ...], _Term] = field(default_factory=OrderedDict)
    kept: int = 0
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def keep(self, tokens: tuple[str, ...], term: _Term) -> None:
        """Make room for `term` by forgetting what has not been asked for the longest."""
        if tokens not in self.terms:
            self.terms[tokens] = term
            self.kept += len(term.positions)
        while self.kept > MOST_KEPT and len(self.terms) > 1:
            self.kept -= len(self.terms.popitem(last=False)[1].positions)

    def within(self, documents: Collection[int] | None) -> NDArray[np.bool_]:
        if documents is None:
            return self.ours
        return np.isin(self.chunks >> ORDINAL_BITS, np.fromiter(documents, dtype=np.int64))


class TextSearch:
    """Full-text search over a collection; threads may share it. `documents` are row ids of the documents to look in,
    None for all of the collection."""

    def __init__(self, database: Database, collection: str) -> None:
        self._database = database
        self._collection = collection
        self._keeping = threading.Lock()
        self._state: _State | None = None
        self._last: tuple[_State, object, NDArray[np.float64]] | None = None

    def search(
        self,
        query: str,
        k: int,
        documents: Collection[int] | None = None,
        other_forms: Mapping[str, str] = NO_OTHER_FORMS,
    ) -> list[ScoredChunk]:
        """The `k` best chunks by bm25, best first, ties by chunk id.

        `other_forms` are words of the query and what is another way to write them: a chunk gets what the better of the
        two gives it, for a passage that has both says the thing once.
        """
        with self._database.snapshot() as connection:
            state = self._current(connection)
            scores = np.where(state.within(documents), self._scores_of(connection, state, query, other_forms), 0.0)
            best = _best(scores, k)
            names = _chunk_ids(connection, state.chunks[best])
        hits = [ScoredChunk(name, score) for name, score in zip(names, scores[best].tolist(), strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def term_statistics(self, terms: Iterable[str], documents: Collection[int] | None = None) -> dict[str, int]:
        """For each term, in how many chunks of these documents it stands, in any of its inflected forms."""
        terms = list(terms)
        with self._database.snapshot() as connection:
            state = self._current(connection)
            within = state.within(documents)
            found = self._look_up(connection, state, terms)
        return {term: int(np.count_nonzero(within[each.positions])) for term, each in zip(terms, found, strict=True)}

    def _scores_of(
        self, connection: sqlite3.Connection, state: _State, query: str, other_forms: Mapping[str, str]
    ) -> NDArray[np.float64]:
        """The scores of the last query are kept: a question is looked for in all documents and in those it names."""
        asked = (query, tuple(other_forms.items()))
        last = self._last
        if last is not None and last[0] is state and last[1] == asked:
            return last[2]
        scores = self._scores(connection, state, terms_of(query))
        for words, form in other_forms.items():
            own = self._scores(connection, state, terms_of(words))
            scores += np.maximum(self._scores(connection, state, [form]) - own, 0.0)
        self._last = (state, asked, scores)
        return scores

    def _scores(self, connection: sqlite3.Connection, state: _State, terms: Sequence[str]) -> NDArray[np.float64]:
        """What the terms give each chunk together, in the order of `state.chunks`."""
        scores = np.zeros(len(state.chunks))
        for found in self._look_up(connection, state, terms):
            scores[found.positions] += found.scores
        return scores

    def _current(self, connection: sqlite3.Connection) -> _State:
        """Row ids of documents are never given twice, so with a document that comes the highest one ever given grows,
        and with one that goes their number falls."""
        highest, number = connection.execute(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'documents'), 0),"
            " (SELECT count(*) FROM documents)"
        ).fetchone()
        state = self._state
        if state is None or state.version != (highest, number):
            chunks, damping = _lengths(connection)
            ours = connection.execute(
                "SELECT d.id FROM documents d JOIN collections k ON k.id = d.collection WHERE k.name = ?",
                (self._collection,),
            ).fetchall()
            documents = np.array([row for (row,) in ours], dtype=np.int64)
            state = self._state = _State((highest, number), chunks, damping, np.isin(chunks >> ORDINAL_BITS, documents))
        return state

    def _look_up(self, connection: sqlite3.Connection, state: _State, terms: Sequence[str]) -> list[_Term]:
        """In the order of `terms`."""
        words = [as_words(term) for term in terms]
        if unseen := [each for each in dict.fromkeys(words) if each not in state.tokens]:
            state.tokens.update(zip(unseen, _tokens(connection, unseen), strict=True))
        return [self._look_up_one(connection, state, each, state.tokens[each]) for each in words]

    def _look_up_one(self, connection: sqlite3.Connection, state: _State, words: str, tokens: tuple[str, ...]) -> _Term:
        with self._keeping:
            if (known := state.terms.get(tokens)) is not None:
                state.terms.move_to_end(tokens)
                return known
        if len(tokens) == 1:
            found = _ask_for_word(connection, state, tokens[0])
        else:
            found = _ask_for_phrase(connection, state, words if tokens else "")
        with self._keeping:
            state.keep(tokens, found)
        return found


def _lengths(connection: sqlite3.Connection) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Row ids of all chunks, ascending, and the part of the bm25 formula that depends on their lengths."""
    rows = connection.execute("SELECT id, sz FROM chunks_text_docsize ORDER BY id").fetchall()
    lengths = np.array([_length(sizes) for _, sizes in rows], dtype=np.float64)
    mean = lengths.mean() if len(lengths) else 1.0
    return np.array([row for row, _ in rows], dtype=np.int64), K1 * (1 - B + B * lengths / mean)


def _length(sizes: bytes) -> int:
    """Words of a chunk. FTS5 keeps those of each column as a varint: seven bits a byte, the last byte below 128."""
    total = value = 0
    for byte in sizes:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            total, value = total + value, 0
    return total


def _tokens(connection: sqlite3.Connection, texts: Sequence[str]) -> list[tuple[str, ...]]:
    """What FTS5's tokenizer makes of each text, stemmed. It can be had only by having a text indexed."""
    for statement in _ASKED:
        connection.execute(statement)
    connection.executemany("INSERT INTO temp.asked (rowid, word) VALUES (?, ?)", enumerate(texts))
    tokens: list[list[str]] = [[] for _ in texts]
    for row, token in connection.execute('SELECT doc, term FROM temp.asked_words ORDER BY doc, "offset"'):
        tokens[row].append(token)
    connection.execute("DELETE FROM temp.asked")
    return [tuple(each) for each in tokens]


def _ask_for_word(connection: sqlite3.Connection, state: _State, token: str) -> _Term:
    """Every occurrence of a word in the index, in the order of the chunks."""
    connection.execute(_OCCURRENCES)  # tokens may have been got by another thread, with tables of its own
    occurrences = connection.execute(
        "SELECT group_concat(doc) FROM temp.occurrences WHERE term = ?", (token,)
    ).fetchone()[0]
    rows, counts = np.unique(np.fromstring(occurrences or "", dtype=np.int64, sep=","), return_counts=True)
    positions = np.searchsorted(state.chunks, rows).astype(np.int32)
    return _Term(positions, _bm25(state, positions, counts))


def _ask_for_phrase(connection: sqlite3.Connection, state: _State, words: str) -> _Term:
    """Between quotes FTS5 reads no operators, and `words` are letters, digits and spaces.

    A phrase counts once in a chunk: how often it stands there only FTS5's own bm25() tells, which asks for it twice.
    """
    found = None
    if words:
        found = connection.execute(
            "SELECT group_concat(rowid) FROM chunks_text WHERE chunks_text MATCH ?", (f'"{words}"',)
        ).fetchone()[0]
    rows = np.sort(np.fromstring(found or "", dtype=np.int64, sep=","))
    positions = np.searchsorted(state.chunks, rows).astype(np.int32)
    return _Term(positions, _bm25(state, positions, np.ones(len(rows))))


def _bm25(state: _State, positions: NDArray[np.int32], counts: NDArray[Any]) -> NDArray[np.float64]:
    """The part of the bm25 of the chunks at `positions` that a term gives which stands `counts` times in each."""
    idf = max(math.log((len(state.chunks) - len(positions) + 0.5) / (len(positions) + 0.5)), LEAST_IDF)
    scores: NDArray[np.float64] = idf * counts * (K1 + 1) / (counts + state.damping[positions])
    return scores


def _best(scores: NDArray[np.float64], k: int) -> NDArray[np.intp]:
    """Positions of the `k` highest scores above 0 and of all that tie with the last, in no order."""
    found = np.flatnonzero(scores > 0)
    if k < 1 or not len(found):
        return found[:0]
    worst_kept = len(found) - min(k, len(found))
    last = np.partition(scores[found], worst_kept)[worst_kept]
    best: NDArray[np.intp] = found[scores[found] >= last]
    return best


def _chunk_ids(connection: sqlite3.Connection, rows: NDArray[np.int64]) -> list[str]:
    """In the order of `rows`."""
    names = dict(
        connection.execute(
            "SELECT id, chunk_id FROM chunks WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(rows.tolist()),)
        ).fetchall()
    )
    return [names[row] for row in rows.tolist()]
