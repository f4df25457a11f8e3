"""`strongroom models tune`: find out how a language model runs best on this machine."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag

if TYPE_CHECKING:
    from models.llama.tuned import Tuning


def tune_model(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A language model; the one in use if left out.")
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Forget what was found: rules of thumb again.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure how a language model runs best on this machine, in under a minute, and run it so from then on."""
    from assistant.tuning import Tried, forget_tuning, tune
    from models.registry import ModelRegistry

    invocation: Invocation = context.obj
    locations = invocation.open_home()
    settings, registry = invocation.load_settings(locations).settings, ModelRegistry(locations)
    if forget:
        forgotten = forget_tuning(registry, settings, name or "")
        if as_json:
            invocation.output.json({"forgotten": forgotten})
        else:
            invocation.output.line("Forgotten." if forgotten else "There was nothing to forget.")
        return
    for event in tune(registry, settings, name or ""):
        if isinstance(event, Tried):
            invocation.output.note(event.text)
        elif as_json:
            invocation.output.json(json_shapes.tuning(event.tuning))
        else:
            _print_tuning(event.tuning, invocation)


def _print_tuning(tuning: "Tuning", invocation: Invocation) -> None:
    from assistant.cli.tables import facts

    output, plan = invocation.output, asdict(tuning.plan)
    for sentence in tuning.why:
        output.line(sentence)
    output.line()
    facts(
        {
            "Model": tuning.name,
            "Threads": f"{plan['threads']} write, {plan['reading_threads']} read",
            "Batch": f"{plan['batch']} tokens",
            "Flash attention": plan["flash_attention"],
            "Kept as": plan["kv_type"],
            "GPU layers": "as many as fit" if plan["gpu_layers"] < 0 else str(plan["gpu_layers"]),
            "Drafting": "on" if plan["draft_costs"] else "off",
            "Reads": f"{tuning.reading:,.0f} tokens/s, {tuning.reading_before:,.0f} before",
            "Writes": f"{tuning.writing:,.1f} tokens/s, {tuning.writing_before:,.1f} before",
        },
        output,
    )
    output.note("Used from the model's next start on. A setting under llama.* counts more; see docs/models.md.")
