"""Which conversation the worker has in memory, and what becomes of it when another one comes."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from config.child import JsonObject
from models.llama.states import StateStore

_LEAST_TOKENS = 64
"""A state of fewer tokens is not worth a file: they are read again in no time."""

Request = Callable[..., JsonObject]
"""Asks the worker and returns its answer, which has an "error" if it could not do it. Raises ModelDied."""


class Keeper:
    """Saves and restores what the model has read of conversations. `request` speaks to the worker; the caller sees to
    it that nothing else does meanwhile."""

    def __init__(self, store: StateStore | None, fingerprint: str, request: Request) -> None:
        self._store = store
        self._fingerprint = fingerprint
        self._request = request
        self._conversation = ""
        self._epoch = b""

    def switch(self, conversation: str, stop: Event) -> bool:
        """Have the worker remember what was read of `conversation`, and save what it has read of the one before, which
        may take a second; False when `stop` was set before that."""
        if self._store is None or conversation == self._conversation:
            return True
        if stop.is_set():
            return False
        self.save()
        if conversation:
            self._epoch = self._store.epoch
            self._restore(self._store, conversation)
        self._conversation = conversation
        return True

    def save(self) -> None:
        """Save the conversation in memory, if it is one."""
        if self._store is None or not self._conversation:
            return
        state = self._request("state")
        if state.get("tokens", 0) >= _LEAST_TOKENS:
            size = int(state["size"])

            def fill(path: Path, offset: int) -> bool:
                return "done" in self._request("save", path=str(path), offset=offset, size=size)

            self._store.save(self._conversation, self._fingerprint, self._epoch, int(state["tokens"]), size, fill)

    def forget(self, conversation: str) -> None:
        """What was read of it is not to be saved."""
        if self._conversation == conversation:
            self._conversation = ""

    def lose(self) -> None:
        """The worker's memory is gone."""
        self._conversation = ""

    def _restore(self, store: StateStore, conversation: str) -> None:
        saved = store.find(conversation, self._fingerprint)
        if saved is not None:
            fields: dict[str, Any] = {"path": str(saved.path), "offset": saved.offset}
            self._request("restore", **fields, size=saved.size, tokens=saved.tokens)
