"""A name in the settings becomes a model that works. Whatever is missing is named in the error."""

from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ModelError
from config.sections import Settings
from models.base import Embedder, EmbedderIdentity, LanguageModel, Reranker
from models.hardware import has_gpu
from models.registry import ModelEntry, ModelRegistry
from models.starter import STARTER

if TYPE_CHECKING:
    from models.llama.adapter import Adapter
    from models.llama.tuned import TuningKey


def name_of_embedder(registry: ModelRegistry, settings: Settings, built_with: EmbedderIdentity | None = None) -> str:
    """That of the embedder that a collection was `built_with`, as long as it is there; else that of the settings."""
    chosen = settings.models.embedder
    if built_with is None or built_with.name == chosen:
        return chosen
    there = {(entry.name, entry.sha256) for entry in registry.entries() if entry.kind == "embedder"}
    return built_with.name if (built_with.name, built_with.file_hash) in there else chosen


def load_embedder(registry: ModelRegistry, settings: Settings, built_with: EmbedderIdentity | None = None) -> Embedder:
    """The embedder that `name_of_embedder` names: on a GPU if there is one, else on ONNX Runtime.

    The first use of an embedder on a machine exports it, which takes some 15 s. Raises ModelError when it is missing,
    changed or does not work, and HomeError when the export cannot be written.
    """
    entry = _find_intact(registry, name_of_embedder(registry, settings, built_with), "embedder")
    if has_gpu():
        from models.embedders.torch import TorchEmbedder, find_device

        if (device := find_device()) is not None:
            return TorchEmbedder(entry.path, name=entry.name, file_hash=entry.sha256, device=device)

    from models.embedders.onnx import OnnxEmbedder
    from models.exporting.exports import find_or_make_export

    export = find_or_make_export(entry.path, entry.sha256, "embedder", registry.exports_directory)
    return OnnxEmbedder(entry.path, export, name=entry.name, file_hash=entry.sha256, gentle=settings.ingest.gentle)


def load_llm(registry: ModelRegistry, settings: Settings) -> LanguageModel:
    """The language model of the settings, with its adapter over it; its process starts at the first use, and again
    after it ended; each time the files must be what they are now.

    Raises ModelError when one is missing, changed, damaged or of another kind, and when the adapter does not fit.
    """
    from models.llama.client import LlamaModel
    from models.llama.states import StateStore
    from models.llama.tuned import TuningStore

    entry, over_it = _find_intact_llm(registry, settings)
    adapter = _as_adapter(over_it, settings)
    tuned = TuningStore(registry.tuning_file).find(tuning_key(entry, adapter))
    states = StateStore(registry.states_directory, settings.llama.states_mb)
    states.trim()  # the setting may have been lowered
    return LlamaModel(
        entry.path,
        name=entry.name,
        file_hash=entry.sha256,
        settings=settings.llama,
        adapter=adapter,
        states=states if settings.llama.states_mb else None,
        tuned=tuned.plan if tuned else None,
        check=lambda: _require_intact(registry, entry, over_it),
    )


def find_llm(registry: ModelRegistry, settings: Settings) -> "tuple[ModelEntry, Adapter | None]":
    """The language model of the settings and the adapter over it. Raises ModelError when one is missing or changed."""
    entry, over_it = _find_intact_llm(registry, settings)
    return entry, _as_adapter(over_it, settings)


def tuning_key(llm: ModelEntry, adapter: "ModelEntry | Adapter | None") -> "TuningKey":
    """What `models tune` keeps its findings under, for a language model and its adapter on this machine."""
    from models.llama.tuned import key_of

    return key_of(llm.sha256, adapter.sha256 if adapter else "")


def settings_for(settings: Settings, llm: str) -> Settings:
    """The settings as they are for another language model: over it only the adapter that comes with it works."""
    return settings if llm == settings.models.llm else settings.with_models(llm=llm, adapter="auto")


def find_adapter(registry: ModelRegistry, settings: Settings) -> ModelEntry | None:
    """The LoRA adapter of the settings, None when there is to be none. Raises ModelError when it is missing."""
    wanted = settings.llama.adapter
    if wanted in ("", "none") or settings.llama.adapter_scale == 0:
        return None
    if wanted == "auto":
        of_starter = [entry for entry in registry.entries() if (entry.name, entry.kind) == (STARTER, "adapter")]
        return of_starter[0] if of_starter and settings.models.llm == STARTER else None
    if "/" in wanted or wanted.endswith(".gguf"):
        return registry.adapter_at(Path(wanted))
    return registry.find(wanted, "adapter")


def name_of_adapter(registry: ModelRegistry, settings: Settings) -> str:
    """The name of the LoRA adapter in use, empty when there is none or it is missing."""
    try:
        found = find_adapter(registry, settings)
    except ModelError:
        return ""
    return found.name if found else ""


def require_adapter_fits(registry: ModelRegistry, settings: Settings) -> None:
    """Raises AdapterMisfit when the adapter of the settings cannot be put over their language model, and ModelError
    when one of them is missing or cannot be read."""
    from models.llama.adapter import AdapterMisfit, misfit
    from models.llama.gguf import read_gguf_header

    adapter = find_adapter(registry, settings)
    if adapter is None:
        return
    model = registry.find(settings.models.llm, "llm")
    reason = misfit(adapter.path, read_gguf_header(model.path))
    if reason is not None:
        raise AdapterMisfit(adapter.name, model.name, reason)


def trouble_of_adapter(registry: ModelRegistry, settings: Settings) -> str:
    """What keeps the adapter that the settings name from work, as a sentence; empty when nothing does. The starter's
    own is not looked at."""
    if settings.llama.adapter in ("", "none", "auto"):
        return ""
    try:
        require_adapter_fits(registry, settings)
    except ModelError as error:
        return error.message
    return ""


def load_reranker(registry: ModelRegistry, settings: Settings) -> Reranker | None:
    """The reranker of the settings, None when they name none. Raises ModelError as `load_embedder` does."""
    if not settings.models.reranker:
        return None
    from models.exporting.exports import find_or_make_export
    from models.rerankers.cross_encoder import CrossEncoderReranker

    entry = _find_intact(registry, settings.models.reranker, "reranker")
    export = find_or_make_export(entry.path, entry.sha256, "reranker", registry.exports_directory)
    return CrossEncoderReranker(entry.path, export, name=entry.name)


def _find_intact_llm(registry: ModelRegistry, settings: Settings) -> tuple[ModelEntry, ModelEntry | None]:
    entry, over_it = _find_intact(registry, settings.models.llm, "llm"), find_adapter(registry, settings)
    _require_intact(registry, over_it)
    return entry, over_it


def _require_intact(registry: ModelRegistry, *entries: ModelEntry | None) -> None:
    for entry in entries:
        if entry is not None:
            registry.require_intact(entry)


def _as_adapter(entry: ModelEntry | None, settings: Settings) -> "Adapter | None":
    from models.llama.adapter import Adapter

    if entry is None:
        return None
    return Adapter(entry.name, entry.path, entry.sha256, settings.llama.adapter_scale)


def _find_intact(registry: ModelRegistry, name: str, kind: str) -> ModelEntry:
    entry = registry.find(name, kind)
    if not entry.path.exists():
        raise ModelError(
            f"The files of the model {name} are gone from {entry.path}.", "Remove it and add it again, or use another."
        )
    registry.require_intact(entry)
    return entry
