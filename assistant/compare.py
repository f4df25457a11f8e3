"""Two models side by side: the same question and the same passages, one after the other."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event

from assistant.ask import Asker, AskOptions, ask, find_passages
from assistant.events import Answered, EvidenceFound, Token
from assistant.types import Answer
from models.base import LanguageModel


@dataclass(frozen=True, slots=True)
class Contender:
    """A model by the name it is shown under; `load` makes it ready."""

    name: str
    load: Callable[[], LanguageModel]


@dataclass(frozen=True, slots=True)
class ModelBegins:
    """The next events are this model's; it is loaded first."""

    name: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What a model answered. `load_ms` is how long it took to be ready, which the times of the answer leave out."""

    answer: Answer
    load_ms: float


ComparisonEvent = EvidenceFound | ModelBegins | Token | Compared


def compare(
    asker: Asker, question: str, options: AskOptions, contenders: Sequence[Contender], stop: Event
) -> Iterator[ComparisonEvent]:
    """Search once, then let each of `contenders` answer from what was found, so that memory never holds two.

    The conversation of `options` is gone on with and gets no turn, so `ask` gives a slow model as
    many passages as a fast one. Raises what `ask` raises.
    """
    dialogue = asker.conversations.open(options.conversation)
    found = find_passages(asker, question, dialogue, options)
    options = replace(options, found=found, keep=False, read=())
    for contender in contenders:
        yield ModelBegins(contender.name)
        begun = time.perf_counter()
        model = contender.load()
        try:
            if found.result.passages and (found.result.fits or not options.refuse):
                model.prepare(stop)  # now, so that the times of the answer are its own
            load_ms = (time.perf_counter() - begun) * 1000
            for event in ask(_asking(asker, model, contender.name), question, options, stop):
                if isinstance(event, Answered):
                    yield Compared(event.answer, load_ms)
                elif isinstance(event, Token) or contender is contenders[0]:
                    yield event
        finally:
            model.close()
        if stop.is_set():
            return


def _asking(asker: Asker, model: LanguageModel, name: str) -> Asker:
    return replace(asker, llm=lambda: model, model_name=name)
