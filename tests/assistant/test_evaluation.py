import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.measuring import evaluate, matches_any
from assistant.evaluation.metrics import mean_interval, ndcg, rate_interval, sign_test
from assistant.evaluation.questions import load_questions
from config.errors import StrongroomError
from tests.assistant.conftest import Open
from tests.assistant.shelf import fill

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


def test_distinct_pages_are_counted_however_many_passages_a_page_has(open_with: Open, tmp_path: Path) -> None:
    assistant = open_with()
    pages = ["\n\n".join(f"The pump on deck {page} has valve {valve}." for valve in range(12)) for page in range(1, 31)]
    fill(assistant.library, assistant.embedder, {"pumps.md": pages})
    question = {"question": "pump valve", "docs": ["pumps.md"], "gold_pages": [{"doc": "pumps.md", "page": 1}]}
    (row,) = evaluate(assistant, write(tmp_path, question), scoped=True).rows
    usual = [(p.document, p.chunk.page) for p in assistant.search("pump valve", document="pumps.md").passages]
    assert len(row.found) == len(set(row.found)) == 20
    assert list(row.found[: len(dict.fromkeys(usual))]) == list(dict.fromkeys(usual)), "the order a search gives"


def test_gold_by_document_takes_every_page_of_it(open_with: Open, tmp_path: Path) -> None:
    by_document = {"question": REPORTS["question"], "docs": ["travel-policy.md"]}
    (row,) = evaluate(open_with(), write(tmp_path, by_document)).rows
    assert (row.page_rank, row.document_rank, row.ndcg_10) == (1, 1, 1.0)


def test_a_question_without_gold_is_not_counted_as_missed(open_with: Open, tmp_path: Path) -> None:
    found = evaluate(open_with(), write(tmp_path, HOTEL, {"question": "What about the weather in Bergen?"}))
    assert found.page_hit["1"] == 1.0
    assert found.questions == 2


def test_rates_come_with_intervals_and_by_type(open_with: Open, tmp_path: Path) -> None:
    file = write(
        tmp_path, {**HOTEL, "type": "fact"}, {**REPORTS, "reasoning": "date"}, {**WRONG, "type": "fact"}, TUNGSTEN
    )
    assistant = open_with()
    found, again = evaluate(assistant, file), evaluate(assistant, file)
    assert {name: rates.questions for name, rates in found.by_type.items()} == {"date": 1, "fact": 2}
    assert found.by_type["date"].page_hit["1"] == 1.0
    low, high = found.intervals.page_hit["1"] or (0, 0)
    assert 0 < low < 2 / 3 < high < 1
    assert found.intervals.mrr == again.intervals.mrr, "the same every time"
    assert found.intervals.citation_precision is None


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
        '{"question": "caf\\udce9?"}',
        '{"question": "x", "gold_pages": [{"doc": "a"}]}',
        '{"question": "x", "docs": [1]}',
        '{"question": "x", "docs": 1}',
        '{"question": "x", "gold_pages": [{"doc": "a", "page": Infinity}]}',
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    with pytest.raises(StrongroomError, match="Line 3"):
        load_questions(write(tmp_path, HOTEL, "", line))


def test_the_mark_that_windows_editors_put_before_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    file = write(tmp_path, HOTEL)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert load_questions(file) == load_questions(write(tmp_path, HOTEL))


def test_one_document_needs_no_list(tmp_path: Path) -> None:
    (question,) = load_questions(write(tmp_path, '{"question": "x", "docs": "forms.pdf", "answers": "the desk"}'))
    assert (question.docs, question.answers) == (("forms.pdf",), ("the desk",))


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
        ("“Costs | 250 300” [1]", "300"),
        ("It costs 12 500 kroner.", "12,500"),
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


def test_intervals_are_those_of_the_books() -> None:
    low, high = rate_interval([1.0] * 15 + [0.0] * 5) or (0, 0)  # Wilson, 15 of 20
    assert [low, high] == pytest.approx([0.5313, 0.8881], abs=1e-4)
    low, high = rate_interval([0.0] * 10) or (1, 0)
    assert [low, high] == pytest.approx([0.0, 0.2775], abs=1e-4)
    low, high = mean_interval([0.0, 1.0] * 200) or (0, 0)
    assert [low, high] == pytest.approx([0.45, 0.55], abs=0.01)
    assert rate_interval([]) is None
    assert mean_interval([]) is None


def test_a_pooled_rate_weighs_each_question_by_its_citations() -> None:
    low, high = mean_interval([9.0, 0.0] * 50, [9.0, 1.0] * 50) or (0, 0)
    assert low < 0.9 < high
    assert low > 0.8


def test_the_sign_test_is_exact() -> None:
    assert sign_test(8, 1) == pytest.approx(0.0390625)
    assert sign_test(3, 3) == 1.0
    assert sign_test(0, 0) == 1.0
