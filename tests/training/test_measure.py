"""How sure a measure is depends on how many groups it is of, not on how many questions."""

import json
from pathlib import Path

from models.fakes import ScriptedModel
from training.groups import Group, Item, Text
from training.measure import Scored, measure, summarise


def scored(f1: float, source: str = "") -> Scored:
    return Scored(answerable=True, refused=False, f1=f1, sources=(Text("a.md", "", source),) if source else ())


def test_two_groups_of_which_one_succeeds_tell_next_to_nothing() -> None:
    mean, low, high = summarise([scored(1.0, "one")] * 10 + [scored(0.0, "other")] * 10)["f1"]
    assert (mean, low, high) == (0.5, 0.0, 1.0)


def test_as_many_questions_over_sources_of_their_own_tell_more() -> None:
    mean, low, high = summarise([scored(float(number % 2)) for number in range(20)])["f1"]
    assert mean == 0.5
    assert 0.2 < low < 0.4
    assert 0.6 < high < 0.8


def test_a_large_group_counts_for_as_many_questions_as_it_has() -> None:
    mean, low, high = summarise([scored(1.0, "one")] * 3 + [scored(0.0, "other")])["f1"]
    assert (mean, low, high) == (0.75, 0.0, 1.0)


def test_a_single_group_tells_nothing_of_others() -> None:
    assert summarise([scored(1.0, "one")] * 10)["f1"] == (1.0, 0.0, 1.0)


def test_the_questions_of_a_group_are_measured_as_one_and_their_replies_kept_afresh(tmp_path: Path) -> None:
    items = tuple(Item(f"When did mill {n} open?", "in 1911", "The mill opened in 1911.", 1) for n in range(3))
    groups = [Group(name, "f3nce", (Text(f"{name}.md", "", "The mill opened in 1911."),), items) for name in "ab"]
    log = tmp_path / "replies.jsonl"
    log.write_text("of an earlier run\n")
    replies = [items[0].reply] * 3 + ["I do not know."]

    scored = measure(ScriptedModel(replies), groups, log=log)

    assert summarise(scored)["contained"] == (0.5, 0.0, 1.0)
    assert [json.loads(line)["reply"] for line in log.read_text().splitlines()] == replies + replies[-1:] * 2
