"""Words people do not use: what a question's words are called in the documents, for widening the full-text search."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from assistant.words import STOP_WORDS, terms
from config.errors import ConfigError
from ingest.folding import fold

Glossary = Mapping[str, tuple[str, ...]]
"""Folded word or words of a question → the phrases to look for as well."""

OtherWords = Sequence[tuple[frozenset[str], tuple[str, ...]]]
"""Terms of a question, and the phrases, as terms between spaces, that mean the same."""

_PHRASE_WORD = re.compile(r"[\w&'\u2019/-]+")
_SEPARATORS = r"[\s\-\u2010-\u2013]+"


def load_glossary(user_file: Path) -> Glossary:
    """The glossary that is shipped, with the user's words in place of its own where both have them.

    Raises ConfigError when the user's file cannot be read, is no TOML, or holds something else than lists of phrases.
    """
    own = _parse(user_file) if user_file.is_file() else {}
    return {**_shipped(), **own}


def widen(question: str, glossary: Glossary) -> list[str]:
    """The phrases to look for besides the question's own words, each once, in the order of the glossary."""
    folded = fold(question)
    phrases = (phrase for meaning in meanings(question, glossary).values() for phrase in meaning)
    return [phrase for phrase in dict.fromkeys(phrases) if phrase not in folded]


def meanings(question: str, glossary: Glossary) -> Glossary:
    """The entries of `glossary` whose words stand in the question."""
    folded = fold(question)
    return {words: phrases for words, phrases in glossary.items() if _pattern(words).search(folded)}


def other_words(question: str, glossary: Glossary) -> OtherWords:
    """What the question's words are called in the documents, ready to be looked for in their terms."""
    return [
        (frozenset(terms(words)), tuple(map(_phrase_as_terms, phrases)))
        for words, phrases in meanings(question, glossary).items()
    ]


def said_otherwise(meant: OtherWords, listed: Sequence[str]) -> set[str]:
    """The terms of the question that a text, given as its terms in order, says in other words."""
    text = _spaced(listed)
    return {term for words, phrases in meant if any(phrase in text for phrase in phrases) for term in words}


@lru_cache(maxsize=1 << 12)
def _phrase_as_terms(phrase: str) -> str:
    return _spaced(terms(phrase))


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def phrases_in(question: str) -> list[str]:
    """The runs of up to six words of a question that could be an acronym or what one stands for, folded."""
    words = _PHRASE_WORD.findall(question)
    runs = [" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 2, start + 7)]
    single = [word for word in words if _may_be_acronym(word)]
    return list(dict.fromkeys(fold(phrase) for phrase in [*single, *runs]))


def _may_be_acronym(word: str) -> bool:
    """Short words in small letters are words: "tell us" is not about the United States."""
    return sum(letter.isupper() for letter in word) > 1 or (len(word) > 2 and word.lower() not in STOP_WORDS)


@cache
def _shipped() -> Glossary:
    return _parse(resources.files("assistant").joinpath("glossary.toml"))


@cache
def _pattern(words: str) -> re.Pattern[str]:
    """The words as they may be written: hyphens for spaces, and a plural."""
    spelled = _SEPARATORS.join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){spelled}(?:s|es)?(?!\w)")


def _parse(file: Path | Traversable) -> dict[str, tuple[str, ...]]:
    try:
        return dict(_entries(tomllib.loads(file.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise ConfigError(
            f"The glossary {file} cannot be read: {error}.",
            'Write lines such as "capex" = ["capital expenditures"] in it, or remove it.',
        ) from error


def _entries(table: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for words, phrases in table.items():
        if isinstance(phrases, Mapping):
            yield from _entries(phrases)
        elif isinstance(phrases, list) and all(isinstance(phrase, str) for phrase in phrases):
            yield fold(words), tuple(fold(phrase) for phrase in phrases)
        else:
            raise TypeError(f'"{words}" has no list of phrases')
