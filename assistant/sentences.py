"""Sentences with offsets, and which sentence of a passage matters for a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.glossary import OtherWords, said_otherwise
from assistant.types import Passage
from assistant.words import Weights, terms
from ingest.contexts import PATH_SEPARATOR
from ingest.folding import fold
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
_MID_SENTENCE = re.compile(r"[,;\u2013-]\s*$")


_WHO = re.compile(r"\bwho(?:m|se)?\b")
_FIGURE_WANTED = re.compile(
    r"\bhow (?:many|much|long|often|old|far|high|large|big)\b|\bwhen\b|\bby (?:what|which)\b"
    r"|\bwhat\b.*\b(?:year|date|time|deadline|amount|percentage|rate|cost|price|fee|limit|maximum|minimum)s?\b"
)
_FULL_NAME = re.compile(r"\b[A-Z][a-zà-ÿ'\u2019-]+(?:\s+[A-Z]\.)?\s+[A-Z][\w'\u2019-]+")
_KIND_BONUS = 0.15
_FREE_LENGTH = 40
_HEADING_LENGTH = 8
_HEADING_FACTOR = 0.5
_NUMBERING = re.compile(r"^[#\s]*(?:\d+(?:\.\d+)*\.?\s)?")

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
    if _STRUCTURE.match(following) or last.lstrip().startswith("#") or is_tabular(last):
        return False
    if is_tabular(following):
        return bool(_MID_SENTENCE.search(last))
    if following.lstrip()[0].islower() or _MID_SENTENCE.search(last):
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
    is_heading: bool = False


def score_passages(
    question: str,
    weights: Weights,
    passages: Sequence[Passage],
    *,
    embedder: Embedder | None = None,
    question_vector: "NDArray[np.float32] | None" = None,
    meant: OtherWords = (),
) -> list[list[ScoredSentence]]:
    """The sentences of each passage, in the order they stand, scored for `question`.

    A sentence scores by the words it shares with the question; with an embedder, the best sentences of the first
    EMBEDDED_PASSAGES passages gain the cosine between them and the question.
    """
    scored = [score_sentences(question, weights, p.chunk.text, p.chunk.heading, p.title, meant) for p in passages]
    if embedder is None or question_vector is None:
        return scored
    chosen = [
        (passage, index)
        for passage, sentences in enumerate(scored[:EMBEDDED_PASSAGES])
        for index in sorted(range(len(sentences)), key=lambda i: -sentences[i].score)[:_EMBEDDED_SENTENCES]
    ]
    if chosen:
        texts = [_text_of(passages[passage], scored[passage][index]) for passage, index in chosen]
        cosines = embedder.embed_documents(texts) @ question_vector
        for (passage, index), cosine in zip(chosen, cosines, strict=True):
            sentence = scored[passage][index]
            gain = max(0.0, float(cosine)) * (_HEADING_FACTOR if sentence.is_heading else 1.0)
            scored[passage][index] = replace(sentence, score=sentence.score + gain)
    return scored


def score_sentences(
    question: str, weights: Weights, text: str, heading: str = "", title: str = "", meant: OtherWords = ()
) -> list[ScoredSentence]:
    """Every sentence of `text`, scored by the words it shares with `question`, in the order they stand.

    The score is the idf-weighted share of the question's words that the sentence holds, together with the heading it
    stands under and the title of its document; smaller for long sentences and for headings themselves, and larger when
    the sentence holds the kind of thing asked for: a name for "who", a figure for "how many", "when" and the like.
    A word of the question counts as held when the sentence says it in other words, those of `meant`.
    Lines that repeat the `title` of the document or a part of the `heading` are headings whatever they look like.
    """
    asked = fold(question)
    known = {_in_one_line(line) for line in (title, *heading.split(PATH_SEPARATOR)) if line.strip()}
    of_document = frozenset(terms(title))
    above = of_document.union(terms(heading))
    scored = []
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        words = terms(sentence)
        score = (
            weights.share(above.union(words, said_otherwise(meant, words)))
            * (_FREE_LENGTH / max(len(words), _FREE_LENGTH)) ** 0.5
        )
        is_heading = _in_one_line(sentence) in known or _is_heading(sentence)
        if is_heading:
            above = of_document.union(words)
            score = weights.share(above) * _HEADING_FACTOR
        elif score and _holds_what_is_asked_for(asked, sentence):
            score += _KIND_BONUS
        scored.append(ScoredSentence(start, end, score, is_heading))
    return scored


def best_sentence(scored: Sequence[ScoredSentence]) -> Span:
    """Where the best sentence stands, the first of equals; (0, 0) when there is none."""
    if not scored:
        return 0, 0
    best = max(scored, key=lambda sentence: (sentence.score, -sentence.start))
    return best.start, best.end


def _text_of(passage: Passage, sentence: ScoredSentence) -> str:
    return passage.chunk.text[sentence.start : sentence.end]


def _in_one_line(line: str) -> str:
    return " ".join(fold(line).strip("# ").split())


def _is_heading(sentence: str) -> bool:
    """A short line without a full stop and, its own number aside, without a figure."""
    bare = _NUMBERING.sub("", sentence)
    short = len(bare.split()) <= _HEADING_LENGTH and not _ENDS_SENTENCE.search(bare)
    return short and not any(character.isdigit() for character in bare)


def _holds_what_is_asked_for(asked: str, sentence: str) -> bool:
    if _WHO.search(asked) and _FULL_NAME.search(sentence):
        return True
    return bool(_FIGURE_WANTED.search(asked)) and any(character.isdigit() for character in sentence)
