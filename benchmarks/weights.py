"""Are the weights of the search well chosen? Each is made smaller and larger, the others kept, on two halves of the
questions: a value that is better on one half only is chance, and one that is better on both halves should be taken."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from benchmarks.datasets import EXAMPLES, FINANCEBENCH_SCOPED, FINANCEBENCH_WHOLE, SCIFACT_TEST, DataSet
from benchmarks.program import markdown_table
from benchmarks.retrieval import not_there
from benchmarks.sessions import Session, open_session
from config.sections import RetrievalSettings

if TYPE_CHECKING:
    from assistant.evaluation.summary import Row

FACTORS = (0.5, 0.75, 1.0, 1.33, 2.0)
OF_PASSAGES = ("lexical_weight", "page_weight")
"""`dense_weight` is not among them: only its ratio to `lexical_weight` matters where no document is named."""
OF_DOCUMENTS = ("name_weight", "year_weight", "kind_weight")

WEIGHTS: Mapping[str, Sequence[str]] = {
    EXAMPLES.name: (*OF_PASSAGES, *OF_DOCUMENTS),
    FINANCEBENCH_WHOLE.name: (*OF_PASSAGES, *OF_DOCUMENTS),
    FINANCEBENCH_SCOPED.name: OF_PASSAGES,
    SCIFACT_TEST.name: OF_PASSAGES,
}
"""Data set → the weights that can make a difference there: its questions name documents, or they do not."""


def run() -> str:
    sets = [EXAMPLES, FINANCEBENCH_WHOLE, FINANCEBENCH_SCOPED, SCIFACT_TEST]
    rows = [row for data in sets if data.is_there() for row in _rows(data)]
    header = ("Questions", "weight", *(f"x {factor}" for factor in FACTORS))
    return (
        "## Weights\n\nMean reciprocal rank of the right page (of the right document where pages are not known) on the "
        "first and on the second half of the questions, drawn alternately; x 1.0 is the weight as it comes.\n\n"
        f"{markdown_table(header, rows)}\n{not_there([data.name for data in sets if not data.is_there()])}"
    )


def _rows(data: DataSet) -> list[list[str]]:
    with open_session(data) as session:
        return [
            [data.name, f"`retrieval.{weight}`", *(_cell(session, weight, factor) for factor in FACTORS)]
            for weight in WEIGHTS[data.name]
        ]


def _cell(session: Session, weight: str, factor: float) -> str:
    usual = as_it_comes()[weight]
    rows = session.evaluate({f"retrieval.{weight}": usual * factor}).rows
    return " / ".join(f"{mean_reciprocal_rank(rows[half::2]):.3f}" for half in (0, 1))


def as_it_comes() -> dict[str, float]:
    """Name of a weight → its value as it comes."""
    return {name: getattr(RetrievalSettings(), name) for name in (*OF_PASSAGES, *OF_DOCUMENTS)}


def mean_reciprocal_rank(rows: "Sequence[Row]") -> float:
    """Over the questions that have a right place."""
    ranks = [row.page_rank for row in rows if row.has_gold]
    return sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else 0.0


if __name__ == "__main__":
    print(run())
