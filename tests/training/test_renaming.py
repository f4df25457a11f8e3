"""Names and numbers changed in a group: the same everywhere, so that the questions stay right."""

import random
import re

from training.groups import Group, Item, Text
from training.renaming import names_in, renamed

NAMES = [f"Name{letter}" for letter in "abcdefghijklmnop"]

TEXT = (
    "The company was founded by Maria Halden in 1874, with 340 workers.\nHalden sold it to Erik Lund on 12 March; the "
    "new owner had 7 sons."
)
GROUP = Group(
    "Halden",
    "0f",
    (Text("Halden.pdf", "Halden > History", TEXT),),
    (
        Item("Who founded it?", "Maria Halden", TEXT.split("\n")[0], 1, ("Halden",)),
        Item("When did Maria Halden found it?", "1874", TEXT.split("\n")[0], 1),
        Item("How many ships had Halden?"),
    ),
)


def test_the_answers_still_stand_in_the_texts() -> None:
    changed = renamed(GROUP, NAMES, random.Random(1))
    text = " ".join(changed.texts[0].text.split())
    for item in changed.items[:2]:
        assert item.answer in item.support
        assert item.support in text
    assert changed.items[0].answer != GROUP.items[0].answer
    assert "Halden" not in f"{changed.texts} {changed.items}"
    assert changed.items[0].others[0] == changed.items[0].answer.split()[1]
    assert changed.items[0].others[0] in changed.items[2].question


def test_what_is_no_name_and_small_numbers_stay() -> None:
    changed = renamed(GROUP, NAMES, random.Random(2)).texts[0].text
    for kept in ("The company was founded by", "March", "had 7 sons"):
        assert kept in changed


def test_a_year_stays_in_its_century_and_a_number_as_long() -> None:
    for seed in range(20):
        changed = renamed(GROUP, NAMES, random.Random(seed)).texts[0].text
        assert re.search(r"in 18\d\d, with 3\d\d workers", changed)


def test_the_same_seed_gives_the_same_names() -> None:
    assert renamed(GROUP, NAMES, random.Random(3)) == renamed(GROUP, NAMES, random.Random(3))


def test_names_are_told_from_the_first_words_of_sentences() -> None:
    assert names_in([TEXT]) == ["Erik", "Halden", "Lund", "Maria"]


def test_with_fewer_names_than_are_needed_the_others_stay() -> None:
    changed = renamed(GROUP, NAMES[:1], random.Random(1)).texts[0].text
    assert sum(name in changed for name in ("Erik", "Halden", "Lund", "Maria")) == 3
