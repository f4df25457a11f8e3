"""`strongroom adapt`: teach a language model one's own questions, words and forms, on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag

if TYPE_CHECKING:
    from assistant.cli.output import Output
    from config.locations import Locations
    from models.registry import ModelRegistry
    from training.adapting import AdaptEvent, Added, Tell
    from training.own import LeftOut

PRIVATE = 0o077
WORSE = 0.1
"""A loss on other documents from which on it is pointed out: two or three answers of the few that are measured."""


def adapt(
    context: typer.Context,
    questions: Annotated[
        Path,
        typer.Argument(
            metavar="QUESTIONS", help="Questions with answers, in the form of `strongroom eval`: JSON lines."
        ),
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What to call the adapter.")],
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="M", help="The language model to teach.", show_default="the one in use"),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="ADAPTER|none",
            help="The adapter to go on from; `none` begins anew.",
            show_default="the one in use",
        ),
    ] = None,
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.1, metavar="N", help="Minutes of computing at most.")
    ] = 30,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of what is drawn by chance.")] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Teach a language model your own questions: a small file of changes to it, made on this machine."""
    from training.adapting import adapt as teach
    from training.base import Request

    invocation: Invocation = context.obj
    output = invocation.output
    left_out: list[LeftOut] = []
    request = Request(questions, name, model or "", start or "", minutes, seed)
    output.note(
        f"The questions are looked up in the library. Then training takes {minutes:g} minutes at most, and measuring "
        "some more. Ctrl-C stops it, and the same command goes on."
    )
    try:
        with private_files(), invocation.open_assistant() as assistant, reporter(output, left_out) as tell:
            invocation.note_if_empty(assistant)
            settings = assistant.settings
            added = teach(assistant, request, tell)
    except KeyboardInterrupt:
        output.message(interrupted(invocation, name))
        raise
    if as_json:
        output.json(as_shape(added, left_out))
    else:
        llama = settings.llama
        own = llama.adapters_with(invocation.collection, name) if llama.adapter_of(invocation.collection) else ""
        print_added(added, settings.models.llm, output, own)


def interrupted(invocation: Invocation, name: str) -> str:
    from models.registry import ModelRegistry

    if any(entry.name == name for entry in ModelRegistry(invocation.open_home()).entries()):
        return f"The adapter {name} is there already: `strongroom models use {name}`."
    return "What is done is kept. The same command goes on with it."


def give_up(locations: "Locations", registry: "ModelRegistry", name: str) -> bool:
    """Delete what a run of this name has learnt and left, unless a model of that name has come from elsewhere; False
    when there is none. Raises UsageError when another process works at it."""
    from training.run import SOURCE, Run

    of_the_name = [entry for entry in registry.entries() if entry.name == name]
    return all(entry.source == SOURCE for entry in of_the_name) and Run.give_up(locations.adapting_directory, name)


@contextmanager
def private_files() -> "Iterator[None]":
    """What is written is readable by its owner only."""
    before = os.umask(PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def reporter(output: "Output", left_out: "list[LeftOut]") -> "Iterator[Tell]":
    """Says what happens: lines on standard error, and a bar with the time left on a terminal."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

    from training.adapting import Measured, Measuring, Prepared, Stepped
    from training.own import LeftOut

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with output.progress(*columns) as display:
        task = display.add_task("Looking up", total=None)

        def tell(event: "AdaptEvent") -> None:
            match event:
                case LeftOut(line, reason):
                    left_out.append(event)
                    output.note(f"Line {line} is left out. {reason}")
                case Prepared():
                    output.note(
                        f"{event.learnt + event.held_back} questions can be used, {len(left_out)} are left out; "
                        f"{event.held_back} are held back to measure with."
                    )
                    if event.continued:
                        output.note("An earlier run is gone on with.")
                case Measuring(done, total):
                    display.update(task, description="Measuring", completed=done, total=total)
                case Measured(own, general):
                    output.note(f"Right answers: own questions {own.contained:.2f}, made ones {general.contained:.2f}.")
                    display.reset(task, total=1)
                case Stepped(step, loss, _, share):
                    display.update(task, description=f"Step {step}, loss {loss:.2f}", completed=share, total=1)

        yield tell


def print_added(added: "Added", in_use: str, output: "Output", adapters: str = "") -> None:
    """`in_use` is the language model that the settings name. `adapters`, empty for a collection without an adapter of
    its own: what `llama.adapters` is to be for this one to take its place."""
    from assistant.cli.tables import Column, table
    from training.card import rows

    titles = ("own before", "after", "made before", "after")
    table([Column(""), *(Column(title, right=True) for title in titles)], rows(added), output)
    output.line()
    output.line(f"Added the adapter {added.entry.name} ({added.entry.size / 1e6:,.0f} MB) over {added.model}.")
    before, after = added.before.general.contained, added.after.general.contained
    if before - after > WORSE:
        output.note(
            f"On other documents {after:.2f} of the answers are right, and were {before:.2f} before: learn for fewer "
            "minutes."
        )
    elif added.groups < added.prepared.groups:
        output.note(
            f"In {added.minutes:.0f} minutes it has learnt {added.groups} of the {added.prepared.groups} groups of "
            "passages that were prepared: with more --minutes it may learn more."
        )
    output.note(what_now(added, in_use, adapters))
    output.note(f"Its card: {added.entry.path.with_suffix('.md')}")


def what_now(added: "Added", in_use: str, adapters: str) -> str:
    name, before, after = added.entry.name, added.before.own, added.after.own
    if after.contained <= before.contained and after.passes <= before.passes:
        return "It answers your own questions no better than before: go on without it."
    use = f'`strongroom config set llama.adapters "{adapters}"`' if adapters else f"`strongroom models use {name}`"
    if added.model != in_use:
        return f"Use it with `strongroom models use {added.model}` and then {use}."
    return f"Use it with {use}, or `ask --adapter {name}`."


def as_shape(added: "Added", left_out: "list[LeftOut]") -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "name": added.entry.name,
        "path": str(added.entry.path),
        "sha256": added.entry.sha256,
        "licence": added.entry.licence,
        "model": added.model,
        "from": added.start,
        "questions": {
            "learnt": added.prepared.learnt,
            "held_back": added.prepared.held_back,
            "left_out": [asdict(each) for each in left_out],
        },
        "steps": added.steps,
        "groups": added.prepared.groups,
        "groups_learnt": added.groups,
        "minutes": round(added.minutes, 2),
        "seed": added.seed,
        "before": asdict(added.before),
        "after": asdict(added.after),
    }
