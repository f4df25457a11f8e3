"""A file of questions → how well the library finds and answers them."""

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from assistant.ask import AskOptions, ask
from assistant.evaluation.metrics import first_rank, ndcg
from assistant.evaluation.questions import Place, Question, load_questions
from assistant.evaluation.summary import PAGE_CUTOFFS, Evaluation, Row, summarise
from assistant.events import Answered
from assistant.types import Answer, Passage, SearchResult
from assistant.words import numbers, possible_numbers, terms

if TYPE_CHECKING:
    from assistant.assistant import Assistant

NDCG_DEPTH = 10
DEEPER = 4
"""How many times deeper the next search is when one does not reach enough distinct pages."""
NUMBER_TOLERANCE = 0.01

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

    `k` is the number of passages for an answer. `scoped` asks each question within its `docs` only. Raises
    StrongroomError when the file is missing or a line is not a question.
    """
    questions = load_questions(file)
    _ = assistant.embedder  # loading it is not part of the first search
    rows = []
    for done, question in enumerate(questions, 1):
        rows.append(_measure(assistant, question, k, answers, scoped))
        if progress is not None:
            progress(done, len(questions))
    return summarise(rows)


def _measure(assistant: "Assistant", question: Question, k: int | None, answers: bool, scoped: bool) -> Row:
    documents = _paths_of(assistant, question.docs) if scoped and question.docs else None
    begun = time.perf_counter()
    result = _search(assistant, question, assistant.settings.retrieval.candidates, documents)
    latency = (time.perf_counter() - begun) * 1000
    pages = _distinct_pages(assistant, question, result, documents)
    names = list(dict.fromkeys(name for name, _ in pages))
    docs = set(question.docs) | {doc for doc, _ in question.gold}
    # Where the file names documents but no pages, each of their pages is right, and a document counts once.
    gold = set(question.gold) or {place for place in pages if place[0] in docs}
    answer = _answer(assistant, question, k, documents) if answers else None
    cited = [(citation.document, citation.page) in gold for citation in answer.citations] if answer and docs else []
    return Row(
        question=question.text,
        docs=question.docs,
        type=question.type,
        answerable=question.answerable,
        has_gold=bool(docs),
        page_rank=first_rank(pages, gold),
        document_rank=first_rank(names, docs),
        ndcg_10=(ndcg(pages, gold, NDCG_DEPTH) if question.gold else ndcg(names, docs, NDCG_DEPTH)) if docs else None,
        refused=answer.refused if answer else not result.fits,
        found=tuple(pages[: max(PAGE_CUTOFFS)]),
        latency_ms=latency,
        answer=answer.text if answer else None,
        citations_right=sum(cited),
        citations=len(cited),
        answer_matches=matches_any(answer.text, question.answers) if answer and question.answers else None,
    )


def _paths_of(assistant: "Assistant", names: Collection[str]) -> frozenset[str]:
    return frozenset(record.path for record in assistant.library.documents() if record.document in names)


def _search(assistant: "Assistant", question: Question, k: int, documents: frozenset[str] | None) -> SearchResult:
    return assistant.retriever.find(question.text, k=k, documents=documents).result


def _distinct_pages(
    assistant: "Assistant", question: Question, result: SearchResult, documents: frozenset[str] | None
) -> list[Place]:
    """The pages of `result` in its order, and of deeper searches behind them, until there are as many as are counted or
    no more are found."""
    pages = dict.fromkeys(pages_of(result.passages))
    depth = assistant.settings.retrieval.candidates
    while len(pages) < max(PAGE_CUTOFFS) and len(result.passages) >= depth:
        depth *= DEEPER
        result = _search(assistant, question, depth, documents)
        pages.update(dict.fromkeys(pages_of(result.passages)))
    return list(pages)


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


def matches_any(answer: str, accepted: Iterable[str]) -> bool:
    """Whether `answer` holds one of the accepted answers.

    An accepted answer that is little more than figures matches when each of its numbers occurs within 1 %; any other
    when its words occur one after the other, folded and stemmed.
    """
    said_numbers, said = possible_numbers(answer), f" {' '.join(terms(answer))} "
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
