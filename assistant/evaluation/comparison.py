"""Two runs of the same questions, question by question: what became better, what worse, and whether that is chance."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.evaluation.metrics import Interval, mean, mean_interval, sign_test
from assistant.evaluation.questions import read_lines
from assistant.evaluation.summary import DOCUMENT_CUTOFFS, PAGE_CUTOFFS, Row
from config.errors import StrongroomError

_ROW_FIELDS = frozenset(Row.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in both runs. `interval` is the 95 % interval of `after - before`, paired by question; `p` the exact
    two-sided sign test over the questions that changed."""

    before: float
    after: float
    interval: Interval
    better: int
    worse: int
    p: float


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose first right page moved; a rank of None is not found."""

    question: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`questions` stand in both runs; what stands in one only is counted, not compared."""

    questions: int
    only_before: int
    only_after: int
    figures: Mapping[str, Difference]
    better: tuple[Change, ...]
    worse: tuple[Change, ...]


def load_rows(file: Path) -> list[Row]:
    """The rows that `eval --out` wrote. Raises StrongroomError when `file` cannot be read or is something else."""
    rows = [_row(line, number, file) for number, line in enumerate(read_lines(file), 1) if line.strip()]
    if not rows:
        raise StrongroomError(f"The file {file} holds no rows.", "Name a file that `strongroom eval --out` wrote.")
    return rows


def _row(line: str, number: int, file: Path) -> Row:
    try:
        fields: dict[str, Any] = json.loads(line)
        row = Row(**{name: value for name, value in fields.items() if name in _ROW_FIELDS})
    except (ValueError, TypeError, AttributeError) as error:
        raise StrongroomError(
            f"Line {number} of {file} was not written by `strongroom eval --out`.",
            "Name a file that this version of the program wrote with --out.",
        ) from error
    return row


def compare(before: Sequence[Row], after: Sequence[Row]) -> Comparison:
    """Pair the rows of two runs by their question and documents."""
    earlier, later = dict(_keyed(before)), dict(_keyed(after))
    pairs = [(earlier[key], row) for key, row in later.items() if key in earlier]
    changes = [
        (_gain(one.page_rank, other.page_rank), Change(other.question, one.page_rank, other.page_rank))
        for one, other in pairs
        if other.answerable and other.has_gold
    ]
    return Comparison(
        questions=len(pairs),
        only_before=len(earlier) - len(pairs),
        only_after=len(later) - len(pairs),
        figures={name: found for name, value in _FIGURES.items() if (found := _difference(pairs, value)) is not None},
        better=tuple(change for gain, change in changes if gain > 0),
        worse=tuple(change for gain, change in changes if gain < 0),
    )


def _keyed(rows: Iterable[Row]) -> Iterator[tuple[tuple[object, ...], Row]]:
    """A question that a file asks twice is paired in the order of the file."""
    asked: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        key = (row.question, tuple(row.docs), row.answerable)
        asked[key] += 1
        yield (*key, asked[key]), row


def _gain(before: int | None, after: int | None) -> float:
    return _reciprocal(after) - _reciprocal(before)


def _reciprocal(rank: int | None) -> float:
    return 1 / rank if rank else 0.0


_Value = Callable[[Row], float | None]
"""What a row has of a figure, higher is better; None when the figure does not concern it."""


def _page_hit(k: int) -> _Value:
    return lambda row: float(_reciprocal(row.page_rank) >= 1 / k) if row.answerable and row.has_gold else None


def _document_hit(k: int) -> _Value:
    return lambda row: float(_reciprocal(row.document_rank) >= 1 / k) if row.answerable and row.has_gold else None


_FIGURES: Mapping[str, _Value] = {
    **{f"page_hit_{k}": _page_hit(k) for k in PAGE_CUTOFFS},
    **{f"document_hit_{k}": _document_hit(k) for k in DOCUMENT_CUTOFFS},
    "mrr": lambda row: _reciprocal(row.page_rank) if row.answerable and row.has_gold else None,
    "ndcg_10": lambda row: row.ndcg_10 if row.answerable else None,
    "refusal_right": lambda row: float(row.refused != row.answerable),
    "answer_match": lambda row: None if row.answer_matches is None else float(row.answer_matches),
}


def _difference(pairs: Iterable[tuple[Row, Row]], value: _Value) -> Difference | None:
    values = [(value(one), value(other)) for one, other in pairs]
    known = [(one, other) for one, other in values if one is not None and other is not None]
    gains = [other - one for one, other in known]
    interval = mean_interval(gains)
    if interval is None:
        return None
    better, worse = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    return Difference(
        before=mean([one for one, _ in known]) or 0.0,
        after=mean([other for _, other in known]) or 0.0,
        interval=interval,
        better=better,
        worse=worse,
        p=sign_test(better, worse),
    )
