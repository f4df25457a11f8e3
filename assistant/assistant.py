"""The composition root: every part of Strongroom put together, each made when it is first needed."""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Unpack

from assistant.ahead import Ahead, read_opening
from assistant.ask import Asker, AskOptions, ask
from assistant.conversations.conversations import Conversations
from assistant.events import AnswerEvent
from assistant.glossary import load_glossary
from assistant.parts import Parts
from assistant.passages import join_neighbours
from assistant.retrieval import Retriever
from assistant.scope import paths_matching, scoped_by_name
from assistant.types import How, SearchMode, SearchResult
from config.errors import UsageError
from config.locations import Locations
from config.sanitise import sanitise
from ingest.library.library import Library
from models.base import Embedder, LanguageModel, Reranker
from models.hardware import on_battery
from models.speeds import Speeds

if TYPE_CHECKING:
    from assistant.compare import ComparisonEvent
    from assistant.doctor import Check
    from config.sections import Settings
    from config.settings import LoadedSettings
    from ingest.events import IngestEvent
    from ingest.library.types import Receipt
    from ingest.pipeline import IngestOptions
    from models.llama.states import StateStore
    from models.registry import ModelRegistry


def open_assistant(
    locations: Locations,
    loaded_settings: "LoadedSettings",
    *,
    collection: str = "default",
    embedder: Embedder | None = None,
    llm: LanguageModel | None = None,
    reranker: Reranker | None = None,
) -> "Assistant":
    """Open the library of `locations` and return the assistant over it. Models are loaded when they are first needed,
    those given are used as they are.

    Raises LibraryError when the library cannot be opened.
    """
    return Assistant(locations, loaded_settings, collection, embedder, llm, reranker)


