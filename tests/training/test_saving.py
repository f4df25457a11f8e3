"""What was learnt is saved whole or not at all, and a disk that is full is named."""

from pathlib import Path
from typing import Any

import pytest
import torch

from config.errors import HomeError, StrongroomError
from tests.faults import no_file_larger_than
from training.export import write
from training.run import Run
from training.start import read_adapter
from training.train import Progress, Recipe, save, train

STATE = "state.pt"


@pytest.fixture
def model() -> Any:
    """Stands in for a model: its state is some 40 kB."""
    return torch.nn.Linear(100, 100)


@pytest.fixture
def optimiser(model: Any) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters())


def test_a_full_disk_is_named_and_what_was_saved_before_stays(
    tmp_path: Path, model: Any, optimiser: torch.optim.Optimizer
) -> None:
    save(model, optimiser, Progress(1), tmp_path)
    before = (tmp_path / STATE).read_bytes()

    with no_file_larger_than(10_000), pytest.raises(HomeError) as caught:
        save(model, optimiser, Progress(2), tmp_path)

    assert "state.pt cannot be written: File too large." in caught.value.message
    assert "Make room on the disk" in caught.value.remedy
    assert (tmp_path / STATE).read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [STATE]


def test_an_adapter_that_does_not_fit_on_the_disk_is_named(tmp_path: Path, optimiser: torch.optim.Optimizer) -> None:
    adapter = torch.nn.ModuleDict({"blocks": torch.nn.ModuleDict({"0": torch.nn.ModuleDict({"attn_q": Pair()})})})
    save(adapter, optimiser, Progress(1), tmp_path)  # type: ignore[arg-type]  # no model, but named like one
    run = Run(tmp_path)
    written = run.export("mine", alpha=1.0, licence="none")
    assert written.stat().st_mode & 0o777 == 0o600
    before = written.read_bytes()

    with no_file_larger_than(10_000), pytest.raises(HomeError, match=r"mine\.gguf cannot be written: .+\."):
        run.export("mine", alpha=1.0, licence="none")
    assert {file.name for file in tmp_path.iterdir()} == {"mine.gguf", STATE}
    assert written.read_bytes() == before


def test_what_went_on_from_an_adapter_ends_half_way_between_the_two(
    tmp_path: Path, optimiser: torch.optim.Optimizer
) -> None:
    def changes(path: Path) -> torch.Tensor:
        weights = read_adapter(path).weights
        return weights["blocks.0.attn_q.lora_b"] @ weights["blocks.0.attn_q.lora_a"]

    pair = Pair()
    adapter = torch.nn.ModuleDict({"blocks": torch.nn.ModuleDict({"0": torch.nn.ModuleDict({"attn_q": pair})})})
    run = Run(tmp_path)
    save(adapter, optimiser, Progress(1), tmp_path)  # type: ignore[arg-type]  # no model, but named like one
    rank = float(pair.lora_a.shape[0])
    start = run.export("start", alpha=rank, licence="none")
    with torch.no_grad():
        pair.lora_b.mul_(3.0)
    save(adapter, optimiser, Progress(2), tmp_path)  # type: ignore[arg-type]
    both = run.export("both", alpha=rank, licence="none", start=read_adapter(start))

    assert torch.allclose(changes(both), 2 * changes(start), rtol=1e-2)
    assert changes(both).abs().max() > 0.1


def test_an_adapter_that_was_added_is_not_written_over(tmp_path: Path) -> None:
    """What the registry holds is a second name for the same bytes."""
    out, added = tmp_path / "mine.gguf", tmp_path / "added.gguf"
    weights = {f"blocks.0.attn_q.lora_{half}": torch.ones(2, 2) for half in "ab"}
    write(weights, out, alpha=1.0)
    added.hardlink_to(out)
    before = added.read_bytes()
    assert write(weights, out, alpha=2.0) == out.stat().st_size
    assert added.read_bytes() == before != out.read_bytes()


class Pair(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
    def __init__(self) -> None:
        super().__init__()
        self.lora_a = torch.nn.Parameter(torch.ones(16, 500))
        self.lora_b = torch.nn.Parameter(torch.ones(500, 16))


def test_a_state_that_cannot_be_read_says_what_to_delete(tmp_path: Path, model: Any) -> None:
    (tmp_path / STATE).write_bytes(b"PK\x03\x04 and no more")

    with pytest.raises(StrongroomError, match="cannot be read from") as caught:
        train(model, [], Recipe(), tmp_path)

    assert str(tmp_path) in caught.value.remedy
