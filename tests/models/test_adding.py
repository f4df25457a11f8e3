"""Adding a model: its name, its bytes, and that it is there with its file, or not at all."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.errors import HomeError, ModelError, UsageError
from config.locations import Locations
from models import copies
from models import registry as registry_module
from models.checksums import hash_model
from models.registry import ModelEntry, ModelRegistry
from tests.models.conftest import files_below, write_embedder_directory
from tests.models.gguf_writer import write_gguf

ROOT = Path(__file__).parent.parent.parent


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


def test_a_model_that_others_may_write_is_copied(registry: ModelRegistry, model: Path) -> None:
    model.chmod(0o646)
    added = registry.add(model, "mine")

    assert not added.path.samefile(model)
    assert stat.S_IMODE(added.path.stat().st_mode) == 0o600


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


@pytest.mark.parametrize(
    ("file", "name"), [("m.gguf.gguf", "m"), ("m.GGUF .gguf.gguf", "m"), (f"{'m' * 59}.gguf-x.gguf", "m" * 59)]
)
def test_a_name_that_settings_would_take_for_a_path_is_not_given(
    registry: ModelRegistry, tmp_path: Path, file: str, name: str
) -> None:
    assert registry.add(write_gguf(tmp_path / file)).name == name


def test_what_is_stopped_just_after_it_was_listed_has_its_file(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_gguf(tmp_path / "model.gguf")

    def stop_when_listed(directory: Path) -> None:
        if (directory / "registry.json").exists():
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("config.files.sync", stop_when_listed)
        with pytest.raises(KeyboardInterrupt):
            registry.add(model, "mine")
    assert registry.verify("mine").path.read_bytes() == model.read_bytes()
