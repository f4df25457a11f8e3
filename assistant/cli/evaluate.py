"""`strongroom eval`: how often the right page is found, and how long it takes, over a file of questions."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag, TopK

if TYPE_CHECKING:
    from assistant.cli.output import Output
    from assistant.evaluation import Evaluation, Progress


def evaluate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Questions with their pages, one JSON object a line.")],
    top_k: TopK = None,
    answers: Annotated[
        bool, typer.Option("--answers", help="Have each question answered too, and check the answers.")
    ] = False,
    scoped: Annotated[bool, typer.Option("--scoped", help="Ask each question within its own documents only.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write a line per question here.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure how often the right page is found."""
    from assistant.evaluation import evaluate as measure

    invocation: Invocation = context.obj
    with invocation.open_assistant() as assistant, progress_bar(invocation.output) as progress:
        found = measure(assistant, file, k=top_k, answers=answers, scoped=scoped, progress=progress)
    if out is not None:
        out.write_text("".join(json.dumps(row) + "\n" for row in json_shapes.evaluation_rows(found)), encoding="utf-8")
    if as_json:
        invocation.output.json(json_shapes.evaluation(found))
    else:
        print_evaluation(found, invocation.output)


@contextmanager
def progress_bar(output: "Output") -> "Iterator[Progress]":
    """Questions done and time left, on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("Questions", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with output.progress(*columns) as display:
        task = display.add_task("", total=None)
        yield lambda done, total: display.update(task, completed=done, total=total)


def print_evaluation(found: "Evaluation", output: "Output") -> None:
    from assistant.cli.tables import facts

    facts(
        {
            "Questions": f"{found.questions:,}",
            "Right page among the first": _rates(found.page_hit),
            "Right document among the first": _rates(found.document_hit),
            "Mean reciprocal rank": _number(found.mrr),
            "nDCG @10": _number(found.ndcg_10),
            "Refused, rightly": _percent(found.refusal["true"]),
            "Refused, wrongly": _percent(found.refusal["false"]),
            "Citations on the right page": _percent(found.citation_precision),
            "Answers that match": _percent(found.answer_match),
            "Milliseconds a search": ", ".join(
                f"{name} {value:.0f}" for name, value in found.latency_ms.items() if value
            ),
        },
        output,
    )


def _rates(rates: "Mapping[str, float | None]") -> str:
    return ", ".join(f"{k}: {_percent(rate)}" for k, rate in rates.items() if rate is not None)


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
