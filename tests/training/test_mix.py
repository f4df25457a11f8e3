from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.llama.gguf import read_adapter_header
from training.export import write
from training.llama import ADAPTED
from training.mix import main, mix
from training.start import Start, read_adapter

LAYER = "blocks.0.attn_q"
OTHER = "blocks.0.ffn_up"


def adapter(path: Path, seed: int, *, rank: int = 2, alpha: float = 4.0, layer: str = LAYER) -> Path:
    chance = torch.Generator().manual_seed(seed)
    halves = {"lora_a": torch.randn(rank, 6, generator=chance), "lora_b": torch.randn(4, rank, generator=chance)}
    write({f"{layer}.{name}": weights for name, weights in halves.items()}, path, alpha=alpha)
    return path


def read(*paths: Path) -> list[Start]:
    return [read_adapter(path) for path in paths]


def change(path: Path, layer: str = LAYER) -> Tensor:
    """What an adapter adds to the weights of a layer."""
    held = read_adapter(path)
    return held.weights[f"{layer}.lora_b"] @ held.weights[f"{layer}.lora_a"] * held.alpha / held.rank


def test_the_change_lies_between_those_of_the_two(tmp_path: Path) -> None:
    one, other = adapter(tmp_path / "1.gguf", 1), adapter(tmp_path / "2.gguf", 2, rank=1, alpha=3.0)
    out = tmp_path / "mixed.gguf"
    assert mix(read(one, other), out, shares=[0.75, 0.25], rank=3) == out.stat().st_size
    torch.testing.assert_close(change(out), 0.75 * change(one) + 0.25 * change(other), atol=5e-3, rtol=0)
    assert read_adapter(out).rank == 3


def test_of_three_each_has_its_third(tmp_path: Path) -> None:
    three = [adapter(tmp_path / f"{seed}.gguf", seed) for seed in (1, 2, 3)]
    out = tmp_path / "mixed.gguf"
    mix(read(*three), out, rank=4)
    torch.testing.assert_close(change(out), sum(change(one) for one in three) / 3, atol=5e-3, rtol=0)


def test_a_share_for_each_is_asked(tmp_path: Path) -> None:
    one = adapter(tmp_path / "1.gguf", 1)
    with pytest.raises(ValueError, match="shorter"):
        mix(read(one, one), tmp_path / "mixed.gguf", shares=[1.0])


def test_of_a_lower_rank_the_largest_part_is_kept(tmp_path: Path) -> None:
    one, other = adapter(tmp_path / "1.gguf", 1), adapter(tmp_path / "2.gguf", 2)
    out = tmp_path / "mixed.gguf"
    mix(read(one, other), out, rank=1)
    wanted = (change(one) + change(other)) / 2
    sizes = torch.linalg.svdvals(wanted)
    torch.testing.assert_close(torch.linalg.norm(wanted - change(out)), sizes[1:].norm(), atol=1e-2, rtol=0)


def test_a_layer_that_one_leaves_alone_gets_its_share_of_the_other(tmp_path: Path) -> None:
    one, other = adapter(tmp_path / "1.gguf", 1), adapter(tmp_path / "2.gguf", 2, layer=OTHER)
    out = tmp_path / "mixed.gguf"
    mix(read(one, other), out)
    torch.testing.assert_close(change(out), change(one) / 2, atol=5e-3, rtol=0)
    torch.testing.assert_close(change(out, OTHER), change(other, OTHER) / 2, atol=5e-3, rtol=0)


def test_layers_that_are_to_stay_as_they_are_are_left_out(tmp_path: Path) -> None:
    one = adapter(tmp_path / "1.gguf", 1, layer="blocks.0.attn_k")
    with pytest.raises(ValueError, match="None of"):
        mix(read(one, one), tmp_path / "mixed.gguf", layers=ADAPTED)


def test_keys_and_values_are_averaged_like_all_others_unless_layers_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = adapter(tmp_path / "1.gguf", 1, layer="blocks.0.attn_k"), adapter(tmp_path / "2.gguf", 2)
    out = tmp_path / "mixed.gguf"
    command = ["mix", str(out), str(one), str(other), "--name", "ours", "--licence", "none"]
    monkeypatch.setattr("sys.argv", command)
    main()
    torch.testing.assert_close(change(out, "blocks.0.attn_k"), change(one, "blocks.0.attn_k") / 2, atol=5e-3, rtol=0)
    header = read_adapter_header(out)
    assert (header.text("general.name"), header.licence) == ("ours", "none")

    monkeypatch.setattr("sys.argv", [*command, "--layers", "attn_q"])
    main()
    assert read_adapter(out).adapted == {"attn_q"}
