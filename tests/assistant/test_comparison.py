import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from assistant.evaluation.comparison import Change, compare, load_rows
from assistant.evaluation.summary import Row
from config.errors import StrongroomError


def row(question: str, rank: int | None, *, answerable: bool = True, refused: bool = False) -> Row:
    return Row(
        question=question,
        docs=("a.pdf",) if answerable else (),
        type=None,
        answerable=answerable,
        has_gold=answerable,
        page_rank=rank,
        document_rank=rank,
        ndcg_10=1 / rank if rank else 0.0,
        refused=refused,
        found=(("a.pdf", 1),),
        latency_ms=1.0,
    )


def test_questions_are_paired_whatever_their_order() -> None:
    before = [row("a", 3), row("b", 1), row("c", None), row("gone", 1)]
    after = [row("c", 12), row("new", 1), row("b", 2), row("a", 1), row("late", 1)]
    found = compare(before, after)
    assert (found.questions, found.only_before, found.only_after) == (3, 1, 2)
    assert found.better == (Change("c", None, 12), Change("a", 3, 1))
    assert found.worse == (Change("b", 1, 2),)
    page_1 = found.figures["page_hit_1"]
    assert [page_1.before, page_1.after] == pytest.approx([1 / 3, 1 / 3])
    assert (page_1.better, page_1.worse, page_1.p) == (1, 1, 1.0)
    assert (found.figures["page_hit_20"].better, found.figures["page_hit_20"].worse) == (1, 0)


def test_a_question_asked_twice_is_two_pairs() -> None:
    found = compare([row("a", 1), row("a", 5)], [row("a", 1), row("a", 2)])
    assert found.questions == 2
    assert found.better == (Change("a", 5, 2),)


def test_the_same_run_differs_in_nothing() -> None:
    rows = [row(str(number), number) for number in range(1, 9)]
    found = compare(rows, rows)
    assert (found.better, found.worse) == ((), ())
    assert all(figure.interval == (0.0, 0.0) and figure.p == 1.0 for figure in found.figures.values())


def test_a_clear_gain_is_told_from_chance() -> None:
    before = [row(str(number), None if number < 20 else 1) for number in range(40)]
    after = [row(str(number), 1) for number in range(40)]
    hit = compare(before, after).figures["page_hit_5"]
    assert hit.p < 0.001
    assert 0.3 < hit.interval[0] < 0.5 < hit.interval[1] < 0.7


def test_refusing_is_better_only_where_there_is_no_answer() -> None:
    before = [row("a", 1), row("none", None, answerable=False)]
    after = [row("a", 1, refused=True), row("none", None, answerable=False, refused=True)]
    refusal = compare(before, after).figures["refusal_right"]
    assert (refusal.better, refusal.worse) == (1, 1)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    rows = [row("a", 2), row("b\u2028c", None)]
    file.write_text("".join(json.dumps({**asdict(each), "later_field": 1}) + "\n" for each in rows), encoding="utf-8")
    read = load_rows(file)
    assert [replace(each, docs=tuple(each.docs), found=()) for each in read] == [
        replace(each, found=()) for each in rows
    ]
    assert compare(rows, read).questions == 2


@pytest.mark.parametrize("text", ["", "{\n", "[1]\n", '{"question": "a"}\n'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StrongroomError, match=r"Line 1|no rows"):
        load_rows(file)
