"""What is to be taught: a language model that is there, and the adapter over it to go on from."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ModelError
from models.llama.adapter import misfit
from models.llama.gguf import read_gguf_header
from models.loading import find_adapter, settings_for
from training.room import LEAST_TOKENS, groups_at_once, require_trainable
from training.start import Start, read_adapter

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from models.registry import ModelEntry

RANK, ALPHA = 16, 32.0
OWN_LICENCE = "none"
"""Of an adapter that has learnt from the user's documents alone."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to learn from, over which model; `start` is the adapter to go on from: a name, `none`, or empty for the one
    that is in use with the model."""

    questions: Path
    name: str
    model: str = ""
    start: str = ""
    minutes: float = 30.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Base:
    """The model to be taught, and the adapter to go on from."""

    model: "ModelEntry"
    start: "ModelEntry | None"
    weights: Start | None

    @property
    def start_path(self) -> Path | None:
        return self.start.path if self.start else None

    @property
    def rank(self) -> int:
        return self.weights.rank if self.weights else RANK

    @property
    def alpha(self) -> float:
        return self.weights.alpha if self.weights else ALPHA

    @property
    def licence(self) -> str:
        return self.start.licence if self.start else OWN_LICENCE


def find_base(assistant: "Assistant", request: Request) -> Base:
    """Raises ModelError when the model or the adapter is missing, cannot be trained, or does not fit."""
    registry, settings = assistant.registry, assistant.settings
    model = registry.find(request.model or settings.models.llm, "llm")
    registry.require_intact(model)
    header = read_gguf_header(model.path)
    require_trainable(model.name, header)
    groups_at_once(model.name, header, LEAST_TOKENS, 1)

    with_it = settings_for(settings, model.name).with_models(adapter=request.start or None, adapter_scale=1.0)
    start = find_adapter(registry, with_it)
    if start is None:
        return Base(model, None, None)
    registry.require_intact(start)
    reason = misfit(start.path, header)
    try:
        weights = read_adapter(start.path)
    except ValueError as error:
        reason = reason or str(error).rstrip(".")
    if reason:
        raise ModelError(
            f"Training cannot go on from the adapter {start.name} over {model.name}: {reason}.",
            "Name another one with --from, or begin anew with --from none.",
        )
    return Base(model, start, weights)
