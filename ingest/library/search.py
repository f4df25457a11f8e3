"""Full-text search: a question in free words becomes an FTS5 query, ranked by bm25."""

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

from ingest.library.schema import ORDINAL_BITS
from ingest.types import ScoredChunk

COLUMN_WEIGHTS = (1.0, 1.0)
"""Weights of the columns context and text."""

CANDIDATES = 6000
"""Most chunks that are ranked for one query. Ranking costs some 1.5 microseconds a chunk, and the words of a long
question stand in half of all chunks; on 24,000 chunks of annual reports and 68 questions this keeps 99 % of the first
eight hits."""

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


def search(connection: sqlite3.Connection, query: str, k: int, rows: Collection[int]) -> list[ScoredChunk]:
    """The `k` best chunks by bm25 within the documents with row ids `rows`, best first, ties by chunk id.

    When the terms stand in more than `CANDIDATES` chunks, only chunks that hold one of the rarer terms are ranked (by
    all the terms).
    """
    counts = term_statistics(connection, terms_of(query), rows)
    terms = [term for term, count in counts.items() if count]
    if not terms or k < 1:
        return []
    hits = _best(connection, terms, _rarest(counts), k, rows)
    names = dict(
        connection.execute(
            "SELECT id, chunk_id FROM chunks WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([row for row, _ in hits]),),
        ).fetchall()
    )
    scored = [ScoredChunk(names[row], -rank) for row, rank in hits if row in names]
    return sorted(scored, key=lambda hit: (-hit.score, hit.chunk_id))[:k]


def term_statistics(connection: sqlite3.Connection, terms: Iterable[str], rows: Collection[int]) -> dict[str, int]:
    """For each term, in how many chunks of these documents it stands, in any of its inflected forms."""
    within = json.dumps(list(rows))
    statistics = {}
    for term in terms:
        words = _joined(term)
        statistics[term] = (
            connection.execute(
                "SELECT count(*) FROM chunks_text"
                " WHERE chunks_text MATCH ? AND rowid >> ? IN (SELECT value FROM json_each(?))",
                (_any_of([words]), ORDINAL_BITS, within),
            ).fetchone()[0]
            if words
            else 0
        )
    return statistics


def _joined(text: str) -> str:
    return " ".join(_WORD.findall(text)).lower()


def _any_of(terms: Iterable[str]) -> str:
    """An FTS5 expression. Between quotes FTS5 reads no operators, and terms hold letters, digits and spaces only."""
    return " OR ".join(f'"{term}"' for term in terms)


def _rarest(counts: Mapping[str, int]) -> list[str]:
    """The terms to find candidates by: from the rarest on, as many as together stand in `CANDIDATES` chunks at most."""
    rarest: list[str] = []
    candidates = 0
    for term, count in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        candidates += count
        if count and rarest and candidates > CANDIDATES:
            break
        if count:
            rarest.append(term)
    return rarest


def _best(
    connection: sqlite3.Connection, terms: Sequence[str], rarest: Sequence[str], k: int, rows: Collection[int]
) -> list[tuple[int, float]]:
    """At least the `k` best row ids with their bm25 (lower is better), and all that tie with the last of them."""
    limit = k + 64
    while True:
        # `+rowid` keeps SQLite from running the whole query once for each candidate.
        hits: list[tuple[int, float]] = connection.execute(
            "SELECT rowid, bm25(chunks_text, ?, ?) AS score FROM chunks_text WHERE chunks_text MATCH ?"
            " AND rowid >> ? IN (SELECT value FROM json_each(?))"
            " AND +rowid IN (SELECT rowid FROM chunks_text WHERE chunks_text MATCH ?)"
            " ORDER BY score LIMIT ?",
            (*COLUMN_WEIGHTS, _any_of(terms), ORDINAL_BITS, json.dumps(list(rows)), _any_of(rarest), limit),
        ).fetchall()
        if len(hits) < limit or hits[-1][1] > hits[k - 1][1]:
            return hits
        limit *= 4
