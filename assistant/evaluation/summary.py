"""Rows, one for each question, become rates with their intervals, over all questions and by type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.evaluation.metrics import Interval, mean, mean_interval, percentile, rate_interval
from assistant.evaluation.questions import Place

PAGE_CUTOFFS = (1, 5, 10, 20)
DOCUMENT_CUTOFFS = (1, 5)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one question; ranks are 1-based, None when not found. `--out` writes one per line.

    `has_gold`: the file says where the answer stands, so that finding it can be measured.
    """

    question: str
    docs: tuple[str, ...]
    type: str | None
    answerable: bool
    has_gold: bool
    page_rank: int | None
    document_rank: int | None
    ndcg_10: float | None
    refused: bool
    found: tuple[Place, ...]
    latency_ms: float
    answer: str | None = None
    citations_right: int = 0
    citations: int = 0
    answer_matches: bool | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """Finding is measured over the answerable questions with gold, refusing over each kind by itself. A rate over no
    question is None."""

    questions: int
    page_hit: Mapping[str, float | None]
    document_hit: Mapping[str, float | None]
    mrr: float | None
    ndcg_10: float | None
    refusal: Mapping[str, float | None]
    citation_precision: float | None
    answer_match: float | None


@dataclass(frozen=True, slots=True)
class Intervals:
    """For each rate, between which values it lies with a confidence of 95 %."""

    page_hit: Mapping[str, Interval | None]
    document_hit: Mapping[str, Interval | None]
    mrr: Interval | None
    ndcg_10: Interval | None
    refusal: Mapping[str, Interval | None]
    citation_precision: Interval | None
    answer_match: Interval | None


@dataclass(frozen=True, slots=True)
class Evaluation(Rates):
    """The summary of a run. `by_type` is empty when the file gives its questions no types."""

    latency_ms: Mapping[str, float | None]
    intervals: Intervals
    by_type: Mapping[str, Rates]
    rows: tuple[Row, ...] = field(repr=False)


def summarise(rows: Sequence[Row]) -> Evaluation:
    """The rates over `rows`."""
    samples = _Samples(rows)
    rates = samples.rates()
    latencies = sorted(row.latency_ms for row in rows)
    types = sorted({row.type for row in rows if row.type is not None})
    return Evaluation(
        **{name: getattr(rates, name) for name in Rates.__dataclass_fields__},
        latency_ms={"p50": percentile(latencies, 0.50), "p95": percentile(latencies, 0.95)},
        intervals=samples.intervals(),
        by_type={type_: _Samples([row for row in rows if row.type == type_]).rates() for type_ in types},
        rows=tuple(rows),
    )


class _Samples:
    """The values, one for each question, that each rate is the mean of."""

    def __init__(self, rows: Sequence[Row]) -> None:
        sought = [row for row in rows if row.answerable and row.has_gold]
        cited = [row for row in rows if row.citations]
        self.questions = len(rows)
        self.page_hit = {str(k): [_within(row.page_rank, k) for row in sought] for k in PAGE_CUTOFFS}
        self.document_hit = {str(k): [_within(row.document_rank, k) for row in sought] for k in DOCUMENT_CUTOFFS}
        self.mrr = [1 / row.page_rank if row.page_rank else 0.0 for row in sought]
        self.ndcg_10 = [row.ndcg_10 for row in sought if row.ndcg_10 is not None]
        self.refusal = {
            "true": [float(row.refused) for row in rows if not row.answerable],
            "false": [float(row.refused) for row in rows if row.answerable],
        }
        self.citations_right = [float(row.citations_right) for row in cited]
        self.citations = [float(row.citations) for row in cited]
        self.answer_match = [
            float(row.answer_matches) for row in rows if row.answerable and row.answer_matches is not None
        ]

    def rates(self) -> Rates:
        return Rates(
            questions=self.questions,
            page_hit={k: mean(values) for k, values in self.page_hit.items()},
            document_hit={k: mean(values) for k, values in self.document_hit.items()},
            mrr=mean(self.mrr),
            ndcg_10=mean(self.ndcg_10),
            refusal={kind: mean(values) for kind, values in self.refusal.items()},
            citation_precision=sum(self.citations_right) / sum(self.citations) if self.citations else None,
            answer_match=mean(self.answer_match),
        )

    def intervals(self) -> Intervals:
        return Intervals(
            page_hit={k: rate_interval(values) for k, values in self.page_hit.items()},
            document_hit={k: rate_interval(values) for k, values in self.document_hit.items()},
            mrr=mean_interval(self.mrr),
            ndcg_10=mean_interval(self.ndcg_10),
            refusal={kind: rate_interval(values) for kind, values in self.refusal.items()},
            citation_precision=mean_interval(self.citations_right, self.citations),
            answer_match=rate_interval(self.answer_match),
        )


def _within(rank: int | None, k: int) -> float:
    return float(rank is not None and rank <= k)
