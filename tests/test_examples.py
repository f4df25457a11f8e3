"""The sample documents and their questions: reproducible, well formed, and true."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
DOCUMENTS = EXAMPLES / "documents"
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (EXAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWERABLE = [question for question in QUESTIONS if question["answerable"]]
SCANNED = "letter-eastmoor-water.pdf"


@cache
def page_texts(name: str) -> tuple[str, ...]:
    """The text of each page, white space made single."""
    document = pypdfium2.PdfDocument(DOCUMENTS / name)
    try:
        return tuple(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()


def test_making_the_documents_again_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "make_samples.py"), "--to", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in DOCUMENTS.iterdir()}
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in DOCUMENTS.iterdir()) < 1_500_000


def test_only_the_scanned_letter_has_no_text() -> None:
    without_text = [path.name for path in sorted(DOCUMENTS.iterdir()) if not any(page_texts(path.name))]
    assert without_text == [SCANNED]


def test_the_handbook_numbers_its_front_pages_apart() -> None:
    document = pypdfium2.PdfDocument(DOCUMENTS / "employee-handbook.pdf")
    labels = [document.get_page_label(index) for index in range(5)]
    document.close()
    assert labels == ["i", "ii", "iii", "1", "2"]


def test_there_are_25_questions_and_5_have_no_answer() -> None:
    assert len(QUESTIONS) == 25
    assert len(ANSWERABLE) == 20
    assert len({question["question"] for question in QUESTIONS}) == 25


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["question"][:40])
def test_a_question_is_well_formed(question: dict[str, Any]) -> None:
    assert set(question) == {"question", "docs", "gold_pages", "answers", "answerable"}
    assert question["question"].endswith("?")
    assert bool(question["answers"]) == bool(question["gold_pages"]) == bool(question["docs"]) == question["answerable"]
    assert {gold["doc"] for gold in question["gold_pages"]} == set(question["docs"])
    assert SCANNED not in question["docs"]


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["question"][:40])
def test_every_gold_page_holds_every_answer(question: dict[str, Any]) -> None:
    for gold in question["gold_pages"]:
        text = page_texts(gold["doc"])[gold["page"] - 1]
        assert [answer for answer in question["answers"] if answer not in text] == [], gold
