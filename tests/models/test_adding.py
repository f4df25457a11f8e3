"""What a model is called that is given no name, and that it is there with its file, or not at all."""

from pathlib import Path

import pytest

from config.locations import Locations
from models import registry as registry_module
from models.registry import ModelRegistry
from tests.models.gguf_writer import write_gguf


@pytest.fixture
def registry(locations: Locations, monkeypatch: pytest.MonkeyPatch) -> ModelRegistry:
    monkeypatch.setattr(registry_module, "STARTERS", ())
    return ModelRegistry(locations)


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
