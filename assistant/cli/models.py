"""`strongroom models`: which models there are, adding and removing them, choosing the ones in use."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag
from assistant.cli.tuning import tune_model

if TYPE_CHECKING:
    from config.locations import Locations
    from config.sections import Settings
    from models.registry import ModelRegistry

models = typer.Typer(help="List, add, verify, tune, use and remove models.")
models.command("tune")(tune_model)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A model's name, see `strongroom models list`.")]


@models.command("list")
def list_models(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Every model that is there, those in use marked."""
    invocation: Invocation = context.obj
    from assistant.tuning import tuned_models
    from models.loading import trouble_of_adapter

    locations = invocation.open_home()
    settings, registry = invocation.load_settings(locations).settings, _registry(invocation)
    of_collections = _adapters_of_collections(registry, settings)
    built_with = _embedders_of_collections(locations)
    in_use = {
        *_in_use(registry, settings).items(),
        *(("adapter", adapter) for adapter in of_collections.values()),
        *(("embedder", embedder) for embedder in built_with.values()),
    }
    rows = [(entry, (entry.kind, entry.name) in in_use) for entry in registry.entries()]
    tuned = tuned_models(registry, settings)
    if as_json:
        listed = [
            {**json_shapes.model(entry), "in_use": used, "tuned": entry.kind == "llm" and entry.name in tuned}
            for entry, used in rows
        ]
        invocation.output.json({"models": listed})
        return
    from assistant.cli.tables import Column, table

    table(
        [
            Column(""),
            Column("Name"),
            Column("Kind", whole=True),
            Column("Size", right=True),
            Column("Licence"),
            Column("Verified", whole=True),
            Column("Tuned", whole=True),
            Column("Source"),
        ],
        [
            (
                "*" if used else "",
                entry.name,
                entry.kind,
                f"{entry.size / 1e6:,.0f} MB",
                entry.licence or "unknown",
                entry.checked,
                "" if entry.kind != "llm" else "yes" if entry.name in tuned else "no",
                entry.source,
            )
            for entry, used in rows
        ],
        invocation.output,
    )
    invocation.output.note("* in use")
    for collection, adapter in of_collections.items():
        invocation.output.note(f"The collection {collection} has the adapter {adapter} (llama.adapters).")
    for collection, embedder in built_with.items():
        if embedder != settings.models.embedder:
            invocation.output.note(f"The collection {collection} has the embedder {embedder}, which it was built with.")
    if trouble := trouble_of_adapter(registry, settings):
        invocation.output.note(trouble)


@models.command("add")
def add_model(
    context: typer.Context,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE_OR_DIR",
            help="A GGUF file (a language model, or a LoRA adapter for one) or a sentence-transformers directory.",
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="What to call it.", show_default="its file name")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Register a model of yours after checking it."""
    invocation: Invocation = context.obj
    if path.is_dir():
        invocation.output.note("The model is being converted for the processor and compared with the original.")
    entry = _registry(invocation).add(path, name)
    if as_json:
        invocation.output.json(json_shapes.model(entry))
    else:
        from models.registry import KIND_WORDS

        invocation.output.line(f"Added the {KIND_WORDS[entry.kind]} {entry.name} ({entry.size / 1e6:,.0f} MB).")
        invocation.output.note(f"Use it with `strongroom models use {entry.name}`.")
        if entry.kind == "llm":
            invocation.output.note(
                f"`strongroom models tune {entry.name}` finds out, within a minute, how it runs best on this machine."
            )


@models.command("verify")
def verify_model(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One model; all of them if left out.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Hash the files again and compare with what was registered; one that is not intact does not end it."""
    from config.errors import ModelError
    from models.registry import KIND_WORDS

    invocation: Invocation = context.obj
    registry = _registry(invocation)
    looked_at, failures = [], []
    for entry in registry.named(name) if name else registry.entries():
        try:
            verified = registry.verify(entry.name, entry.kind)
        except ModelError as error:
            verified = replace(entry, verified=False, unread=False)
            failures.append(error)
        looked_at.append(verified)
        if verified.verified and not as_json:
            invocation.output.line(f"{entry.name} ({KIND_WORDS[entry.kind]}): intact, SHA-256 {entry.sha256}")
    if as_json:
        invocation.output.json({"models": [json_shapes.model(entry) for entry in looked_at]})
    if failures:
        for failure in failures[:-1]:
            invocation.output.error(failure.message, failure.remedy)
        raise failures[-1]


