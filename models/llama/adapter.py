"""LoRA adapters: small files of changes to a model's weights, and whether one fits a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.errors import ModelError
from models.llama.gguf import GgufHeader, read_adapter_header, read_gguf_header

_DOWN, _UP = ".lora_a", ".lora_b"


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter to be put over a model. `scale` multiplies its effect: 1 is as trained, 0 is none."""

    name: str
    path: Path
    sha256: str
    scale: float = 1.0


class AdapterMisfit(ModelError):
    """The adapter cannot be put over the language model."""

    def __init__(self, adapter: str, model: str, reason: str) -> None:
        super().__init__(
            f"The adapter {adapter} does not fit the language model {model}: {reason}.",
            "Use the language model it was made for, or another adapter: `strongroom config set llama.adapter auto`, "
            "or llama.adapters where that names one for the collection.",
        )


def misfit(adapter: Path, model: GgufHeader) -> str | None:
    """Why the adapter in this file cannot be put over the model, as the end of a sentence; None when it fits. Raises
    ModelError when the file cannot be read or holds no adapter.

    The same conditions as in llama.cpp (llama-adapter.cpp), told apart before it sees the files. Of the model it takes
    the header, which with its vocabulary is long to read: who loads a model has read it already.
    """
    changes = read_adapter_header(adapter)
    if changes.architecture != model.architecture:
        return f"it is for models of the kind {changes.architecture}, and this one is {model.architecture}"
    names = {name.removesuffix(_DOWN).removesuffix(_UP) for name in changes.tensors if name.endswith((_DOWN, _UP))}
    if not names:
        return "it changes nothing"
    for name in sorted(names):
        if name not in model.tensors:
            return f"it changes {name}, which the model does not have"
        down, up = changes.tensors.get(name + _DOWN), changes.tensors.get(name + _UP)
        if down is None or up is None:
            return f"only half of its change to {name} is there"
        if not _fits(name, down, up, model.tensors[name]):
            return f"its change to {name} has the shape {_shape(down)} by {_shape(up)}, not that of the model"
    return None


def require_fits_one_of(adapter: Path, models: Mapping[str, Path]) -> None:
    """Raises ModelError when the adapter fits none of the language models, of which there are the names and files."""
    reasons = []
    for name, path in models.items():
        try:
            model = read_gguf_header(path)
        except ModelError:
            reasons.append(f"{name} cannot be read")
            continue
        reason = misfit(adapter, model)
        if reason is None:
            return
        reasons.append(f"for {name} {reason}")
    raise ModelError(
        f"The adapter {adapter} fits none of the language models there are ({'; '.join(reasons[:3]) or 'none'}).",
        "Add the language model it was made for first.",
    )


def _fits(name: str, down: tuple[int, ...], up: tuple[int, ...], weights: tuple[int, ...]) -> bool:
    if min(len(down), len(up), len(weights)) < 2:
        return False
    if name == "token_embd.weight":  # its rows are looked up, not multiplied, so both halves lie the other way round
        return (up[1], down[1]) == weights[:2] and down[0] == up[0]
    return (down[0], up[1]) == weights[:2] and down[1] == up[0]


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(str(size) for size in shape)
