"""Which model is in use: what is written, and that an adapter and a language model that do not fit are not left so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.assistant import Assistant, open_assistant
from assistant.choosing import Choice, choose
from assistant.cli.output import Output
from assistant.cli.status import print_status
from config.locations import Locations
from config.settings import load_settings, save_setting
from models import registry as registry_module
from models.fakes import HashEmbedder
from models.registry import ModelRegistry
from tests.models.gguf_writer import LANGUAGE_MODEL, STRING, tensor, write_adapter, write_gguf

WEIGHTS = "blk.0.attn_q.weight"
MISFIT = "it is for models of the kind llama, and this one is qwen2"


@pytest.fixture
def registry(locations: Locations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelRegistry:
    """Two language models; the adapter `ours` is for the first."""
    monkeypatch.setattr(registry_module, "STARTERS", ())
    registry = ModelRegistry(locations)
    for name, architecture in (("base", "llama"), ("other", "qwen2")):
        tensors = [tensor("token_embd.weight", (8, 16), 0, 0), tensor(WEIGHTS, (8, 4), 0, 512)]
        metadata = {**LANGUAGE_MODEL, "general.architecture": (STRING, architecture)}
        registry.add(write_gguf(tmp_path / f"{name}.gguf", metadata=metadata, tensors=tensors, data=640))
    registry.add(write_adapter(tmp_path / "ours.gguf", {WEIGHTS: (8, 4)}))
    return registry


def in_force(locations: Locations) -> tuple[str, str]:
    settings = load_settings(locations).settings
    return settings.models.llm, settings.llama.adapter


def test_another_language_model_puts_an_adapter_back_that_it_does_not_take(
    locations: Locations, registry: ModelRegistry
) -> None:
    assert choose(locations, registry, "llm", "base") == Choice({"models.llm": "base"})
    assert choose(locations, registry, "adapter", "ours") == Choice({"llama.adapter": "ours"})
    assert choose(locations, registry, "llm", "base") == Choice({"models.llm": "base"})
    assert in_force(locations) == ("base", "ours")

    choice = choose(locations, registry, "llm", "other")
    assert choice.written == {"models.llm": "other", "llama.adapter": "auto"}
    assert (
        choice.remark
        == f"The adapter ours does not fit the language model other: {MISFIT}. The adapter is not used any more."
    )
    assert in_force(locations) == ("other", "auto")


def test_an_adapter_over_a_model_that_it_does_not_fit_names_one_that_it_does(
    locations: Locations, registry: ModelRegistry
) -> None:
    choose(locations, registry, "llm", "other")
    choice = choose(locations, registry, "adapter", "ours")
    assert choice.written == {"llama.adapter": "ours"}
    assert f"The adapter ours does not fit the language model other: {MISFIT}." in choice.remark
    assert choice.remark.endswith("It fits after `strongroom models use base`.")
    assert choose(locations, registry, "llm", "base").remark == ""
    assert in_force(locations) == ("base", "ours")


def test_the_adapter_of_the_starter_is_auto(locations: Locations, registry: ModelRegistry) -> None:
    assert choose(locations, registry, "adapter", "starter") == Choice({"llama.adapter": "auto"})


def test_of_an_embedder_it_is_said_that_collections_keep_theirs(locations: Locations, registry: ModelRegistry) -> None:
    choice = choose(locations, registry, "embedder", "bge")
    assert choice.written == {"models.embedder": "bge"}
    assert choice.remark == "A collection keeps the embedder it was built with; new ones get this one."


def test_what_another_source_names_is_not_written_over(
    locations: Locations, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_setting(locations, "llama.adapter", "none")
    monkeypatch.setenv("STRONGROOM_LLAMA__ADAPTER", "ours")
    choice = choose(locations, registry, "llm", "other")
    assert choice == Choice(
        {"models.llm": "other"}, f"The adapter ours does not fit the language model other: {MISFIT}."
    )
    monkeypatch.delenv("STRONGROOM_LLAMA__ADAPTER")
    assert in_force(locations) == ("other", "none")


def test_the_language_model_in_force_is_the_one_that_the_adapter_must_fit(
    locations: Locations, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_setting(locations, "llama.adapter", "ours")
    monkeypatch.setenv("STRONGROOM_MODELS__LLM", "base")
    assert choose(locations, registry, "llm", "other") == Choice({"models.llm": "other"})
    assert in_force(locations) == ("base", "ours")

    monkeypatch.setenv("STRONGROOM_MODELS__LLM", "other")
    choice = choose(locations, registry, "llm", "base")
    assert choice.written == {"models.llm": "base"}
    assert MISFIT in choice.remark
    assert in_force(locations) == ("other", "ours")


def test_adapters_of_single_collections_are_told_of(locations: Locations, registry: ModelRegistry) -> None:
    save_setting(locations, "llama.adapters", "finance=ours, legal=none")
    kept = choose(locations, registry, "adapter", "starter").remark
    assert (
        kept == "The collection finance keeps ours (llama.adapters). The collection legal keeps none (llama.adapters)."
    )
    assert choose(locations, registry, "llm", "base") == Choice({"models.llm": "base"})
    misfit = choose(locations, registry, "llm", "other").remark
    assert misfit == (
        f"The adapter ours does not fit the language model other: {MISFIT}. The collection finance has it from "
        "llama.adapters."
    )
    assert load_settings(locations).settings.llama.adapters == "finance=ours, legal=none"


def test_a_model_that_cannot_be_read_is_not_named_as_one_that_the_adapter_fits(
    locations: Locations, registry: ModelRegistry
) -> None:
    registry.find("base", "llm").path.unlink()
    choose(locations, registry, "llm", "other")
    remark = choose(locations, registry, "adapter", "ours").remark
    assert remark == f"The adapter ours does not fit the language model other: {MISFIT}."


def test_an_adapter_that_is_gone_does_not_stand_in_the_way(locations: Locations, registry: ModelRegistry) -> None:
    save_setting(locations, "llama.adapter", "gone")
    assert choose(locations, registry, "llm", "other") == Choice({"models.llm": "other"})


@pytest.fixture
def misfitting(locations: Locations, registry: ModelRegistry) -> Iterator[Assistant]:
    choose(locations, registry, "llm", "other")
    choose(locations, registry, "adapter", "ours")
    opened = open_assistant(locations, load_settings(locations), embedder=HashEmbedder())
    yield opened
    opened.close()


def test_doctor_and_status_say_that_the_adapter_does_not_fit(
    misfitting: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    check = next(check for check in misfitting.doctor(measure=False) if check.name == "adapter file")
    assert not check.ok
    assert check.detail == f"The adapter ours does not fit the language model other: {MISFIT}."
    assert "llama.adapter auto" in check.remedy
    assert "llama.adapters" in check.remedy
    print_status(misfitting.status(), Output())
    assert f"does not fit the language model other: {MISFIT}." in capsys.readouterr().out


def test_status_names_an_adapter_that_is_gone(
    misfitting: Assistant, registry: ModelRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.remove("ours")
    print_status(misfitting.status(), Output())
    printed = " ".join(capsys.readouterr().out.split())
    assert "Adapter There is no adapter called ours. `strongroom config set llama.adapter auto` goes back;" in printed
    assert "llama.adapters" in printed
