"""An assistant that plays a script: as slow as a test wants, deterministic, without models or files.

It has the parts of `assistant.assistant.Assistant` that the interface uses, under the same names.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

from assistant.compare import Compared, ComparisonEvent, ModelBegins
from assistant.events import Answered, AnswerEvent, EvidenceFound, Token
from assistant.types import Answer, Conversation, SearchTimings, Turn
from config.locations import Locations
from ingest.events import Discovered, Embedded, FileDone, Finished, IngestEvent
from ingest.library.types import Holder, Receipt
from ingest.types import DocumentRecord, FileStatus, PageNote
from tests.tui.made_up import HANDBOOK_PAGE, LEASE_PAGE, SOURCES, WHEN, make_answer, model, record


@dataclass
class StandInLibrary:
    records: list[DocumentRecord] = field(default_factory=list)
    page: str = LEASE_PAGE
    collection: str = "default"
    pages_by_path: dict[str, str] = field(default_factory=lambda: {"/documents/handbook.pdf": HANDBOOK_PAGE})

    def documents(self) -> list[DocumentRecord]:
        return list(self.records)

    def collections(self) -> list[Any]:
        inside = [each for each in self.records if each.status.is_success]
        pages, chunks = sum(each.pages for each in inside), sum(each.chunks for each in inside)
        return [
            SimpleNamespace(
                name=self.collection,
                documents=len(inside),
                pages=pages,
                chunks=chunks,
                vectors=chunks,
                vectors_pending=self.pending,
            )
        ]

    def page_texts(self, path: str, first: int, last: int) -> list[str]:
        assert first == last
        return [self.pages_by_path.get(path, self.page)]

    notes_by_path: dict[str, list[PageNote]] = field(default_factory=dict)

    def page_notes(self, path: str) -> list[PageNote]:
        return self.notes_by_path.get(path, [])

    holds_index: bool = False
    pending: int = 0
    is_due: bool = False

    def forgetting_is_due(self) -> bool:
        return self.is_due

    waiting: int = 0
    """Changes of another process that the index has not seen."""

    def hold_index(self) -> bool:
        self.holds_index = True
        return True

    def index_changes_waiting(self) -> int:
        return self.waiting

    def refresh_index(self) -> int:
        applied, self.waiting = self.waiting, 0
        return applied


class StandInConversations:
    def __init__(self, conversations: Sequence[Conversation] = ()) -> None:
        self.kept = {each.conversation_id: each for each in conversations}

    def list(self) -> list[Conversation]:
        return list(self.kept.values())

    def load(self, conversation_id: str) -> Conversation:
        return self.kept[conversation_id]

    def delete(self, conversation_id: str) -> None:
        del self.kept[conversation_id]


Script = Callable[["StandInAssistant", str, Event], Iterator[AnswerEvent]]
IngestScript = Callable[["StandInAssistant", Sequence[Path]], Iterator[IngestEvent]]


def cited_answer(assistant: "StandInAssistant", question: str, stop: Event) -> Iterator[AnswerEvent]:
    """Evidence, a few words, the checked answer. Between the steps it waits for `assistant.go_on`, if a test set it."""
    yield EvidenceFound(SOURCES, SearchTimings(total=12))
    for word in ("The notice ", "period is ", "**six months** [1]."):
        assistant.pause(stop)
        if stop.is_set():
            yield Answered(make_answer(question, "The notice ", cited=(), stopped=True))
            return
        yield Token(word)
    yield Answered(make_answer(question, "The notice period is **six months** [1]."))


def two_files(assistant: "StandInAssistant", paths: Sequence[Path]) -> Iterator[IngestEvent]:
    """A folder with a document that gets in and one that does not."""
    yield Discovered(files=2, unchanged=0, bytes=4096)
    assistant.pause(Event())
    assistant.library.records.append(record("lease-halden.pdf"))
    yield FileDone(Path("/documents/lease-halden.pdf"), FileStatus.ADDED, pages=12, chunks=36, ms=80)
    yield Embedded(done=18, pending=18)
    assistant.pause(Event())
    damaged = "The file ends in the middle. Export it again."
    assistant.library.records.append(record("board-minutes.pdf", FileStatus.DAMAGED, reason=damaged))
    yield FileDone(Path("/documents/board-minutes.pdf"), FileStatus.DAMAGED, reason=damaged)
    yield Embedded(done=36, pending=0)
    yield Finished(2, 1, 0, 0, 0, 0, 1, 12, 36, 1.5, 8.0, 120.0, 0)


class StandInAssistant:
    """Never waits while `go_on` is None; a test that sets an Event there lets it take one step per `set()`."""

    def __init__(
        self,
        home: Path,
        *,
        records: Sequence[DocumentRecord] = (),
        conversations: Sequence[Conversation] = (),
        answers: Script = cited_answer,
        ingests: IngestScript = two_files,
    ) -> None:
        self.locations = Locations(home)
        self.library = StandInLibrary(list(records))
        self.conversations = StandInConversations(conversations)
        self.answers = answers
        self.ingests = ingests
        self.taken_in: list[Path] = []
        self.go_on: Event | None = None
        self.asked: list[tuple[str, str]] = []
        self.read_for: list[str] = []
        self.has_read_opening = False
        self.expected_wait: float | None = None
        self.forgotten: list[str] = []
        self.doubt = ""
        self.held_by: tuple[Holder, ...] = ()
        self.closed = False
        self.embedder = SimpleNamespace()
        self.llm = SimpleNamespace(information=SimpleNamespace(name="stand-in"))
        self.models = [
            model("stand-in", "llm"),
            model("llama-8b", "llm", 4_900_000_000, checked="no"),
            model("hash", "embedder"),
        ]

    @property
    def registry(self) -> Any:
        return SimpleNamespace(entries=lambda: list(self.models))

    @property
    def parts(self) -> Any:
        in_use = {"llm": "stand-in", "embedder": "hash", "reranker": None, "adapter": None}
        return SimpleNamespace(names=lambda: in_use)

    def ask(self, question: str, *, conversation: str = "new", stop: Event | None = None) -> Iterator[AnswerEvent]:
        self.asked.append((question, conversation))
        stop = stop or Event()
        for event in self.answers(self, question, stop):
            if isinstance(event, Answered) and not event.answer.unkept:
                self._keep(event.answer)
            yield event

    def compare(self, question: str, names: Sequence[str], *, stop: Event | None = None) -> Iterator[ComparisonEvent]:
        """The script once for each model, whose name its answer bears."""
        for name in names:
            yield ModelBegins(name)
            for event in self.answers(self, f"{name}: {question}", stop or Event()):
                yield Compared(replace(event.answer, model=name), 800.0) if isinstance(event, Answered) else event

    def may_read_ahead(self) -> bool:
        return True

    def read_opening(self, *, stop: Event | None = None) -> None:
        del stop
        self.has_read_opening = True

    def read_ahead(
        self,
        typed: str,
        *,
        conversation: str = "new",
        stop: Event | None = None,
        expect: Callable[[float], object] | None = None,
        is_whole: bool = False,
    ) -> None:
        del conversation, is_whole
        if expect is not None and self.expected_wait is not None:
            expect(self.expected_wait)
        if stop is None or not stop.is_set():
            self.read_for.append(typed)

    def ingest(self, paths: Sequence[Path], _: object = None) -> Iterator[IngestEvent]:
        self.taken_in += paths
        return self.ingests(self, paths)

    def forget(self, glob: str, *, exact: bool = False) -> Receipt:
        """Whatever has the same content goes too. Takes as long as `pause` does."""
        assert exact
        self.pause(Event())
        self.forgotten.append(glob)
        named = [each for each in self.library.records if each.path == glob]
        gone = [each for each in self.library.records if each.sha256 in {named.sha256 for named in named}]
        self.library.records = [each for each in self.library.records if each not in gone]
        self.library.is_due = False
        chunks = sum(each.chunks for each in gone)
        return Receipt(
            tuple(each.path for each in gone), chunks, chunks, 4096, not self.doubt, self.held_by, (), self.doubt
        )

    def close(self) -> None:
        self.closed = True

    def pause(self, stop: Event) -> None:
        """Wait for the test's go-ahead, or for the user's stop."""
        go_on = self.go_on
        if go_on is None:
            return
        while not go_on.wait(0.01):
            if stop.is_set():
                return
        go_on.clear()

    def _keep(self, answer: Answer) -> None:
        turn = Turn(answer.question, answer.text, answer.refused, answer.citations, answer.evidence, answer.stopped)
        earlier = self.conversations.kept.get(answer.conversation)
        turns = (*earlier.turns, turn) if earlier else (turn,)
        self.conversations.kept[answer.conversation] = Conversation(answer.conversation, turns[0].question, WHEN, turns)
