"""What an answer to a question cannot do without: its core, its names, its figures, its year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.words import STOP_WORDS, content_words
from ingest.folding import fold
from ingest.kinds import kinds_in
from ingest.periods import MONTHS, quarters_in, years_asked, years_in

_ALSO_GERMAN = frozenset("also am an her in it no per so us via was will".split())  # noqa: SIM905
_ENGLISH = STOP_WORDS - _ALSO_GERMAN

_PART = re.compile(r"(?<=[.?!])\s+(?=[A-Z])|(?<=:)\s+")
_PIECE = re.compile(r"[^\s,;:?!()\"\u201c\u201d]+")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_EDGES = "'\u2019.%$€£"
_FIGURE = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Essentials:
    """What is asked, without the instructions around it.

    `core`: the sentences that ask; the whole text when none ends in a question mark. `words`: its content terms.
    `names`: words with a capital inside a sentence and codes such as `3M` or `E-07`, as written. `figures`: numbers
    that belong to the name before them (`600` in "the Aquila 600"). `year`: the newest it names.
    """

    core: str
    words: frozenset[str]
    names: tuple[str, ...]
    figures: tuple[str, ...]
    year: int | None


def essentials(question: str) -> Essentials:
    """The essentials of `question`; names in small letters, at the start of a sentence or in capitals only ("EBITDA",
    more often a term of art than a name) are not told from other words."""
    core = core_of(question)
    pieces = list(_pieces(core))
    years = years_asked(core)
    return Essentials(
        core=core,
        words=frozenset(content_words(core)) - _terms_of_periods(pieces),
        names=tuple(dict.fromkeys(_names(pieces))) if _is_english(core) else (),
        figures=tuple(dict.fromkeys(_figures(pieces))),
        year=years[0] if years else None,
    )


def core_of(question: str) -> str:
    """The sentences that end in a question mark, from the last colon on: "Answer the following: what is X? In USD."
    asks "what is X?"."""
    asking = [part for part in _PART.split(question) if part.rstrip().endswith("?")]
    return " ".join(asking) or question


def _pieces(core: str) -> Iterator[tuple[str, str]]:
    """Each piece between spaces and the one before it, without the signs around it; no piece before the first of a
    sentence."""
    for part in _PART.split(core):
        before = ""
        for written in _PIECE.findall(part):
            piece = written.strip(_EDGES)
            if piece:
                yield before, piece
            before = piece


def _names(pieces: list[tuple[str, str]]) -> Iterator[str]:
    for before, written in pieces:
        piece = _POSSESSIVE.sub("", written)
        if _is_period(piece) or _is_kind(piece) or fold(piece) in MONTHS | STOP_WORDS:
            continue
        has_letters = any(character.isalpha() for character in piece)
        is_code = has_letters and any(character.isdigit() for character in piece)
        if is_code or (before and has_letters and piece[0].isupper() and not piece.isupper()):
            yield piece


def _figures(pieces: list[tuple[str, str]]) -> Iterator[str]:
    starts = {piece for before, piece in pieces if not before}
    for before, piece in pieces:
        belongs = before.isalpha() and before[0].isupper() and before not in starts
        is_period = _is_period(piece) or _is_year_in_two_pieces(before, piece)
        if belongs and fold(before) not in MONTHS and _FIGURE.fullmatch(piece) and not is_period:
            yield piece


def _terms_of_periods(pieces: list[tuple[str, str]]) -> set[str]:
    """What `FY2018`, `FY 18` and `Q2'23` are made of besides their year."""
    periods = [piece for _, piece in pieces if _is_period(piece)]
    periods += [f"{before} {piece}" for before, piece in pieces if _is_year_in_two_pieces(before, piece)]
    years = {str(year) for piece in periods for year in years_in(piece)}
    return {term for piece in periods for term in (*content_words(piece), "fy")} - years


@lru_cache(maxsize=1 << 12)
def _is_period(piece: str) -> bool:
    return bool(years_in(piece) or quarters_in(piece))


def _is_year_in_two_pieces(before: str, piece: str) -> bool:
    """`FY 18`."""
    return piece.isdigit() and not years_in(piece) and not years_in(before) and bool(years_in(f"{before} {piece}"))


@lru_cache(maxsize=1 << 12)
def _is_kind(piece: str) -> bool:
    return bool(kinds_in(piece))


def _is_english(text: str) -> bool:
    """Whether a capital can mark a name: German gives every noun one."""
    return any(word in _ENGLISH for word in re.findall(r"[a-z]+", text.lower()))
