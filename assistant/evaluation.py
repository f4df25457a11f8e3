"""A file of questions → how well the library finds and answers them."""

import json
import math
import re
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from assistant.ask import AskOptions, ask
from assistant.events import Answered
from assistant.types import Answer, Passage
from assistant.words import numbers, terms
from config.errors import StrongroomError

if TYPE_CHECKING:
    from assistant.assistant import Assistant

PAGE_CUTOFFS = (1, 5, 10, 20)
DOCUMENT_CUTOFFS = (1, 5)
DEPTH = 60
"""Passages retrieved per question, so that twenty distinct pages are among them; no more than the default candidates,
so that the first ones are those that a search gives."""
NDCG_DEPTH = 10
NUMBER_TOLERANCE = 0.01

Place = tuple[str, int]
"""File name and page."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the file. `docs` are file names; `gold` the pages that hold the answer."""

    text: str
    docs: tuple[str, ...]
    gold: tuple[Place, ...]
    answers: tuple[str, ...]
    answerable: bool
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one question; ranks are 1-based, None when not found. `--out` writes one per line."""

    question: str
    answerable: bool
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
class Evaluation:
    """The contract's summary; a rate over no questions is None."""

    questions: int
    page_hit: Mapping[str, float | None]
    document_hit: Mapping[str, float | None]
    mrr: float | None
    ndcg_10: float | None
    refusal: Mapping[str, float | None]
    citation_precision: float | None
    answer_match: float | None
    latency_ms: Mapping[str, float | None]
    rows: tuple[Row, ...] = field(repr=False, default=())


Progress = Callable[[int, int], None]
"""Called with the questions done and their number."""


