"""Is a question refused when its document is not there? Half the documents are taken away, with a fixed seed: questions
about them should be refused, the others should not."""

import json
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.datasets import FINANCEBENCH_WHOLE, XQUAD_ARTICLES, DataSet
from benchmarks.program import evaluate, markdown_table, strongroom
from benchmarks.retrieval import not_there

SEED = 7
REFUSED_BAR, FALSELY_BAR = 0.80, 0.10


def run() -> str:
    sets = [FINANCEBENCH_WHOLE, XQUAD_ARTICLES]
    rows = [_row(data, measure(data)) for data in sets if data.is_there()]
    header = ("Questions", "documents left", "of documents taken away", "refused", "of documents left", "refused")
    return (
        "## Refusal\n\nHalf the documents that questions are about are forgotten, then all questions are asked. "
        f"Bars: {REFUSED_BAR:.2f} or more refused of those whose document is gone, {FALSELY_BAR:.2f} or less of the "
        "others."
        f"\n\n{markdown_table(header, rows)}\n{not_there([data.name for data in sets if not data.is_there()])}"
    )


def measure(data: DataSet) -> dict[str, Any]:
    """The result of `eval` on a copy of the library, half of its documents forgotten."""
    questions = [json.loads(line) for line in data.questions().read_text(encoding="utf-8").split("\n") if line]
    asked_about = sorted({name for question in questions for name in question["docs"]})
    gone = set(random.Random(SEED).sample(asked_about, len(asked_about) // 2))  # noqa: S311  # it draws, it hides nothing
    for question in questions:
        question["answerable"] = not gone.issuperset(question["docs"])
    with tempfile.TemporaryDirectory(prefix="strongroom-bench-") as folder:
        home, file = Path(folder) / "home", Path(folder) / "questions.jsonl"
        shutil.copytree(data.home(), home)
        for name in sorted(gone):
            done = strongroom("documents", "forget", name, home=home)
            if done.returncode:
                raise RuntimeError(f"forget {name} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
        file.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
        result = evaluate(home, file)
    return {**result, "gone": len(gone), "asked_about": len(asked_about), "rows": questions}


def _row(data: DataSet, result: dict[str, Any]) -> list[str]:
    unanswerable = sum(not question["answerable"] for question in result["rows"])
    return [
        data.name,
        f"{result['asked_about'] - result['gone']} of {result['asked_about']}",
        str(unanswerable),
        _share(result["refusal"]["true"], result["intervals"]["refusal"]["true"]),
        str(len(result["rows"]) - unanswerable),
        _share(result["refusal"]["false"], result["intervals"]["refusal"]["false"]),
    ]


def _share(value: float, interval: list[float]) -> str:
    return f"{value:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"


if __name__ == "__main__":
    print(run())
