"""The weights of an adapter that is there already, to go on from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.llama import LINEAR, Llama


@dataclass(frozen=True, slots=True)
class Start:
    """`weights` by the names that `Llama` gives them; `alpha` / `rank` is how strongly they work."""

    rank: int
    alpha: float
    weights: dict[str, Tensor]

    @property
    def adapted(self) -> frozenset[str]:
        """The kinds of layers that it changes."""
        return frozenset(name.split(".")[2] for name in self.weights)

    def put_into(self, model: Llama) -> None:
        """In place of what the model's adapters begin with; a layer that the file leaves alone begins as ever."""
        model.load_state_dict(self.weights, strict=False)


def read_adapter(path: Path) -> Start:
    """Read a LoRA adapter of llama.cpp's. Raises ValueError when training cannot go on from it: it changes more than
    the linear layers, or has several ranks."""
    from gguf import GGUFReader
    from gguf.quants import dequantize

    reader = GGUFReader(path)
    weights: dict[str, Tensor] = {}
    ranks: set[int] = set()
    for tensor in reader.tensors:
        name, half = _name_in_model(tensor.name, path)
        values = np.array(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        ranks.add(values.shape[0 if half == "lora_a" else 1])
        weights[name] = torch.from_numpy(values)
    if len(ranks) != 1:
        raise ValueError(f"The adapter {path.name} has {len(ranks)} ranks, and training goes on with one.")
    rank, alpha = ranks.pop(), reader.fields.get("adapter.lora.alpha")
    # As in llama.cpp (llama-adapter.h): the change of an adapter that names no alpha is taken as it is.
    return Start(rank, float(alpha.contents()) if alpha and alpha.contents() else float(rank), weights)


def _name_in_model(name: str, path: Path) -> tuple[str, str]:
    """blk.3.attn_q.weight.lora_a is blocks.3.attn_q.lora_a."""
    match name.split("."):
        case ["blk", layer, part, "weight", ("lora_a" | "lora_b") as half] if part in LINEAR:
            return f"blocks.{layer}.{part}.{half}", half
    raise ValueError(f"The adapter {path.name} changes {name}, which training leaves alone.")
