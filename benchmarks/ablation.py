"""What each technique of the search is worth: from one search alone to all of them, and all of them less one."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from assistant.types import Why
from benchmarks.datasets import EXAMPLES, FINANCEBENCH_SCOPED, FINANCEBENCH_WHOLE, SCIFACT_TEST, DataSet
from benchmarks.program import markdown_table
from benchmarks.retrieval import figure_at, not_there
from benchmarks.sessions import Session, open_session
from config.sections import RetrievalSettings

if TYPE_CHECKING:
    from assistant.evaluation.summary import Evaluation
    from assistant.retrieval import Findings, Retriever

OFF: Mapping[str, Mapping[str, object]] = {
    "page support": {"retrieval.page_weight": 0.0},
    "glossary": {"retrieval.glossary": False},
    "acronyms": {"retrieval.acronyms": False},
    "names": {"retrieval.name_weight": 0.0},
    "years": {"retrieval.year_weight": 0.0},
    "kinds": {"retrieval.kind_weight": 0.0},
}
"""Technique → settings without it, in the order they are added."""

RANK_CONSTANT = 60
"""The k of reciprocal rank fusion (Cormack et al., 2009)."""

FIGURES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    EXAMPLES.name: {"page @1": ("page_hit", "1"), "MRR": ("mrr",)},
    FINANCEBENCH_WHOLE.name: {
        "page @5": ("page_hit", "5"),
        "page @10": ("page_hit", "10"),
        "document @1": ("document_hit", "1"),
    },
    FINANCEBENCH_SCOPED.name: {"page @5": ("page_hit", "5"), "page @10": ("page_hit", "10")},
    SCIFACT_TEST.name: {"nDCG @10": ("ndcg_10",)},
}


def run() -> str:
    sets = [EXAMPLES, FINANCEBENCH_WHOLE, FINANCEBENCH_SCOPED, SCIFACT_TEST]
    measured = [data for data in sets if data.is_there()]
    columns = [_columns(data) for data in measured]
    rows = [[name, *(cell for column in columns for cell in column[name])] for name in _LINES]
    header = ["Search", *(f"{data.name}: {figure}" for data in measured for figure in FIGURES[data.name])]
    return (
        "## What each technique is worth\n\nThe first lines add one technique after the other, the last take one away "
        "from all of them.\n\n"
        f"{markdown_table(header, rows)}\n{not_there([data.name for data in sets if data not in measured])}"
    )


def _without(*names: str) -> dict[str, object]:
    return {setting: value for name in names for setting, value in OFF[name].items()}


def _lines() -> dict[str, dict[str, object]]:
    """Name of a line → its settings, in the order of the table."""
    names = list(OFF)
    adding = {
        f"+ {name}" if later else f"+ {name}, all of them": _without(*names[added:])
        for added, name in enumerate(names, 1)
        for later in [added < len(names)]
    }
    return {
        "words only": {"retrieval.mode": "lexical", **_without(*names)},
        "vectors only": {"retrieval.mode": "dense", **_without(*names)},
        _BY_RANKS: _without(*names),
        "both, scores added": _without(*names),
        **adding,
        "all but words": {"retrieval.mode": "dense"},
        "all but vectors": {"retrieval.mode": "lexical"},
        **{f"all but {name}": _without(name) for name in names},
    }


_BY_RANKS = "both, reciprocal ranks added"
_LINES = _lines()


def _columns(data: DataSet) -> dict[str, list[str]]:
    """Name of a line → its cells for one data set."""
    columns = {}
    with open_session(data) as session:
        for name, settings in _LINES.items():
            result = asdict(_by_ranks(session) if name == _BY_RANKS else session.evaluate(settings))
            columns[name] = [f"{figure_at(result, path):.3f}" for path in FIGURES[data.name].values()]
    return columns


def _by_ranks(session: Session) -> "Evaluation":
    """The program does not fuse by ranks; here its passages are reordered by the ranks that they carry."""
    retriever = session.assistant.retriever
    session.assistant.retriever = _RankFusion(retriever)  # type: ignore[assignment]  # it has what is called: find
    try:
        return session.evaluate(_LINES[_BY_RANKS])
    finally:
        session.assistant.retriever = retriever


class _RankFusion:
    def __init__(self, retriever: "Retriever") -> None:
        self._retriever = retriever

    @property
    def settings(self) -> RetrievalSettings:
        return self._retriever.settings

    @settings.setter
    def settings(self, settings: RetrievalSettings) -> None:
        self._retriever.settings = settings

    def find(self, query: str, *, k: int, documents: Collection[str] | None = None) -> "Findings":
        found = self._retriever.find(query, k=2 * k, documents=documents)
        ordered = sorted(found.result.passages, key=lambda passage: -reciprocal_ranks(passage.why))[:k]
        return replace(found, result=replace(found.result, passages=tuple(ordered)))


def reciprocal_ranks(why: Why) -> float:
    """The score of reciprocal rank fusion; a search that did not find the passage adds nothing."""
    ranks = (why.lexical_rank, why.dense_rank)
    return sum(1 / (RANK_CONSTANT + rank) for rank in ranks if rank is not None)


if __name__ == "__main__":
    print(run())