def evaluate(
    assistant: "Assistant",
    file: Path,
    *,
    k: int | None = None,
    answers: bool = False,
    scoped: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Ask every question of `file` (JSON lines) and measure what is found; with `answers`, what is answered too.

    Searches are as deep as DEPTH; `k` is the number of passages for an answer. `scoped` asks each question within its
    `docs` only. Raises StrongroomError when the file is missing or a line is not a question.
    """
    questions = load_questions(file)
    _ = assistant.embedder  # loading it is not part of the first search
    rows = []
    for done, question in enumerate(questions, 1):
        rows.append(_measure(assistant, question, k, answers, scoped))
        if progress is not None:
            progress(done, len(questions))
    return summarise(rows)


def load_questions(file: Path) -> list[Question]:
    """Raises StrongroomError when the file is missing, a line is not a question (named by its number), or there is
    none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise StrongroomError(
            f"The question file {file} cannot be read: {reason}.", "Name a file with one JSON object on each line."
        ) from error
    questions = [_question(line, number, file) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise StrongroomError(f"The question file {file} holds no question.", "Put one JSON object on each line.")
    return questions


def _question(line: str, number: int, file: Path) -> Question:
    try:
        fields = json.loads(line)
        answers = fields.get("answers") or ()
        return Question(
            text=_text(fields["question"]),
            docs=tuple(_text(name) for name in fields.get("docs") or ()),
            gold=tuple((_text(gold["doc"]), int(gold["page"])) for gold in fields.get("gold_pages") or ()),
            answers=tuple(str(answer) for answer in ([answers] if isinstance(answers, str) else answers)),
            answerable=bool(fields.get("answerable", True)),
            fields=fields,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StrongroomError(
            f"Line {number} of {file} is no question ({type(error).__name__}: {error}).",
            'Write it as {"question": "…", "docs": ["a.pdf"], "gold_pages": [{"doc": "a.pdf", "page": 1}]}.',
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _measure(assistant: "Assistant", question: Question, k: int | None, answers: bool, scoped: bool) -> Row:
    documents = _paths_of(assistant, question.docs) if scoped and question.docs else None
    begun = time.perf_counter()
    result = assistant.retriever.find(question.text, k=max(k or 0, DEPTH), documents=documents).result
    latency = (time.perf_counter() - begun) * 1000
    pages, names = list(pages_of(result.passages)), list(dict.fromkeys(p.document for p in result.passages))
    gold, docs = set(question.gold), set(question.docs) | {doc for doc, _ in question.gold}
    answer = _answer(assistant, question, k, documents) if answers else None
    cited = [(citation.document, citation.page) in gold for citation in answer.citations] if answer and gold else []
    return Row(
        question=question.text,
        answerable=question.answerable,
        page_rank=_first_rank(pages, gold),
        document_rank=_first_rank(names, docs),
        ndcg_10=ndcg(pages, gold, NDCG_DEPTH) if gold else None,
        refused=answer.refused if answer else not result.fits,
        found=tuple(pages[:NDCG_DEPTH]),
        latency_ms=latency,
        answer=answer.text if answer else None,
        citations_right=sum(cited),
        citations=len(cited),
        answer_matches=matches_any(answer.text, question.answers) if answer and question.answers else None,
    )


def _paths_of(assistant: "Assistant", names: Collection[str]) -> frozenset[str]:
    return frozenset(record.path for record in assistant.library.documents() if record.document in names)


def _answer(assistant: "Assistant", question: Question, k: int | None, documents: frozenset[str] | None) -> Answer:
    options = AskOptions(k=k, documents=documents, refuse=assistant.settings.retrieval.refuse, keep=False)
    events = ask(assistant.asker(), question.text, options, Event())
    return next(event.answer for event in events if isinstance(event, Answered))


def pages_of(passages: Iterable[Passage]) -> Iterator[Place]:
    """Distinct pages in the order of the passages; a passage that runs over pages gives each of them."""
    places = (
        (passage.document, page)
        for passage in passages
        for page in range(passage.chunk.page, passage.chunk.page_last + 1)
    )
    yield from dict.fromkeys(places)


def _first_rank(found: Sequence[Hashable], wanted: Collection[Hashable]) -> int | None:
    return next((rank for rank, item in enumerate(found, 1) if item in wanted), None)


def ndcg(found: Sequence[Hashable], wanted: Collection[Hashable], depth: int) -> float:
    """Normalised discounted cumulative gain with gain 1 for each of `wanted` (Järvelin and Kekäläinen, 2002)."""
    gained = sum(1 / math.log2(rank + 1) for rank, item in enumerate(found[:depth], 1) if item in wanted)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(wanted), depth) + 1))
    return gained / ideal if ideal else 0.0


def matches_any(answer: str, accepted: Iterable[str]) -> bool:
    """Whether `answer` holds one of the accepted answers.

    An accepted answer that is little more than figures matches when each of its numbers occurs within 1 %; any other
    when its words occur one after the other, folded and stemmed.
    """
    said_numbers, said = numbers(answer), f" {' '.join(terms(answer))} "
    for wanted in accepted:
        figures = numbers(wanted)
        words = re.findall(r"[^\W\d_]{3,}", wanted)
        if figures and len(words) <= len(figures):
            if all(any(_is_close(value, said_value) for said_value in said_numbers) for value in figures):
                return True
        elif terms(wanted) and f" {' '.join(terms(wanted))} " in said:
            return True
    return False


def _is_close(wanted: float, said: float) -> bool:
    return abs(wanted - said) <= NUMBER_TOLERANCE * abs(wanted)


def summarise(rows: Sequence[Row]) -> Evaluation:
    """The rates over `rows`. Finding is measured over the answerable questions; refusing over each kind by itself."""
    answerable = [row for row in rows if row.answerable]
    unanswerable = [row for row in rows if not row.answerable]
    citations = sum(row.citations for row in rows)
    latencies = sorted(row.latency_ms for row in rows)
    return Evaluation(
        questions=len(rows),
        page_hit={str(k): _mean(_within(row.page_rank, k) for row in answerable) for k in PAGE_CUTOFFS},
        document_hit={str(k): _mean(_within(row.document_rank, k) for row in answerable) for k in DOCUMENT_CUTOFFS},
        mrr=_mean(1 / row.page_rank if row.page_rank else 0.0 for row in answerable),
        ndcg_10=_mean(row.ndcg_10 for row in answerable if row.ndcg_10 is not None),
        refusal={
            "true": _mean(float(row.refused) for row in unanswerable),
            "false": _mean(float(row.refused) for row in answerable),
        },
        citation_precision=sum(row.citations_right for row in rows) / citations if citations else None,
        answer_match=_mean(float(row.answer_matches) for row in answerable if row.answer_matches is not None),
        latency_ms={"p50": _percentile(latencies, 0.50), "p95": _percentile(latencies, 0.95)},
        rows=tuple(rows),
    )


def _within(rank: int | None, k: int) -> float:
    return float(rank is not None and rank <= k)


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return sum(known) / len(known) if known else None


def _percentile(ascending: Sequence[float], share: float) -> float | None:
    """Nearest rank."""
    return ascending[max(math.ceil(share * len(ascending)) - 1, 0)] if ascending else None
