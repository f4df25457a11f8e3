"""Average what adapters of one model do to its layers: python -m training.mix OUT.gguf ADAPTER ADAPTER…

Between what several trainings have learnt lies a model that does better than each of them (Wortsman and others, "Model
soups", 2022). What an adapter does to a layer is the product of its halves; the average of such products has the ranks
of all together, and is cut to its largest parts (Eckart and Young 1936).
"""

import argparse
from collections.abc import Collection, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from training.export import LICENCE, NAME, write
from training.llama import LINEAR
from training.start import Start, read_adapter

RANK = 16
"""That of a training. A higher one keeps more of each, and costs speed: the starter writes at 0.85 of its speed under
rank 16, and at 0.82 under rank 22."""


def mix(
    adapters: Sequence[Start],
    out: Path,
    *,
    shares: Sequence[float] = (),
    rank: int = RANK,
    layers: Collection[str] = LINEAR,
    name: str = NAME,
    licence: str = LICENCE,
) -> int:
    """Write the average of `adapters`, over `layers` only; returns the bytes. `shares`: how much of each, equal ones
    without. What one of them leaves alone counts as unchanged by it. Raises ValueError when none changes any of the
    layers, and when the shares are not one for each."""
    parts = list(zip(adapters, shares or [1 / len(adapters)] * len(adapters), strict=True))
    changed = {half.rpartition(".")[0]: None for adapter, _ in parts for half in adapter.weights}
    weights: dict[str, Tensor] = {}
    for layer in changed:
        if layer.split(".")[2] in layers:
            down, up = _cut(*_side_by_side(layer, parts), rank)
            weights |= {f"{layer}.lora_a": down, f"{layer}.lora_b": up}
    if not weights:
        raise ValueError(f"None of the adapters changes {', '.join(sorted(layers))}.")
    return write(weights, out, alpha=float(rank), name=name, licence=licence)


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
    parser = argparse.ArgumentParser(description="Average what adapters of one model do to its layers.")
    parser.add_argument("out", type=Path)
    parser.add_argument("adapters", type=Path, nargs="+")
    parser.add_argument("--shares", type=float, nargs="+", default=[], help="how much of each; equal ones without")
    parser.add_argument("--rank", type=int, default=RANK, help="of the average")
    parser.add_argument(
        "--layers", nargs="+", choices=LINEAR, default=LINEAR, help="keep these only; all that any changes without"
    )
    parser.add_argument("--name", default=NAME)
    parser.add_argument("--licence", default=LICENCE, help="of the questions they were trained on")
    arguments = parser.parse_args()
    if arguments.shares and len(arguments.shares) != len(arguments.adapters):
        parser.error("--shares needs a number for each adapter.")
    size = mix(
        [read_adapter(path) for path in arguments.adapters],
        arguments.out,
        shares=arguments.shares,
        rank=arguments.rank,
        layers=arguments.layers,
        name=arguments.name,
        licence=arguments.licence,
    )
    print(f"{arguments.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
