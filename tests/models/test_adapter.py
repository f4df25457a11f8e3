"""LoRA adapters: which fit, how they are added and chosen, and that they work."""

import hashlib
from pathlib import Path

import pytest

from config.errors import ModelError, UsageError
from config.locations import Locations
from config.sections import LlamaSettings, ModelSettings, Settings
from models import loading
from models import registry as registry_module
from models.base import GenerationOptions, Message
from models.llama.adapter import Adapter, misfit
from models.llama.client import LlamaModel
from models.llama.gguf import read_adapter_header, read_gguf_header
from models.loading import find_adapter, load_llm, name_of_adapter
from models.registry import ModelRegistry
from models.starter import STARTERS, Starter
from tests.models.gguf_writer import LANGUAGE_MODEL, STRING, tensor, write_adapter, write_gguf

WEIGHTS = "blk.0.attn_q.weight"


def write_base(path: Path, architecture: str = "llama") -> Path:
    tensors = [tensor("token_embd.weight", (8, 16), 0, 0), tensor(WEIGHTS, (8, 4), 0, 512)]
    metadata = {**LANGUAGE_MODEL, "general.architecture": (STRING, architecture)}
    return write_gguf(path, metadata=metadata, tensors=tensors, data=640)


def chosen(adapter: str, llm: str = "base", scale: float = 1.0) -> Settings:
    return Settings(models=ModelSettings(llm=llm), llama=LlamaSettings(adapter=adapter, adapter_scale=scale))


@pytest.mark.parametrize(
    ("changes", "architecture", "words"),
    [
        ({WEIGHTS: (8, 4)}, "llama", None),
        ({WEIGHTS: (8, 4)}, "qwen2", "for models of the kind qwen2, and this one is llama"),
        ({"blk.9.attn_q.weight": (8, 4)}, "llama", "changes blk.9.attn_q.weight, which the model does not have"),
        ({WEIGHTS: (4, 8)}, "llama", "has the shape 4x2 by 2x8"),
        ({}, "llama", "changes nothing"),
    ],
)
def test_an_adapter_fits_the_model_it_was_made_for(
    tmp_path: Path, changes: dict[str, tuple[int, int]], architecture: str, words: str | None
) -> None:
    adapter = write_adapter(tmp_path / "lora.gguf", changes, architecture=architecture)
    found = misfit(adapter, read_gguf_header(write_base(tmp_path / "base.gguf")))

    assert found == words if words is None else words in (found or "")


def test_half_an_adapter_does_not_fit(tmp_path: Path) -> None:
    path = write_adapter(tmp_path / "lora.gguf", {WEIGHTS: (8, 4)})
    path.write_bytes(path.read_bytes().replace(b"lora_b", b"lora_c"))

    reason = misfit(path, read_gguf_header(write_base(tmp_path / "base.gguf")))

    assert reason is not None
    assert "only half" in reason


def test_an_added_adapter_is_known_as_one_and_can_be_chosen(registry: ModelRegistry, tmp_path: Path) -> None:
    registry.add(write_base(tmp_path / "base.gguf"))
    added = registry.add(write_adapter(tmp_path / "mine.gguf", {WEIGHTS: (8, 4)}))
    llm = load_llm(registry, chosen("mine"))

    assert (added.name, added.kind) == ("mine", "adapter")
    assert (llm.information.adapter, llm.information.adapter_hash) == ("mine", added.sha256)
    assert load_llm(registry, chosen("none")).information.adapter == ""
    assert load_llm(registry, chosen("auto")).information.adapter == ""  # only the starter has one of its own
    assert load_llm(registry, chosen("mine", scale=0)).information.adapter == ""


def test_an_adapter_can_be_named_by_its_path(registry: ModelRegistry, tmp_path: Path) -> None:
    registry.add(write_base(tmp_path / "base.gguf"))
    path = write_adapter(tmp_path / "lora.gguf", {WEIGHTS: (8, 4)})

    assert load_llm(registry, chosen(str(path))).information.adapter == "lora"
    with pytest.raises(ModelError, match="is not an adapter"):
        load_llm(registry, chosen(str(tmp_path / "base.gguf")))


@pytest.mark.parametrize("changed", ["base.gguf", "lora.gguf"])
def test_a_file_that_was_changed_since_the_model_was_made_is_not_loaded(
    registry: ModelRegistry, tmp_path: Path, changed: str
) -> None:
    registry.add(write_base(tmp_path / "base.gguf"))
    llm = load_llm(registry, chosen(str(write_adapter(tmp_path / "lora.gguf", {WEIGHTS: (8, 4)}))))
    with (tmp_path / changed).open("ab") as file:
        file.write(b"x")

    with pytest.raises(ModelError, match="is not what it was"):
        llm.count_tokens("x")


@pytest.mark.parametrize(
    ("architecture", "words"), [("qwen2", "for base it is for models of the kind qwen2"), ("llama", "changes blk.7")]
)
def test_an_adapter_that_fits_no_model_is_not_added(
    registry: ModelRegistry, tmp_path: Path, architecture: str, words: str
) -> None:
    registry.add(write_base(tmp_path / "base.gguf"))
    path = write_adapter(tmp_path / "lora.gguf", {"blk.7.attn_q.weight": (8, 4)}, architecture=architecture)

    with pytest.raises(ModelError, match=words) as caught:
        registry.add(path)
    assert caught.value.exit_code == 4
    assert [entry.name for entry in registry.entries()] == ["base"]


