"""Every sentence of an answer checked by code against the passages it cites."""

import re
from collections.abc import Collection, Iterator, Sequence

from assistant.citations import QUOTED, CitedSentence
from assistant.prompts import REFUSAL
from assistant.types import Grounding, Source
from assistant.words import NUMBER_WORDS, STOP_WORDS, content_terms, numbers, terms
from ingest.folding import fold
from ingest.function_words import foreign_function_words

OVERLAP_FLOOR = 0.6
"""Least share of a sentence's content words that the cited passages must hold. Words of the question count as held:
an answer may repeat what was asked."""

_LIST_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s")
_NAME_LIKE = re.compile(r"[^\W\d_]+")
_BEGINS_ANEW = re.compile(r"[“\"„«(:*\-\u2013\u2014]\s*$")

_VALUES = {terms(word)[0]: value for word, value in NUMBER_WORDS.items()}
_UNITS = tuple(
    frozenset(term for word in words.split() for term in terms(word))
    for words in ("second minute hour day week month quarter year decade", "hundred thousand million billion trillion")
)
"""What cannot stand for one another: 30 days are not 30 weeks."""
_Count = tuple[float, str]
"""A number and the stem of what may be counted by it."""
_WORDS_TO_UNIT = 2
"""A unit is the word behind its number or the one behind that: 30 business days."""


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

    They do when every quoted span stands in one of them word for word (white space aside); every number occurs
    (whatever its thousands separators, currency or percent sign), not with another unit of time or another power of
    ten only; every name occurs in them or in the question; and OVERLAP_FLOOR of the content words do, of those that
    are not the question's at least one. The refusal claims nothing and needs no passage.
    """
    if sentence.strip() == REFUSAL:
        return True
    if not passages:
        return False
    return (
        _quotes_stand(sentence, passages)
        and _numbers_agree(sentence, passages)
        and _names_occur(sentence, passages, question)
        and _says_something_of_them(sentence, passages, question)
        and _overlap(sentence, passages, question) >= OVERLAP_FLOOR
    )


def _quotes_stand(sentence: str, passages: Sequence[str]) -> bool:
    texts = [_collapsed(passage) for passage in passages]
    return all(any(_collapsed(span) in text for text in texts) for span in QUOTED.findall(sentence))


def _numbers_agree(sentence: str, passages: Sequence[str]) -> bool:
    claimed, found = list(_counts(sentence)), {pair for passage in passages for pair in _counts(passage)}
    return _numbers_occur(sentence, passages, claimed, found) and _units_agree(claimed, found)


def _numbers_occur(sentence: str, passages: Sequence[str], counts: Sequence[_Count], found: Collection[_Count]) -> bool:
    """Those in words ("five months") count where the passages count the same thing: "two reasons" may be a summary."""
    held = {value for passage in passages for value in numbers(passage)}
    held |= {NUMBER_WORDS[word] for passage in passages for word in fold(passage).split() if word in NUMBER_WORDS}
    counted = {unit for _, unit in found}
    claimed = numbers(_LIST_NUMBER.sub("", sentence))
    claimed += [value for value, unit in counts if unit in counted]
    return all(value in held for value in claimed)


def _units_agree(counts: Sequence[_Count], found: Collection[_Count]) -> bool:
    for value, unit in counts:
        for units in _UNITS:
            others = {other for other in units if (value, other) in found}
            if unit in units and others and unit not in others:
                return False
    return True


def _counts(text: str) -> Iterator[_Count]:
    """Each number, in digits or in words, with the words behind it that may be what is counted."""
    words = terms(_LIST_NUMBER.sub("", text))
    values = [_VALUES.get(word, numbers(word)[0] if numbers(word) else None) for word in words]
    for place, value in enumerate(values):
        if value is None:
            continue
        for behind in range(place + 1, min(place + 1 + _WORDS_TO_UNIT, len(words))):
            if values[behind] is not None:
                break
            if words[behind] not in STOP_WORDS:
                yield value, words[behind]


def _names_occur(sentence: str, passages: Sequence[str], question: str) -> bool:
    """A name is a word with a capital that does not begin the sentence, or that another one follows. Not looked at in
    other languages than English: German has capitals everywhere."""
    text = QUOTED.sub(" ", sentence)
    if foreign_function_words(text):
        return True
    held = {term for passage in (*passages, question) for term in terms(passage)}
    return all(term in held or term in STOP_WORDS for name in _names(text) for term in terms(name))


def _names(text: str) -> Iterator[str]:
    found = list(_NAME_LIKE.finditer(text))
    for place, word in enumerate(found):
        begins = place == 0 or _BEGINS_ANEW.search(text[: word.start()])
        follows = found[place + 1] if place + 1 < len(found) else None
        is_followed = follows and text[word.end() : follows.start()] == " " and follows[0][0].isupper()
        if word[0][0].isupper() and (not begins or is_followed):
            yield word[0]


def _says_something_of_them(sentence: str, passages: Sequence[str], question: str) -> bool:
    """Whether a word that is not the question's stands in the passages, where the sentence has such a word."""
    own = set(content_terms(sentence)) - set(terms(question))
    return not own or bool(own & {term for passage in passages for term in terms(passage)})


def _overlap(sentence: str, passages: Sequence[str], question: str) -> float:
    claimed = [term for term in content_terms(sentence) if not term[0].isdigit()]
    held = {term for text in (*passages, question) for term in terms(text)}
    return sum(term in held for term in claimed) / len(claimed) if claimed else 1.0


def _collapsed(text: str) -> str:
    return " ".join(text.split())
