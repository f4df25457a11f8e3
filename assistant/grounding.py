"""Every sentence of an answer checked by code against the passages it cites."""

import re
from collections.abc import Collection, Iterator, Sequence

from assistant.citations import QUOTED, CitedSentence
from assistant.composed import codes_held, composed_stand, dates_held
from assistant.counting import (
    UNITS,
    Count,
    before_powers,
    counts,
    held_in,
    in_digits,
    multiplied_out,
    spelled_out,
    words_for,
)
from assistant.one_line import in_one_line
from assistant.prompts import REFUSAL
from assistant.types import Grounding, Source
from assistant.verbatim import stands_in
from assistant.words import STOP_WORDS, content_terms, numbers, terms
from ingest.function_words import foreign_function_words
from ingest.periods import MONTH, years_asked

OVERLAP_FLOOR = 0.6
"""Least share of a sentence's content words that the cited passages must hold. Words of the question count as held:
an answer may repeat what was asked."""

_LIST_NUMBER = re.compile(rf"^\d{{1,2}}[.)] (?!(?:{MONTH}|quarter|quartal|halbjahr|jahrhundert)\b)", re.IGNORECASE)
"""Not the day of `31. March` nor the ordinal of `3. Quartal`."""
_PER_CENT = re.compile(r"\bper cent\b", re.IGNORECASE)
_NAME_LIKE = re.compile(r"[^\W\d_]{1,4}-\d\w*|[^\W\d_]+(?:['\u2019][^\W\d_]{3,})?")
"""Codes and O'Brien whole, as WORD has them, but without endings: `Halden's`."""
_BEGINS_ANEW = re.compile(r"[“\"„«(:*\-\u2013\u2014]\s*$")


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


def is_supported(sentence: str, passages: Sequence[str], question: str = "", *, may_be_listed: bool = True) -> bool:
    """Whether `passages` bear out `sentence`.

    They do when every quoted span stands in one of them word for word (see `place_of`); every number occurs
    (whatever its thousands separators, with a sign or its word, with a power of ten or multiplied out), not with
    another unit of time, power of ten or currency only, and with those that it is one figure with (see
    `composed_stand`); every name occurs in them or in the question; and OVERLAP_FLOOR of the content words do, of
    those that are not the question's at least one. A date may stand in another form there, and so may a code: ISO-9001,
    ISO 9001. The number before a sentence that `may_be_listed` claims nothing ("1. "), and the refusal neither: that
    needs no passage.
    """
    if sentence.strip() == REFUSAL:
        return True
    if not passages:
        return False
    texts = [in_one_line(passage, sentence) for passage in passages]
    if not _quotes_stand(sentence, texts):
        return False
    claim = _PER_CENT.sub("percent", in_one_line(sentence))
    claim = _LIST_NUMBER.sub("", claim) if may_be_listed else claim
    texts = [_PER_CENT.sub("percent", text) for text in texts]
    texts += [*dates_held(claim, texts), *codes_held(claim, texts)]
    if not composed_stand(claim, texts):
        return False
    held, found = _held_in_any(texts)
    claim = multiplied_out(claim, held, found)
    known = {term for text in texts for term in terms(text)} | words_for(found)
    return (
        _numbers_occur(claim, held, found)
        and _names_occur(sentence, known, question)
        and _says_something_of_them(claim, known, held, question)
        and _overlap(claim, known, held, question) >= OVERLAP_FLOOR
    )


def _quotes_stand(sentence: str, passages: Sequence[str]) -> bool:
    quoted = [in_one_line(span, sentence) for span in QUOTED.findall(sentence)]
    return all(any(stands_in(words, text) for text in passages) for words in quoted)


def _held_in_any(passages: Sequence[str]) -> tuple[set[float], set[Count]]:
    holding = [held_in(passage) for passage in passages]
    return set().union(*(values for values, _ in holding)), set().union(*(found for _, found in holding))


def _numbers_occur(claim: str, held: Collection[float], found: Collection[Count]) -> bool:
    """Those in words ("five months") count where the passages count the same thing, and before a power of ten: "two
    reasons" may be a summary. A year has no unit."""
    years = set(map(float, years_asked(claim)))
    claimed = [(value, unit) for value, unit in counts(claim) if value not in years]
    counted = {unit for _, unit in found}
    values = [*numbers(claim), *before_powers(claim), *(value for value, unit in claimed if unit in counted)]
    return all(value in held for value in values) and _units_agree(claimed, found)


def _units_agree(claimed: Sequence[Count], found: Collection[Count]) -> bool:
    for value, unit in claimed:
        for units in UNITS:
            others = {other for other in units if (value, other) in found}
            if unit in units and others and unit not in others:
                return False
    return True


def _names_occur(sentence: str, known: Collection[str], question: str) -> bool:
    """A name is a word with a capital that does not begin the sentence, or that another one follows. Not looked at in
    other languages than English: German has capitals everywhere."""
    text = QUOTED.sub(" ", sentence)
    if foreign_function_words(text):
        return True
    held = STOP_WORDS.union(known, terms(question))
    return all(term in held for name in _names(text) for term in terms(name))


def _names(text: str) -> Iterator[str]:
    found = list(_NAME_LIKE.finditer(text))
    for place, word in enumerate(found):
        begins = place == 0 or _BEGINS_ANEW.search(text[: word.start()])
        follows = found[place + 1] if place + 1 < len(found) else None
        is_followed = follows and text[word.end() : follows.start()] == " " and follows[0][0].isupper()
        if word[0][0].isupper() and (not begins or is_followed):
            yield word[0]


def _says_something_of_them(claim: str, known: Collection[str], held: Collection[float], question: str) -> bool:
    """Whether a word or number that is not the question's stands in the passages, where there is such a one."""
    words = set(_words(claim)).difference(terms(question))
    values = set(numbers(in_digits(claim))) - held_in(in_one_line(question))[0]
    return bool(words.intersection(known) or values.intersection(held)) or not (words or values)


def _overlap(claim: str, known: Collection[str], held: Collection[float], question: str) -> float:
    """A number in words counts as one of the words: it need not occur where it may be a summary."""
    asked = set(terms(question))
    occur = [term in known or term in asked for term in _words(claim)] + [value in held for value in spelled_out(claim)]
    return sum(occur) / len(occur) if occur else 1.0


def _words(claim: str) -> list[str]:
    """Its content terms that are no numbers."""
    return [term for term in content_terms(in_digits(claim)) if not term[0].isdigit()]
