"""How often the right page is found: `strongroom eval` as it comes, over every set of questions there is."""

from collections.abc import Sequence
from typing import Any

from benchmarks.datasets import EXAMPLES, FINANCEBENCH_SCOPED, FINANCEBENCH_WHOLE, OHR_SCOPED, DataSet
from benchmarks.program import evaluate, markdown_table

BARS = {
    EXAMPLES.name: {"page @1": 0.9, "refused rightly": 1.0, "refused wrongly": 0.0},
    FINANCEBENCH_WHOLE.name: {"page @5": 0.55, "page @10": 0.70, "document @1": 0.90},
    FINANCEBENCH_SCOPED.name: {"page @5": 0.65, "page @10": 0.78},
    OHR_SCOPED.name: {"page @5": 0.95},
}
"""What is wanted at least; of questions refused wrongly, at most."""

FIGURES = {
    "page @1": ("page_hit", "1"),
    "page @5": ("page_hit", "5"),
    "page @10": ("page_hit", "10"),
    "document @1": ("document_hit", "1"),
    "MRR": ("mrr",),
    "nDCG @10": ("ndcg_10",),
    "refused rightly": ("refusal", "true"),
    "refused wrongly": ("refusal", "false"),
}


def run() -> str:
    sets = [EXAMPLES, FINANCEBENCH_WHOLE, FINANCEBENCH_SCOPED, OHR_SCOPED]
    measured = [each for each in sets if each.is_there()]
    rows, types = [], []
    for data in measured:
        result = evaluate(data.home(), data.questions(), *data.options())
        rows += [[f"{data.name} ({result['questions']})", name, *cells] for name, cells in _cells(result, data)]
        types += _type_rows(data.name, result["by_type"])
    left_out = [each.name for each in sets if each not in measured]
    return (
        "## Retrieval\n\nWith the starter embedder and the settings as they come. In brackets the 95 % interval.\n\n"
        f"{markdown_table(('Questions', 'figure', 'measured', 'bar'), rows)}\n\n"
        f"By type of question:\n\n{markdown_table(('Questions', 'type', 'page @5', 'page @10', 'MRR'), types)}\n"
        f"{not_there(left_out)}"
    )


def not_there(names: Sequence[str]) -> str:
    """A sentence on the data sets that do not stand beside the checkout; empty when all do."""
    return f"\nNot beside this checkout and not measured: {', '.join(names)}.\n" if names else ""


def _cells(result: dict[str, Any], data: DataSet) -> list[tuple[str, list[str]]]:
    found = []
    for name, path in FIGURES.items():
        value, interval = figure_at(result, path), figure_at(result["intervals"], path)
        if value is not None:
            bar = BARS[data.name].get(name)
            found.append((name, [_with_interval(value, interval), "" if bar is None else f"{bar:.2f}"]))
    return found


def figure_at(result: Any, path: Sequence[str]) -> Any:
    """What of an evaluation, as a mapping, the keys of `path` lead to."""
    for key in path:
        result = result[key]
    return result


def _with_interval(value: float, interval: Sequence[float]) -> str:
    return f"{value:.3f} ({interval[0]:.2f} to {interval[1]:.2f})"


def _type_rows(name: str, by_type: dict[str, Any]) -> list[list[str]]:
    return [
        [
            name,
            f"{type_} ({rates['questions']})",
            *(f"{value:.2f}" for value in (rates["page_hit"]["5"], rates["page_hit"]["10"], rates["mrr"])),
        ]
        for type_, rates in by_type.items()
    ]


if __name__ == "__main__":
    print(run())
