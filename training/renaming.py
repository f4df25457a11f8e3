"""The same texts and questions with other names and numbers: an answer that was learnt by heart is then wrong, so the
model has to read."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from training.groups import Group, Item, Text

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b")
"""A capitalised word within a sentence. At its beginning any word has a capital."""
_WORD = re.compile(r"[A-Za-z]+|\d+")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_KEPT = re.compile(f"{_MONTHS}|{_DAYS}|English|French|German|Internet")


def names_in(texts: Iterable[str]) -> list[str]:
    """The names in `texts`, each once, in an order that is the same each time."""
    found = {name for text in texts for name in _NAME.findall(text)}
    return sorted(name for name in found if not _KEPT.fullmatch(name))


def renamed(group: Group, names: Sequence[str], chance: random.Random) -> Group:
    """`group` with each of its names turned into one of `names` and each number of two digits or more into another as
    long, the same ones everywhere in it."""
    shown = " ".join(" ".join(text.text.split()) for text in group.texts)
    own = names_in([shown])
    turned = dict(zip(own, chance.sample(names, min(len(own), len(names))), strict=False))
    turned |= {number: _other(number, chance) for number in sorted(set(re.findall(r"\b\d{2,}\b", shown)))}

    def put(text: str) -> str:
        return _WORD.sub(lambda found: turned.get(found.group(), found.group()), text)

    def item(old: Item) -> Item:
        answer, support, others = put(old.answer), put(old.support), tuple(put(other) for other in old.others)
        return replace(old, question=put(old.question), answer=answer, support=support, others=others)

    def source(old: Text) -> Text:
        return replace(old, document=put(old.document), context=put(old.context), text=put(old.text))

    return replace(group, texts=tuple(map(source, group.texts)), items=tuple(map(item, group.items)))


def _other(number: str, chance: random.Random) -> str:
    """A year stays one of the same century, another number keeps its first digit."""
    kept = 2 if len(number) == 4 and number[0] in "12" else 1
    return number[:kept] + "".join(str(chance.randrange(10)) for _ in number[kept:])
