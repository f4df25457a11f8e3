"""Average what two adapters of one model do to its layers: python -m training.mix FIRST SECOND OUT.gguf

Between what two trainings have learnt lies a model that does better than either (Wortsman and others, "Model soups",
2022). What an adapter does to a layer is the product of its halves; the average of two such products has the ranks of
both together, and is cut to its largest parts (Eckart and Young 1936).
"""

import argparse
from collections.abc import Collection
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from training.export import LICENCE, NAME, write
from training.llama import ADAPTED
from training.start import Start, read_adapter

SHARE = 0.5
"""Of the second."""
RANK = 22
"""As much as 12 MB of 16 bits hold for the layers of the starter model."""


def mix(
    first: Path,
    second: Path,
    out: Path,
    *,
    share: float = SHARE,
    rank: int = RANK,
    layers: Collection[str] = ADAPTED,
    licence: str = LICENCE,
) -> int:
    """Write the average of two adapters, over `layers` only; returns the bytes. What one of them leaves alone counts as
    unchanged by it. Raises ValueError when neither changes any of them."""
    parts = ((read_adapter(first), 1 - share), (read_adapter(second), share))
    names = {name.rpartition(".")[0]: None for adapter, _ in parts for name in adapter.weights}
    weights: dict[str, Tensor] = {}
    for name in names:
        if name.split(".")[2] in layers:
            down, up = _cut(*_side_by_side(name, parts), rank)
            weights |= {f"{name}.lora_a": down, f"{name}.lora_b": up}
    if not weights:
        raise ValueError(f"Neither {first.name} nor {second.name} changes {', '.join(sorted(layers))}.")
    return write(weights, out, alpha=float(rank), name=NAME, licence=licence)


def _side_by_side(name: str, parts: Collection[tuple[Start, float]]) -> tuple[Tensor, Tensor]:
    """The halves whose product is the weighted sum of the changes: shapes (ranks, inner) and (outer, ranks)."""
    held = [(adapter, share) for adapter, share in parts if f"{name}.lora_a" in adapter.weights]
    downs = [adapter.weights[f"{name}.lora_a"] for adapter, _ in held]
    ups = [adapter.weights[f"{name}.lora_b"] * (share * adapter.alpha / adapter.rank) for adapter, share in held]
    return torch.cat(downs, 0), torch.cat(ups, 1)


def _cut(down: Tensor, up: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """The two halves of the product of rank `rank` that is nearest to `up` times `down`, as large as each other."""
    inner, right = torch.linalg.qr(down.T)
    outer, left = torch.linalg.qr(up)
    turned, sizes, back = torch.linalg.svd(left @ right.T)
    kept = min(rank, len(sizes))
    root = sizes[:kept].sqrt()
    down, up = (root[:, None] * back[:kept]) @ inner.T, (outer @ turned[:, :kept]) * root
    return functional.pad(down, (0, 0, 0, rank - kept)).contiguous(), functional.pad(up, (0, rank - kept)).contiguous()


def main() -> None:
    parser = argparse.ArgumentParser(description="Average what two adapters of one model do to its layers.")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=SHARE, help="of the second")
    parser.add_argument("--rank", type=int, default=RANK, help="of the average")
    arguments = parser.parse_args()
    size = mix(arguments.first, arguments.second, arguments.out, share=arguments.share, rank=arguments.rank)
    print(f"{arguments.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
