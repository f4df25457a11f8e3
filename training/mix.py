"""Average an adapter with the one it has gone on from: python -m training.mix FIRST SECOND OUT.gguf

Between what two rounds have learnt lies an adapter that keeps more of both than either (Wortsman and others, "Robust
fine-tuning of zero-shot models", 2022).
"""

import argparse
from pathlib import Path

from training.export import LICENCE, NAME, write
from training.start import read_adapter

SHARE = 0.6
"""Of the second."""


def mix(first: Path, second: Path, out: Path, *, share: float = SHARE, licence: str = LICENCE) -> int:
    """Write the average of two adapters with the same layers, rank and alpha; returns the bytes. Raises ValueError for
    others."""
    one, other = read_adapter(first), read_adapter(second)
    if (one.rank, one.alpha, one.weights.keys()) != (other.rank, other.alpha, other.weights.keys()):
        raise ValueError(f"{first.name} and {second.name} are not of one make: layers, rank or alpha differ.")
    weights = {key: (1 - share) * one.weights[key] + share * other.weights[key] for key in one.weights}
    return write(weights, out, alpha=one.alpha, name=NAME, licence=licence)


def main() -> None:
    parser = argparse.ArgumentParser(description="Average two adapters, the second gone on from the first.")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=SHARE, help="of the second")
    arguments = parser.parse_args()
    size = mix(arguments.first, arguments.second, arguments.out, share=arguments.share)
    print(f"{arguments.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
