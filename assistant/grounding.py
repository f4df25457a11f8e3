"""Every sentence of an answer checked by code against the passages it cites."""

import re
from collections.abc import Sequence

from assistant.citations import CitedSentence
from assistant.prompts import REFUSAL
from assistant.types import Grounding, Source
from assistant.words import NUMBER_WORDS, content_terms, numbers, terms
from ingest.folding import fold

OVERLAP_FLOOR = 0.6
"""Least share of a sentence's content words that the cited passages must hold. Words of the question count as held:
an answer may repeat what was asked."""

_QUOTED = re.compile(r"[“\"„«]([^“”\"„«»]{2,})[”\"“»]")
_LIST_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s")


def check(sentences: Sequence[CitedSentence], sources: Sequence[Source], question: str) -> Grounding:
    """Count the sentences that their cited passages bear out, and list those that are not borne out."""
    by_number = {source.number: source for source in sources}
    unsupported = tuple(
        sentence.text
        for sentence in sentences
        if not is_supported(
            sentence.text,
            [by_number[number].passage.chunk.indexed_text for number in sentence.numbers if number in by_number],
            question,
        )
    )
    return Grounding(len(sentences) - len(unsupported), len(sentences), unsupported)


def is_supported(sentence: str, passages: Sequence[str], question: str = "") -> bool:
    """Whether `passages` bear out `sentence`.

    They do when every quoted span stands in one of them word for word (white space aside), every number occurs
    (whatever its thousands separators, currency or percent sign), and OVERLAP_FLOOR of the content words occur. The
    refusal claims nothing and needs no passage.
    """
    if sentence.strip() == REFUSAL:
        return True
    if not passages:
        return False
    return (
        _quotes_stand(sentence, passages)
        and _numbers_occur(sentence, passages)
        and _overlap(sentence, passages, question) >= OVERLAP_FLOOR
    )


def _quotes_stand(sentence: str, passages: Sequence[str]) -> bool:
    texts = [_collapsed(passage) for passage in passages]
    return all(any(_collapsed(span) in text for text in texts) for span in _QUOTED.findall(sentence))


def _numbers_occur(sentence: str, passages: Sequence[str]) -> bool:
    held = {value for passage in passages for value in numbers(passage)}
    held |= {NUMBER_WORDS[word] for passage in passages for word in fold(passage).split() if word in NUMBER_WORDS}
    return all(value in held for value in numbers(_LIST_NUMBER.sub("", sentence)))


def _overlap(sentence: str, passages: Sequence[str], question: str) -> float:
    claimed = [term for term in content_terms(sentence) if not term[0].isdigit()]
    held = {term for text in (*passages, question) for term in terms(text)}
    return sum(term in held for term in claimed) / len(claimed) if claimed else 1.0


def _collapsed(text: str) -> str:
    return " ".join(text.split())
