from pathlib import Path

import pytest
import torch

from training.export import write
from training.mix import mix
from training.start import read_adapter


def adapter(path: Path, value: float, *, rank: int = 2) -> Path:
    half = {"lora_a": torch.full((rank, 6), value), "lora_b": torch.full((4, rank), -value)}
    write({f"blocks.0.attn_q.{name}": weights for name, weights in half.items()}, path, alpha=4.0)
    return path


def test_each_weight_lies_between_those_of_the_two(tmp_path: Path) -> None:
    out = tmp_path / "mixed.gguf"
    mix(adapter(tmp_path / "one.gguf", 1.0), adapter(tmp_path / "other.gguf", 2.0), out, share=0.25)
    mixed = read_adapter(out)
    assert (mixed.rank, mixed.alpha) == (2, 4.0)
    assert mixed.weights["blocks.0.attn_q.lora_a"].tolist() == [[1.25] * 6] * 2
    assert mixed.weights["blocks.0.attn_q.lora_b"].tolist() == [[-1.25] * 2] * 4


def test_adapters_of_other_ranks_are_not_averaged(tmp_path: Path) -> None:
    one, other = adapter(tmp_path / "one.gguf", 1.0), adapter(tmp_path / "other.gguf", 1.0, rank=3)
    with pytest.raises(ValueError, match="not of one make"):
        mix(one, other, tmp_path / "mixed.gguf")
