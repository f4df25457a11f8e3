"""The starter models, a registry without them, and files and directories that look like models."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.locations import Locations
from models import registry as registry_module
from models.exporting.exports import Export, find_or_make_export
from models.registry import ModelRegistry
from models.starter import STARTERS, Starter
from tests.models.gguf_writer import write_gguf


@pytest.fixture(scope="session")
def starters() -> dict[str, Starter]:
    return {starter.kind: starter for starter in STARTERS}


@pytest.fixture(scope="session")
def starter_llm(starters: dict[str, Starter]) -> Path:
    path = starters["llm"].locate()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def starter_embedder(starters: dict[str, Starter]) -> Path:
    path = starters["embedder"].locate()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def starter_export(request: pytest.FixtureRequest, starter_embedder: Path, starters: dict[str, Starter]) -> Export:
    """Kept between test runs: it takes 15 s to make. One test makes it afresh."""
    directory = request.config.cache.mkdir("exports")
    return find_or_make_export(starter_embedder, starters["embedder"].sha256, "embedder", directory)


@pytest.fixture
def registry(locations: Locations, monkeypatch: pytest.MonkeyPatch) -> ModelRegistry:
    """Without starters, which take a while to hash."""
    monkeypatch.setattr(registry_module, "STARTERS", ())
    return ModelRegistry(locations)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file that looks like a language model."""
    return write_gguf(tmp_path / "My model (Q4).gguf")


def write_embedder_directory(path: Path, **changes: Any) -> Path:
    """The files of a sentence-transformers directory, with weights that no library could read.

    `changes` replace or add files, by name without the suffix .json; None leaves one out.
    """
    files: dict[str, Any] = {
        "config": {"model_type": "bert", "max_position_embeddings": 512},
        "tokenizer": {},
        "modules": [
            {"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ],
        "1_Pooling/config": {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False},
        "sentence_bert_config": {"max_seq_length": 128, "do_lower_case": False},
        **changes,
    }
    (path / "1_Pooling").mkdir(parents=True)
    for name, content in files.items():
        if content is not None:
            (path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (path / "model.safetensors").write_bytes(b"weights")
    return path


def files_below(path: Path) -> set[str]:
    return {file.name for file in path.rglob("*") if file.is_file()} - {"registry.lock"}
