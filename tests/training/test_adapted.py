"""What is held back to measure with, and what is said of an adapter once it is there."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli.adapt import as_shape, print_added
from assistant.cli.output import Output
from models.registry import ModelEntry
from training.adapting import Added, Measured, Prepared, _split
from training.card import card
from training.figures import Figures
from training.own import Own

ENTRY = ModelEntry("ours", "adapter", Path("ours.gguf"), "5a", 11_000_000, "CC-BY-SA-4.0", "", verified=True)


def measured(own: float, general: float) -> Measured:
    figures = Figures(20, own, own, own, own, 0.0, None)
    return Measured(figures, replace(figures, questions=30, contained=general))


ADDED = Added(
    ENTRY,
    "llama-3b",
    "ledger",
    Prepared(80, 20, 480, False),
    measured(0.5, 0.7),
    measured(0.8, 0.65),
    200,
    400,
    30.0,
    1,
)


def said(added: Added, in_use: str, capsys: pytest.CaptureFixture[str]) -> str:
    print_added(added, in_use, Output())
    return capsys.readouterr().err


@pytest.mark.parametrize(("count", "held_back"), [(10, 2), (100, 20), (200, 40), (300, 40), (2000, 40)])
def test_a_fifth_is_held_back_and_forty_at_most(count: int, held_back: int, own: Own) -> None:
    owns = [replace(own, question=str(n)) for n in range(count)]
    learnt, held = _split(owns, random.Random(1))
    assert len(held) == held_back
    assert {one.question for one in learnt} | {one.question for one in held} == {one.question for one in owns}
    assert len(learnt) == count - held_back


@pytest.fixture
def own() -> Own:
    return Own("?", ())


def test_the_model_is_named_first_when_it_is_not_the_one_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Use it with `strongroom models use ours`, or `ask --adapter ours`." in said(ADDED, "llama-3b", capsys)
    words = said(ADDED, "starter", capsys)
    assert "Use it with `strongroom models use llama-3b` and then `strongroom models use ours`." in words


def test_what_is_no_better_is_not_recommended(capsys: pytest.CaptureFixture[str]) -> None:
    words = said(replace(ADDED, after=measured(0.45, 0.7)), "llama-3b", capsys)
    assert "your own questions no better than before: go on without it." in words
    assert "models use" not in words


def test_what_is_shown_more_often_is_recommended(capsys: pytest.CaptureFixture[str]) -> None:
    own = replace(ADDED.before.own, passes=ADDED.before.own.passes + 0.3)
    more = replace(ADDED, after=replace(ADDED.before, own=own))
    assert "Use it with `strongroom models use ours`" in said(more, "llama-3b", capsys)


def test_only_a_loss_that_so_few_questions_can_tell_is_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert "fewer minutes" not in said(ADDED, "llama-3b", capsys)
    words = said(replace(ADDED, after=measured(0.8, 0.55)), "llama-3b", capsys)
    assert "0.55 of the answers are right, and were 0.70 before: learn for fewer minutes." in words


def test_what_was_learnt_is_told_from_what_was_prepared(capsys: pytest.CaptureFixture[str]) -> None:
    assert "over 400 of 480 groups" in card(ADDED)
    assert (as_shape(ADDED, [])["groups_learnt"], as_shape(ADDED, [])["groups"]) == (400, 480)
    assert "learnt 400 of the 480 groups of passages that were prepared" in said(ADDED, "llama-3b", capsys)
    assert "groups" not in said(replace(ADDED, groups=480), "llama-3b", capsys)


def test_the_card_says_whose_work_is_in_it() -> None:
    assert "**Licence**: CC-BY-SA-4.0, that of the adapter it goes on from." in card(ADDED)
    unknown = replace(ADDED, entry=replace(ENTRY, licence=""))
    assert "**Licence**: unknown, that of the adapter it goes on from." in card(unknown)
    assert "**Licence**: none; nobody else's work is in it." in card(replace(ADDED, start=""))
