import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation import evaluate, load_questions, matches_any, ndcg
from config.errors import StrongroomError
from tests.assistant.conftest import Open

HOTEL = {
    "question": "Which hotel costs per night in Norway are reimbursed?",
    "docs": ["travel-policy.md"],
    "gold_pages": [{"doc": "travel-policy.md", "page": 1}],
    "answers": ["155 euro"],
    "answerable": True,
}
REPORTS = {
    "question": "When are expense reports due after the trip?",
    "docs": ["travel-policy.md"],
    "gold_pages": [{"doc": "travel-policy.md", "page": 2}],
    "answers": ["30 days"],
}
WRONG = {
    "question": "Who was elected chair?",
    "docs": ["leave-policy.md"],
    "gold_pages": [{"doc": "leave-policy.md", "page": 1}],
    "answers": ["nobody"],
}
TUNGSTEN = {"question": "What is the boiling point of tungsten hexafluoride?", "answerable": False}


def write(tmp_path: Path, *questions: Any) -> Path:
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(q if isinstance(q, str) else json.dumps(q) for q in questions) + "\n\n", encoding="utf-8")
    return file


def test_finding_is_measured_over_the_answerable_questions(open_with: Open, tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    found = evaluate(
        open_with(),
        write(tmp_path, HOTEL, REPORTS, WRONG, TUNGSTEN),
        progress=lambda done, total: calls.append((done, total)),
    )
    assert found.questions == 4
    assert found.page_hit["1"] == pytest.approx(2 / 3)
    assert found.document_hit["1"] == pytest.approx(2 / 3)
    assert found.mrr is not None
    assert 2 / 3 < found.mrr < 1
    assert found.refusal == {"true": 1.0, "false": 0.0}
    assert found.citation_precision is None
    assert found.answer_match is None
    assert found.latency_ms["p50"] is not None
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [row.page_rank for row in found.rows[:2]] == [1, 1]
    assert found.rows[2].page_rank is None or found.rows[2].page_rank > 1


def test_scoped_asks_within_the_documents_of_the_question(open_with: Open, tmp_path: Path) -> None:
    found = evaluate(open_with(), write(tmp_path, WRONG), scoped=True)
    assert found.document_hit["1"] == 1.0
    assert found.page_hit["1"] == 1.0


def test_answers_are_held_against_gold_pages_and_accepted_answers(open_with: Open, tmp_path: Path) -> None:
    assistant = open_with(answer__style="quote")
    found = evaluate(assistant, write(tmp_path, HOTEL, REPORTS, WRONG), answers=True)
    assert found.answer_match == pytest.approx(2 / 3)
    assert found.citation_precision is not None
    assert 0.5 <= found.citation_precision < 1
    assert "155 euro" in (found.rows[0].answer or "")
    assert assistant.conversations.list() == [], "measuring leaves nothing in the user's conversations"


def test_a_question_of_no_library_is_a_miss(open_with: Open, tmp_path: Path) -> None:
    gone = {"question": "x?", "docs": ["gone.pdf"], "gold_pages": [{"doc": "gone.pdf", "page": 3}]}
    found = evaluate(open_with(), write(tmp_path, gone), scoped=True)
    assert found.page_hit == {"1": 0.0, "5": 0.0, "10": 0.0, "20": 0.0}


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StrongroomError, match="cannot be read") as error:
        load_questions(tmp_path / "none.jsonl")
    assert error.value.exit_code == 1


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '"text"',
        "{}",
        '{"question": 3}',
        '{"question": "x", "gold_pages": [{"doc": "a"}]}',
        '{"question": "x", "docs": [1]}',
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    with pytest.raises(StrongroomError, match="Line 3"):
        load_questions(write(tmp_path, HOTEL, "", line))


def test_a_file_without_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StrongroomError, match="holds no question"):
        load_questions(write(tmp_path))


def test_a_file_that_is_no_text_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StrongroomError, match="UTF-8"):
        load_questions(file)


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        ("It was $1,580 million.", "$1577.00"),
        ("It was 1.577 billion, or 1577 million.", "$1577.00"),
        ("They have 26 days off.", "26 days"),
        ("“Elected: Ingrid SOLHEIM, for two years.” [1]", "Ingrid Solheim"),
        ("Up 12.0 % to 45", "12% to 45"),
    ],
)
def test_answers_that_match(answer: str, accepted: str) -> None:
    assert matches_any(answer, ["no such thing", accepted])


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        ("It was $1,600 million.", "$1577.00"),
        ("Ingrid was elected. Solheim was not.", "Ingrid Solheim"),
        ("", "26 days"),
        ("Up to 45", "12% to 45"),
        ("anything", ""),
    ],
)
def test_answers_that_do_not(answer: str, accepted: str) -> None:
    assert not matches_any(answer, [accepted])


def test_ndcg_is_one_for_the_ideal_order_and_falls_with_rank() -> None:
    assert ndcg(["a", "b", "c"], {"a", "b"}, 10) == pytest.approx(1.0)
    assert ndcg(["x", "a"], {"a"}, 10) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["x"] * 10 + ["a"], {"a"}, 10) == 0.0
