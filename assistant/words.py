"""Words and numbers of a text in a form that can be compared: folded, stemmed, thousands separators gone."""

import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache

from ingest.folding import fold
from ingest.function_words import foreign_function_words
from ingest.unspaced import is_pair, spaced

_FUNCTION_WORDS = """
    a about above after again against all also although am among an and any are as at be became because been before
    being below between both but by can could did do does doing down during each either else ever every few for from
    further get gets give given gives had has have having he hence her here hers him his how however i if in into is
    it its itself just least less let like made make makes many may me might more most much must my neither no nor
    not now of off on once one only onto or other our ours out over own per please rather same shall she should show
    since so some such tell than that the their theirs them then there these they this those through thus to too
    under until up upon us use used using very via was we were what whatever when where whether which while who whom
    whose why will with within without would yes yet you your yours
    """
_SUFFIXES = """
    ization isation ational fulness ousness iveness ement ations ation ments ment ities ness able ible ance ence ally
    tion sion ical ity ion ive ous ful ant ent ers ors ary ory al er or ly ic
    """

STOP_WORDS = frozenset(_FUNCTION_WORDS.split())

FRACTION = "[\u00bc-\u00be\u2150-\u215e]"
"""¼, ½, ¾, ⅓ and the like, which are letters to Python."""
_SPACE = "[ \u00a0\u202f]"
_IN_DIGITS = rf"\d(?:[\d.,'\u2019]*\d)?(?:{_SPACE}?{FRACTION})?"

# A code such as E-07 or HC-2 is one word: its parts alone tell nothing.
WORD = rf"[^\W\d_]{{1,4}}-\d\w*|{_IN_DIGITS}|[^\W\d_]+(?:['\u2019][^\W\d_]+)?"
"""A regular expression for a word or number."""
GROUPED = rf"(?<![\w.,/])\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:[.,]\d+|{_SPACE}?{FRACTION})?(?!\d)"
"""A regular expression for figures in groups of three with spaces between: one number, or a row of a table."""
_WORD = re.compile(WORD)
_NUMBER = re.compile(rf"{GROUPED}|{_IN_DIGITS}")
_BEFORE_FRACTION = re.compile(rf"{_SPACE}(?={FRACTION})")
_POINTED = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_MOST_GROUPS = 4
"""More than these are a row of a table."""
_DERIVATIONS = _SUFFIXES.split()
FIGURE_WEIGHT = 2.0
_MIN_DERIVED_STEM = 5
_MIN_INFLECTED_STEM = 3
_LONGEST_ENDING = 2
"""Letters that English puts behind an apostrophe: `'s`, `'ll`, `n't`."""
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_VOWEL = re.compile(r"[aeiouyæøåäöü]")


def stem(word: str) -> str:
    """The part of an English word that its inflections and most derivations share; other words change little.

    Follows step 1 of Porter (1980), then takes off one derivational suffix if five letters remain.
    """
    if len(word) <= _MIN_INFLECTED_STEM or not word.isalpha():
        return word
    word = _without_inflection(word)
    for suffix in _DERIVATIONS:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_DERIVED_STEM:
            word = word[: -len(suffix)]
            break
    if len(word) <= _MIN_INFLECTED_STEM:
        return word
    word = word.removesuffix("e")
    return word[:-1] + "i" if word.endswith("y") else word


def _without_inflection(word: str) -> str:
    if word.endswith("ies") and len(word) > _MIN_INFLECTED_STEM + 1:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ied", "ing", "ed"):
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= _MIN_INFLECTED_STEM and _VOWEL.search(rest):
            if suffix == "ied":
                return rest + "y"
            doubled = len(rest) > _MIN_INFLECTED_STEM and rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return rest[:-1] if doubled else rest
    return word


def terms(text: str) -> list[str]:
    """Every word and number of `text`, folded and stemmed, stop words included, in order."""
    return [term_of(match) for match in _WORD.findall(spaced(text))]


def content_terms(text: str) -> list[str]:
    """`terms` without the stop words and without repetition, in order of first appearance."""
    return list(content_words(text))


def content_words(text: str) -> dict[str, str]:
    """Term → the word as it is written (folded, without a possessive ending), for the content words of `text` in order
    of first appearance."""
    return {term: fold(word) for term, word in written_words(text).items()}


def written_words(text: str) -> dict[str, str]:
    """`content_words` in small letters and otherwise as they are written: folding makes `strasse` of `straße`."""
    found: dict[str, str] = {}
    foreign = foreign_function_words(text)
    for match in _WORD.findall(spaced(text)):
        word = _without_elided(match.lower())
        bare = fold(_without_ending(word))
        if bare in STOP_WORDS or bare in foreign or (len(bare) == 1 and not bare.isdigit()):
            continue
        found.setdefault(term_of(match), _POSSESSIVE.sub("", word))
    return found


