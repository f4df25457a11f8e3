"""What a question names to choose from: is it the lease or the licence?"""

import re
from collections.abc import Iterable, Iterator

from assistant.words import content_terms, terms

_OR = re.compile(r"\b(?:or|oder|ou)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:how|what|when|where|which|who(?:m|se)?|why|wann|warum|welche[rsnm]?|wer|wie|wo|combien|quand|quel(?:le)?s?)\b",
    re.IGNORECASE,
)
_LISTS = re.compile(r"[,:](?=\s)(?!\s+(?:and|but|und|et)\b)", re.IGNORECASE)
_STOP = re.compile(r"[,;:?!](?:\s|$)")


def chooses(answer: str, question: str) -> bool:
    """Whether the answer names one of the things that the question has it choose from."""
    return not _OR.search(answer) and not alternatives(question).isdisjoint(terms(answer))


def alternatives(question: str) -> set[str]:
    """The terms beside each "or" of a question. One that asks how, when, which and so on names what to choose from
    behind a comma or colon ("Which is higher, the rent or the deposit?"), or it is about both: "How many days of sick
    or parental leave are there?"."""
    content = set(content_terms(question))
    found: set[str] = set()
    for before, after in _sides(question):
        last = _first_of(content, reversed(_STOP.split(before.rstrip(" ,"))[-1].split()))
        first = _first_of(content, _STOP.split(after)[0].split())
        if last and first:
            found |= last | first
    return found


def _sides(question: str) -> Iterator[tuple[str, str]]:
    """What stands before and after each word or comma between two things to choose from."""
    asks = _ASKS.search(question)
    lists = _LISTS.search(question, asks.end()) if asks else None
    between = [
        match
        for match in _OR.finditer(question)
        if asks is None or match.start() < asks.start() or (lists and match.start() > lists.start())
    ]
    if lists:
        between += _LISTS.finditer(question, lists.end())
    for match in between:
        yield question[: match.start()], question[match.end() :]


def _first_of(content: set[str], words: Iterable[str]) -> set[str]:
    """The terms of the first of these words that has some of the content."""
    return next((held for word in words if (held := content.intersection(terms(word)))), set())
