"""The model in use of each kind is the one that a setting names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.errors import ModelError
from config.locations import Locations
from config.sections import Settings
from config.settings import load_settings, save_setting
from models.llama.adapter import AdapterMisfit
from models.loading import require_adapter_fits
from models.registry import ModelRegistry
from models.starter import STARTER

SETTINGS = {
    "llm": "models.llm",
    "embedder": "models.embedder",
    "reranker": "models.reranker",
    "adapter": "llama.adapter",
}
"""The setting that names the model of each kind."""

_OF_EMBEDDERS = "A collection keeps the embedder it was built with; new ones get this one."


@dataclass(frozen=True, slots=True)
class Choice:
    """The settings that were written; `remark` says in a sentence or more which adapter does not fit the language model
    and where another than the chosen one stays in use. Empty when there is nothing of that kind."""

    written: Mapping[str, str]
    remark: str = ""


def choose(locations: Locations, registry: ModelRegistry, kind: str, name: str) -> Choice:
    """Make a model the one in use of its kind. The starter's adapter is over the starter alone: that is `auto`, and the
    setting goes back to it when the language model in force does not take the adapter that it names. Raises
    StrongroomError when the settings cannot be written."""
    value = "auto" if (kind, name) == ("adapter", STARTER) else name
    save_setting(locations, SETTINGS[kind], value)
    choice = Choice({SETTINGS[kind]: value})
    settings = load_settings(locations).settings
    if kind == "llm":
        choice = _without_a_misfit(choice, locations, registry)
        return _with_remarks(choice, _misfits_of_collections(registry, settings))
    if kind == "adapter":
        trouble = _misfit_over_the_one_in_use(registry, settings, value)
        return _with_remarks(choice, [trouble, *_other_adapters_of_collections(settings, value)])
    return _with_remarks(choice, [_OF_EMBEDDERS] if kind == "embedder" else [])


def _with_remarks(choice: Choice, remarks: Sequence[str]) -> Choice:
    return Choice(choice.written, " ".join(filter(None, [choice.remark, *remarks])))


def _misfits_of_collections(registry: ModelRegistry, settings: Settings) -> list[str]:
    """Of the collections with adapters of their own: which of these do not fit the language model in force."""
    return [
        f"{trouble} The collection {collection} has it from llama.adapters."
        for collection, adapter in settings.llama.by_collection.items()
        if (trouble := _misfit(registry, settings.with_models(adapter=adapter)))
    ]


def _other_adapters_of_collections(settings: Settings, chosen: str) -> list[str]:
    return [
        f"The collection {collection} keeps {adapter} (llama.adapters)."
        for collection, adapter in settings.llama.by_collection.items()
        if adapter != chosen
    ]


def _without_a_misfit(choice: Choice, locations: Locations, registry: ModelRegistry) -> Choice:
    """Put the adapter back to `auto` if it does not fit the language model in force. What the environment names is only
    told of: it cannot be written over, and may be for this once."""
    loaded = load_settings(locations)
    trouble = _misfit(registry, loaded.settings)
    if not trouble or any(loaded.origin(SETTINGS[kind]) != "file" for kind in ("llm", "adapter")):
        return Choice(choice.written, trouble)
    save_setting(locations, SETTINGS["adapter"], "auto")
    written = {**choice.written, SETTINGS["adapter"]: "auto"}
    return Choice(written, f"{trouble} The adapter is not used any more.")


def _misfit_over_the_one_in_use(registry: ModelRegistry, settings: Settings, adapter: str) -> str:
    """A sentence that names a language model that the adapter fits, empty when it fits the one in use."""
    with_it = settings.with_models(adapter=adapter)
    trouble = _misfit(registry, with_it)
    if not trouble:
        return ""
    models = [entry.name for entry in registry.entries() if entry.kind == "llm"]
    fitting = next((model for model in models if _is_a_fit(registry, with_it.with_models(llm=model))), None)
    return f"{trouble} It fits after `strongroom models use {fitting}`." if fitting else trouble


def _misfit(registry: ModelRegistry, settings: Settings) -> str:
    """A sentence; empty when they fit, or one is missing or damaged, which is told when they are used."""
    try:
        require_adapter_fits(registry, settings)
    except ModelError as error:
        return error.message if isinstance(error, AdapterMisfit) else ""
    return ""


def _is_a_fit(registry: ModelRegistry, settings: Settings) -> bool:
    """Whether they fit for sure: both are there and can be read."""
    try:
        require_adapter_fits(registry, settings)
    except ModelError:
        return False
    return True
