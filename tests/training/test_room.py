"""What can be trained, and how much memory it takes: told from the header alone."""

from pathlib import Path
from typing import Any

import pytest

from config.errors import ModelError
from models.llama.gguf import GgufHeader
from training.llama import LINEAR
from training.room import GGUF, groups_at_once, memory_to_train, require_trainable

ROOT = Path(__file__).parents[2]
GIGABYTE = 1_000_000_000


def header(layers: int = 2, width: int = 64, **metadata: Any) -> GgufHeader:
    values = {
        "general.architecture": "llama",
        "llama.block_count": layers,
        "llama.embedding_length": width,
        "llama.feed_forward_length": 3 * width,
        "llama.attention.head_count": 4,
        **{f"llama.{key}": value for key, value in metadata.items()},
    }
    tensors = {f"blk.{layer}.{part}.weight": (width, width) for layer in range(layers) for part in LINEAR}
    return GgufHeader(values, tensors)


def free(folder: Path, size: float) -> Path:
    file = folder / "meminfo"
    file.write_text(f"MemTotal: 1 kB\nMemAvailable: {round(size / 1024)} kB\n")
    return file


def test_the_package_that_is_named_is_the_one_that_is_tested() -> None:
    assert GGUF in (ROOT / "requirements-dev.lock").read_text().splitlines()


def test_a_plain_llama_can_be_trained() -> None:
    require_trainable("plain", header())
    require_trainable("plain", header(**{"attention.key_length": 16, "rope.scaling.type": "none"}))


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"expert_count": 8}, "experts"),
        ({"attention.key_length": 32}, "width of their own"),
        ({"rope.scaling.type": "yarn"}, "scaled"),
        ({"attention.head_count": 0}, "how it is built"),
        ({"block_count": 3}, r"no blk\.2\.attn_q\.weight"),
    ],
)
def test_others_are_refused_with_the_reason(metadata: dict[str, Any], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        require_trainable("other", header(**metadata))


def test_another_family_is_refused() -> None:
    with pytest.raises(ModelError, match="of the kind gemma3"):
        require_trainable("other", GgufHeader({"general.architecture": "gemma3"}, {}))


def test_the_weights_count_in_full_and_tokens_on_top() -> None:
    small, large = header(width=64), header(width=4096)
    assert memory_to_train(large, 0) - memory_to_train(small, 0) == 4 * (large.parameters - small.parameters)
    assert memory_to_train(small, 2000) > memory_to_train(small, 1000)


def test_as_many_groups_side_by_side_as_there_is_room_for(tmp_path: Path) -> None:
    model = header(layers=30, width=576)
    one, two = memory_to_train(model, 1500), memory_to_train(model, 3000)
    assert groups_at_once("m", model, 1500, 2, free(tmp_path, two + GIGABYTE)) == 2
    assert groups_at_once("m", model, 1500, 2, free(tmp_path, (one + two) / 2)) == 1
    with pytest.raises(ModelError, match="of memory"):
        groups_at_once("m", model, 1500, 2, free(tmp_path, one / 2))
    assert groups_at_once("m", model, 1500, 2, tmp_path / "none") == 2
