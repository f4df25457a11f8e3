"""The language model, seen from the program: a LanguageModel over the worker process that llama.cpp runs in."""

import contextlib
import dataclasses
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Event

from config.child import JsonObject
from config.errors import ModelDied, ModelError
from config.sections import LlamaSettings
from models.base import GenerationOptions, GenerationPiece, Message, ModelInformation, TokenUsage
from models.llama.adapter import Adapter, AdapterMisfit, misfit
from models.llama.gguf import read_gguf_header
from models.llama.keeping import Keeper
from models.llama.memory import memory_needed, require_memory
from models.llama.plan import Plan, load_request, make_plan
from models.llama.process import LOOKS_FOR_STOP_EVERY, ModelClosed, ModelProcess
from models.llama.states import StateStore

_log = logging.getLogger(__name__)

# Below about a billion weights models write sentences that look right and are not (SmolLM2-135M, Qwen2.5-0.5B).
_LEAST_TO_WRITE_WELL = 900_000_000

_GRACE_AFTER_STOP = 0.1
"""Seconds: with LOOKS_FOR_STOP_EVERY they keep the promise that a stop takes effect within 200 ms, whatever the worker
does."""

_SECONDS_TO_COME_BACK = 3.0
"""How long a stopped worker may take to be ready for the next question before it is replaced."""