@models.command("use")
def use_model(context: typer.Context, name: NameArgument, as_json: JsonFlag = False) -> None:
    """Make a model the one in use, by writing the setting for its kind."""
    from assistant.choosing import choose
    from config.errors import UsageError

    invocation: Invocation = context.obj
    if invocation.config is not None:
        raise UsageError("`models use` writes to the settings file of the home only.", "Leave --config out.")
    locations = invocation.open_home()
    registry = _registry(invocation)
    kinds = [entry.kind for entry in registry.named(name)]
    choices = [choose(locations, registry, kind, name) for kind in kinds]
    written = {key: value for choice in choices for key, value in choice.written.items()}
    if as_json:
        invocation.output.json({"name": name, "kinds": kinds, "settings": written})
    else:
        for key, value in written.items():
            invocation.output.line(f"{key} = {value}")
    for choice in choices:
        if choice.remark:
            invocation.output.note(choice.remark)
    for key, in_force, origin, _ in invocation.load_settings(locations).items():
        if key in written and origin != "file":
            invocation.output.note(f"The {origin} has the last word: {key} is still {in_force}.")


@models.command("remove")
def remove_model(context: typer.Context, name: NameArgument, as_json: JsonFlag = False) -> None:
    """Forget a model you added (the file you added it from stays), or give up an adapter that `adapt` has begun."""
    from assistant.cli.adapt import give_up

    invocation: Invocation = context.obj
    locations = invocation.open_home()
    settings, registry = invocation.load_settings(locations).settings, _registry(invocation)
    used = [kind for kind, model in _in_use(registry, settings).items() if model == name]
    used_by = [collection for collection, adapter in settings.llama.by_collection.items() if adapter == name]
    kinds = {entry.kind for entry in registry.entries() if entry.name == name}
    is_added = bool(kinds)
    was_begun = give_up(locations, registry, name)
    if is_added or not was_begun:
        registry.remove(name)
    if as_json:
        invocation.output.json({"removed": name})
    else:
        invocation.output.line(f"Removed {name}." if is_added else f"Gave up {name}, which was not finished.")
    for kind in used:
        invocation.output.note(_what_now(kind))
    if used_by:
        invocation.output.note(
            f"It was the adapter of {', '.join(used_by)}: `strongroom config set llama.adapters …` names another."
        )
    built_with = _embedders_of_collections(locations) if "embedder" in kinds else {}
    if built := [collection for collection, embedder in built_with.items() if embedder == name]:
        invocation.output.note(
            f"{', '.join(built)} cannot be searched by meaning until it is added again under this name."
        )


def _what_now(kind: str) -> str:
    """After the model of this kind that the settings name was removed."""
    from assistant.choosing import SETTINGS

    if kind in ("llm", "embedder"):
        return "It was in use: `strongroom models use starter` goes back to the one that came with the installation."
    if kind == "adapter":
        return "It was in use: `strongroom config set llama.adapter auto` goes back to what came with the installation."
    return f"It was in use: `strongroom config set {SETTINGS[kind]} …` names another."


def _in_use(registry: "ModelRegistry", settings: "Settings") -> dict[str, str]:
    """The name of the model of each kind, as the settings have it."""
    from models.loading import name_of_adapter

    chosen = settings.models
    return {
        "llm": chosen.llm,
        "embedder": chosen.embedder,
        "reranker": chosen.reranker,
        "adapter": name_of_adapter(registry, settings),
    }


def _adapters_of_collections(registry: "ModelRegistry", settings: "Settings") -> dict[str, str]:
    """Collection → the name of the adapter that `llama.adapters` gives it, without those that get none."""
    from models.loading import name_of_adapter

    named = {
        collection: name_of_adapter(registry, settings.with_models(adapter=adapter))
        for collection, adapter in settings.llama.by_collection.items()
    }
    return {collection: adapter for collection, adapter in named.items() if adapter}


def _embedders_of_collections(locations: "Locations") -> dict[str, str]:
    """Collection → the name of the embedder that it was built with; none when the library cannot be opened."""
    from config.errors import LibraryError
    from ingest.library.library import Library

    if not locations.library_file.exists():
        return {}
    try:
        with closing(Library.open(locations)) as library:
            return {counts.name: counts.embedder.name for counts in library.collections() if counts.embedder}
    except LibraryError:  # models can be listed and removed all the same
        return {}


def _registry(invocation: Invocation) -> "ModelRegistry":
    from models.registry import ModelRegistry

    return ModelRegistry(invocation.open_home())
