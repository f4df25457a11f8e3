from pathlib import Path
from typing import Any

import pytest

from config.errors import ModelError
from models.directory import read_embedder_directory, read_max_tokens
from tests.models.conftest import write_embedder_directory

TRANSFORMER = {"path": "", "type": "sentence_transformers.models.Transformer"}
POOLING = {"path": "1_Pooling", "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"}


def test_a_directory_tells_how_it_embeds(tmp_path: Path) -> None:
    description = read_embedder_directory(write_embedder_directory(tmp_path))

    assert (description.pooling, description.normalise, description.max_tokens) == ("mean", False, 128)


def test_newer_configurations_are_read_too(tmp_path: Path) -> None:
    normalise = {"path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}
    directory = write_embedder_directory(
        tmp_path,
        modules=[TRANSFORMER, POOLING, normalise],
        **{"1_Pooling/config": {"pooling_mode": "cls"}},
        config_sentence_transformers={"prompts": {"query": "query: ", "document": "passage: "}},
    )

    description = read_embedder_directory(directory)

    assert (description.pooling, description.normalise) == ("cls", True)
    assert (description.query_prefix, description.document_prefix) == ("query: ", "passage: ")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"modules": None}, "no modules.json"),
        ({"tokenizer": None}, "no tokenizer.json"),
        ({"modules": {}}, "not built as transformer"),
        ({"modules": [1]}, "makes no sense"),
        ({"modules": [TRANSFORMER, POOLING, {"path": "2", "type": "evil.Dense"}]}, "has a Dense module"),
        ({"modules": [TRANSFORMER, {**POOLING, "path": "../../etc"}]}, "outside its directory"),
        ({"1_Pooling/config": {"pooling_mode_max_tokens": True}}, "pools"),
        ({"1_Pooling/config": {"pooling_mode_max_tokens": True, "pooling_mode_mean_tokens": True}}, "pools"),
        ({"1_Pooling/config": []}, "does not hold what it should"),
        ({"config": {"auto_map": {"AutoModel": "evil.py"}}}, "Python code"),
        (
            {
                "1_Pooling/config": {"pooling_mode": "mean", "include_prompt": False},
                "config_sentence_transformers": {"prompts": {"query": "q: "}},
            },
            "prompt",
        ),
    ],
)
def test_a_model_that_works_otherwise_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        read_embedder_directory(write_embedder_directory(tmp_path, **changes))


def test_pickled_weights_are_not_weights(tmp_path: Path) -> None:
    directory = write_embedder_directory(tmp_path)
    (directory / "model.safetensors").rename(directory / "pytorch_model.bin")

    with pytest.raises(ModelError, match="safetensors"):
        read_embedder_directory(directory)


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    directory = write_embedder_directory(tmp_path)
    (directory / "modules.json").write_text("[", encoding="utf-8")

    with pytest.raises(ModelError, match=r"modules\.json cannot be read"):
        read_embedder_directory(directory)


@pytest.mark.parametrize(("stated", "expected"), [(1e30, 512), (384, 384), (None, 512)])
def test_the_window_is_the_smallest_that_is_stated(tmp_path: Path, stated: float | None, expected: int) -> None:
    directory = write_embedder_directory(tmp_path, tokenizer_config={"model_max_length": stated})

    assert read_max_tokens(directory) == expected
