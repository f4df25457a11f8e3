"""What `strongroom adapt` gains on a company's own jargon, and what it loses elsewhere.

A hundred questions on the house words of the sample company are learnt, and sixty others asked before and after: by
`eval --answers`, as a user would see it, and of the model alone. Then questions on made documents, on the samples and,
where its file is there, on articles (XQuAD), of which nothing may be answered worse by more than 0.03. The samples are
asked in three libraries of them: what a small model writes also hangs on the random word that each fences sources in.

STRONGROOM_BENCH_MINUTES says how long to train (45).
"""

import json
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Any

from assistant.assistant import open_assistant
from benchmarks.datasets import XQUAD
from benchmarks.house_words import write
from benchmarks.program import HOMES, SAMPLE_QUESTIONS, SAMPLES, evaluate, markdown_table, strongroom
from config.locations import Locations
from config.settings import load_settings
from models.starter import STARTERS
from training.adapting import general_questions
from training.figures import Figures, figures
from training.groups import Group, read_groups
from training.measure import load, measure
from training.own import Own, read_own
from training.own_groups import as_asked
from training.prepare import prepare
from training.train import starter_path

NAME = "house"
MINUTES = os.environ.pop("STRONGROOM_BENCH_MINUTES", "") or "45"
SOURCES = 5
MADE, ARTICLES = 120, 80
"""Questions of the general sets."""
OWN = "own, others"
"""The questions on house words that are not learnt."""
LIBRARIES = 3
"""In which the samples are asked."""
WORSE = 0.03

Row = list[str]


def run() -> str:
    folder = HOMES / "documents" / "house-words"
    documents, learnt, others = write(folder)
    homes = [_home(number, documents) for number in range(LIBRARIES)]
    sets = {OWN: _own(homes[0], others), "made documents": _made(), **_articles()}
    before = {name: _figures(groups, _shipped_adapter()) for name, groups in sets.items()}
    seen_before = _seen(homes, others, "auto")
    adapted = _adapt(homes[0], learnt)
    for home in homes[1:]:
        _require(strongroom("models", "add", adapted["path"], "--as", NAME, home=home))
    after = {name: _figures(groups, Path(adapted["path"])) for name, groups in sets.items()}
    seen_after = _seen(homes, others, NAME)
    return "\n\n".join(
        [
            "## Adapting to a company's own words",
            f"{adapted['questions']['learnt']} questions learnt, {adapted['questions']['held_back']} held back, "
            f"{adapted['steps']} steps in {adapted['minutes']:.0f} minutes, from the shipped adapter.",
            "As a user sees it (`eval --answers`):",
            markdown_table(["", "before", "after", "difference"], list(_seen_rows(seen_before, seen_after))),
            f"The model by itself, over the {SOURCES} passages that the program finds (three on articles):",
            markdown_table(["", "questions", "", "before", "after", "difference"], list(_rows(before, after))),
            _verdict(before, after, seen_before, seen_after),
        ]
    )


def _shipped_adapter() -> Path | None:
    return next(starter for starter in STARTERS if starter.kind == "adapter").locate()


def _home(number: int, documents: Path) -> Path:
    home = HOMES / f"adapting-{number}"
    home.mkdir(parents=True, exist_ok=True)
    _require(strongroom("ingest", str(documents), str(SAMPLES), "--json", home=home))
    strongroom("models", "remove", NAME, home=home)  # of an earlier run; there may be none
    return home


def _adapt(home: Path, learnt: Path) -> dict[str, Any]:
    done = strongroom("adapt", str(learnt), "--name", NAME, "--minutes", MINUTES, "--json", home=home)
    _require(done)
    adapted: dict[str, Any] = json.loads(done.stdout)
    return adapted


def _require(done: Any) -> None:
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{done.args[3]} ended with {done.returncode}: {done.stderr.strip()[-800:]}")


def _own(home: Path, questions: Path) -> list[Group]:
    locations = Locations(home)
    assistant = open_assistant(locations, load_settings(locations))
    try:
        return [as_asked(one, SOURCES) for one in read_own(assistant, questions) if isinstance(one, Own)]
    finally:
        assistant.close()


def _made() -> list[Group]:
    return general_questions(random.Random("general, not learnt"), MADE)  # noqa: S311  it draws, it hides nothing


def _articles() -> dict[str, list[Group]]:
    """Articles that the shipped adapter has not seen."""
    if not XQUAD.exists():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        prepare([XQUAD], Path(folder), seed=1, held_out=0.16, groups=0, made_share=0, questions=ARTICLES)
        return {"articles": list(read_groups(Path(folder) / "held-out-3.jsonl"))}


def _figures(groups: Sequence[Group], adapter: Path | None) -> Figures:
    llm = load(starter_path(), adapter)
    try:
        return figures(measure(llm, groups))
    finally:
        llm.close()


def _seen(homes: Sequence[Path], others: Path, adapter: str) -> dict[str, dict[str, float]]:
    """The other questions in the first library, the samples in all of them, averaged."""
    settings = {"llama.adapter": adapter}
    asked = {OWN: (others, homes[:1]), f"samples, {len(homes)} libraries": (SAMPLE_QUESTIONS, homes)}
    return {
        name: _averaged([evaluate(home, file, "--answers", settings=settings) for home in of_homes])
        for name, (file, of_homes) in asked.items()
    }


def _averaged(evaluations: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {
        "answers that match": fmean(each["answer_match"] for each in evaluations),
        "citations right": fmean(each["citation_precision"] for each in evaluations),
        "refused, rightly": fmean(each["refusal"]["true"] for each in evaluations),
        "refused, wrongly": fmean(each["refusal"]["false"] for each in evaluations),
    }


def _seen_rows(before: dict[str, dict[str, float]], after: dict[str, dict[str, float]]) -> Iterator[Row]:
    for name in before:
        for title, value in before[name].items():
            yield _row([f"{name}: {title}"], value, after[name][title])


def _rows(before: dict[str, Figures], after: dict[str, Figures]) -> Iterator[Row]:
    for name, figures_before in before.items():
        values = asdict(figures_before), asdict(after[name])
        for figure in ("contained", "f1", "cited", "passes", "refused", "refused_rightly"):
            yield _row([name, str(figures_before.questions), figure], values[0][figure], values[1][figure])


def _row(head: Row, before: float | None, after: float | None) -> Row:
    if before is None or after is None:
        return [*head, "", "", ""]
    return [*head, f"{before:.3f}", f"{after:.3f}", f"{after - before:+.3f}"]


def _verdict(
    before: dict[str, Figures],
    after: dict[str, Figures],
    seen_before: dict[str, dict[str, float]],
    seen_after: dict[str, dict[str, float]],
) -> str:
    own = after[OWN].contained - before[OWN].contained
    gone = {
        f"{name} {figure}": getattr(before[name], figure) - getattr(after[name], figure)
        for name in before
        for figure in ("contained", "f1", "cited")
        if name != OWN
    } | {
        f"{name}, as seen, {title}": seen_before[name][title] - seen_after[name][title]
        for name in seen_before
        for title in ("answers that match", "citations right", "refused, rightly")
        if name != OWN
    }
    lost = [f"{what} by {much:.3f}" for what, much in gone.items() if much > WORSE]
    return f"Own words: {own:+.3f} right answers. Worse elsewhere by more than {WORSE}: {', '.join(lost) or 'nothing'}."
