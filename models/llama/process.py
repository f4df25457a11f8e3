"""The process that the model runs in, seen from the program: started, asked by number, and it may die at any time."""

import itertools
from collections.abc import Callable
from threading import Event
from typing import Any

from config.child import Child, ChildDied, JsonObject, Limits
from config.errors import ModelDied

LOOKS_FOR_STOP_EVERY = 0.03
"""Seconds between two looks whether an answer is still wanted."""

# The worker writes no file at all, so it may not.
_LIMITS = Limits(file_size_mb=0)


class ModelClosed(ModelDied):
    """It was ended by us, in another thread, while something was asked of it."""

    def __init__(self) -> None:
        super().__init__("The language model was closed.", "Ask again: it starts anew.")


class ModelProcess:
    """One worker at a time. `lost` is called whenever it is gone; everything else raises ModelDied then, ModelClosed if
    it is gone because of `end`."""

    def __init__(self, lost: Callable[[], None]) -> None:
        self._lost = lost
        self._ids = itertools.count(1)
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        child = self._child
        return None if child is None else child.pid

    @property
    def is_running(self) -> bool:
        child = self._child
        return child is not None and child.is_alive

    def start(self) -> None:
        """Start one. What is left of one that died while nothing was asked of it is put away first."""
        if self._child is not None:
            self.end()
        self._child = Child("models.llama.worker", limits=_LIMITS)

    def end(self) -> None:
        """Kill it, whatever it does."""
        child, self._child = self._child, None
        self._lost()
        if child is not None:
            child.kill()

    def receive(self, identity: int, stop: Event) -> JsonObject | None:
        """The next answer to a request, None as soon as `stop` is set. Raises ModelDied."""
        while not stop.is_set():
            answer = self.next(LOOKS_FOR_STOP_EVERY)
            if answer is not None and answer["id"] == identity:
                return answer
        return None

    def request(self, what: str, **fields: Any) -> JsonObject:
        """Ask the worker for something that takes no time, and wait for the answer. Raises ModelDied."""
        identity, never = self.send(what, **fields), Event()
        while (answer := self.receive(identity, never)) is None:
            continue
        return answer

    def send(self, what: str, **fields: Any) -> int:
        identity = next(self._ids)
        self.post({"do": what, "id": identity, **fields})
        return identity

    def post(self, message: JsonObject) -> None:
        child = self._running()
        try:
            child.send(message)
        except ChildDied as error:
            raise self._died(child, error) from error

    def next(self, timeout: float) -> JsonObject | None:
        child = self._running()
        try:
            return child.receive(timeout)
        except TimeoutError:
            return None
        except ChildDied as error:
            raise self._died(child, error) from error

    def _running(self) -> Child:
        child = self._child
        if child is None:  # closed by another thread in the middle of a generation
            raise ModelClosed
        return child

    def _died(self, child: Child, error: ChildDied) -> ModelDied:
        if self._child is not child:
            return ModelClosed()
        self.end()
        return ModelDied(
            f"The language model's process ended in the middle of its work ({error.message.rstrip('.')}).",
            "Ask again: it starts anew. If it happens again, choose a smaller model or a smaller llama.context.",
        )
