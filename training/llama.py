"""A Llama-family model in plain PyTorch, read from its GGUF file, with LoRA adapters over its linear layers.

Where the machine multiplies 16-bit floats faster (AMX, AVX512-BF16), it computes in bfloat16: the frozen weights are
kept so, the adapters and the sums between the layers in 32 bits.

Weights keep llama.cpp's order: rotary pairs lie side by side in the rows of q and k (Hugging Face puts the halves of a
head apart). So an adapter trained here is exported as it is, without permuting anything.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

LINEAR = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
ADAPTED = ("attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
"""The layers that a new adapter changes. llama.cpp takes as long for the change of a small layer as for that of a large
one, and what keys and values would learn, queries and the output can."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the model's metadata says about it; sizes in numbers of floats."""

    layers: int
    width: int
    heads: int
    key_heads: int
    epsilon: float
    rope_base: float


class Frozen(nn.Module):  # type: ignore[misc]  # torch is not followed
    """A weight that nothing changes, shape (out, in)."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight)


class Linear(nn.Module):  # type: ignore[misc]  # torch is not followed
    """A frozen weight, shape (out, in), and a low-rank change to it: x W' + (x A') B' alpha / rank."""

    def __init__(self, weight: Tensor, rank: int, alpha: float, generator: torch.Generator) -> None:
        super().__init__()
        self.register_buffer("weight", weight, persistent=False)
        out, inner = weight.shape
        # As in the LoRA paper: A is random, B is zero, so training starts from the model as it is.
        self.lora_a = nn.Parameter(torch.randn(rank, inner, generator=generator) / inner**0.5)
        self.lora_b = nn.Parameter(torch.zeros(out, rank))
        self.scale = alpha / rank

    def forward(self, x: Tensor) -> Tensor:
        down = functional.linear(x, self.lora_a)
        # One call, since adding and scaling by themselves cost as much as the small product.
        return torch.addmm(functional.linear(x, self.weight), down, self.lora_b.T, alpha=self.scale)


class Block(nn.Module):  # type: ignore[misc]  # torch is not followed
    """One layer: attention over what `allowed` (last tokens, tokens) lets see, then the gated feed-forward part."""

    def __init__(self, weights: dict[str, Tensor], shape: Shape, make: Any) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("attn_norm", weights["attn_norm"], persistent=False)
        self.register_buffer("ffn_norm", weights["ffn_norm"], persistent=False)
        for name in LINEAR:
            setattr(self, name, make(name, weights[name]))

    def forward(self, x: Tensor, rotation: Tensor, allowed: Tensor) -> Tensor:
        x = x + self._attention(self._norm(x, self.attn_norm), rotation, allowed)
        y = self._norm(x, self.ffn_norm)
        return x + self.ffn_down(functional.silu(self.ffn_gate(y)) * self.ffn_up(y))

    def _attention(self, x: Tensor, rotation: Tensor, allowed: Tensor) -> Tensor:
        shape = self.shape
        q = rotate(self.attn_q(x).unflatten(-1, (shape.heads, -1)), rotation).transpose(0, 1)
        k = rotate(self.attn_k(x).unflatten(-1, (shape.key_heads, -1)), rotation).transpose(0, 1)
        v = self.attn_v(x).unflatten(-1, (shape.key_heads, -1)).transpose(0, 1)
        group = shape.heads // shape.key_heads
        k, v = k.repeat_interleave(group, 0), v.repeat_interleave(group, 0)
        mixed = _attend(q[None], k[None], v[None], allowed)[0]
        return self.attn_output(mixed.transpose(0, 1).flatten(1))

    def _norm(self, x: Tensor, weight: Tensor) -> Tensor:
        return functional.rms_norm(x, (x.shape[-1],), weight, self.shape.epsilon)


