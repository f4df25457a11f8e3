"""Sentences with offsets, and which sentence of a passage matters for a question."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.glossary import OtherWords, said_otherwise
from assistant.listing import ENDS_SENTENCE, STRUCTURE, Listing, Span, is_tabular
from assistant.types import Passage
from assistant.wanted import Wanted, wanted_by
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
_KIND_BONUS = 0.15
_FREE_LENGTH = 40
_HEADING_LENGTH = 8
_HEADING_FACTOR = 0.5
_REFERS_BACK = re.compile(
    r"\(?[\d.]*\)?\s*(?:This|That|These|Those|Such|It|Its|They|Their|He|His|She|Her|Both|Dies(?:e[rsmn]?)?|Er|"
    r"Ce(?:t|tte|s)?|Ils?|Elles?)\b(?!['\u2019])"
)
"""How a sentence begins, the number of its clause aside, that is about what the one before it says."""
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
    holds_kind: bool = False
    """Whether it holds the kind of thing asked for: a name, a time, a figure."""
    under: tuple[Span, ...] = ()
    """For a line of a list or a table: what introduces it and names its columns. For a sentence that refers back: the
    one before it."""


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
    or a table scores like a heading; a line of it that holds a word of the question has the words of that, too. So has
    a sentence that refers back ("This lasts five years.") those of the one before it, if it adds to that.
    """
    known = {_in_one_line(line) for line in (title, *heading.split(PATH_SEPARATOR)) if line.strip()}
    of_document = frozenset(terms(title))
    above = of_document.union(terms(heading))
    fit = _Fit(wanted_by(question), weights)
    scored = []
    listing = Listing()
    before: _Said | None = None
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        words = terms(sentence)
        listing = listing.read((start, end), sentence, words)
        introduces = listing.ends_with((start, end))
        if introduces or _in_one_line(sentence) in known or _is_heading(sentence):
            if not introduces:
                above = of_document.union(words)
            score = weights.share(above.union(words)) * _HEADING_FACTOR
            scored.append(ScoredSentence(start, end, score, is_heading=True))
            before = None
            continue
        said = _Said((start, end), sentence, above.union(words, said_otherwise(meant, words)), len(words))
        under: tuple[Span, ...] = ()
        counted = said
        if before and not listing.under and _REFERS_BACK.match(sentence) and fit.adds(said, before, above):
            under, counted = (before.span,), said.after(before)
        elif weights.share(said.words - above - listing.words) > 0:
            under, counted = listing.under, replace(said, words=said.words | listing.words)
        scored.append(fit.scored(counted, under))
        before = None if listing.under else said
    return scored


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence: where it stands, its text, the words that count for it, how many it has itself."""

    span: Span
    text: str
    words: frozenset[str]
    length: int

    def after(self, before: "_Said") -> "_Said":
        """The sentence with what the one before it says."""
        text, words = f"{before.text} {self.text}", self.words | before.words
        return _Said(self.span, text, words, self.length + before.length)


@dataclass(frozen=True, slots=True)
class _Fit:
    wanted: Wanted
    weights: Weights

    def scored(self, said: _Said, under: tuple[Span, ...]) -> ScoredSentence:
        score = self.weights.share(said.words) * (_FREE_LENGTH / max(said.length, _FREE_LENGTH)) ** 0.5
        holds_kind = self.wanted.is_held_by(said.text)
        if score and holds_kind:
            score += _KIND_BONUS
        return ScoredSentence(*said.span, score, holds_kind=holds_kind, under=under)

    def adds(self, said: _Said, before: _Said, above: Collection[str]) -> bool:
        """Whether a sentence has a word of the question, or the kind of thing asked for, that the one before lacks."""
        if self.weights.share(said.words.difference(above, before.words)) > 0:
            return True
        return self.wanted.is_held_by(said.text) and not self.wanted.is_held_by(before.text)


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
