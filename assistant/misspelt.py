"""Words of a refused question that stand nowhere in the library, and what stands there almost like them: a name that
was written differently is the commonest reason why a question finds its page and is refused all the same."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from assistant.words import Weights, terms
from ingest.folding import fold

ALIKE = 0.7
"""Least share of letters that two spellings have in common, in the same order: Brzezinski and Brzezinska 0.9,
Nwosoo and Nwosu 0.73."""

_LEAST_LETTERS = 4
_WORD = re.compile(rf"[^\W\d_]{{{_LEAST_LETTERS},}}")


def almost_alike(question: str, weights: Weights, texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Each word of `question` that no passage of the library holds, with the name in `texts` that is nearly written
    like it, both as they are written. Names are words with a capital; the first letter is the same."""
    unknown = [word for word in dict.fromkeys(_WORD.findall(question)) if weights.unknown.intersection(terms(word))]
    if not unknown:
        return ()
    names = {fold(word): word for text in texts for word in _WORD.findall(text) if word[0].isupper()}
    nearest = ((word, _nearest(fold(word), names)) for word in unknown)
    return tuple((word, name) for word, name in nearest if name)


def _nearest(word: str, names: dict[str, str]) -> str:
    likely = [name for name in names if name[0] == word[0] and terms(name) != terms(word)]
    return next((names[name] for name in get_close_matches(word, likely, n=1, cutoff=ALIKE)), "")
