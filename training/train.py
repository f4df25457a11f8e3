"""Train an adapter: python -m training.train DATA RUN. Stopped and started again, it goes on where it was."""

import argparse
import io
import json
import math
import pickle
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from config.errors import StrongroomError
from config.files import replace_file, unwritable
from models.checksums import hash_file, hash_model
from models.starter import STARTERS
from training.batches import Branches, Tokeniser, lay_out
from training.groups import read_groups
from training.llama import ADAPTED, Llama, faster_type, load_model
from training.start import read_adapter

_STATE, _RECIPE = "state.pt", "recipe.json"
_FILES = ("data", "from", "weights")
"""Settings that are kept as checksums."""
_MAY_CHANGE = ("epochs", "minutes", "at_once", "save_every")


@dataclass(frozen=True, slots=True)
class Recipe:
    """`minutes` of computing, or `epochs` over the data, whichever ends first; the learning rate falls to zero by
    then. A step is `at_once` groups, each on a core of its own."""

    epochs: float = 2.0
    minutes: float = 240.0
    rate: float = 1.5e-3
    warmup: int = 8
    rank: int = 16
    alpha: float = 32.0
    seed: int = 1
    at_once: int = 2
    save_every: float = 120.0


@dataclass(slots=True)
class Progress:
    """`groups` is how many were learnt, each as often as it was: what a step is may change as a run is gone on with."""

    step: int = 0
    seconds: float = 0.0
    groups: int = 0


