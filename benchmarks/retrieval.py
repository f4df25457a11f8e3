"""How often the right page is found: `strongroom eval` on each way to search, over the sample questions and, when they
stand beside the checkout, over FinanceBench's."""

import json
from pathlib import Path
from typing import Any

from benchmarks.program import FINANCEBENCH, SAMPLE_QUESTIONS, SAMPLES, home_with, markdown_table, strongroom

MODES = ("lexical", "dense", "hybrid")
HEADER = (
    *("Questions", "search", "page @1", "page @5", "page @10", "document @1", "MRR", "nDCG@10"),
    *("refused rightly", "refused wrongly", "p50 ms", "p95 ms"),
)


def run() -> str:
    rows = _rows("samples", SAMPLE_QUESTIONS, home_with(SAMPLES))
    if FINANCEBENCH.is_dir():
        home = home_with(FINANCEBENCH / "pdfs")
        rows += _rows("FinanceBench", FINANCEBENCH / "financebench.jsonl", home)
        rows += _rows("FinanceBench, file given", FINANCEBENCH / "financebench.jsonl", home, "--scoped")
    note = "" if FINANCEBENCH.is_dir() else "\n\nFinanceBench does not stand beside this checkout and was not measured."
    return f"## Retrieval\n\n{markdown_table(HEADER, rows)}{note}\n"


def _rows(name: str, questions: Path, home: Path, *options: str) -> list[list[str]]:
    return [_row(name, mode, _evaluate(questions, home, mode, options)) for mode in MODES]


def _evaluate(questions: Path, home: Path, mode: str, options: tuple[str, ...]) -> dict[str, Any]:
    settings = {"STRONGROOM_RETRIEVAL__MODE": mode}
    done = strongroom("eval", str(questions), *options, "--json", home=home, settings=settings)
    if done.returncode:
        raise RuntimeError(f"eval of {questions} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _row(name: str, mode: str, result: dict[str, Any]) -> list[str]:
    shares = [
        *(result["page_hit"][k] for k in ("1", "5", "10")),
        result["document_hit"]["1"],
        result["mrr"],
        result["ndcg_10"],
        result["refusal"]["true"],
        result["refusal"]["false"],
    ]
    latency = result["latency_ms"]
    return [
        f"{name} ({result['questions']})",
        mode,
        *map(_share, shares),
        f"{latency['p50']:.0f}",
        f"{latency['p95']:.0f}",
    ]


def _share(value: float | None) -> str:
    """A share between 0 and 1; empty where the questions do not ask for it."""
    return "" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    print(run())
