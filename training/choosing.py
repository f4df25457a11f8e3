"""Sources that belong together, with the questions they answer and questions that none of them does."""

import math
import random
import re
from collections import Counter
from collections.abc import Sequence

from ingest.folding import fold
from training.cutting import Asked, Cut
from training.groups import Group, Item, supporting

NEAREST = 0.7
"""Share of the distractors that are the texts most like the first source; the others are any of the document."""
FOREIGN = 0.25
"""Share of the groups in which one source is of another document, as in a search over a whole library."""

_WORD = re.compile(r"[^\W_]{3,}|\d+")


def make_group(
    origin: str,
    cuts: Sequence[Cut],
    foreign: Sequence[Cut],
    chance: random.Random,
    *,
    sources: int,
    items: int,
    unanswerable: float,
) -> Group | None:
    """A group over `sources` of `cuts`, about `items` questions long; None when there are too few.

    Distractors are the texts most like one that is asked about, as a search would find them.
    """
    askable = [one for one in cuts if one.asked]
    if len(cuts) < sources or not askable:
        return None
    chosen = _alike(chance.choice(askable), cuts, sources, chance)
    if foreign and sources > 2 and chance.random() < FOREIGN:
        chosen[-1] = chance.choice(foreign)
    chance.shuffle(chosen)
    answerable = _answerable(chosen)
    if not answerable:
        return None
    chance.shuffle(answerable)
    answerable = answerable[: max(1, round(items * (1 - unanswerable)))]
    wanted = round(len(answerable) * unanswerable / (1 - unanswerable))
    if chance.random() < len(answerable) * unanswerable / (1 - unanswerable) - wanted:
        wanted += 1
    refused = _unanswerable(cuts, foreign, chosen, chance)[:wanted]
    mixed = [*answerable, *refused]
    chance.shuffle(mixed)
    texts = tuple(one.text for one in chosen)
    return Group(origin, f"{chance.getrandbits(32):08x}", texts, tuple(mixed))


def likeness(one: str, others: Sequence[str]) -> list[float]:
    """Of each of `others` with `one`: the rarer the words that they share, the higher."""
    held = [set(_WORD.findall(fold(text))) for text in others]
    counts = Counter(word for words in held for word in words)
    asked = set(_WORD.findall(fold(one)))
    return [
        # exactly rounded, as the order of a set is another in each process
        math.fsum(math.log(1 + len(held) / counts[word]) for word in asked & words) / (1 + len(words)) ** 0.5
        for words in held
    ]


def _alike(first: Cut, cuts: Sequence[Cut], sources: int, chance: random.Random) -> list[Cut]:
    others = [one for one in cuts if one is not first]
    scores = likeness(first.text.text, [one.text.text for one in others])
    ranked = [others[index] for index in sorted(range(len(others)), key=lambda index: -scores[index])]
    chosen = [first]
    while len(chosen) < sources:
        one = ranked[0] if chance.random() < NEAREST else chance.choice(ranked)
        ranked.remove(one)
        chosen.append(one)
    return chosen


def _answerable(chosen: Sequence[Cut]) -> list[Item]:
    """Questions that one of the texts answers, and no other is asked as well."""
    times = Counter(key for one in chosen for key in {_key(asked) for asked in one.asked})
    items = []
    for number, one in enumerate(chosen, 1):
        for asked in one.asked:
            if times[_key(asked)] == 1:
                answer = clean(one.text.text[asked.start : asked.end])
                support = _support(one.text.text, asked)
                items.append(Item(asked.question, answer, support, number, asked.others))
    return items


def _support(text: str, asked: Asked) -> str:
    if not asked.in_row:
        return supporting(text, asked.start, asked.end)
    return clean(text[text.rfind("\n", 0, asked.start) + 1 :].split("\n")[0])


def _key(asked: Asked) -> str:
    return asked.kind or fold(asked.question)


def clean(answer: str) -> str:
    """A short answer in one line, without the punctuation at its end."""
    return " ".join(answer.split()).rstrip(".,;: ")


def _unanswerable(
    cuts: Sequence[Cut], foreign: Sequence[Cut], chosen: Sequence[Cut], chance: random.Random
) -> list[Item]:
    """Questions on other texts of the document, those most like the chosen ones first, and some on other documents.

    A question stays out when its answer stands in a chosen text, or when these are asked about the same subject.
    """
    shown = fold(" ".join(f"{one.text.context} {' '.join(one.text.text.split())}" for one in chosen))
    subjects = {asked.subject for one in chosen for asked in one.asked if asked.subject}

    def fitting(texts: Sequence[Cut]) -> list[str]:
        return [
            asked.question
            for one in texts
            for asked in one.asked
            if fold(clean(one.text.text[asked.start : asked.end])) not in shown and asked.subject not in subjects
        ]

    near = list(dict.fromkeys(fitting([one for one in cuts if one not in chosen])))
    scores = dict(zip(near, likeness(shown, near), strict=True))
    near.sort(key=lambda question: -scores[question] * chance.uniform(0.3, 1))
    far = fitting([chance.choice(foreign)]) if foreign else []
    chance.shuffle(far)
    missing = [question for one in chosen for question in one.missing]
    chance.shuffle(missing)
    mixed = [*missing[:2], *near[:2], *far[:1], *near[2:], *missing[2:], *far[1:]]
    asked_of_shown = {fold(asked.question) for one in chosen for asked in one.asked}
    return [Item(question) for question in dict.fromkeys(mixed) if fold(question) not in asked_of_shown]
