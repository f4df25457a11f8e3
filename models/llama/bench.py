"""Where the tuner tries plans: a worker process of its own, started anew when a plan has ended it."""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.child import JsonObject
from config.errors import ModelDied
from models.base import Message
from models.llama.adapter import Adapter
from models.llama.gguf import read_gguf_header
from models.llama.memory import layers_that_fit
from models.llama.plan import Plan, load_request
from models.llama.process import ModelProcess
from models.llama.tuner import Guessing, Trial

_SECONDS_FOR_DEVICES = 20.0
_SECONDS_TO_LOAD = 20.0
"""More than that beyond what a trial may take, and its process is ended."""


class ProcessBench:
    """`messages` are a question whose answer quotes its source, `text` is one that breaks off where it repeats itself.
    See Bench; `close` ends the process. `trouble` is the last error."""

    def __init__(
        self,
        path: Path,
        adapter: Adapter | None,
        context: int,
        messages: Sequence[Message],
        text: str,
    ) -> None:
        self._path = path
        self._adapter = adapter
        self._context = context
        self._messages = [dataclasses.asdict(message) for message in messages]
        self._text = text
        self._process = ModelProcess(lambda: None)
        self.trouble = ""

    def speeds(self, plan: Plan, read: int, write: int, seconds: float, *, by_the_wall: bool = False) -> Trial | None:
        how = {"read": read, "write": write, "patience": seconds, "by_the_wall": by_the_wall}
        found = self._try("speeds", plan, how, seconds + _SECONDS_TO_LOAD)
        return found and Trial(found["reading"], found["writing"])

    def guessing(self, plan: Plan, write: int, seconds: float, *, brief: bool) -> Guessing | None:
        found = self._try("guessing", plan, {"write": write, "brief": brief}, seconds)
        return found and Guessing(tuple(found["costs"]), found["plain"], found["guessed"], found["accepted"])

    def layers_that_fit(self) -> int | None:
        found = self._ask("devices", _SECONDS_FOR_DEVICES)
        if found is None or not found["free"]:
            return None
        size = self._path.stat().st_size
        return layers_that_fit(read_gguf_header(self._path), size, self._context, sum(found["free"]))

    def close(self) -> None:
        self._process.end()

    def _try(self, what: str, plan: Plan, how: dict[str, Any], seconds: float) -> Any:
        load = load_request(plan, self._path, self._context, self._adapter)
        return self._ask("trial", seconds, measure=what, load=load, messages=self._messages, text=self._text, how=how)

    def _ask(self, do: str, seconds: float, **fields: Any) -> JsonObject | None:
        if seconds <= 0:  # the process, with the weights in it, is of use to others
            self.trouble = "there was no time left for it"
            return None
        deadline = time.monotonic() + seconds
        try:
            if not self._process.is_running:
                self._process.start()
            identity = self._process.send(do, **fields)
            while (left := deadline - time.monotonic()) > 0:
                answer = self._process.next(left)
                if answer is not None and answer["id"] == identity:
                    self.trouble = str(answer.get("error", self.trouble))
                    return None if "error" in answer else answer
        except ModelDied as error:  # a plan may well end it: too little memory on a GPU does
            self.trouble = error.message.rstrip(".")
            return None
        self.trouble = "it took too long"
        self._process.end()
        return None
