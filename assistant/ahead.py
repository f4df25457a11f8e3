"""While a question is being typed: what will probably be put before the model is read already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event

from assistant.ask import Asker, AskOptions, chosen_style, find_passages
from assistant.context import build_prompt, number_sources, order_for_prompt, order_for_reading, still_found
from assistant.types import Dialogue, Source


@dataclass(frozen=True, slots=True)
class Plan:
    """What has been read for the question being typed: passages (ids of chunks) in the order in which they stand in the
    prompt, of which the model has begun to read the first `read`; `best` were those to be read at the last look."""

    conversation: str = ""
    order: tuple[str, ...] = ()
    read: int = 0
    best: tuple[str, ...] = ()

    @property
    def begun(self) -> tuple[str, ...]:
        return self.order[: self.read]


def read_ahead(asker: Asker, typed: str, options: AskOptions, before: Plan, stop: Event) -> Plan:
    """Find the likely sources for a question that begins with `typed` and have the model read them, until `stop`.

    A source is read when it was among the best at the look before as well, and keeps its place as long as it is found
    at all: what has been read stays of use. Returns what was read; a wrong guess costs nothing but that. Raises what
    `ask` raises.
    """
    if chosen_style(asker, options) == "quote":
        return before
    before = before if before.conversation == options.conversation else Plan(options.conversation)
    dialogue = asker.conversations.open(options.conversation)
    findings = find_passages(asker, typed, dialogue, options)
    passages = findings.result.passages
    if not passages or (options.refuse and not findings.result.fits):
        if not before.order:
            _read(asker, dialogue, (), stop)
        return replace(before, best=())  # what was read may fit again with the next word
    nowhere = [(0, 0)] * len(passages)  # which of its sentences matters is asked when the question is
    sources = number_sources(dialogue, passages, nowhere, before.begun)
    begun = still_found(before.begun, [_id(source) for source in sources])
    ordered = order_for_reading(sources, begun, asker.settings.sources)
    planned = [source for source in ordered if _id(source) in begun or _id(source) in before.best]
    order = tuple(_id(source) for source in planned)
    planned = order_for_prompt(number_sources(dialogue, passages, nowhere, order), order, 0)
    read = len(begun)
    _read(asker, dialogue, planned[:read], stop)
    while read < len(planned) and not stop.is_set():
        read += 1
        _read(asker, dialogue, planned[:read], stop)
    return Plan(options.conversation, order, read, tuple(_id(source) for source in ordered))


def read_opening(asker: Asker, stop: Event) -> None:
    """Have the model read what every new conversation begins with, until `stop`. Raises ModelError."""
    if chosen_style(asker, AskOptions()) != "quote":
        _read(asker, asker.conversations.open("new"), (), stop)


def _read(asker: Asker, dialogue: Dialogue, sources: Sequence[Source], stop: Event) -> None:
    llm = asker.llm()
    window = llm.information.context
    prompt = build_prompt(dialogue, sources, "", llm.count_tokens, window, min(asker.settings.max_tokens, window // 2))
    llm.read_ahead(prompt.messages, "" if dialogue.is_new else dialogue.conversation_id, stop)


def _id(source: Source) -> str:
    return source.passage.chunk.chunk_id
