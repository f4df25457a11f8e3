"""Quote style: the sentences that answer, copied word for word, and nothing else."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.citations import CitedSentence, CitedText, PageTexts, locate_parts
from assistant.listing import Span, is_tabular
from assistant.one_line import in_one_line
from assistant.sentences import EMBEDDED_PASSAGES, ScoredSentence
from assistant.types import Citation, Source
from assistant.words import Weights, terms
from ingest.folding import fold

_PASSAGE_PRIOR = 0.06
"""What each rank costs: the search saw the whole passage, the sentence score sees one sentence."""
_SECOND_SCORE = 0.75
"""A second sentence scores at least this share of the best one."""
_SECOND_ADDS = 0.1
"""It holds words of the question that the best one lacks, of at least this share of the weight of all its words; or the
kind of thing asked for, which the best one lacks."""
_COUNTERPART = 0.6
"""How alike, word by word, two sentences of two documents are that say the same thing of each."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of a source; its `score` is less what the rank of its passage costs."""

    source: Source
    sentence: ScoredSentence
    score: float

    @property
    def span(self) -> Span:
        return self.sentence.start, self.sentence.end

    @property
    def text(self) -> str:
        return self.source.passage.chunk.text[slice(*self.span)]

    @property
    def words_quoted(self) -> set[str]:
        """Of the sentence and of what it is quoted with."""
        text = self.source.passage.chunk.text
        return {term for span in (*self.sentence.under, self.span) for term in terms(text[slice(*span)])}

    @property
    def folded(self) -> str:
        return " ".join(fold(self.text).split())


def quote(
    sources: Sequence[Source],
    scored: Sequence[Sequence[ScoredSentence]],
    weights: Weights,
    page_texts: PageTexts,
    sides: Sequence[Collection[str]] = (),
) -> CitedText:
    """Copy the one or two sentences that answer best; `scored` holds the sentences of each source, in its order. With
    `sides`, groups of documents (paths) that the question needs together, the best of each that has a good one."""
    pieces: list[str] = []
    sentences: list[CitedSentence] = []
    citations: list[Citation] = []
    candidates = _candidates(sources, scored)
    for chosen in _one_of_each(candidates, sides) or _best(candidates, weights):
        for span in _with_header(chosen):
            number, passage = chosen.source.number, chosen.source.passage
            parts = locate_parts(number, passage, span, page_texts)  # half a sentence may say the opposite
            if not parts or parts[0] in citations:
                continue
            shown = f"“{in_one_line(passage.chunk.text[slice(*span)])}”"
            pieces.append(f"{shown} [{number}]")
            sentences.append(CitedSentence(shown, (number,)))
            citations += parts
    return CitedText("\n".join(pieces), tuple(sentences), tuple(citations))


def _candidates(sources: Sequence[Source], scored: Sequence[Sequence[ScoredSentence]]) -> list[_Candidate]:
    """Best first."""
    candidates = [
        _Candidate(source, sentence, sentence.score - _PASSAGE_PRIOR * rank)
        for rank, (source, of_source) in enumerate(zip(sources, scored[:EMBEDDED_PASSAGES], strict=False))
        for sentence in of_source
    ]
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _one_of_each(candidates: Sequence[_Candidate], sides: Sequence[Collection[str]]) -> list[_Candidate]:
    """The best of each side that has one nearly as good as the best of all; none when that is one side only.

    What all sides say alike compares nothing: a sentence that only its side has goes before it, if it is good enough,
    or says what another side's says in other figures or words, as versions of a text do.
    """
    of_sides = [[each for each in candidates if each.source.passage.path in side] for side in sides]
    holders = Counter(text for own in of_sides for text in {each.folded for each in own})
    chosen: list[_Candidate] = []
    for own in of_sides:
        good = [each for each in own if each.score >= _SECOND_SCORE * candidates[0].score]
        only = [each for each in own if holders[each.folded] == 1]
        chosen += ([each for each in only if each in good] or _counterparts(only, chosen) or good)[:1]
    return chosen if len(chosen) > 1 else []


def _counterparts(candidates: Sequence[_Candidate], chosen: Sequence[_Candidate]) -> list[_Candidate]:
    """Those that are put like one that is chosen, most alike first."""
    alike = [(max((_likeness(each, other) for other in chosen), default=0.0), each) for each in candidates]
    return [each for likeness, each in sorted(alike, key=lambda pair: -pair[0]) if likeness >= _COUNTERPART]


def _likeness(one: _Candidate, other: _Candidate) -> float:
    return SequenceMatcher(None, one.folded.split(), other.folded.split(), autojunk=False).ratio()


def _best(candidates: Sequence[_Candidate], weights: Weights) -> list[_Candidate]:
    if not candidates:
        return []
    first, *others = candidates
    quoted = first.words_quoted
    for other in others:
        if other.score < _SECOND_SCORE * first.score:
            break
        if other.source is first.source and other.span in first.sentence.under:
            continue  # quoted with the first
        adds = weights.share(set(terms(other.text)) - quoted) >= _SECOND_ADDS
        if adds or (other.sentence.holds_kind and not first.sentence.holds_kind):
            return [first, other]
    return [first]


def _with_header(chosen: _Candidate) -> list[Span]:
    """The sentence itself; a line of a list or table comes after what introduces it, or after the table's first line,
    which names the columns."""
    if chosen.sentence.under:
        return [*chosen.sentence.under, chosen.span]
    text = chosen.source.passage.chunk.text
    if not is_tabular(chosen.text):
        return [chosen.span]
    header = chosen.span
    start = chosen.span[0]
    while start > 0:
        line_start = text.rfind("\n", 0, start - 1) + 1
        line = text[line_start : start - 1]
        if not is_tabular(line):
            break
        header = (line_start + len(line) - len(line.lstrip()), line_start + len(line.rstrip()))
        start = line_start
    return [chosen.span] if header == chosen.span else [header, chosen.span]
