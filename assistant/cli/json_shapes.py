"""What `--json` prints: one function per object of the command-line contract. Fields may be added, never renamed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.compare import ComparisonEvent
    from assistant.doctor import Check
    from assistant.evaluation.comparison import Comparison
    from assistant.evaluation.summary import Evaluation
    from assistant.types import Answer, Citation, Passage, SearchResult, Source
    from ingest.events import FileDone, Finished
    from ingest.library.types import Receipt
    from ingest.types import DocumentRecord, PageNote
    from models.llama.tuned import Tuning
    from models.registry import ModelEntry

Shape = dict[str, Any]

SPEEDS = ("reading", "writing", "reading_before", "writing_before")


def file_event(event: "FileDone") -> Shape:
    return {
        "event": "file",
        "path": str(event.path),
        "status": event.status.value,
        "pages": event.pages,
        "chunks": event.chunks,
        "ms": round(event.ms, 3),
        "reason": event.reason,
    }


def summary_event(event: "Finished") -> Shape:
    return {"event": "summary", **asdict(event)}


def search_result(result: "SearchResult") -> Shape:
    return {
        "query": result.query,
        "mode": result.mode,
        "fits": result.fits,
        "hits": [hit(passage) for passage in result.passages],
        "timings_ms": asdict(result.timings),
    }


def hit(passage: "Passage") -> Shape:
    chunk = passage.chunk
    return {
        "rank": passage.rank,
        "score": passage.score,
        "similarity": passage.similarity,
        "document": passage.document,
        "path": passage.path,
        "title": passage.title,
        "page": chunk.page,
        "page_last": chunk.page_last,
        "page_label": passage.page_label,
        "heading": chunk.heading,
        "text": chunk.text,
        "chunk_id": chunk.chunk_id,
        "why": asdict(passage.why),
    }


_TIMES = {"reading_ms": "reading", "writing_ms": "writing"}


def answer(answer: "Answer") -> Shape:
    tokens = asdict(answer.tokens)
    return {
        "question": answer.question,
        "answer": answer.text,
        "style": answer.style,
        "refused": answer.refused,
        "almost": [{"asked": asked, "found": found} for asked, found in answer.almost],
        "stopped": answer.stopped,
        "citations": [citation(found) for found in answer.citations],
        "evidence": [source(found) for found in answer.evidence],
        "grounding": asdict(answer.grounding),
        "model": answer.model,
        "sent_to": answer.sent_to or None,
        "embedder": answer.embedder,
        "tokens": {name: count for name, count in tokens.items() if name not in _TIMES},
        "timings_ms": {**asdict(answer.timings), **{name: tokens[key] for key, name in _TIMES.items()}},
        "conversation": answer.conversation,
        "unkept": answer.unkept or None,
    }


def comparison(question: str, events: "Sequence[ComparisonEvent]") -> Shape:
    """The evidence that all were given, and for each model an object as `answer` makes it, with the time it took to
    load. No conversation gets a comparison."""
    from assistant.compare import Compared
    from assistant.events import EvidenceFound

    evidence = next((event.sources for event in events if isinstance(event, EvidenceFound)), ())
    answers = [event for event in events if isinstance(event, Compared)]
    return {
        "question": question,
        "evidence": [source(found) for found in evidence],
        "answers": [
            {**answer(compared.answer), "conversation": None, "load_ms": round(compared.load_ms, 3)}
            for compared in answers
        ],
    }


def citation(citation: "Citation") -> Shape:
    return asdict(citation)


def source(source: "Source") -> Shape:
    """A hit with the number it has in the answer and the sentence of its text that matters most."""
    return {"number": source.number, "key_sentence": source.key_sentence, **hit(source.passage)}


def documents(records: "Sequence[DocumentRecord]") -> Shape:
    return {"documents": [document(record) for record in records]}


def document(record: "DocumentRecord", notes: "Sequence[PageNote] | None" = None) -> Shape:
    """`notes` name the pages that were not simply read."""
    shape = {**asdict(record), "status": record.status.value}
    if notes is None:
        return shape
    return {**shape, "page_notes": [{**asdict(note), "status": note.status.value} for note in notes]}


def receipt(receipt: "Receipt") -> Shape:
    return asdict(receipt)


def model(entry: "ModelEntry") -> Shape:
    return {**asdict(entry), "path": str(entry.path)}


def tuning(tuning: "Tuning") -> Shape:
    plan = asdict(tuning.plan)
    costs = plan.pop("draft_costs")
    plan.pop("yields")
    chosen = {**plan, "drafting": bool(costs)}
    speeds = {name: round(getattr(tuning, name), 1) for name in SPEEDS}
    return {"model": tuning.name, "chosen": chosen, "why": tuning.why, **speeds, "measured_at": tuning.measured_at}


def checks(checks: "Sequence[Check]") -> Shape:
    return {"ok": all(check.ok for check in checks), "checks": [asdict(check) for check in checks]}


def evaluation(evaluation: "Evaluation", comparison: "Comparison | None" = None) -> Shape:
    """The summary, and how it compares with an earlier run if one was given; the rows go to `--out`."""
    shape = {name: value for name, value in asdict(evaluation).items() if name != "rows"}
    return shape if comparison is None else {**shape, "comparison": asdict(comparison)}


def evaluation_rows(evaluation: "Evaluation") -> list[Shape]:
    return [asdict(row) for row in evaluation.rows]
