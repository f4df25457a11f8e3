"""The questions that retrieval is measured on, each with a home that holds its documents.

The samples come with the project. The others are not part of it; they are measured when they stand beside the checkout.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.program import CHECKOUT, HOMES, SAMPLE_QUESTIONS, SAMPLES, home_with

DATA = CHECKOUT.parent / "shared" / "data"
FINANCEBENCH = DATA / "financebench"
SCIFACT = DATA / "beir" / "scifact"
XQUAD = DATA / "qa" / "xquad.en.json"
POLICYQA = DATA / "qa" / "policyqa.dev.json"


@dataclass(frozen=True)
class DataSet:
    """`needs` must be there for it; `make` returns the folder of documents and the file of questions."""

    name: str
    needs: Path
    make: Callable[[], tuple[Path, Path]]
    scoped: bool = False
    shares: str = ""

    def is_there(self) -> bool:
        return self.needs.exists()

    def home(self) -> Path:
        """The library, taken in first if it is not there yet."""
        return home_with(self.make()[0], self.shares or self.name)

    def questions(self) -> Path:
        return self.make()[1]

    def options(self) -> tuple[str, ...]:
        return ("--scoped",) if self.scoped else ()


def _make_scifact() -> tuple[Path, Path]:
    """SciFact's test set (Wadden et al., 2020; as in BEIR, Thakur et al., 2021): a Markdown file for each abstract."""
    folder, questions = HOMES / "documents" / "scifact", HOMES / "documents" / "scifact.jsonl"
    if not questions.exists():
        abstracts = _json_lines(SCIFACT / "corpus.jsonl")
        _write_articles(folder, {line["_id"]: f"# {line['title']}\n\n{line['text']}\n" for line in abstracts})
        relevant: dict[str, list[str]] = {}
        for line in (SCIFACT / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            query, abstract, score = line.split("\t")
            if int(score) > 0:
                relevant.setdefault(query, []).append(f"{abstract}.md")
        queries = {line["_id"]: line["text"] for line in _json_lines(SCIFACT / "queries.jsonl")}
        _write_questions(questions, ({"question": queries[query], "docs": docs} for query, docs in relevant.items()))
    return folder, questions


def _make_xquad() -> tuple[Path, Path]:
    """XQuAD in English (Artetxe et al., 2020): a Markdown file for each article, its paragraphs below its title."""
    return _make_articles("xquad", XQUAD)


def _make_policies() -> tuple[Path, Path]:
    """PolicyQA (Ahmad et al., 2020), its questions for development: a Markdown file for each privacy policy."""
    return _make_articles("policies", POLICYQA)


def _make_articles(name: str, file: Path) -> tuple[Path, Path]:
    """From a file in SQuAD's layout."""
    folder, questions = HOMES / "documents" / name, HOMES / "documents" / f"{name}.jsonl"
    if not questions.exists():
        articles = {
            re.sub(r"\W+", "_", article["title"]): article
            for article in json.loads(file.read_text(encoding="utf-8"))["data"]
        }
        texts = {
            title: "\n\n".join(["# " + title.replace("_", " "), *(each["context"] for each in article["paragraphs"])])
            for title, article in articles.items()
        }
        _write_articles(folder, texts)
        _write_questions(
            questions,
            (
                {"question": asked["question"], "docs": [f"{title}.md"]}
                for title, article in articles.items()
                for paragraph in article["paragraphs"]
                for asked in paragraph["qas"]
            ),
        )
    return folder, questions


def _json_lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def _write_articles(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _write_questions(file: Path, questions: Iterable[Mapping[str, Any]]) -> None:
    """Written last: the data set is complete when it is there."""
    file.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")


EXAMPLES = DataSet("samples", SAMPLES, lambda: (SAMPLES, SAMPLE_QUESTIONS))
FINANCEBENCH_WHOLE = DataSet(
    "FinanceBench", FINANCEBENCH, lambda: (FINANCEBENCH / "pdfs", FINANCEBENCH / "financebench.jsonl")
)
FINANCEBENCH_SCOPED = DataSet(
    "FinanceBench, document given",
    FINANCEBENCH,
    lambda: (FINANCEBENCH / "pdfs", FINANCEBENCH / "financebench.jsonl"),
    scoped=True,
    shares="FinanceBench",
)
OHR_SCOPED = DataSet(
    "ohr_finance, document given",
    FINANCEBENCH,
    lambda: (FINANCEBENCH / "pdfs", FINANCEBENCH / "ohr_finance.jsonl"),
    scoped=True,
    shares="FinanceBench",
)
OHR_WHOLE = DataSet(
    "ohr_finance, no document given",
    FINANCEBENCH,
    lambda: (FINANCEBENCH / "pdfs", FINANCEBENCH / "ohr_finance.jsonl"),
    shares="FinanceBench",
)
SCIFACT_TEST = DataSet("SciFact", SCIFACT, _make_scifact)
XQUAD_ARTICLES = DataSet("XQuAD", XQUAD, _make_xquad)
POLICIES = DataSet("PolicyQA", POLICYQA, _make_policies)