def train(
    model: Llama,
    groups: list[Branches],
    recipe: Recipe,
    run: Path,
    tell: Callable[[Progress, float], None] | None = None,
) -> Progress:
    """Train until the recipe ends, saving to `run` every `save_every` seconds and at the end. `tell` is told of every
    step and its loss. Raises HomeError when `run` cannot be written: what was saved before is still there then."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.rate, weight_decay=0.0)
    progress = _resume(model, optimiser, run, recipe)
    total = max(1, round(recipe.epochs * len(groups)))
    lengths = [len(group.tokens) for group in groups]
    saved = time.monotonic()
    with ThreadPoolExecutor(recipe.at_once) as pool:
        while progress.groups < total and progress.seconds < recipe.minutes * 60:
            begun = time.monotonic()
            done = max(progress.groups / total, progress.seconds / (recipe.minutes * 60))
            for part in optimiser.param_groups:
                part["lr"] = recipe.rate * min(1.0, (progress.step + 1) / recipe.warmup) * _fallen(done)
            numbers = _chosen(lengths, progress.groups, recipe)[: total - progress.groups]
            chosen = [groups[number] for number in numbers]
            loss = _learn(model, optimiser, chosen, pool)
            progress.step += 1
            progress.groups += len(chosen)
            progress.seconds += time.monotonic() - begun
            _log(run, progress, loss, sum(len(group.tokens) for group in chosen))
            if time.monotonic() - saved > recipe.save_every:
                save(model, optimiser, progress, run)
                saved = time.monotonic()
            if tell is not None:
                tell(progress, loss)
    save(model, optimiser, progress, run)
    return progress


def _learn(model: Llama, optimiser: torch.optim.Optimizer, groups: list[Branches], pool: ThreadPoolExecutor) -> float:
    """One step: each group on a core of its own, which wastes less than two cores on one; returns the mean loss."""
    parameters = list(model.parameters())

    def gradients(group: Branches) -> tuple[float, tuple[torch.Tensor, ...]]:
        loss = loss_of(model, group)
        return loss.item(), torch.autograd.grad(loss, parameters)

    results = list(pool.map(gradients, groups))
    for parameter, *of_groups in zip(parameters, *(result[1] for result in results), strict=True):
        parameter.grad = torch.stack(of_groups).mean(0)
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimiser.step()
    return sum(result[0] for result in results) / len(results)


def loss_of(model: Llama, group: Branches) -> torch.Tensor:
    """Mean over the questions of the weighted cross-entropy over the tokens of each reply."""
    logits = model(group.tokens, group.positions, group.allowed, group.wanted)
    return (functional.cross_entropy(logits, group.targets, reduction="none") * group.weights).sum()


def save(model: Llama, optimiser: torch.optim.Optimizer, progress: Progress, run: Path) -> None:
    """Put the state in the place of the old one, in one step. Raises HomeError when it cannot be written."""
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "progress": asdict(progress)}
    content = io.BytesIO()  # torch.save into a file would not say that the disk is full
    torch.save(state, content)
    replace_file(run / _STATE, content.getvalue())


def _resume(model: Llama, optimiser: torch.optim.Optimizer, run: Path, recipe: Recipe) -> Progress:
    """Raises StrongroomError when what was saved is no state of this model."""
    path = run / _STATE
    if not path.exists():
        return Progress()
    try:
        state = torch.load(path, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        kept = state["progress"]
        return Progress(**{"groups": kept["step"] * recipe.at_once, **kept})  # early states do not count groups
    except (RuntimeError, EOFError, LookupError, TypeError, ValueError, pickle.UnpicklingError) as error:
        raise StrongroomError(
            f"What was learnt before cannot be read from {path}.", f"Delete {run}, and it begins anew."
        ) from error


def _fallen(done: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _chosen(lengths: list[int], learnt: int, recipe: Recipe) -> list[int]:
    """The groups of the next step when `learnt` were learnt: about as long, so that no core waits for the other. Each
    round has another order, which is the same after a restart, also one with another `at_once`, of one or two."""
    chance = random.Random(f"{recipe.seed}:{learnt // len(lengths)}")
    order = sorted(range(len(lengths)), key=lambda number: lengths[number] * chance.uniform(0.97, 1.03))
    size = _block(recipe.at_once)
    blocks = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(blocks)
    left = learnt % len(lengths)
    while left >= len(blocks[0]):
        left -= len(blocks.pop(0))
    return blocks[0][left : left + recipe.at_once]


def _block(at_once: int) -> int:
    """Groups of about the same length that lie beside each other in the order of a round."""
    return max(2, at_once)


def _log(run: Path, progress: Progress, loss: float, tokens: int) -> None:
    line = {
        "step": progress.step,
        "groups": progress.groups,
        "seconds": round(progress.seconds, 1),
        "loss": round(loss, 4),
        "tokens": tokens,
    }
    path = run / "log.jsonl"
    try:
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        raise unwritable(path, error) from error


def differing(run: Path, settings: Mapping[str, Any]) -> list[str]:
    """The settings that something was learnt with in `run` and that are others now, as words; those may change that say
    how long to learn, and how many groups at once as long as their order stays the same."""
    recipe = run / _RECIPE
    if not (run / _STATE).exists() or not recipe.exists():
        return []
    kept = json.loads(recipe.read_bytes())
    others = [name for name, value in settings.items() if kept.get(name, value) != value and name not in _MAY_CHANGE]
    if _block(kept.get("at_once", settings["at_once"])) != _block(settings["at_once"]):
        others.append("at_once")
    return [name if name in _FILES else f"{name} {kept[name]}" for name in others]


def starter_path() -> Path:
    """The GGUF file of the starter language model. Raises FileNotFoundError when its package is not installed."""
    path = next(starter for starter in STARTERS if starter.kind == "llm").locate()
    if path is None:
        raise FileNotFoundError("The starter model is not installed. Run make run once, or name a file with --model.")
    return path


def main() -> None:
    defaults = Recipe()
    parser = argparse.ArgumentParser(description="Train a LoRA adapter on prepared groups.")
    parser.add_argument("data", type=Path, help="file of training.prepare: train.jsonl")
    parser.add_argument("run", type=Path, help="folder for the state, the log and the adapter")
    parser.add_argument("--model", type=Path, help="Llama-family GGUF file; the starter's without it")
    parser.add_argument("--from", dest="start", type=Path, help="adapter (GGUF) to go on from, with its rank and alpha")
    for name, value in asdict(defaults).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    arguments = parser.parse_args()
    start = read_adapter(arguments.start) if arguments.start else None
    recipe = Recipe(**{name: getattr(arguments, name) for name in asdict(defaults)})
    if start is not None:
        recipe = replace(recipe, rank=start.rank, alpha=start.alpha)
    path = arguments.model or starter_path()
    settings = {
        "model": path.name,
        "weights": hash_model(path),
        "data": hash_file(arguments.data),
        "from": hash_file(arguments.start) if arguments.start else "",
        **asdict(recipe),
    }
    if others := differing(arguments.run, settings):
        begun = f"{arguments.run} was begun with other settings ({', '.join(others)})"
        parser.error(f"{begun}. Give the same ones to go on, or name another folder.")
    arguments.run.mkdir(parents=True, exist_ok=True)
    for half_written in arguments.run.glob(f".{_STATE}.*"):  # by a process that was killed
        half_written.unlink()
    replace_file(arguments.run / _RECIPE, json.dumps(settings, indent=1).encode())
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    tokeniser = Tokeniser(path)
    groups = [lay_out(group, tokeniser) for group in read_groups(arguments.data)]
    model = load_model(
        path,
        rank=recipe.rank,
        alpha=recipe.alpha,
        seed=recipe.seed,
        kind=faster_type(),
        adapted=ADAPTED if start is None else start.adapted,
    )
    if start is not None:
        start.put_into(model)
    progress = train(model, groups, recipe, arguments.run)
    learnt = f"{progress.step} steps, {progress.groups} groups"
    print(f"{learnt} in {progress.seconds / 60:.1f} minutes, saved in {arguments.run}")


if __name__ == "__main__":
    main()
