"""What a question means after the turns before it: rules only, no model call."""

import re

from assistant.words import content_words, numbers

_OPENER = re.compile(
    r"^\s*(?:and|but|also|or|so|then|what about|how about|what else|anything else|why|since when|until when)\b", re.I
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|hers?|the (?:same|latter|former|other)|there|"
    r"th(?:is|at|ese|ose)(?=\s*(?:[?.,]|$)))\b",
    re.I,
)
_OPENER_OWN_WORDS = 2
_PRONOUN_OWN_WORDS = 4
_BARE_OWN_WORDS = 1
_TURNS_BACK = 2


def search_query(question: str, earlier: list[str]) -> str:
    """What to search for: `question`, and after it the earlier question it leans on, if it does.

    `earlier` are the questions of the conversation, oldest first. A question leans on the one before it when it has
    few words of its own and opens like a continuation ("And until when?"), points back ("When do they expire?") or is
    next to bare ("In 2019?"). A question with words enough of its own is a new topic, whatever it opens with. Numbers
    of the earlier question give way to those of the new one: "And in 2019?" does not look for 2018 any more.
    """
    query = question
    for before in reversed(earlier[-_TURNS_BACK:]):
        if not leans_back(question):
            break
        query = f"{query} {_without_numbers(before) if numbers(query) else before}"
        question = before
    return query


def leans_back(question: str) -> bool:
    own = len(content_words(question))
    if own <= _BARE_OWN_WORDS:
        return True
    if _OPENER.search(question) and own <= _OPENER_OWN_WORDS:
        return True
    return bool(_PRONOUN.search(question)) and own <= _PRONOUN_OWN_WORDS


def _without_numbers(question: str) -> str:
    return re.sub(r"\S*\d\S*", " ", question)
