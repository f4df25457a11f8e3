"""While a question is being typed: its likely sources are found and read, in a worker thread of its own."""

import logging
from collections.abc import Callable
from threading import Event, Lock
from typing import TYPE_CHECKING

from assistant.tui.workers import WaitStopped, Workers
from config.errors import StrongroomError

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_PAUSE = 0.4
"""Seconds without a key after which the last word counts as typed to its end."""

_IDLE = 20.0
"""Seconds without a key after which the thread ends; the next key starts another."""

_log = logging.getLogger("strongroom.tui")


class ReadingAhead:
    """Looks again at every word that is complete, and at every pause. What is being read gives way at once."""

    def __init__(self, workers: Workers, expect: Callable[[float], object] | None = None) -> None:
        """`expect` is told how long the first word of what is typed would take."""
        self._workers = workers
        self._expect = expect
        self._lock = Lock()
        self._typed = ""
        self._conversation = ""
        self._words = ""
        self._is_running = False
        self._key = Event()
        self._give_way = Event()

    def begin(self, assistant: "Assistant") -> None:
        """Start the model and read what every new conversation begins with, until there is something better to read."""
        try:
            assistant.read_opening(stop=self._give_way)
        except StrongroomError as error:  # the first question will show it
            _log.info("The model did not start: %s", error.message)

    def typed(self, text: str, conversation: str) -> None:
        """The question box holds `text`; empty: there is nothing to read for."""
        with self._lock:
            self._typed, self._conversation = text, conversation
            words = _complete_words(text)
            if words != self._words:
                self._words = words
                self._give_way.set()
            self._key.set()
            if not text.strip() or self._is_running:
                return
            self._is_running = True
        self._workers.start("read ahead", self._work)

    def end(self) -> None:
        """Give way to a question, or to the end of the program."""
        self.typed("", "")
        self._give_way.set()

    def _work(self) -> None:
        try:
            assistant = self._workers.wait()
            if assistant.may_read_ahead():
                while self._look(assistant):
                    continue
        except WaitStopped:
            pass
        except StrongroomError as error:  # the question itself will show it
            _log.info("Reading ahead ended: %s", error.message)
        finally:
            with self._lock:
                self._is_running = False

    def _look(self, assistant: "Assistant") -> bool:
        """Read for what is typed so far; False when there is nothing more to wait for."""
        with self._lock:
            if not self._typed.strip():
                return False
            words, conversation = self._words, self._conversation
            self._give_way = give_way = Event()
            self._key.clear()
        if words:
            self._read(assistant, words, conversation, give_way, is_whole=words.endswith("?"))
        if give_way.is_set():
            return bool(self._typed.strip())
        if not self._key.wait(_PAUSE):  # a pause: the last word is complete, or the question is
            text = self._typed
            if text.strip():
                self._read(assistant, text, conversation, give_way, is_whole=True)
            if not self._key.wait(_IDLE):
                return False
        return bool(self._typed.strip())

    def _read(self, assistant: "Assistant", text: str, conversation: str, stop: Event, *, is_whole: bool) -> None:
        assistant.read_ahead(text, conversation=conversation, stop=stop, expect=self._expect, is_whole=is_whole)


def _complete_words(text: str) -> str:
    """Up to the last space, or all of a question that has its mark."""
    if text.rstrip().endswith("?"):
        return text.strip()
    return text[: max(text.rfind(" "), text.rfind("\n")) + 1].strip()