def test_a_damaged_model_does_not_stand_in_the_way_of_an_adapter_for_another(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    registry.add(write_base(tmp_path / "a.gguf")).path.unlink()
    path = write_adapter(tmp_path / "lora.gguf", {WEIGHTS: (8, 4)})
    with pytest.raises(ModelError, match=r"fits none of the language models there are \(a cannot be read\)"):
        registry.add(path)

    registry.add(write_base(tmp_path / "base.gguf"))
    assert registry.add(path).kind == "adapter"


def test_an_adapter_over_another_model_is_an_error_that_says_why(registry: ModelRegistry, tmp_path: Path) -> None:
    registry.add(write_base(tmp_path / "base.gguf"))
    registry.add(write_base(tmp_path / "other.gguf", "qwen2"))
    registry.add(write_adapter(tmp_path / "mine.gguf", {WEIGHTS: (8, 4)}))

    with pytest.raises(ModelError, match="mine does not fit the language model other: it is for models of the kind"):
        load_llm(registry, chosen("mine", llm="other"))


def test_an_unknown_adapter_is_an_error_and_has_no_name(registry: ModelRegistry, tmp_path: Path) -> None:
    registry.add(write_base(tmp_path / "base.gguf"))

    with pytest.raises(ModelError, match="no adapter called nobody"):
        load_llm(registry, chosen("nobody"))
    assert name_of_adapter(registry, chosen("nobody")) == ""


@pytest.mark.parametrize("name", ["auto", "none"])
def test_words_of_the_settings_are_no_names(registry: ModelRegistry, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        registry.add(write_base(tmp_path / "base.gguf"), name)


@pytest.mark.parametrize(("key", "value"), [("adapter.type", "control"), ("general.type", "mmproj")])
def test_other_things_that_go_with_a_model_are_refused(
    registry: ModelRegistry, tmp_path: Path, key: str, value: str
) -> None:
    registry.add(write_base(tmp_path / "base.gguf"))
    path = write_adapter(tmp_path / "x.gguf", {WEIGHTS: (8, 4)}, **{key.replace(".", "__"): (STRING, value)})

    with pytest.raises(ModelError, match=r"goes with one|kind that is not known"):
        registry.add(path)


def test_the_starter_has_its_own_adapter_unless_it_is_switched_off(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_adapter(tmp_path / "own.gguf", {WEIGHTS: (8, 4)})
    monkeypatch.setattr(Starter, "locate", lambda _: path)
    monkeypatch.setattr(registry_module, "STARTERS", (Starter("adapter", "models", "own.gguf", "Own", "00"),))

    def name(settings: Settings) -> str | None:
        found = find_adapter(registry, settings)
        return found.name if found else None

    assert name(chosen("auto", llm=loading.STARTER)) == "starter"
    assert name(chosen("none", llm=loading.STARTER)) is None
    assert name(chosen("auto", llm="base")) is None


def test_the_adapter_that_comes_along_is_the_one_that_was_measured() -> None:
    own = next(starter for starter in STARTERS if starter.kind == "adapter")
    path = own.locate()
    assert path is not None
    assert hashlib.sha256(path.read_bytes()).hexdigest() == own.sha256
    assert path.stat().st_size <= 12_000_000
    assert read_adapter_header(path).licence == own.licence
    card = path.with_suffix(".md").read_text("utf-8")
    assert own.sha256 in card
    assert all(word in card for word in ("XQuAD", "PolicyQA", "CC BY-SA 4.0"))


@pytest.mark.models
def test_the_starter_answers_in_form_with_its_adapter_by_default(locations: Locations) -> None:
    registry = ModelRegistry(locations)

    model = load_llm(registry, Settings())
    without = load_llm(registry, Settings(llama=LlamaSettings(adapter="none")))
    try:
        assert (model.information.adapter, model.information.writes_in_form) == (loading.STARTER, True)
        assert (without.information.adapter, without.information.writes_in_form) == ("", False)
        assert misfit_of_the_starters() is None
    finally:
        model.close()
        without.close()


def misfit_of_the_starters() -> str | None:
    paths = {starter.kind: starter.locate() for starter in STARTERS}
    adapter, model = paths["adapter"], paths["llm"]
    assert adapter is not None
    assert model is not None
    return misfit(adapter, read_gguf_header(model))


@pytest.mark.models
def test_an_adapter_changes_what_the_model_says_by_as_much_as_it_is_scaled(starter_llm: Path, tmp_path: Path) -> None:
    changes = {f"blk.{block}.ffn_down.weight": (1536, 576) for block in range(30)}
    path = write_adapter(tmp_path / "lora.gguf", changes, strength=0.3)

    def answer(adapter: Adapter | None) -> str:
        model = LlamaModel(
            starter_llm, name="starter", file_hash="", settings=LlamaSettings(context=256), adapter=adapter
        )
        try:
            pieces = model.generate([Message("user", "What is a contract?")], GenerationOptions(max_tokens=16))
            return "".join(piece.text for piece in pieces)
        finally:
            model.close()

    plain = answer(None)
    assert answer(Adapter("lora", path, "", scale=1.0)) != plain
    assert answer(Adapter("lora", path, "", scale=1e-6)) == plain
