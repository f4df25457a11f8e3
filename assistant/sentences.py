"""Sentences with offsets, and which sentence of a passage matters for a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.words import Weights, fold, terms
from models.base import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Span = tuple[int, int]
"""Start and end (exclusive) of a sentence in its text, surrounding white space left out."""

_LINE = re.compile(r"[^\n]+")
_STRUCTURE = re.compile(r"\s*(?:[-*•‣◦▪\u2013—·>#|+]|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s)")
_CELL_GAP = re.compile(r"\t|\S {2,}\S|\|")
_NUMERIC = re.compile(r"[($€£]*-?\d[\d.,%)]*")
_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”\u2019)\]]*\s*$")
_SHORT_LINE = 0.6
_LETTER = re.compile(r"[^\W\d_]")


_WHO = re.compile(r"\bwho(?:m|se)?\b")
_HOW_MANY = re.compile(
    r"\bhow (?:many|much|long|often|old|far|high|large|big)\b|\bwhen\b|\bwhat (?:year|date|time|percentage|amount)\b"
)
_FULL_NAME = re.compile(r"\b[A-Z][a-zà-ÿ'\u2019-]+(?:\s+[A-Z]\.)?\s+[A-Z][\w'\u2019-]+")
_KIND_BONUS = 0.15
_FREE_LENGTH = 40
_HEADING_LENGTH = 6

EMBEDDED_PASSAGES = 5
"""Passages whose sentences are compared with the question by meaning too; it must not hold up the evidence."""
_EMBEDDED_SENTENCES = 8
"""Of each of these passages, its sentences that share most with the question."""


def sentence_spans(text: str) -> list[Span]:
    """Where the sentences of `text` stand. Table rows, list items and headings are units of their own."""
    import sentencex

    spans: list[Span] = []
    for start, end in _units(text):
        first_of_unit = len(spans)
        for boundary in sentencex.get_sentence_boundaries("en", text[start:end]):
            span = _stripped(text, start + boundary["start_index"], start + boundary["end_index"])
            if span is None:
                continue
            # No sentence starts in lower case: the full stop before it closed an abbreviation.
            if len(spans) > first_of_unit and text[span[0]].islower():
                spans[-1] = (spans[-1][0], span[1])
            else:
                spans.append(span)
    return spans


def is_tabular(line: str) -> bool:
    """Whether a line looks like a row of a table: cells set apart, or mostly numbers."""
    if _CELL_GAP.search(line.strip()):
        return True
    words = line.split()
    figures = sum(bool(_NUMERIC.fullmatch(word)) for word in words)
    return figures >= 2 and figures * 3 >= len(words)


def _units(text: str) -> list[Span]:
    """Runs of lines that read on as one paragraph; every other line is a unit of its own."""
    lines = [match.span() for match in _LINE.finditer(text) if match.group().strip()]
    longest = max((end - start for start, end in lines), default=0)
    units: list[Span] = []
    for line in lines:
        if units and _reads_on(text, units[-1], line, longest):
            units[-1] = (units[-1][0], line[1])
        else:
            units.append(line)
    return units


def _reads_on(text: str, unit: Span, line: Span, longest: int) -> bool:
    if text.count("\n", unit[1], line[0]) > 1:
        return False
    following = text[slice(*line)]
    last_start = text.rfind("\n", unit[0], unit[1]) + 1
    last = text[max(last_start, unit[0]) : unit[1]]
    if _STRUCTURE.match(following) or last.lstrip().startswith("#") or is_tabular(last) or is_tabular(following):
        return False
    if following.lstrip()[0].islower():
        return True
    return len(last) >= _SHORT_LINE * longest


def _stripped(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    bare = piece.strip()
    if not bare:
        return None
    start += len(piece) - len(piece.lstrip())
    return start, start + len(bare)


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a passage and how well it fits a question; scores compare within one question."""

    start: int
    end: int
    score: float


def score_passages(
    question: str,
    weights: Weights,
    texts: Sequence[str],
    *,
    embedder: Embedder | None = None,
    question_vector: "NDArray[np.float32] | None" = None,
) -> list[list[ScoredSentence]]:
    """The sentences of each text, in the order they stand, scored for `question`.

    A sentence scores by the words it shares with the question; with an embedder, the best sentences of the first
    EMBEDDED_PASSAGES texts gain the cosine between them and the question.
    """
    scored = [score_sentences(question, weights, text) for text in texts]
    if embedder is None or question_vector is None:
        return scored
    chosen = [
        (passage, index)
        for passage, sentences in enumerate(scored[:EMBEDDED_PASSAGES])
        for index in sorted(range(len(sentences)), key=lambda i: -sentences[i].score)[:_EMBEDDED_SENTENCES]
    ]
    if chosen:
        spans = [scored[passage][index] for passage, index in chosen]
        vectors = embedder.embed_documents(
            [texts[passage][span.start : span.end] for (passage, _), span in zip(chosen, spans, strict=True)]
        )
        for (passage, index), span, cosine in zip(chosen, spans, vectors @ question_vector, strict=True):
            scored[passage][index] = replace(span, score=span.score + max(0.0, float(cosine)))
    return scored


def score_sentences(question: str, weights: Weights, text: str) -> list[ScoredSentence]:
    """Every sentence of `text`, scored by the words it shares with `question`, in the order they stand.

    The score is the idf-weighted share of the question's words that the sentence holds, made smaller for long sentences
    and for headings, and larger when the sentence holds the kind of thing asked for: a name for "who", a figure for
    "how many" and "when".
    """
    return [
        ScoredSentence(start, end, _score(question, weights, text[start:end])) for start, end in sentence_spans(text)
    ]


def best_sentence(scored: Sequence[ScoredSentence]) -> Span:
    """Where the best sentence stands, the first of equals; (0, 0) when there is none."""
    if not scored:
        return 0, 0
    best = max(scored, key=lambda sentence: (sentence.score, -sentence.start))
    return best.start, best.end


def _score(question: str, weights: Weights, sentence: str) -> float:
    held = terms(sentence)
    overlap: float = weights.share(set(held))
    if not overlap or not _LETTER.search(sentence):
        return 0.0
    overlap *= (_FREE_LENGTH / max(len(held), _FREE_LENGTH)) ** 0.5
    has_figure = any(character.isdigit() for character in sentence)
    if len(held) <= _HEADING_LENGTH and not has_figure and not _ENDS_SENTENCE.search(sentence):
        overlap *= 0.5
    asked = fold(question)
    wants_name = bool(_WHO.search(asked)) and bool(_FULL_NAME.search(sentence))
    wants_figure = bool(_HOW_MANY.search(asked)) and has_figure
    return overlap + (_KIND_BONUS if wants_name or wants_figure else 0.0)
