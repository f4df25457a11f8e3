"""A model, or its export, that is not what it was is found out."""

import os
import shutil
import time
from pathlib import Path

import pytest

from config.errors import ModelError
from models import checksums
from models.checksums import Checksums, hash_model
from models.exporting import exports
from models.registry import ModelRegistry
from tests.models.conftest import write_embedder_directory


def test_a_changed_model_is_found_out_when_it_is_loaded_and_when_it_is_verified(
    registry: ModelRegistry, model: Path
) -> None:
    added = registry.add(model, "mine")
    registry.require_intact(added)
    with added.path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")

    assert registry.find("mine", "llm").checked == "unread"
    with pytest.raises(ModelError, match="is not what it was"):
        registry.require_intact(added)
    with pytest.raises(ModelError, match="is not what it was") as caught:
        registry.verify("mine")
    assert caught.value.exit_code == 4


def test_a_changed_model_is_found_out_even_if_its_time_is_set_back(registry: ModelRegistry, model: Path) -> None:
    added = registry.add(model, "mine")
    before = model.stat()
    time.sleep(0.02)  # a file system tells times apart from a few milliseconds on
    with model.open("r+b") as file:  # the file that was added, not its name in the home
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    os.utime(model, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(ModelError, match="is not what it was"):
        registry.require_intact(added)


def test_a_model_that_is_changed_while_it_is_read_is_not_taken_for_intact(registry: ModelRegistry, model: Path) -> None:
    def change(_: int) -> None:
        time.sleep(0.02)
        with model.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"x")

    added = registry.add(model, "mine", progress=change)

    assert not added.verified
    with pytest.raises(ModelError, match="is not what it was"):
        registry.require_intact(added)


def test_of_a_model_that_is_changed_while_it_is_hashed_again_nothing_is_remembered(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hash_and_change(path: Path) -> str:
        digest = hash_model(path)
        time.sleep(0.02)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        return digest

    sums = Checksums(tmp_path / "checksums.json")
    with monkeypatch.context() as patched:
        patched.setattr(checksums, "hash_model", hash_and_change)
        sums.compute(model)

    assert sums.recall(model) is None
    assert sums.sha256(model) == sums.recall(model) == hash_model(model)


def test_verify_reads_the_file_whatever_is_remembered(
    registry: ModelRegistry, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = registry.add(model, "mine")
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    monkeypatch.setattr(Checksums, "recall", lambda *_: added.sha256)

    registry.require_intact(added)
    with pytest.raises(ModelError, match="is not what it was"):
        registry.verify("mine")


def test_a_changed_export_is_found_out_when_it_is_loaded_and_when_it_is_verified(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def export(_kind: str, _source: Path, target: Path) -> dict[str, object]:
        (target / "model.onnx").write_bytes(b"onnx")
        return {"precision": "int8", "agreement": 0.99, "versions": {}}

    monkeypatch.setattr(exports, "_export_in_child", export)
    added = registry.add(write_embedder_directory(tmp_path / "minilm"))
    registry.require_intact(added)
    assert registry.verify("minilm").checked == "yes"

    made = exports.find_export(added.sha256, "embedder", registry.exports_directory)
    assert made is not None
    time.sleep(0.02)
    made.model.write_bytes(b"0nnx")
    for look in (lambda: registry.require_intact(added), lambda: registry.verify("minilm")):
        with pytest.raises(ModelError, match="converted to is not what it was") as caught:
            look()
        assert f"Delete the folder {made.model.parent}:" in caught.value.remedy

    shutil.rmtree(made.model.parent)
    registry.require_intact(added)  # a new one is made at the next use


def test_checksums_survive_a_damaged_memory_and_a_disk_that_cannot_be_written(tmp_path: Path, model: Path) -> None:
    memory = tmp_path / "checksums.json"
    memory.write_text("[1", encoding="utf-8")
    not_a_folder = model / "checksums.json"

    assert Checksums(memory).sha256(model) == Checksums(not_a_folder).sha256(model) == hash_model(model)
    assert Checksums(memory).recall(model) is not None
