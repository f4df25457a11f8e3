"""What the stand-in works with, made up by hand: pages and the sources on them, answers, records, models."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.types import Answer, AnswerTimings, Citation, Grounding, Passage, Source, Why
from ingest.types import Chunk, DocumentRecord, FileStatus
from models.base import TokenUsage

WHEN = "2026-03-02T09:14:00+00:00"

LEASE_PAGE = (
    "7 Term and termination\n\n"
    "7.1 The lease begins on 1 April 2024 and runs for five years.\n\n"
    "7.2 Notice. Either party may end the lease at the end of a quarter. "
    "The notice period is six months. Notice must be given in writing to the registered office of the other party.\n\n"
    "7.3 Rent that was paid for the time after the end of the lease is paid back within thirty days."
)
HANDBOOK_PAGE = (
    "Offices and keys\n\nThe office in Halden is rented. Questions about the lease go to Facilities, "
    "who keep the signed copy. A notice period of less than three months is never agreed to."
)


def make_source(
    number: int = 1,
    *,
    document: str = "lease-halden.pdf",
    page: int = 12,
    page_text: str = LEASE_PAGE,
    text: str = "",
    key: str = "The notice period is six months.",
    heading: str = "7 Term and termination > 7.2 Notice",
    title: str = "Lease agreement",
) -> Source:
    """Source `number`, a passage `text` of `page_text` whose sentence `key` matters."""
    text = text or page_text[page_text.index("7.2") if "7.2" in page_text else 0 :].split("\n\n7.3")[0]
    start = page_text.index(text) if text in page_text else 0
    chunk = Chunk(f"chunk-{number}", number, text, title, page, page, start, start + len(text), heading)
    passage = Passage(
        rank=number,
        score=0.03,
        chunk=chunk,
        document=document,
        path=f"/documents/{document}",
        title=title,
        page_label=None,
        why=Why(lexical_rank=number, dense_rank=number + 1),
        similarity=0.71,
    )
    key_start = text.find(key)
    return Source(number, passage, max(0, key_start), key_start + len(key) if key_start >= 0 else 0)


SOURCES = (
    make_source(1),
    make_source(
        2,
        document="handbook.pdf",
        page=31,
        page_text=HANDBOOK_PAGE,
        key="A notice period of less than three months is never agreed to.",
        heading="Offices and keys",
        title="Staff handbook",
    ),
)


def make_answer(
    question: str,
    text: str,
    *,
    sources: Sequence[Source] = SOURCES,
    cited: Sequence[int] = (1,),
    unsupported: Sequence[str] = (),
    refused: bool = False,
    stopped: bool = False,
    conversation: str = "c1",
) -> Answer:
    by_number = {source.number: source for source in sources}
    citations = tuple(
        Citation(
            number,
            by_number[number].passage.document,
            by_number[number].passage.path,
            by_number[number].passage.chunk.page,
            by_number[number].key_sentence,
            0,
            len(by_number[number].key_sentence),
        )
        for number in cited
    )
    sentences = max(1, text.count("."))
    return Answer(
        question=question,
        text=text,
        style="answer",
        refused=refused,
        citations=() if refused else citations,
        evidence=tuple(sources),
        grounding=Grounding(sentences - len(unsupported), sentences, tuple(unsupported)),
        model="stand-in",
        embedder="hash",
        tokens=TokenUsage(),
        timings=AnswerTimings(retrieve=12, first_evidence=13, first_token=120, total=1400),
        conversation=conversation,
        stopped=stopped,
    )


def record(
    name: str, status: FileStatus = FileStatus.ADDED, *, reason: str = "", pages: int = 12, sha256: str = ""
) -> DocumentRecord:
    inside = status.is_success
    return DocumentRecord(
        document=name,
        path=f"/documents/{name}",
        sha256=sha256 or hashlib.sha256(name.encode()).hexdigest(),
        status=status,
        reason=reason,
        pages=pages if inside else 0,
        chunks=pages * 3 if inside else 0,
        title=Path(name).stem.replace("-", " ").capitalize(),
        ingested_at=WHEN,
    )


def model(name: str, kind: str, size: int = 98_000_000, *, checked: str = "yes") -> Any:
    return SimpleNamespace(
        name=name, kind=kind, size=size, licence="Apache-2.0", source="package", checked=checked, path="", sha256=""
    )
