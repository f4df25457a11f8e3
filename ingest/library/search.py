"""Full-text search: a question in free words becomes terms, each looked up in FTS5, ranked together by bm25.

The bm25 of a chunk is the sum over the terms of what each gives it, and what a term gives its chunks stays the same
until documents come or go. So FTS5 is asked for one term at a time and its answers are kept in memory: a word that has
been looked for before costs microseconds, and a search within some documents costs no more than one in all.
"""

import json
import re
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingest.library.database import Database
from ingest.library.schema import ORDINAL_BITS
from ingest.types import ScoredChunk

COLUMN_WEIGHTS = (1.0, 1.0)
"""Weights of the columns context and text."""

MOST_KEPT = 2_000_000
"""Chunks that the terms kept in memory may stand in, all together; each takes 12 bytes."""

_PIECE = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['\u2019]s?$")

# Words that make a sentence a question but say nothing about where its answer stands.
_STOP_WORDS = frozenset(
    _WORD.findall(
        """
        a about an and any are as at be been but by can could did do does for from had has have how i if in into is
        it its me my no not of on or our shall should so than that the their them then there these they this those
        to us was we were what when where which who whom whose why will with would you your
        """
    )
)


def terms_of(query: str) -> list[str]:
    """The words, numbers and phrases to look for, each once, in the order of the query.

    Stop words are left out if anything else is there. A phrase in double quotes stays one term; so does a word with
    signs inside it (`10-K`, `1,234.50`, `AT&T`), whose parts of two or more letters are then looked for as well.
    """
    terms: dict[str, None] = {}
    for phrase, piece in _PIECE.findall(query):
        if phrase:
            terms[_joined(phrase)] = None
            continue
        words = _WORD.findall(_POSSESSIVE.sub("", piece.strip('.,;:!?()[]{}"')))
        terms[" ".join(words).lower()] = None
        if len(words) > 1:
            terms.update((word.lower(), None) for word in words if len(word) > 1 and word.isalpha())
    terms.pop("", None)
    return [term for term in terms if term not in _STOP_WORDS] or list(terms)


@dataclass(frozen=True, slots=True)
class _Term:
    """Where a term stands: positions in `_State.chunks`, and the part of the bm25 of each that is the term's."""

    positions: NDArray[np.int32]
    scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of one state of the library: the row ids of all chunks, ascending, and the terms looked up."""

    version: tuple[int, int]
    chunks: NDArray[np.int64]
    terms: OrderedDict[str, _Term] = field(default_factory=OrderedDict)

    def within(self, documents: Collection[int]) -> NDArray[np.bool_]:
        return np.isin(self.chunks >> ORDINAL_BITS, np.fromiter(documents, dtype=np.int64))


class TextSearch:
    """Full-text search over one library file; threads may share it. `documents` are row ids of the documents to look
    in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keeping = threading.Lock()
        self._state: _State | None = None

    def search(self, query: str, k: int, documents: Collection[int]) -> list[ScoredChunk]:
        """The `k` best chunks by bm25, best first, ties by chunk id."""
        with self._database.snapshot() as connection:
            state = self._current(connection)
            scores = np.zeros(len(state.chunks))
            for term in terms_of(query):
                found = self._look_up(connection, state, term)
                scores[found.positions] += found.scores
            scores[~state.within(documents)] = 0.0
            best = _best(scores, k)
            names = _chunk_ids(connection, state.chunks[best])
        hits = [ScoredChunk(name, score) for name, score in zip(names, scores[best].tolist(), strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def term_statistics(self, terms: Iterable[str], documents: Collection[int]) -> dict[str, int]:
        """For each term, in how many chunks of these documents it stands, in any of its inflected forms."""
        with self._database.snapshot() as connection:
            state = self._current(connection)
            within = state.within(documents)
            return {
                term: int(np.count_nonzero(within[self._look_up(connection, state, term).positions])) for term in terms
            }

    def _current(self, connection: sqlite3.Connection) -> _State:
        """Row ids of documents are never given twice, so with a document that comes the highest one ever given grows,
        and with one that goes their number falls."""
        highest, number = connection.execute(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'documents'), 0),"
            " (SELECT count(*) FROM documents)"
        ).fetchone()
        state = self._state
        if state is None or state.version != (highest, number):
            rows = connection.execute("SELECT id FROM chunks ORDER BY document, id").fetchall()
            state = _State((highest, number), np.array([row for (row,) in rows], dtype=np.int64))
            self._state = state
        return state

    def _look_up(self, connection: sqlite3.Connection, state: _State, term: str) -> _Term:
        words = _joined(term)
        with self._keeping:
            if (known := state.terms.get(words)) is not None:
                state.terms.move_to_end(words)
                return known
        found = _ask(connection, state.chunks, words)
        with self._keeping:
            state.terms[words] = found
            kept = sum(len(each.positions) for each in state.terms.values())
            while kept > MOST_KEPT and len(state.terms) > 1:
                kept -= len(state.terms.popitem(last=False)[1].positions)
        return found


def _ask(connection: sqlite3.Connection, chunks: NDArray[np.int64], words: str) -> _Term:
    """What FTS5 says of one term. Between quotes it reads no operators, and `words` are letters, digits and spaces."""
    rows: list[tuple[int, float]] = []
    if words:
        rows = connection.execute(
            "SELECT rowid, -bm25(chunks_text, ?, ?) FROM chunks_text WHERE chunks_text MATCH ? ORDER BY rowid",
            (*COLUMN_WEIGHTS, f'"{words}"'),
        ).fetchall()
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 2)
    positions = np.searchsorted(chunks, table[:, 0].astype(np.int64)).astype(np.int32)
    return _Term(positions, table[:, 1].copy())


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


def _joined(text: str) -> str:
    return " ".join(_WORD.findall(text)).lower()
