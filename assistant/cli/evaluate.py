"""`strongroom eval`: how often the right page is found, and how long it takes, over a file of questions."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag, TopK
from assistant.cli.tables import Column, facts, table

if TYPE_CHECKING:
    from assistant.cli.output import Output
    from assistant.evaluation.comparison import Change, Comparison
    from assistant.evaluation.measuring import Progress
    from assistant.evaluation.metrics import Interval
    from assistant.evaluation.summary import Evaluation, Rates


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
    compare_with: Annotated[
        Path | None,
        typer.Option(
            "--compare", metavar="FILE", help="Compare with the run whose --out FILE this is.", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure how often the right page is found."""
    from assistant.evaluation.comparison import compare, load_rows
    from assistant.evaluation.measuring import evaluate as measure

    invocation: Invocation = context.obj
    earlier = load_rows(compare_with) if compare_with is not None else None
    if out is not None:
        require_writable(out)
    with invocation.open_assistant() as assistant, progress_bar(invocation.output) as progress:
        found = measure(assistant, file, k=top_k, answers=answers, scoped=scoped, progress=progress)
    comparison = compare(earlier, found.rows) if earlier is not None else None
    if as_json:
        invocation.output.json(json_shapes.evaluation(found, comparison))
    else:
        print_evaluation(found, invocation.output)
        if comparison is not None:
            print_comparison(comparison, invocation.output)
    if out is not None:  # last: a disk that is full by now costs the file, not the figures
        out.write_text("".join(json.dumps(row) + "\n" for row in json_shapes.evaluation_rows(found)), encoding="utf-8")


def require_writable(file: Path) -> None:
    """Raises UsageError when `file` cannot be written; leaves it, or the want of it, as it was."""
    from config.errors import UsageError

    if file.is_fifo():  # whoever reads it would take the trial for the end
        return
    is_new = not os.path.lexists(file)
    try:
        file.open("a").close()
        if is_new:
            file.unlink()
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}.", "Name a file in a folder you may write to."
        ) from error


@contextmanager
def progress_bar(output: "Output") -> "Iterator[Progress]":
    """Questions done and time left, on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("Questions", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with output.progress(*columns) as display:
        task = display.add_task("", total=None)
        yield lambda done, total: display.update(task, completed=done, total=total)


def print_evaluation(found: "Evaluation", output: "Output") -> None:
    sure = found.intervals
    facts(
        {
            "Questions": f"{found.questions:,}",
            **_hits("Right page", found.page_hit, sure.page_hit),
            **_hits("Right document", found.document_hit, sure.document_hit),
            "Mean reciprocal rank": _number(found.mrr, sure.mrr),
            "nDCG @10": _number(found.ndcg_10, sure.ndcg_10),
            "Refused, rightly": _percent(found.refusal["true"], sure.refusal["true"]),
            "Refused, wrongly": _percent(found.refusal["false"], sure.refusal["false"]),
            "Citations on the right page": _percent(found.citation_precision, sure.citation_precision),
            "Answers that match": _percent(found.answer_match, sure.answer_match),
            "Milliseconds a search": ", ".join(
                f"{name} {value:.0f}" for name, value in found.latency_ms.items() if value
            ),
        },
        output,
    )
    if found.by_type:
        print_types(found.by_type, output)


def print_types(by_type: "Mapping[str, Rates]", output: "Output") -> None:
    """A line for each type of question, the most frequent first."""
    columns = [
        Column("Type"),
        *(Column(title, right=True) for title in ("questions", "page @5", "@10", "document @1", "MRR")),
    ]
    ordered = sorted(by_type.items(), key=lambda item: (-item[1].questions, item[0]))
    output.line("")
    table(
        columns,
        [
            [
                name,
                f"{rates.questions:,}",
                _percent(rates.page_hit["5"]),
                _percent(rates.page_hit["10"]),
                _percent(rates.document_hit["1"]),
                _number(rates.mrr),
            ]
            for name, rates in ordered
        ],
        output,
    )


def print_comparison(comparison: "Comparison", output: "Output") -> None:
    """The figures of both runs, then the questions whose right page moved."""
    columns = [
        Column("Compared"),
        *(Column(title, right=True) for title in ("before", "after", "difference", "95 %", "better", "worse", "p")),
    ]
    output.line("")
    table(
        columns,
        [
            [
                name,
                f"{figure.before:.3f}",
                f"{figure.after:.3f}",
                f"{figure.after - figure.before:+.3f}",
                "{:+.3f} to {:+.3f}".format(*figure.interval),
                str(figure.better),
                str(figure.worse),
                f"{figure.p:.3f}",
            ]
            for name, figure in comparison.figures.items()
        ],
        output,
    )
    _print_changes("Better", comparison.better, output)
    _print_changes("Worse", comparison.worse, output)
    if comparison.only_before or comparison.only_after:
        output.line(
            f"Not compared: {comparison.only_before} only in the earlier run, {comparison.only_after} only here."
        )


def _print_changes(title: str, changes: "Sequence[Change]", output: "Output") -> None:
    if changes:
        output.line("")
        rows = [[_rank(change.before), _rank(change.after), change.question] for change in changes]
        table([Column(title, right=True), Column("now", right=True), Column("question")], rows, output)


def _hits(what: str, rates: "Mapping[str, float | None]", intervals: "Mapping[str, Interval | None]") -> dict[str, str]:
    return {f"{what} among the first {k}": _percent(rate, intervals[k]) for k, rate in rates.items()}


def _percent(rate: float | None, interval: "Interval | None" = None) -> str:
    between = f"  ({interval[0]:.1%} to {interval[1]:.1%})" if interval else ""
    return "" if rate is None else f"{rate:.1%}{between}"


def _number(value: float | None, interval: "Interval | None" = None) -> str:
    between = f"  ({interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
    return "" if value is None else f"{value:.3f}{between}"


def _rank(rank: int | None) -> str:
    return "none" if rank is None else str(rank)
