"""The process a language model runs in. Whatever a bad model file does, it does here.

Every request has an "id", and its answers carry it:

    load …                      loaded, or error
    generate messages options   text for every piece of an answer, usage as the last
    read messages               read, left (tokens)
    count text                  tokens
    state                       tokens, size
    save or restore path …      done, or error
    devices                     free (bytes of each GPU)
    trial measure load how …    what was measured, or error
    stop                        nothing of its own

A thread listens, so that a request to stop is heard while the main thread computes. It counts tokens itself: that needs
the vocabulary only, and neither waits for what is computed nor ends reading ahead.
"""

import dataclasses
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from config.child import JsonObject
from config.serving import reply, serve

if TYPE_CHECKING:
    from models.llama.engine import Engine
    from models.llama.native import StopFlag
    from models.llama.template import ChatTemplate
    from models.llama.trials import Trials
    from models.llama.vocabulary import Vocabulary


_AHEAD_STEP = 64
"""Tokens that are read ahead at a time. A question waits for them at most: 0.4 s for the starter on one core of a
laptop. With fewer at a time llama.cpp reads a small model at half the speed (86 tokens a second at 32, 160 at 64)."""


_LAST_WORDS = 40
"""Characters at the end of what is read ahead that may become others as the question grows."""


def main() -> None:
    requests = serve()
    from models.llama.native import StopFlag  # loads llama.cpp, which may only happen once the process is sealed

    inbox = Inbox(StopFlag())
    threading.Thread(target=inbox.listen, args=(requests,), name="listener", daemon=True).start()
    Worker(inbox).work()


