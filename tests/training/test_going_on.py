"""A training that was stopped goes on with the groups that it has not learnt yet, whatever a step is now."""

import json
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from training.batches import Branches
from training.train import Progress, Recipe, differing, main, train

RECIPE = Recipe(epochs=1, minutes=60, warmup=1, at_once=2, save_every=0)
GROUPS = 7


def test_each_group_is_learnt_once_a_round_also_with_other_groups_at_once(tmp_path: Path) -> None:
    model = toy()
    with pytest.raises(Stopped):
        train(model, groups(), RECIPE, tmp_path, stop_at(2))
    assert kept(tmp_path)["progress"]["groups"] == len(model.seen)
    with pytest.raises(Stopped):
        train(model, groups(), replace(RECIPE, at_once=1), tmp_path, stop_at(3))
    progress = train(model, groups(), RECIPE, tmp_path)

    assert Counter(model.seen) == Counter(range(GROUPS))
    assert progress.groups == GROUPS
    assert train(toy(), groups(), RECIPE, tmp_path).groups == GROUPS  # nothing is left to learn


def test_what_is_learnt_in_parts_is_what_is_learnt_at_once(tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=2)
    for run in ("whole", "parts"):
        (tmp_path / run).mkdir()
    train(toy(), groups(), recipe, tmp_path / "whole")
    with pytest.raises(Stopped):
        train(toy(), groups(), recipe, tmp_path / "parts", stop_at(5))
    train(toy(), groups(), recipe, tmp_path / "parts")
    whole, parts = (kept(tmp_path / run)["model"]["weight"] for run in ("whole", "parts"))
    assert torch.equal(whole, parts)
    assert not torch.equal(whole, toy().weight)


def test_a_part_of_a_round_ends_where_it_was_to(tmp_path: Path) -> None:
    model = toy()
    assert train(model, groups(), replace(RECIPE, epochs=0.7), tmp_path).groups == 5
    assert len(model.seen) == 5
    losses = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert losses[-1]["groups"] == 5


def test_a_state_from_before_groups_were_counted_is_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        train(toy(), groups(), RECIPE, tmp_path, stop_at(2))
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    del state["progress"]["groups"]
    torch.save(state, tmp_path / "state.pt")
    model = toy()
    assert train(model, groups(), RECIPE, tmp_path).groups == GROUPS
    assert len(model.seen) == GROUPS - 2 * RECIPE.at_once


def test_other_settings_than_it_was_begun_with_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, run, model = tmp_path / "train.jsonl", tmp_path / "run", tmp_path / "a.gguf"
    kept = {"model": "a.gguf", "weights": "5678", "data": "1234", **asdict(Recipe())}
    data.write_text("")
    model.write_bytes(b"another of that name")
    run.mkdir()
    (run / "state.pt").write_bytes(b"learnt")
    (run / "recipe.json").write_text(json.dumps(kept))
    command = ["train", str(data), str(run), "--model", str(model), "--alpha", "64", "--minutes", "5", "--at-once", "1"]
    monkeypatch.setattr("sys.argv", command)

    with pytest.raises(SystemExit) as caught:
        main()

    assert caught.value.code == 2
    assert "other settings (weights, data, alpha 32.0)" in capsys.readouterr().err
    assert json.loads((run / "recipe.json").read_text()) == kept


def test_what_a_killed_process_has_half_saved_is_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: Path) -> None:
        raise Stopped

    for name in ("train.jsonl", "a.gguf", ".state.pt.x1y2", "state.pt"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr("training.train.Tokeniser", stop)
    monkeypatch.setattr(
        "sys.argv", ["train", str(tmp_path / "train.jsonl"), str(tmp_path), "--model", str(tmp_path / "a.gguf")]
    )
    with pytest.raises(Stopped):
        main()
    assert not (tmp_path / ".state.pt.x1y2").exists()
    assert (tmp_path / "state.pt").exists()


def test_how_long_and_how_many_at_once_may_change(tmp_path: Path) -> None:
    begun = {"model": "a.gguf", **asdict(RECIPE)}  # early runs did not keep which data they learnt
    (tmp_path / "recipe.json").write_text(json.dumps(begun))
    longer = begun | asdict(replace(RECIPE, minutes=120.0, epochs=3.0, at_once=1, save_every=60.0)) | {"data": "1234"}
    assert differing(tmp_path, begun | {"seed": 9}) == []  # nothing was learnt yet
    (tmp_path / "state.pt").write_bytes(b"learnt")
    assert differing(tmp_path, longer) == []
    assert differing(tmp_path, longer | {"at_once": 3}) == ["at_once 2"]  # the groups would come in another order
    assert differing(tmp_path, longer | {"seed": 9, "model": "b.gguf"}) == ["model a.gguf", "seed 1"]


class Stopped(Exception):
    pass


class Toy(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
    """Knows of each group its number alone, and which it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.linspace(-1, 1, GROUPS).repeat(2, 1))
        self.seen: list[int] = []

    def forward(self, tokens: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
        self.seen.append(int(tokens[0]))
        return self.weight[:, tokens[0]][None]


def toy() -> Any:
    return Toy()


def stop_at(step: int) -> Any:
    def tell(progress: Progress, _: float) -> None:
        if progress.step == step:
            raise Stopped

    return tell


def kept(run: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(run / "state.pt", weights_only=True)
    return state


def groups() -> list[Branches]:
    """Their first token is their number."""
    one = torch.tensor([1.0])
    return [
        Branches(torch.tensor([number, 0, 0]), one, one, one, torch.tensor([number % 2]), one)
        for number in range(GROUPS)
    ]
