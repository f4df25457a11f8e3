"""Sentences with offsets, and which sentence of a passage matters for a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.glossary import OtherWords, said_otherwise
from assistant.listing import ENDS_SENTENCE, STRUCTURE, Listing, Span, has_figure, is_tabular
from assistant.types import Passage
from assistant.words import Weights, terms
from ingest.contexts import PATH_SEPARATOR
from ingest.folding import fold
from models.base import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LINE = re.compile(r"[^\n]+")
_SHORT_LINE = 0.6
_ENDS_IN_WORDS = re.compile(r"[^\W\d_]{2}\.\s*$")
"""Few rows of a table end so, and many a line with figures does."""
_MID_SENTENCE = re.compile(r"[,;\u2013-]\s*$")


_WHO = re.compile(r"\bwho(?:m|se)?\b")
_TIME_WANTED = re.compile(
    r"\bwhen\b|\bhow old\b|\b(?:what|which)\b.*\b(?:year|date|day|month|time|deadline)s?\b|\bby wh(?:at|ich)\b"
)
_FIGURE_WANTED = re.compile(
    r"\bhow (?:many|much|long|often|old|far|high|large|big)\b"
    r"|\bwhat\b.*\b(?:amount|percentage|rate|ratio|cost|price|fee|limit|maximum|minimum|number|total|value|balance|"
    r"revenue|turnover|sales|income|earnings|profit|loss(?:es)?|expense|asset|debt|rent|salary|budget|margin)s?\b"
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
    if STRUCTURE.match(following) or last.lstrip().startswith("#") or is_tabular(last):
        return False
    if is_tabular(following) and not _ENDS_IN_WORDS.search(following):
        return bool(_MID_SENTENCE.search(last))
    if following.lstrip()[0].islower() or _MID_SENTENCE.search(last):
        return True
    if last.rstrip().endswith(":"):
        return False
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
    under: tuple[Span, ...] = ()
    """For a line of a list or a table: what introduces it and names its columns."""


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
    A word of the question counts as held when the sentence says it in other words, those of `meant`. Lines that repeat
    the `title` of the document or a part of the `heading` are headings whatever they look like. What introduces a list
    or a table scores like a heading; a line of it that holds a word of the question has the words of that, too.
    """
    asked = fold(question)
    known = {_in_one_line(line) for line in (title, *heading.split(PATH_SEPARATOR)) if line.strip()}
    of_document = frozenset(terms(title))
    above = of_document.union(terms(heading))
    scored = []
    listing = Listing()
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        words = terms(sentence)
        listing = listing.read((start, end), sentence, words)
        introduces = listing.ends_with((start, end))
        is_heading = introduces or _in_one_line(sentence) in known or _is_heading(sentence)
        said = above.union(words, said_otherwise(meant, words))
        is_listed = not is_heading and weights.share(said - above - listing.words) > 0
        if is_heading:
            if not introduces:
                above = of_document.union(words)
            score = weights.share(above.union(words)) * _HEADING_FACTOR
        else:
            score = (
                weights.share(said | listing.words if is_listed else said)
                * (_FREE_LENGTH / max(len(words), _FREE_LENGTH)) ** 0.5
            )
            if score and _holds_what_is_asked_for(asked, sentence):
                score += _KIND_BONUS
        scored.append(ScoredSentence(start, end, score, is_heading, listing.under if is_listed else ()))
    return scored


def best_sentence(scored: Sequence[ScoredSentence]) -> Span:
    """Where the best sentence stands, the first of equals; (0, 0) when there is none."""
    if not scored:
        return 0, 0
    best = max(scored, key=lambda sentence: (sentence.score, -sentence.start))
    return best.start, best.end


def _text_of(passage: Passage, sentence: ScoredSentence) -> str:
    """With what introduces it: a row of a table means little without."""
    spans = (*sentence.under[:1], (sentence.start, sentence.end))
    return " ".join(passage.chunk.text[slice(*span)] for span in spans)


def _in_one_line(line: str) -> str:
    return " ".join(fold(line).strip("# ").split())


def _is_heading(sentence: str) -> bool:
    """A short line without a full stop and, its own number aside, without a figure."""
    bare = _NUMBERING.sub("", sentence)
    short = len(bare.split()) <= _HEADING_LENGTH and not ENDS_SENTENCE.search(bare)
    return short and not any(character.isdigit() for character in bare)


def _holds_what_is_asked_for(asked: str, sentence: str) -> bool:
    if _WHO.search(asked) and _FULL_NAME.search(sentence):
        return True
    if _TIME_WANTED.search(asked):
        return any(character.isdigit() for character in sentence)
    return bool(_FIGURE_WANTED.search(asked)) and has_figure(sentence)
