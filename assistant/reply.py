"""The form that the model is asked for, held to account by code: short answer, copied sentence, number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.alternatives import chooses
from assistant.citations import Proof
from assistant.grounding import is_supported
from assistant.one_line import in_one_line
from assistant.sentences import sentence_spans
from assistant.types import Source
from assistant.verbatim import stands_in
from assistant.words import content_terms, terms
from ingest.folding import fold

NEARLY = 0.85
"""How alike a quote and a sentence must be, word by word, for the one to be a copy of the other with slips in it: of
seven words one may be another, of fourteen two. What is shown is the sentence, and it must bear out the answer."""

_FORM = re.compile(r'(?P<answer>.+?)\s+["“](?P<quoted>.+)["”]\s*\[(?P<number>\d+)\]\s*\.?', re.DOTALL)

_AROUND_QUOTE = ' ."“”'

_DRAWN_ALIKE = str.maketrans("\u2018\u2019\u2010\u2013\u2212", "''---")
_AROUND = ".,;:!?'\"“”„«»()"
"""Signs that may stand around a word."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The three parts of a reply such as: 30 days. "Invoices are payable within 30 days." [2]"""

    answer: str
    quoted: str
    number: int


def read_reply(text: str) -> Reply | None:
    """The parts of a reply, None when it has another form."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    return Reply(found["answer"].strip(), found["quoted"].strip(), int(found["number"]))


def is_copied(reply: Reply, sources: Sequence[Source]) -> bool:
    """Whether the quoted words stand in the source of that number, white space and the ends of lines aside."""
    return reply.number in holding(reply.quoted, sources)


def holding(quoted: str, sources: Sequence[Source]) -> list[int]:
    """The numbers of the sources that these words stand in, white space and the ends of lines aside."""
    words = in_one_line(quoted)
    return [each.number for each in sources if stands_in(words, in_one_line(each.passage.chunk.text, quoted))]


def mended(text: str, sources: Sequence[Source]) -> str:
    """A reply whose quote is put as it stands in the sources, with the number of the source that it stands in.

    Small models copy the right sentence with a word left out, or another sentence behind it, or miscount; what they
    point at can be looked up. A reply that points at nothing, or at two places, stays as it is, and does not hold. A
    word that the source breaks at the end of a line is whole where the reply has it whole.
    """
    reply = read_reply(text)
    if reply is None:
        return text
    quoted = in_one_line(reply.quoted, text)
    numbers = holding(quoted, sources)
    if reply.number in numbers:
        return text.replace(reply.quoted, quoted)
    if not numbers:
        quoted = _nearly(quoted, sources, text) or _one_of_several(reply.answer, quoted, sources, text) or quoted
        numbers = holding(quoted, sources)
    return f'{reply.answer} "{quoted}" [{numbers[0]}]' if len(numbers) == 1 else text


def _nearly(quoted: str, sources: Sequence[Source], text: str) -> str | None:
    """The words of the one sentence that `quoted` is nearly a copy of, from the first that both have to the last;
    `text` is the whole reply."""
    words = quoted.split()
    found: dict[str, float] = {}
    for source in sources:
        held = source.passage.chunk.text
        for start, end in sentence_spans(held):
            part, likeness = _common_part(words, in_one_line(held[start:end], text).split())
            found[part] = max(likeness, found.get(part, 0.0))
    near = [part for part, likeness in found.items() if likeness >= NEARLY]
    return near[0] if len(near) == 1 else None


def _one_of_several(answer: str, quoted: str, sources: Sequence[Source], text: str) -> str | None:
    """Of the sentences that `quoted` copies one after the other, nearly word for word, the one that bears out the short
    answer: small models put two sentences together, or the same one again and again."""
    words = quoted.split()
    found: set[str] = set()
    for source in sources:
        held = source.passage.chunk.text
        for start, end in sentence_spans(held):
            sentence = in_one_line(held[start:end], text)
            _, likeness = _common_part(sentence.split(), words)
            if likeness >= NEARLY and is_supported(answer, [sentence]):
                found.add(sentence)
    return found.pop() if len(found) == 1 else None


def _common_part(words: Sequence[str], sentence: Sequence[str]) -> tuple[str, float]:
    """What of a sentence lies between the first and the last of the words, and how alike the two are, 0 to 1."""
    matcher = SequenceMatcher(None, [*map(_bare, words)], [*map(_bare, sentence)], autojunk=False)
    blocks = matcher.get_matching_blocks()[:-1]
    if not blocks:
        return "", 0.0
    part = sentence[blocks[0].b : blocks[-1].b + blocks[-1].size]
    return " ".join(part), 2 * sum(block.size for block in blocks) / (len(words) + len(part))


def _bare(word: str) -> str:
    """A word without what may differ in a copy: the full stop where a part of a sentence was closed, capitals, and how
    apostrophes and dashes are drawn."""
    return fold(word).translate(_DRAWN_ALIKE).strip(_AROUND)


def holds(text: str, sources: Sequence[Source], question: str) -> bool:
    """Whether a reply has the form, its quote is copied, and the quoted words themselves bear out its short answer."""
    reply = copied_reply(text, sources)
    return reply is not None and is_borne_out(reply.answer, reply.quoted, question)


def copied_reply(text: str, sources: Sequence[Source]) -> Reply | None:
    """The parts of a reply whose quote is copied; None for any other text."""
    reply = read_reply(text)
    return reply if reply and reply.quoted and is_copied(reply, sources) else None


def is_borne_out(answer: str, quoted: str, question: str) -> bool:
    """Whether quoted words bear out a short answer. A mere "Yes." cannot be held against them, and what only says the
    question again answers nothing, unless it chooses one of those that the question names; the quoted words must then
    name it, too."""
    if _has_words_of_its_own(answer, question):
        return is_supported(answer, [quoted], question, may_be_listed=False)
    return chooses(answer, question) and is_supported(answer, [quoted], may_be_listed=False)


def proof(reply: Reply, question: str) -> Proof:
    """The copied words of a reply. They bear a sentence out when the reply would hold with it as its short answer."""

    def bears_out(sentence: str) -> bool:
        is_quotation = sentence.strip(_AROUND_QUOTE) == reply.quoted.strip(_AROUND_QUOTE)
        return is_quotation or is_borne_out(sentence, reply.quoted, question)

    return Proof(reply.number, reply.quoted, bears_out)


def says_something_new(answer: str, question: str) -> bool:
    """Words that are not the question's, or one of two that it names: is it the lease or the licence?"""
    return _has_words_of_its_own(answer, question) or chooses(answer, question)


def _has_words_of_its_own(answer: str, question: str) -> bool:
    return not set(content_terms(answer)).issubset(terms(question))