def _without_elided(word: str) -> str:
    """The `assurance` of `l'assurance`, the `acqua` of `dell'acqua`; English endings stay: `company's`, `they'll`."""
    before, _, after = word.replace("\u2019", "'").partition("'")
    return after if len(after) > max(len(before), _LONGEST_ENDING) else word


def _without_ending(word: str) -> str:
    return re.split("['\u2019]", word)[0]


@lru_cache(maxsize=1 << 16)
def term_of(word: str) -> str:
    """A word or number as a term: folded and stemmed, or in plain digits."""
    if word[0].isdigit():
        value = parse_number(word)
        return word if value is None else _plain(value)
    folded = _without_elided(fold(word))
    return stem(_without_ending(folded) if len(folded) > _MIN_INFLECTED_STEM else folded)


def numbers(text: str) -> list[float]:
    """The numbers written in digits in `text`, in order; signs, currencies and percent signs are not looked at."""
    return [value for written in _NUMBER.findall(text) for value in values_of(written)]


def possible_numbers(text: str) -> set[float]:
    """All that the digits in `text` may stand for; see `readings`."""
    return {value for written in _NUMBER.findall(text) for value in readings(written)}


def values_of(written: str) -> list[float]:
    """What one match of GROUPED or WORD is most likely meant to say: one number, none ("1.2.3"), or a row of them."""
    groups = _groups(written)
    values = map(parse_number, groups if len(groups) > _MOST_GROUPS else [written])
    return [value for value in values if value is not None]


def readings(written: str) -> list[float]:
    """All that one such match may be meant to say: "12 500" may be two columns of a table, "1.500" German for 1500."""
    groups = _groups(written)
    found = [
        parse_number("".join(groups[first:last]))
        for first in range(len(groups))
        for last in range(first + 1, min(first + _MOST_GROUPS, len(groups)) + 1)
    ]
    if _POINTED.fullmatch(written):
        found.append(parse_number(written.replace(".", "")))
    return [value for value in found if value is not None]


def _groups(written: str) -> list[str]:
    return _BEFORE_FRACTION.sub("", written).split()


@lru_cache(maxsize=1 << 14)
def parse_number(written: str) -> float | None:
    """The value of a number with either kind of thousands separator; None if it is no number ("1.2.3").

    The last of `.` and `,` is the decimal mark when both occur; a comma before groups of exactly three digits is a
    thousands separator, but not behind a zero (0,125), and so is a repeated point. A fraction may stand behind it: 37½.
    """
    digits = re.sub(rf"['\u2019\s]|{FRACTION}", "", written)
    fractions = sum(unicodedata.numeric(sign) for sign in re.findall(FRACTION, written))
    if "," in digits and "." in digits:
        thousands, decimal = (",", ".") if digits.rfind(".") > digits.rfind(",") else (".", ",")
        digits = digits.replace(thousands, "").replace(decimal, ".")
    elif "," in digits:
        digits = digits.replace(",", "" if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", digits) else ".")
    elif digits.count(".") > 1 and re.fullmatch(r"\d{1,3}(\.\d{3})+", digits):
        digits = digits.replace(".", "")
    try:
        return float(digits) + fractions
    except ValueError:
        return None


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


class Weights:
    """How much each content word of a question tells: its inverse document frequency among the library's chunks.

    idf = ln(1 + (N - n + 0.5) / (n + 0.5)), as in BM25 (Robertson and Zaragoza, 2009). Words that no chunk holds
    weigh most. A word with a figure in it (a year, a part number, an article) weighs FIGURE_WEIGHT times as much: a
    passage about another year is a wrong passage, however much else fits.
    """

    def __init__(self, question: str, frequencies: Mapping[str, int], chunks: int) -> None:
        """`frequencies` is the number of chunks that hold each word as written (folded); a missing word counts 0."""
        # A pair of letters over the border of two words is no word: no chunk has it.
        self.words = {
            term: word for term, word in content_words(question).items() if frequencies.get(word) or not is_pair(word)
        }
        self.chunks = max(chunks, 1)
        self.unknown = frozenset(term for term, word in self.words.items() if not frequencies.get(word))
        self.by_term = {
            term: _idf(frequencies.get(word, 0), self.chunks) * (FIGURE_WEIGHT if _has_figure(term) else 1.0)
            for term, word in self.words.items()
        }

    def share(self, held: Collection[str], *, among: Collection[str] | None = None) -> float:
        """The weighted share, 0 to 1, of the question's content words that are `held`; only words `among` count."""
        wanted = {term: weight for term, weight in self.by_term.items() if among is None or term in among}
        total = sum(wanted.values())
        return sum(weight for term, weight in wanted.items() if term in held) / total if total else 0.0


def _idf(held: int, chunks: int) -> float:
    held = min(held, chunks)
    return math.log(1 + (chunks - held + 0.5) / (held + 0.5))


def _has_figure(term: str) -> bool:
    return any(character.isdigit() for character in term)
