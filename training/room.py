"""Whether a model can be trained on this machine: told before anything is loaded."""

import importlib.util
from pathlib import Path

from config.environment import pip_install
from config.errors import ModelError, StrongroomError
from models.llama.gguf import GgufHeader
from models.llama.memory import memory_available
from training.llama import LINEAR

GGUF = "gguf==0.19.0"
"""The package that reads and writes model files, in the version that is tested."""

_FLOAT = 4
LEAST_TOKENS = 1000
"""Of one group, before the groups are known."""
_KEPT_OF_WIDTH, _KEPT_OF_FORWARD = 24, 8
"""Numbers that the way back needs of each token in each layer, in widths of the model and of its feed-forward part:
measured with the starter model, with a little to spare."""
_WORKING_MEMORY = 1_000_000_000
"""Bytes for Python, PyTorch, the library and the embedder."""


def require_tools() -> None:
    """Raises StrongroomError when the package is missing that reads and writes model files."""
    if importlib.util.find_spec("gguf") is None:
        raise StrongroomError(
            "Training needs the package gguf, which is not installed.",
            f"Install it beside Strongroom with `{pip_install(GGUF)}`.",
        )


def require_trainable(name: str, header: GgufHeader) -> None:
    """Raises ModelError when training cannot compute this kind of model."""
    reason = _untrainable(header)
    if reason:
        raise ModelError(
            f"The model {name} cannot be trained here: {reason}.",
            "Choose a Llama-family model with --model: Llama 2 or 3, Mistral 7B, SmolLM.",
        )


def _untrainable(header: GgufHeader) -> str:
    if header.architecture != "llama":
        return f"it is of the kind {header.architecture}"
    width, heads = header.number("embedding_length"), header.number("attention.head_count")
    if header.number("expert_count") or not heads or width % heads:
        return "it is built of experts" if header.number("expert_count") else "it does not say how it is built"
    if header.number("attention.key_length") not in (0, width // heads):
        return "its attention heads have a width of their own"
    if header.text("llama.rope.scaling.type") not in ("", "none"):
        return "its positions are scaled"
    layers = range(header.number("block_count"))
    missing = [
        f"blk.{n}.{part}.weight" for n in layers for part in LINEAR if f"blk.{n}.{part}.weight" not in header.tensors
    ]
    return f"it has no {missing[0]}" if missing else ""


def memory_to_train(header: GgufHeader, tokens: int) -> int:
    """Bytes that training takes: the weights in 32-bit floats, and what the way back needs of `tokens`."""
    layers, width, forward = (
        header.number(name) for name in ("block_count", "embedding_length", "feed_forward_length")
    )
    kept = layers * (_KEPT_OF_WIDTH * width + _KEPT_OF_FORWARD * forward)
    return _FLOAT * (header.parameters + tokens * kept) + _WORKING_MEMORY


def groups_at_once(name: str, header: GgufHeader, longest: int, most: int, information: Path | None = None) -> int:
    """How many groups of up to `longest` tokens can be learnt side by side, at most `most`. Raises ModelError when not
    even one fits into the memory that is free."""
    free = memory_available(information) if information else memory_available()
    if free is None:
        return most
    fitting = [count for count in range(1, most + 1) if memory_to_train(header, count * longest) <= free]
    if not fitting:
        raise ModelError(
            f"To train the model {name} takes {memory_to_train(header, longest) / 1e9:.1f} GB of memory, and "
            f"{free / 1e9:.1f} GB are free.",
            "Close other programs, or choose a smaller model with --model.",
        )
    return max(fitting)
