"""A question in free words becomes the terms to look for in the full-text index."""

import re

from ingest.folding import fold
from ingest.function_words import foreign_function_words
from ingest.unspaced import is_pair, spaced

_PIECE = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['\u2019]s?$")

# Words that make a sentence a question but say nothing about where its answer stands.
_STOP_WORDS = frozenset(
    _WORD.findall(
        """
        a about an and any are as at be been but by can could did do does for from had has have how i if in into is
        it its me my no not of on or our shall should so than that the their them then there these they this those
        to us was we were what when where which who whom whose why will with would you your
        """
    )
)


def terms_of(query: str) -> list[str]:
    """The words, numbers and phrases to look for, each once, in the order of the query.

    Stop words are left out if anything else is there. A phrase in double quotes stays one term; so does a word with
    signs inside it (`10-K`, `1,234.50`, `AT&T`), whose parts of two or more letters are then looked for as well.
    Of scripts without spaces the pairs of letters are looked for.
    """
    terms: dict[str, None] = {}
    for phrase, piece in _PIECE.findall(query):
        if phrase:
            terms[as_words(phrase)] = None
            continue
        words = _WORD.findall(spaced(_POSSESSIVE.sub("", piece.strip('.,;:!?()[]{}"'))))
        if any(map(is_pair, words)):
            terms.update((word.lower(), None) for word in words)
            continue
        terms[" ".join(words).lower()] = None
        if len(words) > 1:
            terms.update((word.lower(), None) for word in words if len(word) > 1 and word.isalpha())
    terms.pop("", None)
    function_words = _STOP_WORDS | foreign_function_words(query)
    return [term for term in terms if fold(term) not in function_words] or list(terms)


def as_words(text: str) -> str:
    """A term as letters, digits and single spaces: nothing in it is syntax to FTS5."""
    return " ".join(_WORD.findall(spaced(text))).lower()