class Assistant:
    """Ask, search and ingest over one collection. Every method may be called from any thread."""

    def __init__(
        self,
        locations: Locations,
        loaded_settings: "LoadedSettings",
        collection: str,
        embedder: Embedder | None,
        llm: LanguageModel | None,
        reranker: Reranker | None,
    ) -> None:
        self.locations = locations
        self.loaded_settings = loaded_settings.of_collection(collection)
        self.library = Library.open(locations, collection)
        self.conversations = Conversations(self.library.database, collection)
        self.library.forget_hooks += [self.conversations.purge_documents, self._forget_what_was_read]
        self.conversations.delete_hooks.append(self._forget_conversation)
        self.parts = Parts(locations, lambda: self.settings, self.library.embedder_identity, embedder, llm, reranker)
        self._ahead = Ahead()
        self.retriever = Retriever(
            self.library,
            self.settings.retrieval,
            self.parts.embedder,
            self.parts.reranker,
            load_glossary(locations.glossary_file),
        )

    # parts

    @property
    def settings(self) -> "Settings":
        return self.loaded_settings.settings

    @property
    def registry(self) -> "ModelRegistry":
        return self.parts.registry()

    @property
    def embedder(self) -> Embedder:
        """Raises ModelError when its files are missing."""
        return self.parts.embedder()

    @property
    def llm(self) -> LanguageModel:
        """Raises ModelError when its file is missing."""
        return self.parts.llm()

    @property
    def reranker(self) -> Reranker | None:
        """None when the settings name none."""
        return self.parts.reranker()

    # what people do

    def ingest(
        self, paths: Sequence[Path], options: "IngestOptions | None" = None
    ) -> "Generator[IngestEvent, None, None]":
        """A folder becomes a library; see `ingest.pipeline`. What was removed is forgotten in the conversations too.

        To be closed, if it is not read to its end, before the assistant is.
        """
        from assistant.calibration import calibrate_if_due
        from ingest.events import Finished
        from ingest.pipeline import IngestOptions, ingest

        events = ingest(
            paths,
            library=self.library,
            embedder=self.parts.embedder,
            settings=self.settings,
            options=options or IngestOptions(),
        )
        for event in events:
            if isinstance(event, Finished) and not event.vectors_pending:
                calibrate_if_due(self.retriever, self.embedder)
            yield event

    def search(
        self, query: str, *, k: int | None = None, document: str | None = None, mode: SearchMode | None = None
    ) -> SearchResult:
        """The passages that fit `query`, best first, within the documents that `document` (a glob) or `@name` names;
        neighbours on a page are joined."""
        query = sanitise(query)
        query, documents = self._scope(query, document)
        k = k or self.settings.retrieval.top_k
        found = self.retriever.find(query, k=k + k // 2, mode=mode, documents=documents).result
        joined = join_neighbours(found.passages, self.library.page_text)[:k]
        return replace(found, passages=tuple(replace(passage, rank=rank) for rank, passage in enumerate(joined, 1)))

    def ask(self, question: str, *, stop: Event | None = None, **how: Unpack[How]) -> Iterator[AnswerEvent]:
        """A question becomes an answer; see `assistant.ask`."""
        question = sanitise(question)
        options = self._options(question, how)
        plan = self._ahead.take()
        if plan.conversation == options.conversation:
            options = replace(options, read=plan.begun, whole=plan.whole)
        return ask(self.asker(), question, options, stop or Event())

    def compare(
        self, question: str, names: Sequence[str], *, stop: Event | None = None, **how: Unpack[How]
    ) -> "Iterator[ComparisonEvent]":
        """Let the models of these names answer one after the other; see `assistant.compare`. They write unless `style`
        says otherwise, small ones too. The model in use makes room for them, and comes back when it is next needed."""
        from assistant.compare import compare

        if len(set(names)) < len(names):
            raise UsageError("A model cannot be compared with itself.", "Name two: `strongroom models list` has them.")
        question = sanitise(question)
        options = self._options(question, how)
        options = replace(options, style=options.style or "answer")
        contenders = [self.parts.contender(name) for name in names]
        in_use = self.parts.llm.made()
        if in_use is not None:
            in_use.close()
        return compare(self.asker(), question, options, contenders, stop or Event())

    def read_ahead(
        self,
        typed: str,
        *,
        conversation: str = "new",
        stop: Event | None = None,
        expect: Callable[[float], object] | None = None,
        is_whole: bool = False,
    ) -> None:
        """Have the model read what a question that begins with `typed`, or probably is just that (`is_whole`), will
        need; until `stop` is set or a question is asked.

        `expect` is told, now and then, in how many seconds the first word would come if it were asked now.
        """
        if self.may_read_ahead() and typed.strip():
            options = self._options(typed, {"conversation": conversation})
            self._ahead.read(self.asker(), typed, options, stop or Event(), expect, is_whole=is_whole)

    def read_opening(self, *, stop: Event | None = None) -> None:
        """Start the model and have it read what every new conversation begins with; until `stop` is set."""
        if self.may_read_ahead():
            read_opening(self.asker(), stop or Event())

    def may_read_ahead(self) -> bool:
        """Whether the settings, and the battery, allow it."""
        setting = self.settings.answer.read_ahead
        return setting == "always" or (setting == "plugged_in" and not on_battery())

    def asker(self) -> Asker:
        """The parts that `assistant.ask.ask` works with."""
        return Asker(
            library=self.library,
            retriever=self.retriever,
            conversations=self.conversations,
            settings=self.settings.answer,
            embedder=self.parts.embedder,
            llm=self.parts.llm,
            speeds=Speeds(self.locations.speeds_file),
            model_name=self.parts.name_of("llm") or "",
            embedder_name=self.parts.name_of("embedder") or "",
        )

    def forget(self, glob: str, *, exact: bool = False) -> "Receipt":
        """Remove the documents that `glob` names, or the one whose path it is (`exact`), from every store and every
        conversation."""
        return self.library.forget(glob, exact=exact)

    def status(self) -> dict[str, Any]:
        """What `strongroom status --json` prints."""
        from assistant.status import status

        return status(self.locations, self.library, self.parts)

    def doctor(self, *, measure: bool = True) -> "list[Check]":
        """Is everything as it should be; `measure` times the language model for about two seconds."""
        from assistant.doctor import examine

        return examine(self, measure=measure)

    def close(self) -> None:
        """End the model's process and close the library."""
        self.parts.close()
        self.library.close()

    # how

    def _options(self, question: str, how: How) -> AskOptions:
        scoped, documents = self._scope(question, how.get("document"))
        return AskOptions(
            search_for=scoped,
            k=how.get("k"),
            documents=documents,
            conversation=how.get("conversation", "new"),
            style=how.get("style"),
            max_tokens=how.get("max_tokens"),
            seed=how.get("seed"),
            refuse=self.settings.retrieval.refuse,
        )

    def _scope(self, question: str, document: str | None) -> tuple[str, frozenset[str] | None]:
        if not question.strip():
            raise UsageError("The question is empty.", "Type what you want to know.")
        if document is None and "@" not in question:
            return question, None
        records = self.library.documents()
        rest, named = scoped_by_name(question, records)
        if document is None:
            return rest, named
        wanted = paths_matching(records, document)
        return rest, wanted if named is None else wanted & named

    def _states(self) -> "StateStore":
        from models.llama.states import StateStore

        return StateStore(self.locations.states_directory, self.settings.llama.states_mb)

    def _forget_what_was_read(self, _: Collection[str]) -> None:
        """All that the model has read of any conversation goes: it is computed from whole prompts."""
        self._states().clear()
        llm = self.parts.llm.made()
        if llm is not None:
            llm.forget()

    def _forget_conversation(self, conversation: str) -> None:
        llm = self.parts.llm.made()
        if llm is not None:
            llm.forget(conversation)  # or it would be kept once more when the next one comes
        self._states().remove(conversation)
