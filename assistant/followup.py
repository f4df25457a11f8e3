"""What a question means after the turns before it: rules only, no model call."""

import re
from collections.abc import Callable, Collection, Sequence

from assistant.essentials import essentials
from assistant.words import content_words, numbers
from ingest.identity import initials_in, name_terms
from ingest.periods import MONTH, quarters_in, with_day, years_asked, years_in

_OPENER = re.compile(
    r"^\s*(?:and|but|also|or|so|then|what about|how about|what else|anything else|why|since when|until when|"
    r"und|aber|oder|warum|wie steht es|was ist mit|et|mais|ou|pourquoi|qu'en est-il)\b",
    re.I,
)
_BEFORE = re.compile(
    r"\b(?:(?:previous|prior|preceding) (?P<unit>year|quarter)|(?P<unit_first>year|quarter) (?:before|earlier|prior)|"
    r"vorjahr|jahr davor|année précédente|année d'avant)\b",
    re.I,
)
_AFTER = re.compile(
    r"\b(?:(?:next|following|subsequent) (?P<unit>year|quarter)|(?P<unit_first>year|quarter) (?:after|later)|"
    r"folgejahr|jahr danach|année suivante|année d'après)\b",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|hers?|the (?:same|latter|former|other)|there|"
    r"th(?:is|at|ese|ose)(?=\s*(?:[?.,]|$)))\b",
    re.I,
)
_OPENER_OWN_WORDS = 2
_PRONOUN_OWN_WORDS = 4
_PERIOD_OWN_WORDS = 4
_BARE_OWN_WORDS = 1
_TURNS_BACK = 2
_QUARTERS = 4
_BEGINS_WITH_A_FIGURE = re.compile(r"(?<![^\s(\"“])\d\S*")
_AROUND = ".,;:?!()'\"\u2019“”"
_MONTH = rf"(?=[A-Z])(?i:{MONTH})"
"""In small letters "may" and "march" are other words."""
_MONTH_NAMED = re.compile(
    r"(?!^\s*May\s+(?!and\b|or\b|to\b)[a-z])(?i:(?<!\bdid )(?<!\bdoes )(?<!\bhas )(?<!\bwill ))"
    rf"(?:{with_day(_MONTH)},?|\b{_MONTH}\b\.?)"
)
"""With its day. "May it end early?" and "What did Jan say?" name no month."""
_YEAR_IN_FIGURES = re.compile(r"(?<![\d$€£])(?<!\d[.,])(?:19|20)\d\d(?!\d|[.,]\d)")
_QUARTER_WORDS = re.compile(r"\b(?:first|second|third|fourth)[\s-]quarter\b", re.I)


NamesIn = Callable[[str], Collection[str]]
"""The words of a question (folded; initials without their sign) by which it names documents."""


def search_query(question: str, earlier: list[str], names_in: NamesIn = lambda _: ()) -> str:
    """What to search for: `question`, and after it the earlier question it leans on, if it does.

    `earlier` are the questions of the conversation, oldest first. A question leans on the one before it when it has
    few words of its own and opens like a continuation ("And until when?"), points back ("When do they expire?"), is
    next to bare ("In 2019?") or counts from an earlier period ("And the year before?", which then is named). A question
    with words enough of its own is a new topic, whatever it opens with. Numbers of the earlier question give way to
    those of the new one: "And in 2019?" does not look for 2018 any more, but still for "the Aquila 400", unless one of
    its numbers may be another's: "And the 600?". So do its names of documents: "And Halden?", and its months, with
    their days: "And at the end of September?".
    """
    query = question
    for before in leaned_on(question, earlier):
        of_no_day = _MONTH_NAMED.sub(" ", query)
        kept = _moved(before, question) or (_without_numbers(before, of_no_day) if numbers(of_no_day) else before)
        if of_no_day != query:
            kept = _MONTH_NAMED.sub(" ", kept)
        if names_in(query):
            kept = _without(kept, names_in(before))
        query = f"{query} {_as_question(kept)}"
        question = before
    return query


def leaned_on(question: str, earlier: Sequence[str]) -> list[str]:
    """The last of the `earlier` questions that a question leans on, by itself or by the one between; newest first."""
    found: list[str] = []
    for before in reversed(earlier[-_TURNS_BACK:]):
        if not leans_back(question):
            break
        found.append(before)
        question = before
    return found


def leans_back(question: str) -> bool:
    own = len(content_words(question))
    if _counts_from_a_period(question) and not years_asked(question) and own <= _PERIOD_OWN_WORDS:
        return True
    if own <= _BARE_OWN_WORDS:
        return True
    if _OPENER.search(question) and own <= _OPENER_OWN_WORDS:
        return True
    return bool(_PRONOUN.search(question)) and own <= _PRONOUN_OWN_WORDS


def _counts_from_a_period(question: str) -> bool:
    return bool(_BEFORE.search(question) or _AFTER.search(question))


def _moved(before: str, question: str) -> str:
    """The earlier question about the period before or after its own; empty when `question` asks for none."""
    match = _BEFORE.search(question) or _AFTER.search(question)
    years = years_asked(before)
    if match is None or not years or years_asked(question):
        return ""
    step = -1 if match.re is _BEFORE else 1
    unit = match["unit"] or match["unit_first"] or "year"
    quarters = quarters_in(before)
    if unit.lower() == "quarter" and len(quarters) == len(years) == 1:
        later, quarter = divmod(min(quarters) - 1 + step, _QUARTERS)
        return f"{_without_numbers(_QUARTER_WORDS.sub(' ', before), question)} Q{quarter + 1} {years[0] + later}"
    moved = _YEAR_IN_FIGURES.sub(lambda year: str(int(year[0]) + step), before)
    return moved if moved != before else f"{_without_numbers(before, question)} {years[0] + step}"


def _as_question(kept: str) -> str:
    """What is asked stands in questions: of "And the deposit? Tell me the rent." only the first half would count."""
    if not kept.strip():
        return ""
    return kept if kept.rstrip().endswith("?") else kept.rstrip(" .!") + "?"


def _without(question: str, names: Collection[str]) -> str:
    return " ".join(word for word in question.split() if not _names_of(word).intersection(names))


def _names_of(word: str) -> set[str]:
    return {*name_terms(word), *(mark.lstrip("=") for mark in initials_in(word))}


def _without_numbers(before: str, after: str) -> str:
    """An earlier question without its numbers, but for those that belong to a name (`the Aquila 400`) where none of
    what is asked `after` it may take their place."""
    kept = () if _may_name_another(after) else essentials(before).figures

    def shown(match: re.Match[str]) -> str:
        return match[0] if match[0].strip(_AROUND) in kept else " "

    return re.sub(r"\S*\d\S*", shown, before)


def _may_name_another(question: str) -> bool:
    """Whether it has a word that may be another name's number: `the 600`, `the 600-series`; not `DN100` or `2026`."""
    return any(not years_in(word) for word in _BEGINS_WITH_A_FIGURE.findall(question))
