"""What a model will take is known before it is loaded."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.errors import ModelDied, ModelError
from config.sections import LlamaSettings
from models import hardware
from models.llama import memory
from models.llama.client import LlamaModel
from models.llama.gguf import GgufHeader, read_gguf_header
from models.llama.memory import memory_available, memory_needed
from models.llama.plan import DEFAULT_BATCH, Plan
from tests.models.gguf_writer import ARRAY, LANGUAGE_MODEL, U32, write_gguf

PLAN = Plan(threads=1, reading_threads=1)
LLAMA_3_8B = GgufHeader(
    {
        "general.architecture": "llama",
        "llama.block_count": 32,
        "llama.embedding_length": 4096,
        "llama.attention.head_count": 32,
        "llama.attention.head_count_kv": 8,
    },
    {},
)


def test_keys_and_values_are_counted_for_every_token_of_the_window() -> None:
    small, large = (memory_needed(LLAMA_3_8B, 4_900_000_000, context, PLAN) for context in (4096, 8192))

    keys_and_values = 131_072  # 128 KiB for each token, as llama.cpp says when it loads this model
    scores = 32 * DEFAULT_BATCH * 4  # of the heads, for each token of a batch
    assert large - small == 4096 * (keys_and_values + scores)
    assert small > 4_900_000_000


def test_layers_that_keep_no_keys_and_values_count_for_nothing(tmp_path: Path) -> None:
    """As in hybrid models: LFM2, Granite 4."""

    def header_with(of_keys: tuple[int, Any]) -> GgufHeader:
        metadata = {
            **LANGUAGE_MODEL,
            "llama.block_count": (U32, 4),
            "llama.embedding_length": (U32, 64),
            "llama.attention.head_count": (U32, 8),
            "llama.attention.head_count_kv": of_keys,
        }
        return read_gguf_header(write_gguf(tmp_path / "m.gguf", metadata=metadata))

    def needed(of_keys: tuple[int, Any]) -> int:
        return memory_needed(header_with(of_keys), 0, 1000, PLAN) - memory_needed(header_with((U32, 8)), 0, 1000, PLAN)

    of_a_head = 2 * 1000 * (64 // 8) * 2  # keys and values of 1,000 tokens, two bytes each number
    assert needed((U32, 2)) == (4 * 2 - 4 * 8) * of_a_head
    assert needed((ARRAY, (U32, [0, 2, 0, 4]))) == (2 + 4 - 4 * 8) * of_a_head


def test_a_file_that_does_not_say_how_it_is_built_counts_with_its_weights() -> None:
    assert memory_needed(GgufHeader({"general.architecture": "odd"}, {}), 1_000_000_000, 4096, PLAN) >= 1_000_000_000


def test_how_it_is_run_counts() -> None:
    def needed(**plan: Any) -> int:
        return memory_needed(LLAMA_3_8B, 4_900_000_000, 8192, replace(PLAN, **plan))

    scores = 32 * 8192 * 4
    assert needed(batch=2048) - needed() == scores * (2048 - DEFAULT_BATCH)
    assert needed() - needed(flash_attention="on") == scores * DEFAULT_BATCH
    assert needed(flash_attention="on", kv_type="q8_0") < needed(flash_attention="on")


@pytest.mark.parametrize(("library", "built_for"), [("libggml-musa.so.0", ["musa"]), ("libggml-cpu.so", [])])
def test_a_gpu_counts_only_where_llama_cpp_was_built_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, built_for: list[str]
) -> None:
    monkeypatch.setattr(hardware, "has_gpu", lambda: True)
    (tmp_path / library).touch()
    assert hardware.llama_backends(tmp_path) == built_for
    assert hardware.runs_on_gpu(tmp_path) is bool(built_for)
    assert not hardware.runs_on_gpu(tmp_path / "nowhere")


def test_free_memory_is_what_the_system_says(tmp_path: Path) -> None:
    file = tmp_path / "meminfo"
    file.write_text("MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n")

    assert memory_available(file) == 8_192_000_000
    assert memory_available(tmp_path / "missing") is None
    file.write_text("nonsense")
    assert memory_available(file) is None


def test_a_model_that_cannot_fit_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = LlamaModel(write_gguf(tmp_path / "m.gguf"), name="big", file_hash="", settings=LlamaSettings())
    monkeypatch.setattr(memory, "memory_available", lambda: 100_000_000)

    with pytest.raises(ModelError, match=r"The model big needs 0\.2 GB of memory and 0\.1 GB are free") as caught:
        model.count_tokens("x")
    assert not isinstance(caught.value, ModelDied)
    assert "llama.context" in caught.value.remedy
    assert model.worker_pid is None