class Llama(nn.Module):  # type: ignore[misc]  # torch is not followed
    """The whole model; only the adapters are parameters."""

    def __init__(
        self,
        weights: dict[str, Tensor],
        shape: Shape,
        *,
        rank: int,
        alpha: float,
        seed: int,
        adapted: Collection[str] = ADAPTED,
    ) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)

        def make(name: str, weight: Tensor) -> nn.Module:
            return Linear(weight, rank, alpha, generator) if name in adapted else Frozen(weight)

        self.shape, self.rank, self.alpha = shape, rank, alpha
        self.embedding = weights["token_embd"]
        self.head = weights.get("output", self.embedding)
        self.final_norm = weights["output_norm"]
        self.frequencies = _frequencies(shape, weights.get("rope_freqs"))
        self.blocks = nn.ModuleList(Block(_of_layer(weights, i), shape, make) for i in range(shape.layers))

    def forward(self, tokens: Tensor, positions: Tensor, allowed: Tensor, wanted: Tensor) -> Tensor:
        """Logits, shape (wanted, vocabulary), at the indexes `wanted` of one sequence of `tokens`."""
        angles = positions[:, None].float() * self.frequencies
        rotation = torch.polar(torch.ones_like(angles), angles)[:, None]
        # Mixed precision is a setting of a thread, and each group has a thread of its own.
        with torch.autocast("cpu", torch.bfloat16, enabled=self.embedding.dtype == torch.bfloat16):
            x = self.embedding[tokens].float()
            for block in self.blocks:
                x = block(x, rotation, allowed)
            x = functional.rms_norm(x[wanted], (x.shape[-1],), self.final_norm, self.shape.epsilon)
            return functional.linear(x, self.head).float()


def _attend(q: Tensor, k: Tensor, v: Tensor, allowed: Tensor) -> Tensor:
    """The first tokens see all before them, which costs half; the last ones what `allowed` says."""
    first = q.shape[2] - len(allowed)
    plain = functional.scaled_dot_product_attention(q[:, :, :first], k[:, :, :first], v[:, :, :first], is_causal=True)
    if not len(allowed):
        return plain
    masked = functional.scaled_dot_product_attention(q[:, :, first:], k, v, attn_mask=allowed)
    return torch.cat((plain, masked), 2)


def rotate(x: Tensor, rotation: Tensor) -> Tensor:
    """Turn the pairs of neighbouring numbers of each head, shape (tokens, heads, size), by their angles: as complex
    numbers times `rotation`, shape (tokens, 1, size / 2), each of length one."""
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * rotation).flatten(-2)


def faster_type() -> torch.dtype:
    """bfloat16 where this machine multiplies it at twice the speed of 32 bits or more, measured; else float32."""

    def seconds(kind: torch.dtype) -> float:
        x, weight = torch.ones(512, 512, dtype=kind), torch.ones(1024, 512, dtype=kind)
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            functional.linear(x, weight)
            times.append(time.perf_counter() - begun)
        return min(times)

    return torch.bfloat16 if seconds(torch.float32) > 2 * seconds(torch.bfloat16) else torch.float32


def load_model(
    path: Path,
    *,
    rank: int,
    alpha: float,
    seed: int,
    kind: torch.dtype = torch.float32,
    adapted: Collection[str] = ADAPTED,
) -> Llama:
    """Read a GGUF file, its weights dequantised to `kind`, the layers called `adapted` open to change. Raises
    ValueError for another kind of model."""
    from gguf import GGUFReader
    from gguf.quants import dequantize

    reader = GGUFReader(path)
    architecture = str(reader.fields["general.architecture"].contents())
    if architecture != "llama":
        raise ValueError(f"{path.name} is a model of the kind {architecture}. Use a Llama-family GGUF file.")

    def value(key: str, default: Any = None) -> Any:
        field = reader.fields.get(f"llama.{key}")
        return default if field is None else field.contents()

    weights = {
        tensor.name.removesuffix(".weight"): torch.from_numpy(
            np.array(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        ).to(kind if "norm" not in tensor.name and "rope" not in tensor.name else torch.float32)
        for tensor in reader.tensors
    }
    shape = Shape(
        layers=value("block_count"),
        width=value("embedding_length"),
        heads=value("attention.head_count"),
        key_heads=value("attention.head_count_kv", value("attention.head_count")),
        epsilon=value("attention.layer_norm_rms_epsilon"),
        rope_base=value("rope.freq_base", 10000.0),
    )
    return Llama(weights, shape, rank=rank, alpha=alpha, seed=seed, adapted=adapted)


def _of_layer(weights: dict[str, Tensor], layer: int) -> dict[str, Tensor]:
    start = f"blk.{layer}."
    return {name.removeprefix(start): weight for name, weight in weights.items() if name.startswith(start)}


def _frequencies(shape: Shape, factors: Tensor | None) -> Tensor:
    """Angles per position of each pair of a head, shape (size of a head / 2,)."""
    size = shape.width // shape.heads
    frequencies = shape.rope_base ** (-torch.arange(0, size, 2).float() / size)
    return frequencies if factors is None else frequencies / factors
