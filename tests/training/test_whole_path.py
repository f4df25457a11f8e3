"""The whole of training/ on a toy size: prepare, train, stop, go on, export, measure; and llama.cpp agrees with it."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.training.toy import write_articles, write_model
from training.batches import Tokeniser, lay_out
from training.export import export, write
from training.groups import read_groups
from training.llama import ADAPTED, LINEAR, Llama, load_model
from training.measure import load, measure, summarise
from training.prepare import prepare
from training.start import read_adapter
from training.train import Recipe, loss_of, starter_path, train

pytestmark = [pytest.mark.slow, pytest.mark.models]

RECIPE = Recipe(epochs=2, minutes=60, rate=5e-3, warmup=1, rank=4, alpha=8, seed=1, at_once=2, save_every=0)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("toy") / "base.gguf", starter_path())


@pytest.fixture(scope="module")
def blank(base: Path) -> Llama:
    """The toy model before training, to be copied: reading the vocabulary takes longer than anything else here."""
    return load_model(base, rank=RECIPE.rank, alpha=RECIPE.alpha, seed=RECIPE.seed)


def test_prepare_train_resume_export_measure(base: Path, blank: Llama, tmp_path: Path) -> None:
    file = write_articles(tmp_path / "toy.json", 4)
    prepare([file], tmp_path, seed=1, held_out=0.25, groups=6, made_share=0.3, questions=8)
    tokeniser = Tokeniser(base)
    small = [replace(group, items=group.items[:2]) for group in list(read_groups(tmp_path / "train.jsonl"))[:4]]
    groups = [lay_out(group, tokeniser) for group in small]

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for run in (whole, parts):
        run.mkdir()
    assert train(deepcopy(blank), groups, RECIPE, whole).step == 4
    with pytest.raises(KeyboardInterrupt):
        train(_Interrupted(deepcopy(blank), after=4), groups, RECIPE, parts)
    assert train(deepcopy(blank), groups, RECIPE, parts).step == 4
    assert len((parts / "log.jsonl").read_text().splitlines()) == 4  # it went on, it did not begin anew
    losses = [json.loads(line)["loss"] for line in (whole / "log.jsonl").read_text().splitlines()]
    assert losses[-1] < losses[0]
    assert _states_differ_by(whole, parts) < 2e-3

    adapter = tmp_path / "toy-lora.gguf"
    assert export(whole, adapter, alpha=RECIPE.alpha) == adapter.stat().st_size
    assert read_adapter(adapter).adapted == set(ADAPTED)
    _llama_cpp_agrees(base, blank, adapter, whole, groups[0].tokens[:64])

    model = load(base, adapter)
    scored = measure(model, list(read_groups(tmp_path / "held-out-3.jsonl")), limit=2)
    model.close()
    assert len(scored) == 2
    assert all(0 <= low <= mean <= high <= 1 for mean, low, high in summarise(scored).values())


def test_training_goes_on_with_the_layers_that_the_adapter_before_changed(base: Path, tmp_path: Path) -> None:
    model = load_model(base, rank=RECIPE.rank, alpha=RECIPE.alpha, seed=RECIPE.seed, adapted=LINEAR)
    everywhere = tmp_path / "everywhere.gguf"
    write(model.state_dict(), everywhere, alpha=RECIPE.alpha)
    start = read_adapter(everywhere)
    assert start.adapted == set(LINEAR)
    again = load_model(base, rank=start.rank, alpha=start.alpha, seed=2, adapted=start.adapted)
    start.put_into(again)
    halves = {name: (values, again.state_dict()[name]) for name, values in model.state_dict().items()}
    assert all(torch.allclose(one, other, atol=1e-3) for one, other in halves.values())


def test_a_branch_sees_its_prompt_and_itself_only(base: Path, blank: Llama, tmp_path: Path) -> None:
    prepare(
        [write_articles(tmp_path / "toy.json", 4)],
        tmp_path,
        seed=1,
        held_out=0.25,
        groups=3,
        made_share=0.0,
        questions=4,
    )
    group = next(read_groups(tmp_path / "train.jsonl"))
    tokeniser, model = Tokeniser(base), deepcopy(blank)
    together = loss_of(model, lay_out(group, tokeniser)).item()
    alone = [loss_of(model, lay_out(replace(group, items=(item,)), tokeniser)).item() for item in group.items]
    assert together == pytest.approx(sum(alone) / len(alone), abs=1e-4)


class _Interrupted:
    """A model that is interrupted after so many groups."""

    def __init__(self, model: Llama, after: int) -> None:
        self._model, self._left = model, after

    def __getattr__(self, name: str) -> object:
        return getattr(self._model, name)

    def __call__(self, *arguments: torch.Tensor) -> torch.Tensor:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return self._model(*arguments)


def _states_differ_by(one: Path, other: Path) -> float:
    first, second = (torch.load(run / "state.pt", weights_only=True)["model"] for run in (one, other))
    return max(float((first[name] - second[name]).abs().max()) for name in first)


def _llama_cpp_agrees(base: Path, blank: Llama, adapter: Path, run: Path, tokens: torch.Tensor) -> None:
    """With the adapter llama.cpp computes the logits that PyTorch computes, and they are not those without."""
    from llama_cpp import Llama as LlamaCpp

    model = deepcopy(blank)
    bare = _logits(model, tokens)
    model.load_state_dict(torch.load(run / "state.pt", weights_only=True)["model"])
    mine = _logits(model, tokens)
    llama = LlamaCpp(str(base), lora_path=str(adapter), n_ctx=128, logits_all=True, n_threads=2, verbose=False)
    llama.eval(tokens.tolist())
    theirs = np.array(llama.scores[: len(tokens)])
    llama.close()
    assert np.abs(theirs - mine).max() < 0.05 * np.abs(mine - bare).max()


def _logits(model: Llama, tokens: torch.Tensor) -> NDArray[np.float32]:
    count = len(tokens)
    with torch.no_grad():
        allowed = torch.ones(count, count).tril().bool()
        return model(tokens, torch.arange(count), allowed, torch.arange(count)).numpy()
