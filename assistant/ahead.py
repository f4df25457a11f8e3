"""While a question is being typed: what will probably be put before the model is read already."""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock

from assistant.ask import Asker, AskOptions, chosen_style, find_passages, put_to
from assistant.context import (
    build_prompt,
    number_sources,
    order_for_prompt,
    order_for_reading,
    read_and_found,
    shown_chunks,
    still_found,
    worth_reading_on,
)
from assistant.prompts import source_prompt
from assistant.types import Dialogue, Source
from models.base import TokenUsage

Expect = Callable[[float], object]
"""Told in how many seconds the first word would come if the question were asked now."""

_ENDS_WITHIN = 0.1
"""Seconds that a question waits for what is being read ahead of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What has been read for the question being typed: passages (ids of chunks) in the order in which they stand in the
    prompt, of which the model has begun to read the first `read`, the first `whole` of them to their end; `best` were
    those to be read at the last look."""

    conversation: str = ""
    order: tuple[str, ...] = ()
    read: int = 0
    best: tuple[str, ...] = ()
    whole: int = 0

    @property
    def begun(self) -> tuple[str, ...]:
        return self.order[: self.read]


class Ahead:
    """What is read ahead, look after look, for one question at a time; a question that is asked goes first. May be used
    from any thread."""

    def __init__(self) -> None:
        self._plan = Plan()
        self._reading = Lock()
        """Held while the plan is being made and followed."""
        self._stop = Event()
        self._question = object()
        """Another one when a question went ahead of what was being read."""

    def read(
        self,
        asker: Asker,
        typed: str,
        options: AskOptions,
        stop: Event,
        expect: Expect | None = None,
        *,
        is_whole: bool = False,
    ) -> None:
        """`read_ahead`, going on from what was read at the looks before."""
        with self._reading:
            self._stop = stop
            question = self._question
            plan = read_ahead(asker, typed, options, self._plan, stop, expect, is_whole=is_whole)
            self._plan = plan if question is self._question else Plan()

    def take(self) -> Plan:
        """What was read ahead up to now, for the question that is asked now. Where reading does not end at once, as
        while another conversation is put away, what was read up to the look before: the search need not wait for it."""
        self._stop.set()
        has_ended = self._reading.acquire(timeout=_ENDS_WITHIN)
        if not has_ended:
            self._question = object()
        plan, self._plan = self._plan, Plan()
        if has_ended:
            self._reading.release()
        return plan


def read_ahead(
    asker: Asker,
    typed: str,
    options: AskOptions,
    before: Plan,
    stop: Event,
    expect: Expect | None = None,
    *,
    is_whole: bool = False,
) -> Plan:
    """Find the likely sources for a question that begins with `typed` and have the model read them, until `stop`.

    A source is read when it was among the best at the look before as well, and keeps its place as long as it is found
    at all: what has been read stays of use. That half a question fits nothing says little about the whole one, so
    sources are read for it as well. When `typed` is probably the whole question (`is_whole`), the best are read at
    once, and the question behind them. Returns what was read; a wrong guess costs nothing but that. Raises what `ask`
    raises.
    """
    if not _is_worth_it(asker, options):
        return before
    before = before if before.conversation == options.conversation else Plan(options.conversation)
    dialogue = asker.conversations.open(options.conversation)
    findings = find_passages(asker, typed, dialogue, options)
    if chosen_style(asker, options, findings.sides) == "quote":
        return _expect_quotes(before, expect)
    if stop.is_set() or not asker.llm().prepare(stop):
        return before
    passages = findings.result.passages
    if not passages:
        _read(asker, dialogue, (), stop)
        return Plan(options.conversation)
    nowhere = [(0, 0)] * len(passages)  # which of its sentences matters is asked when the question is
    read_before = worth_reading_on(before.begun, before.whole, passages) if is_whole else before.begun
    sources = number_sources(dialogue, passages, nowhere, read_before)
    begun = still_found(read_before, [_id(source) for source in sources])
    certain = len(order_for_prompt(sources, begun, asker.settings.sources))
    ordered = order_for_reading(sources, begun, asker.settings.sources)
    begun = _still_in_place(begun, [_id(source) for source in ordered])
    planned = [source for source in ordered if is_whole or _id(source) in begun or _id(source) in before.best]
    order = tuple(_id(source) for source in planned)
    planned = read_and_found(number_sources(dialogue, passages, nowhere, order), order)
    wait = _Wait(asker, dialogue, sources, typed, expect)
    read, whole = len(begun), min(before.whole, len(begun))
    wait.tell(begun, whole)
    if _read(asker, dialogue, planned[:read], stop):
        whole = read
    wait.tell(begun, whole)
    while not stop.is_set():
        if is_whole and read >= certain:
            _read(asker, dialogue, planned[:read], stop, put_to(asker.llm(), typed, dialogue))
        if read == len(planned) or stop.is_set():
            break
        read += 1
        started = time.perf_counter()
        if _read(asker, dialogue, planned[:read], stop):
            whole = read
            wait.learn(order[read - 1], (time.perf_counter() - started) * 1000)
        wait.tell(order[:read], whole)
    return Plan(options.conversation, order, read, tuple(_id(source) for source in ordered), whole)


