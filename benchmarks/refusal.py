"""Is a question refused when its document is not there? Half the documents are taken away, several times with fixed
seeds: questions about them should be refused, the others should not."""

import json
import random
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.datasets import EXAMPLES, FINANCEBENCH_WHOLE, OHR_WHOLE, POLICIES, XQUAD_ARTICLES, DataSet
from benchmarks.program import markdown_table
from benchmarks.retrieval import not_there
from benchmarks.sessions import Session, open_session

if TYPE_CHECKING:
    from assistant.evaluation.metrics import Interval

SEEDS = range(7, 11)
MOST_QUESTIONS = 300
"""Of one data set, evenly spread."""
REFUSED_BAR, FALSELY_BAR = 0.80, 0.10

Group = Callable[[str], str]


@dataclass
class Refusals:
    """Question → whether it was refused, once for each time that it was asked."""

    gone: dict[str, list[bool]] = field(default_factory=dict)
    left: dict[str, list[bool]] = field(default_factory=dict)


def run() -> str:
    sets: list[tuple[str, DataSet, Group]] = [
        ("half of the filings", FINANCEBENCH_WHOLE, _file),
        ("half of the companies", FINANCEBENCH_WHOLE, _company),
        ("one of the two filings asked about, of 40", OHR_WHOLE, _file),
        ("half of the articles", XQUAD_ARTICLES, _file),
        ("half of the policies", POLICIES, _file),
        ("half of the documents", EXAMPLES, _file),
    ]
    rows = [_row(data.name, taken, measure(data, group)) for taken, data, group in sets if data.is_there()]
    header = ("Questions", "taken away", "refused, document gone", "refused, document there")
    return (
        f"## Refusal\n\nDocuments are taken away {len(SEEDS)} times, then all questions are asked. "
        f"Bars: {REFUSED_BAR:.2f} or more refused of those whose document is gone, {FALSELY_BAR:.2f} or less of the "
        "others. In brackets the number of different questions, and the 95 % interval over them."
        f"\n\n{markdown_table(header, rows)}\n"
        f"{not_there([data.name for _, data, _ in sets if not data.is_there()])}"
    )


def measure(data: DataSet, group: Group) -> Refusals:
    """Ask on copies of the library, half of the groups of documents removed from each; a question that the data set
    has marked as unanswerable counts as one whose document is gone."""
    questions = [json.loads(line) for line in data.questions().read_text(encoding="utf-8").split("\n") if line]
    questions = [questions[place] for place in _spread(len(questions), MOST_QUESTIONS)]
    groups = sorted({group(name) for question in questions for name in question["docs"]})
    found = Refusals()
    for seed in SEEDS:
        gone = set(random.Random(seed).sample(groups, len(groups) // 2))  # noqa: S311  it draws, it hides nothing
        with tempfile.TemporaryDirectory(prefix="strongroom-bench-") as folder:
            shutil.copytree(data.home(), Path(folder) / "home")
            with open_session(data, Path(folder) / "home") as session:
                _take_away(session, lambda name, gone=gone: group(name) in gone)  # type: ignore[misc]
                for question in questions:
                    there = any(group(name) not in gone for name in question["docs"])
                    kept = found.left if there else found.gone
                    refused = not session.assistant.search(question["question"]).fits
                    kept.setdefault(question["question"], []).append(refused)
    return found


def _take_away(session: Session, goes: Callable[[str], bool]) -> None:
    library = session.assistant.library
    for record in library.documents():
        if goes(record.document):
            library.remove_document(record.path)


def _spread(number: int, most: int) -> list[int]:
    return [place * number // most for place in range(most)] if number > most else list(range(number))


def _file(name: str) -> str:
    return name


def _company(name: str) -> str:
    """What stands before the year in the name of a filing."""
    return re.split(r"_\d{4}", name)[0]


def _row(name: str, taken: str, found: Refusals) -> list[str]:
    return [name, taken, _share(found.gone), _share(found.left)]


def _share(refused: dict[str, list[bool]]) -> str:
    """Each question counts once, by how often it was refused."""
    from assistant.evaluation.metrics import mean_interval

    values: list[Any] = [sum(times) / len(times) for times in refused.values()]
    interval: Interval | None = mean_interval(values)
    if interval is None:
        return "none"
    return f"{sum(values) / len(values):.2f} ({len(values)}; {interval[0]:.2f} to {interval[1]:.2f})"


if __name__ == "__main__":
    print(run())