class LlamaModel:
    """A GGUF file as a LanguageModel. The worker starts at the first use and again after it died.

    It runs by the settings, and where they leave that open by the plan that was `tuned` for it, if it was. `check` is
    called before a worker is started, whose files may not be those any more that were read here: it raises ModelError
    then.

    Safe to use from several threads; one generation at a time, others wait. Raises ModelError when the file is
    missing, damaged or no language model.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        file_hash: str,
        settings: LlamaSettings,
        adapter: Adapter | None = None,
        states: StateStore | None = None,
        tuned: Plan | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        header = read_gguf_header(path)
        if adapter is not None and (reason := misfit(adapter.path, header)) is not None:
            raise AdapterMisfit(adapter.name, name, reason)
        self._path = path
        self._settings = settings
        self._adapter = adapter
        self._plan = make_plan(settings, tuned)
        self._check = check
        self._turn = threading.Lock()
        self._process = ModelProcess(self._lose)
        self._loading: int | None = None  # id of the request to load that is not answered yet
        self._keeper = Keeper(states, self._fingerprint(file_hash), self._process.request)
        self._stopping: int | None = None  # id of the generation that was stopped and has not said so yet
        size = path.stat().st_size + (adapter.path.stat().st_size if adapter else 0)
        context = min(settings.context, header.context or settings.context)
        self._memory_needed = memory_needed(header, size, context, self._plan)
        self.information = ModelInformation(
            name=name,
            file_hash=file_hash,
            context=context,
            architecture=header.architecture,
            adapter=adapter.name if adapter else "",
            adapter_hash=adapter.sha256 if adapter else "",
            writes_well=header.parameters >= _LEAST_TO_WRITE_WELL,
            writes_in_form=header.parameters < _LEAST_TO_WRITE_WELL and adapter is not None,
        )

    @property
    def worker_pid(self) -> int | None:
        """The process the model runs in, None before the first use and after `close`."""
        return self._process.pid

    def generate(
        self, messages: Sequence[Message], options: GenerationOptions, stop: Event | None = None
    ) -> Iterator[GenerationPiece]:
        """See LanguageModel. Raises ModelError when the prompt does not fit the model's window."""
        stop = stop or Event()
        if not self._take_turn(stop):
            yield GenerationPiece("", TokenUsage())
            return
        try:
            if not self._start(stop) or not self._keeper.switch(options.conversation, stop):
                yield GenerationPiece("", TokenUsage())
                return
            identity = self._process.send(
                "generate",
                messages=[dataclasses.asdict(message) for message in messages],
                options=dataclasses.asdict(options),
            )
            yield from self._pieces(identity, stop)
        finally:
            self._turn.release()

    def read_ahead(self, messages: Sequence[Message], conversation: str = "", stop: Event | None = None) -> bool:
        """See LanguageModel. The worker gives way to the next request by itself, so nothing waits for it here."""
        stop = stop or Event()
        if not self._take_turn(stop):
            return False
        try:
            if not self._start(stop) or not self._keeper.switch(conversation, stop):
                return False
            identity = self._process.send("read", messages=[dataclasses.asdict(message) for message in messages])
            answer = self._process.receive(identity, stop)
            return answer is not None and answer.get("left") == 0
        finally:
            self._turn.release()

    def prepare(self, stop: Event) -> bool:
        """See LanguageModel."""
        if not self._take_turn(stop):
            return False
        try:
            return self._start(stop) and not stop.is_set()
        finally:
            self._turn.release()

    def forget(self, conversation: str = "") -> None:
        """See LanguageModel: the worker's memory goes with the worker."""
        if conversation:
            self._keeper.forget(conversation)
        else:
            self._process.end()

    def count_tokens(self, text: str) -> int:
        """See LanguageModel. It waits until the model is loaded, whatever happens: `prepare` can be stopped."""
        with self._turn:
            self._start(Event())
            answer = self._process.request("count", text=text)
            self._require_success(answer)
            return int(answer["tokens"])

    def close(self) -> None:
        """End the worker, also in the middle of an answer; between two answers the conversation in memory is kept."""
        if self._process.is_running and self._turn.acquire(blocking=False):
            try:
                if self._loading is None and self._stopping is None:
                    self._keeper.save()
            except ModelDied:
                pass
            finally:
                self._turn.release()
        self._process.end()

    def _lose(self) -> None:
        """The process is gone, and with it all that it knew."""
        self._keeper.lose()
        self._loading = self._stopping = None

    def _pieces(self, identity: int, stop: Event) -> Iterator[GenerationPiece]:
        usage: TokenUsage | None = None
        try:
            while usage is None:
                answer = self._process.receive(identity, stop)
                if answer is None:
                    usage = self._stop(identity)
                elif "usage" in answer:
                    usage = TokenUsage(**answer["usage"])
                else:
                    self._require_success(answer)
                    yield GenerationPiece(str(answer["text"]))
        except (GeneratorExit, KeyboardInterrupt):  # the caller has seen enough, or Ctrl-C: `close` would wait for it
            self._stop(identity)
            raise
        yield GenerationPiece("", usage)

    def _stop(self, identity: int) -> TokenUsage:
        """Stop a generation; wait a moment for what it took."""
        deadline = time.monotonic() + _GRACE_AFTER_STOP
        self._stopping = identity
        with contextlib.suppress(ModelDied):  # then it has stopped, too, and the next call starts it again
            self._process.post({"do": "stop", "id": identity})
            answer = self._await_end(identity, deadline)
            if answer is not None:
                return TokenUsage(**answer["usage"]) if "usage" in answer else TokenUsage()
        return TokenUsage()

    def _take_turn(self, stop: Event) -> bool:
        """False when `stop` was set before the others were done."""
        while not self._turn.acquire(timeout=LOOKS_FOR_STOP_EVERY):
            if stop.is_set():
                return False
        return True

    def _start(self, stop: Event) -> bool:
        """Have a worker with the model loaded and ready; False when `stop` was set first. Raises ModelError."""
        self._await_stopped()
        if not self._process.is_running:
            self._check()
            require_memory(self.information.name, self._memory_needed, on_gpu=self._plan.runs_on_gpu)
            self._process.start()
            load = load_request(self._plan, self._path, self._settings.context, self._adapter)
            self._loading = self._process.send("load", load=load, draft_costs=self._plan.draft_costs)
            _log.info("Loading %s in process %s", self._path.name, self._process.pid)
        if self._loading is not None:
            return self._await_loaded(self._loading, stop)
        return True

    def _await_loaded(self, identity: int, stop: Event) -> bool:
        try:
            answer = self._process.receive(identity, stop)
        except ModelClosed:  # which says nothing about the file
            raise
        except ModelDied as error:
            raise self._unloadable(error.message.rstrip(".")) from error
        if answer is None:
            return False
        if "error" in answer:
            self._process.end()
            raise self._unloadable(str(answer["error"]))
        self._loading = None
        return True

    def _await_stopped(self) -> None:
        """A generation that was stopped must have ended before the next one; a worker that hangs is replaced."""
        if self._stopping is None or not self._process.is_running:
            return
        with contextlib.suppress(ModelDied):
            if self._await_end(self._stopping, time.monotonic() + _SECONDS_TO_COME_BACK) is None:
                _log.warning("Process %s does not stop: it is replaced", self._process.pid)
                self._process.end()
        self._stopping = None

    def _await_end(self, identity: int, deadline: float) -> JsonObject | None:
        """The last answer about a stopped generation, None when it does not come in time."""
        while (remaining := deadline - time.monotonic()) > 0:
            answer = self._process.next(remaining)
            if answer is not None and answer["id"] == identity and "text" not in answer:
                self._stopping = None
                return answer
        return None

    def _fingerprint(self, file_hash: str) -> str:
        """What a saved state depends on besides its tokens."""
        adapter = (self._adapter.sha256, self._adapter.scale) if self._adapter else None
        arranged = (self._settings.context, self._plan.gpu_layers, self._plan.flash_attention, self._plan.kv_type)
        what = (file_hash, adapter, *arranged, version("llama-cpp-python"))
        return hashlib.sha256(repr(what).encode()).hexdigest()

    def _unloadable(self, reason: str) -> ModelError:
        return ModelError(
            f"The model {self.information.name} cannot be loaded: {reason}.",
            "Check it with `strongroom models verify`, or choose a smaller one with `strongroom models use`.",
        )

    def _require_success(self, answer: JsonObject) -> None:
        if "error" in answer:
            raise ModelError(
                f"The model {self.information.name} cannot answer this: {answer['error']}.",
                "Ask with fewer sources (answer.sources), or give the model a larger window (llama.context).",
            )
