"""Groups from a user's own questions: sources as the program finds them, other questions on these beside each."""

import random
from collections.abc import Callable, Sequence
from functools import cached_property

from assistant.types import Passage
from ingest.folding import fold
from training.groups import Group, Item
from training.own import Own, text_of

SOURCES = (2, 3, 3, 4, 5)
"""How many sources a group has; one of these each. The program shows five, or fewer where the machine is slow."""
NEAREST = 0.8
"""Share of the wrong sources that are the best ones found; the others are any of those found."""
LEFT_OUT = 0.15
"""Share of the groups from which the right source is missing."""
SHUFFLED = 0.5
"""Share of the groups whose sources do not stand in the program's order, so that the first is not always right."""
MOST_ITEMS = 8
NEAR = 3
"""Passages found for a question that look as if they could answer it."""
UNANSWERABLE = 0.25
"""Most of the questions beside the first that are not answered."""


def as_asked(own: Own, sources: int, fits: Callable[[Group], bool] = lambda _: True) -> Group:
    """The question as the program asks it, over the best `sources` passages, or as many of them as fit; one that
    answers it takes the last place when it is not among them."""
    for count in range(sources, 1, -1):
        group = _asked_over(own, count)
        if fits(group):
            return group
    return _asked_over(own, 1)


def _asked_over(own: Own, sources: int, fence: str = "00000000") -> Group:
    shown = list(own.found[:sources])
    if own.right is not None and not own.holders & _ids(shown):
        shown[sources - 1 :] = [own.right]
    item = Item(own.question)
    if own.right is not None:
        number, *also = _numbers(own, shown)
        item = Item(own.question, own.answer, own.support, number, own.others, tuple(also))
    return Group("own", fence, tuple(map(text_of, shown)), (item,))


def draw(owns: Sequence[Own], chance: random.Random) -> list[Group]:
    """A group about each question, in another order and over other sources each time; none where the sources would
    leave it open whether it is answered."""
    order = chance.sample(owns, len(owns))
    return [group for own in order if (group := _about(own, owns, chance))]


class _Shown:
    """The sources of a group, which every question is held against."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = tuple(passages)
        self.ids = {passage.chunk.chunk_id for passage in passages}

    @cached_property
    def _words(self) -> str:
        return _folded(" ".join(passage.chunk.indexed_text for passage in self.passages))

    def say(self, answer: str) -> bool:
        """Whether its words stand in any of them."""
        return _folded(answer) in self._words


def _about(own: Own, owns: Sequence[Own], chance: random.Random) -> Group | None:
    shown = _Shown(_sources(own, chance))
    first = _item(own, shown)
    if not shown.passages or first is None:
        return None
    items = [first, *_beside(own, owns, shown, chance)]
    chance.shuffle(items)
    return Group("own", f"{chance.getrandbits(32):08x}", tuple(map(text_of, shown.passages)), tuple(items))


def _sources(own: Own, chance: random.Random) -> list[Passage]:
    wrong = [passage for passage in own.found if passage.chunk.chunk_id not in own.holders]
    shown = [own.right] if own.right is not None and chance.random() >= LEFT_OUT else []
    wanted = chance.choice(SOURCES)
    while wrong and len(shown) < wanted:
        shown.append(wrong.pop(0 if chance.random() < NEAREST else chance.randrange(len(wrong))))
    if chance.random() < SHUFFLED:
        chance.shuffle(shown)
    else:
        shown.sort(key=lambda passage: passage.rank if passage in own.found else len(own.found) + 1)
    return shown


def _beside(own: Own, owns: Sequence[Own], shown: _Shown, chance: random.Random) -> list[Item]:
    """Other questions that these sources answer, and a few that they do not though they are found for them."""
    answered: list[Item] = []
    open_: list[Item] = []
    for other in chance.sample(owns, len(owns)):
        item = _item(other, shown) if other is not own else None
        if item is not None and item.number:
            answered.append(item)
        elif item is not None and not shown.ids.isdisjoint(_ids(other.found[:NEAR])):
            open_.append(item)
    answered = answered[: MOST_ITEMS - 1]
    return answered + open_[: round(UNANSWERABLE * (1 + len(answered)))]


def _item(own: Own, shown: _Shown) -> Item | None:
    """The question over these sources; None when it is open whether they answer it."""
    if own.right is None:
        return Item(own.question)
    is_right, is_rivalled = own.right.chunk.chunk_id in shown.ids, bool(own.rivals & shown.ids)
    if is_right and not is_rivalled:
        return Item(own.question, own.answer, own.support, _numbers(own, shown.passages)[0], own.others)
    if is_right or is_rivalled or any(map(shown.say, (own.answer, *own.others))):
        return None
    return Item(own.question)


def _numbers(own: Own, shown: Sequence[Passage]) -> list[int]:
    """The numbers of the sources that answer."""
    return [number for number, each in enumerate(shown, 1) if each.chunk.chunk_id in own.holders]


def _ids(passages: Sequence[Passage]) -> set[str]:
    return {passage.chunk.chunk_id for passage in passages}


def _folded(text: str) -> str:
    return fold(" ".join(text.split()))
