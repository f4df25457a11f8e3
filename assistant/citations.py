"""Marks like [2] in an answer → citations with page and exact quote; found by code for a model that forgets them."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from assistant.listing import Span
from assistant.sentences import sentence_spans
from assistant.types import Citation, Passage, Source
from assistant.verbatim import place_of
from assistant.words import content_terms, terms

PageTexts = Callable[[str, int, int], Sequence[str]]
"""(path, first page, last page) → the text of each page: `Library.page_texts`."""

FOUND_FLOOR = 0.5
"""Least share of a sentence's content words that a source's sentence must hold to be cited in the model's stead."""
_MARKED_FIRST = 0.4
"""How much more of it a source that the model marks nowhere must hold than one that it marks elsewhere."""

QUOTED = re.compile(r"[“\"„«]([^“”\"„«»]{2,})[”\"“»]")

_MARKS = re.compile(r"\s*((?:\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]\s*)+)")
_NUMBER = re.compile(r"\d+")
_MARKS_AFTER_STOP = re.compile(r"([.!?])((?:[ \t]*\[\d+(?:[ \t]*[,;][ \t]*\d+)*\])+)")
_STOPS = (*".,;:!?", "")
"""What no space stands before where a mark was taken out; the end is one."""
_FINAL = re.compile(r"[.!?:…]*[\"'”\u2019)\]]*$")


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """One sentence of an answer without its marks, and the numbers of the sources it cites."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CitedText:
    """An answer whose marks all name a source, its sentences, and a citation per sentence and source."""

    text: str
    sentences: tuple[CitedSentence, ...]
    citations: tuple[Citation, ...]

    def followed_by(self, other: "CitedText") -> "CitedText":
        """Both, each on lines of its own."""
        citations = tuple(dict.fromkeys((*self.citations, *other.citations)))
        return CitedText(f"{self.text}\n{other.text}", (*self.sentences, *other.sentences), citations)

    def shares_a_place_with(self, other: "CitedText") -> bool:
        """Whether both cite some words of a document."""
        return any(_overlap(one, another) for one in self.citations for another in other.citations)


@dataclass(frozen=True, slots=True)
class Proof:
    """The words that a text quotes to prove what it says, the number of the source that they stand in, and whether a
    sentence of it (without marks) is that quotation, or borne out by it."""

    number: int
    quoted: str
    bears_out: Callable[[str], bool]


def _overlap(one: Citation, other: Citation) -> bool:
    return (one.path, one.page) == (other.path, other.page) and one.start < other.end and other.start < one.end


def cite(text: str, sources: Sequence[Source], page_texts: PageTexts, proof: Proof | None = None) -> CitedText:
    """Resolve the marks of a generated `text`.

    Marks of unknown sources are dropped, and of those that the library does not hold any more. A sentence without a
    mark gets the mark of the source that supports it best, if one does, rather of one that is marked elsewhere. Each
    citation's quote is the sentence of the source that best supports the sentence that carries the mark. What looks
    like a mark in words that are quoted from a source is left as it stands there.

    Nothing is looked up for a sentence that a `proof` bears out: it gets the mark of the proof if it has none, and is
    cited with the sentences that the quoted words stand in.
    """
    by_number = {source.number: source for source in sources}
    text = _with_own_brackets(text, sources)
    marked = set(split_marks(text)[1])
    finder = _SupportFinder(page_texts)
    pieces: list[str] = []
    sentences: list[CitedSentence] = []
    citations: dict[Citation, None] = {}
    position = 0
    tidy = _MARKS_AFTER_STOP.sub(lambda match: f" {match[2].strip()}{match[1]}", text)
    for start, end in sentence_spans(tidy):
        bare, cited = split_marks(tidy[start:end])
        known = [number for number in cited if number in by_number]
        proven = proof if proof and proof.bears_out(bare.translate(_BRACKETS)) else None
        if not known and bare:
            known = [proven.number] if proven else finder.supporting(bare, sources, marked)
        quoted = proven.quoted if proven and known == [proven.number] else ""
        found = [finder.citation(bare, by_number[number], quoted) for number in known]
        known = [citation.number for citation in found if citation is not None]
        citations |= dict.fromkeys(citation for citation in found if citation is not None)
        pieces += [tidy[position:start], _marked(bare, known)]
        position = end
        if bare:
            sentences.append(CitedSentence(bare.translate(_BRACKETS), tuple(known)))
    whole = "".join(pieces).strip().translate(_BRACKETS)
    return CitedText(whole, tuple(sentences), tuple(citations))


_OWN_BRACKETS = str.maketrans("[]", "\ue000\ue001")
"""Characters that no sanitised text has."""
_BRACKETS = str.maketrans("\ue000\ue001", "[]")


def _with_own_brackets(text: str, sources: Sequence[Source]) -> str:
    """`text` whose quotations, where they stand in a source word for word, have other characters for brackets: papers
    and filings have numbers in brackets of their own."""

    def own(match: re.Match[str]) -> str:
        stands = any(place_of(match[1], source.passage.chunk.text) for source in sources)
        return match[0].translate(_OWN_BRACKETS) if stands else match[0]

    return QUOTED.sub(own, text)


def split_marks(sentence: str) -> tuple[str, list[int]]:
    """A sentence without its marks, and the numbers in them without repetition: "[1, 2]" and "[1][2]" alike. Only the
    space around a mark goes with it: French has one of its own before a colon."""
    found: dict[int, None] = {}

    def taken_out(marks: re.Match[str]) -> str:
        found.update(dict.fromkeys(int(number) for number in _NUMBER.findall(marks[1])))
        return "" if sentence[marks.end() : marks.end() + 1] in _STOPS else " "

    return _MARKS.sub(taken_out, sentence).strip(), list(found)


def _marked(sentence: str, cited: Iterable[int]) -> str:
    marks = "".join(f"[{number}]" for number in cited)
    if not marks or not sentence:
        return sentence
    final = _FINAL.search(sentence)
    end = final.start() if final else len(sentence)
    # A quotation keeps its marks together: “…” [1].
    return f"{sentence} {marks}" if sentence[end:].endswith(("”", '"')) else f"{sentence[:end]} {marks}{sentence[end:]}"


class _SupportFinder:
    """Which sentence of a source bears out a sentence; sources are split into sentences once."""

    def __init__(self, page_texts: PageTexts) -> None:
        self._page_texts = page_texts
        self._sentences: dict[str, list[tuple[Span, set[str]]]] = {}

    def supporting(self, sentence: str, sources: Sequence[Source], marked: Collection[int]) -> list[int]:
        """The number of the source that supports `sentence` best, if any does by FOUND_FLOOR; see _MARKED_FIRST."""
        shares = {source.number: self._best(sentence, source)[1] for source in sources}
        enough = [number for number, share in shares.items() if share >= FOUND_FLOOR]

        def order(number: int) -> tuple[float, int, int]:
            is_marked = number in marked
            return round(shares[number] + _MARKED_FIRST * is_marked, 6), is_marked, -number

        return sorted(enough, key=order, reverse=True)[:1]

    def citation(self, sentence: str, source: Source, quoted: str = "") -> Citation | None:
        """The best sentence for `sentence`, or those that the words `quoted` stand in."""
        span = self._quoting(quoted, source.passage) or self._best(quoted or sentence, source)[0]
        return locate(source.number, source.passage, span, self._page_texts)

    def _quoting(self, quoted: str, passage: Passage) -> Span | None:
        start, end = place_of(quoted, passage.chunk.text) or (0, 0)
        spans = [span for span, _ in self._split(passage) if span[0] < end and start < span[1]]
        return (spans[0][0], spans[-1][1]) if spans else None

    def _best(self, sentence: str, source: Source) -> tuple[Span, float]:
        wanted = set(content_terms(sentence))
        sentences = self._split(source.passage)
        key = source.key_start, source.key_end  # empty where a later question was put to an earlier source
        best_span, best_share = key if any(key) or not sentences else sentences[0][0], 0.0
        for span, held in sentences:
            share = len(wanted & held) / len(wanted) if wanted else 0.0
            if share > best_share:
                best_span, best_share = span, share
        return best_span, best_share

    def _split(self, passage: Passage) -> list[tuple[Span, set[str]]]:
        chunk = passage.chunk
        if chunk.chunk_id not in self._sentences:
            self._sentences[chunk.chunk_id] = [
                (span, set(terms(chunk.text[slice(*span)]))) for span in sentence_spans(chunk.text)
            ]
        return self._sentences[chunk.chunk_id]


def locate(number: int, passage: Passage, span: Span, page_texts: PageTexts) -> Citation | None:
    """The citation of `passage.chunk.text[span]`, on the page where it stands.

    A quote that runs over a page's end is cut to the page with the longer part. None for an empty span, and when the
    text is not in the library any more.
    """
    return max(locate_parts(number, passage, span, page_texts), key=lambda part: part.end - part.start, default=None)


def locate_parts(number: int, passage: Passage, span: Span, page_texts: PageTexts) -> list[Citation]:
    """A citation for each page that `passage.chunk.text[span]` runs over; none where the text is not there any more."""
    chunk = passage.chunk
    start, end = chunk.start + span[0], chunk.start + span[1]
    parts: list[Citation] = []
    page_start = 0
    for page, text in enumerate(page_texts(passage.path, chunk.page, chunk.page_last), chunk.page):
        first, last = max(start - page_start, 0), min(end - page_start, len(text))
        if last > first:
            quote, offset = text[first:last], page_start - chunk.start
            if quote != chunk.text[first + offset : last + offset]:
                return []
            parts.append(Citation(number, passage.document, passage.path, page, quote, first, last))
        page_start += len(text) + 1  # the newline that joins pages
    return parts