def _still_in_place(begun: Sequence[str], order: Sequence[str]) -> list[str]:
    """Those in front, where the last ones had to make room for the best."""
    pairs = zip(begun, order, strict=False)
    return [chunk_id for chunk_id, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)]


def _is_worth_it(asker: Asker, options: AskOptions) -> bool:
    """Not without a model to ask, nor with one on a server, which is told nothing before the question is sent."""
    return chosen_style(asker, options) == "answer" and not asker.llm().information.runs_on


def _expect_quotes(before: Plan, expect: Expect | None) -> Plan:
    """The question so far would be answered without the model: it reads nothing more, and what it has read stays."""
    if expect is not None:
        expect(0.0)
    return before


class _Wait:
    """How long the first word would take: what a question asked now still has to read, at the speed of the machine."""

    def __init__(
        self, asker: Asker, dialogue: Dialogue, sources: Sequence[Source], typed: str, expect: Expect | None
    ) -> None:
        self._asker = asker
        self._sources = sources
        self._expect = expect
        self._known = shown_chunks(dialogue)
        count = asker.llm().count_tokens
        self._question = count(typed)
        self._costs: Mapping[str, int] = {
            _id(source): count(source_prompt(source, dialogue.fence)) for source in sources[: asker.settings.sources]
        }

    def tell(self, begun: Sequence[str], read: int) -> None:
        """`begun` are the sources that the model has begun to read, of which `read` to their end."""
        llm, settings = self._asker.llm(), self._asker.settings
        asked = order_for_prompt(self._sources, begun, settings.sources)
        new = {_id(source) for source in asked} - self._known - set(begun[: max(0, read)])
        left = self._question + sum(self._costs.get(chunk_id, 0) for chunk_id in new)
        seconds = self._asker.speeds.of(llm.information.name).seconds_to_read(left)
        if self._expect is not None and seconds is not None:
            self._expect(min(seconds, settings.max_wait_seconds))

    def learn(self, chunk_id: str, milliseconds: float) -> None:
        """A source was read from its beginning to its end."""
        usage = TokenUsage(prompt=self._costs.get(chunk_id, 0), reading_ms=milliseconds)
        self._asker.speeds.learn(self._asker.llm().information.name, usage)


def read_opening(asker: Asker, stop: Event) -> None:
    """Have the model read what every new conversation begins with, until `stop`. Raises ModelError."""
    if _is_worth_it(asker, AskOptions()):
        _read(asker, asker.conversations.open("new"), (), stop)


def _read(asker: Asker, dialogue: Dialogue, sources: Sequence[Source], stop: Event, question: str = "") -> bool:
    """Whether all of it was read."""
    if stop.is_set():
        return False
    llm = asker.llm()
    if not llm.prepare(stop):
        return False
    window = llm.information.context
    most = min(asker.settings.max_tokens, window // 2)
    prompt = build_prompt(dialogue, sources, question, llm.count_tokens, window, most)
    return llm.read_ahead(prompt.messages, "" if dialogue.is_new else dialogue.conversation_id, stop)


def _id(source: Source) -> str:
    return source.passage.chunk.chunk_id
