"""`strongroom status`: what is in the home, which models are in use, how tight the seal is."""

from typing import Any

import typer

from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag
from assistant.cli.output import Output

MISSING = "missing: `strongroom models use NAME` chooses one, `strongroom models list` has them"
"""What stands in the place of a model that the settings name and nobody has."""


def status(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Show collections, models, disk use and the seal."""
    invocation: Invocation = context.obj
    with invocation.open_assistant() as assistant:
        found = assistant.status()
    if as_json:
        invocation.output.json(found)
    else:
        print_status(found, invocation.output)


def print_status(found: dict[str, Any], output: Output) -> None:
    from assistant.cli.tables import Column, facts, table

    facts(
        {
            "Version": found["version"],
            "Home": found["home"],
            "Seal": f"{found['seal']['level']} ({found['seal']['mechanism']})",
            "Server": found["seal"]["server"] or "none",
            "Language model": found["models"]["llm"] or MISSING,
            "Speed": _speed(found["speed"]),
            "Tuned": f"yes, {found['tuning']['measured_at'][:10]}"
            if found["tuning"]
            else "no: `strongroom models tune`",
            "Adapter": _adapter(found["models"]),
            "Embedder": found["models"]["embedder"] or MISSING,
            "Reranker": found["models"]["reranker"] or "none",
            "On disk": ", ".join(f"{name} {size:,.1f} MB" for name, size in found["disk_mb"].items()),
        },
        output,
    )
    output.line()
    table(
        [
            Column("Collection"),
            Column("Documents", right=True),
            Column("Pages", right=True),
            Column("Passages", right=True),
            Column("Vectors", right=True),
            Column("Pending", right=True),
            Column("Embedder"),
        ],
        [
            (
                row["name"],
                f"{row['documents']:,}",
                f"{row['pages']:,}",
                f"{row['chunks']:,}",
                f"{row['vectors']:,}",
                f"{row['vectors_pending']:,}",
                row["embedder"] or "",
            )
            for row in found["collections"]
        ],
        output,
    )


def _adapter(models: dict[str, Any]) -> str:
    if models["adapter_trouble"]:
        return (
            f"{models['adapter_trouble']} `strongroom config set llama.adapter auto` goes back; where llama.adapters "
            "names it for this collection, change that."
        )
    return models["adapter"] or "none"


def _speed(found: dict[str, float | None]) -> str:
    verbs = {"reading": "reads", "writing": "writes"}
    known = [f"{verb} {found[name]:,.0f} tokens/s" for name, verb in verbs.items() if found[name] is not None]
    return ", ".join(known) or "not measured yet"