class Inbox:
    """Requests in order; a request to stop takes effect as it comes.

    Ids grow. To stop one generation is to stop all up to it, so a stop that comes before the generation has started, or
    after it has ended, does what it should.
    """

    def __init__(self, flag: "StopFlag") -> None:
        self.flag = flag
        self._queue: queue.SimpleQueue[JsonObject | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._current = 0
        self._stopped = 0
        self._reading: Sequence[JsonObject] = ()
        self.vocabulary: Vocabulary | None = None
        """That of the model, once it is loaded."""

    def listen(self, requests: Iterator[JsonObject]) -> None:
        for request in requests:
            if request["do"] == "stop":
                self._stop(request["id"])
            elif request["do"] != "count" or not self._count(request):
                self._queue.put(request)
                self._end_reading_in_vain(request)
        self._stop(self._current)
        self._queue.put(None)

    def _count(self, request: JsonObject) -> bool:
        """Whether it could be done here."""
        from models.llama.native import EngineError

        if self.vocabulary is None:
            return False
        try:
            reply({"id": request["id"], "tokens": self.vocabulary.count_tokens(request["text"])})
        except EngineError:  # the main thread tells why
            return False
        return True

    def _end_reading_in_vain(self, following: JsonObject) -> None:
        """What is read ahead just now ends at once when the next prompt does not go on from it."""
        with self._lock:
            if self._reading and not _goes_on(following.get("messages", ()), self._reading):
                self.flag.set()

    def has_more(self) -> bool:
        """Whether another request waits."""
        return not self._queue.empty()

    def next(self) -> JsonObject | None:
        """The next request, None when the parent has closed."""
        return self._queue.get()

    def start(self, identity: int, reading: Sequence[JsonObject] = ()) -> None:
        """From now on the flag is about this generation, or about `reading` these messages ahead."""
        with self._lock:
            self._current = identity
            self._reading = reading
            self.flag.clear()
            if self._stopped >= identity:
                self.flag.set()

    def _stop(self, identity: int) -> None:
        with self._lock:
            self._stopped = max(self._stopped, identity)
            if self._stopped >= self._current:
                self.flag.set()


def _goes_on(following: Sequence[JsonObject], read: Sequence[JsonObject]) -> bool:
    """Whether a prompt begins as the one that was read ahead, but for its last words."""
    before, after = ("\0".join(message["content"] for message in messages) for messages in (read, following))
    return after.startswith(before[: max(0, len(before) - _LAST_WORDS)])


class Worker:
    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._engine: Engine | None = None
        self._template: ChatTemplate | None = None
        self._draft_costs: tuple[float, ...] = ()
        self._trials: Trials | None = None

    def work(self) -> None:
        from models.llama.native import EngineError

        while (request := self._inbox.next()) is not None:
            try:
                self._answer(request)
            except EngineError as error:
                reply({"id": request["id"], "error": str(error)})

    def _answer(self, request: JsonObject) -> None:
        identity = request["id"]
        match request["do"]:
            case "load":
                self._load(request)
            case "count":  # the listener could not
                reply({"id": identity, "tokens": self._loaded()[0].vocabulary.count_tokens(request["text"])})
            case "read":
                self._read_ahead(request)
            case "state":
                engine, _ = self._loaded()
                reply({"id": identity, "tokens": engine.computed, "size": engine.state_size()})
            case "save":
                self._loaded()[0].write_state(request["path"], request["offset"], request["size"])
                reply({"id": identity, "done": True})
            case "restore":
                engine, _ = self._loaded()
                engine.read_state(request["path"], request["offset"], request["size"], request["tokens"])
                reply({"id": identity, "done": True})
            case "devices":
                from models.llama.devices import free_gpu_memory

                reply({"id": identity, "free": free_gpu_memory()})
            case "trial":
                self._try(request)
            case _:
                self._generate(request)

    def _load(self, request: JsonObject) -> None:
        self._engine, self._template = self._open(request["load"])
        self._draft_costs = tuple(request.get("draft_costs", ()))
        self._inbox.vocabulary = self._engine.vocabulary
        reply({"id": request["id"], "loaded": True})

    def _open(self, load: JsonObject) -> "tuple[Engine, ChatTemplate]":
        from models.llama.engine import Engine, Load

        engine = Engine(Load(**load), self._inbox.flag)
        return engine, engine.chat_template()

    def _try(self, request: JsonObject) -> None:
        """Measure for the tuner. Its engine is its own: a worker that tries plans answers no questions."""
        from models.base import Message
        from models.llama.engine import Engine, Load
        from models.llama.template import Part
        from models.llama.trials import Trials

        def make_engine(load: Load) -> tuple[Engine, list[int], list[int]]:
            engine, template = self._open(dataclasses.asdict(load))
            prompt = template.render([Message(**message) for message in request["messages"]])
            brief = [Part(request["text"], is_content=True)]
            return engine, engine.vocabulary.tokenise(prompt), engine.vocabulary.tokenise(brief)

        self._trials = self._trials or Trials(make_engine, self._inbox.flag)
        self._inbox.start(request["id"])
        load, how = Load(**request["load"]), request["how"]
        is_speeds = request["measure"] == "speeds"
        found = self._trials.speeds(load, **how) if is_speeds else self._trials.guessing(load, **how)
        reply({"id": request["id"], **found})

    def _read_ahead(self, request: JsonObject) -> None:
        """Read in small steps, and give way to the next request after any of them: what was read then is kept."""
        from models.base import Message
        from models.llama.native import Stopped

        engine, template = self._loaded()
        prompt = engine.vocabulary.tokenise(template.opening([Message(**message) for message in request["messages"]]))
        # The last token may become another one as the message grows.
        rest = prompt[engine.reuse(prompt) : min(len(prompt) - 1, engine.context - 1)]
        self._inbox.start(request["id"], request["messages"])
        step = min(_AHEAD_STEP, engine.batch)
        try:
            while rest and not self._inbox.has_more():
                engine.compute(rest[:step])
                rest = rest[step:]
        except Stopped:
            pass
        reply({"id": request["id"], "read": engine.computed, "left": len(rest)})

    def _generate(self, request: JsonObject) -> None:
        from models.base import GenerationOptions, Message
        from models.llama.generation import Generation
        from models.llama.native import EngineError, Stopped

        engine, template = self._loaded()
        prompt = engine.vocabulary.tokenise(template.render([Message(**message) for message in request["messages"]]))
        if not 0 < len(prompt) < engine.context:
            raise EngineError(f"it takes {len(prompt)} tokens and the model sees {engine.context}")
        options = GenerationOptions(**{**request["options"], "stop": (*request["options"]["stop"], *template.stop)})
        generation = Generation(engine, prompt, options, template.text_before_answer, self._draft_costs)
        self._inbox.start(request["id"])
        try:
            for piece in generation.pieces():
                reply({"id": request["id"], "text": piece})
        except Stopped:
            pass  # the usage says how far it came
        reply({"id": request["id"], "usage": dataclasses.asdict(generation.usage)})

    def _loaded(self) -> "tuple[Engine, ChatTemplate]":
        from models.llama.native import EngineError

        if self._engine is None or self._template is None:
            raise EngineError("no model is loaded")
        return self._engine, self._template


if __name__ == "__main__":
    main()
