"""What `adapt` teaches: groups laid out for a model, and the training over them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.hardware import available_cores
from models.llama.gguf import read_gguf_header
from training.base import Base
from training.groups import Group
from training.room import groups_at_once

if TYPE_CHECKING:
    from training.batches import Branches, Tokeniser
    from training.train import Progress

AT_ONCE = 2
"""Groups of a step, each on cores of its own."""
SAVE_EVERY = 30.0
"""Seconds: the state is some 50 MB."""

RATE, RATE_FROM_NOTHING = 5e-4, 1.5e-3


@dataclass(frozen=True, slots=True)
class Lesson:
    """The groups as the model reads them, and how many of them it learns side by side."""

    groups: "list[Branches]"
    at_once: int


def prepare_lesson(base: Base, groups: Sequence[Group], tokeniser: "Tokeniser") -> Lesson:
    """Raises ModelError when not even the longest group alone fits into memory."""
    from training.batches import lay_out

    laid = [lay_out(group, tokeniser) for group in groups]
    longest = max(len(group.tokens) for group in laid)
    at_once = groups_at_once(base.model.name, read_gguf_header(base.model.path), longest, AT_ONCE)
    return Lesson(laid, at_once)


def learn(
    base: Base, lesson: Lesson, minutes: float, seed: int, folder: Path, tell: "Callable[[Progress, float], None]"
) -> "Progress":
    """Train for `minutes` at most, the state saved in `folder` now and then. `tell` is told of every step and its loss.
    Raises HomeError when the state cannot be written."""
    import torch

    from training.llama import ADAPTED, faster_type, load_model
    from training.train import Recipe, train

    rate = RATE if base.weights else RATE_FROM_NOTHING
    recipe = Recipe(1.0, minutes, rate, 8, base.rank, base.alpha, seed, lesson.at_once, SAVE_EVERY)
    torch.set_num_threads(max(1, available_cores() // lesson.at_once))
    torch.manual_seed(recipe.seed)
    adapted = base.weights.adapted if base.weights else ADAPTED
    model = load_model(
        base.model.path, rank=recipe.rank, alpha=recipe.alpha, seed=recipe.seed, kind=faster_type(), adapted=adapted
    )
    if base.weights is not None:
        base.weights.put_into(model)
    return train(model, lesson.groups, recipe, folder, tell)
