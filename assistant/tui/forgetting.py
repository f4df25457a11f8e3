"""Documents are forgotten, one after the other, in a worker thread; and what is told of it."""

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message

from assistant.tui import messages
from assistant.tui.parts import refresh_index
from assistant.tui.progress import count
from assistant.tui.workers import WaitStopped, Workers, explain

if TYPE_CHECKING:
    from ingest.library.types import Receipt

_MOST_NAMED = 3
"""Documents that a sentence names; the others are counted."""


class Forgetting:
    """Posts to the app: the screen that asked may be gone by then. Each forgetting writes the library file anew, so two
    at once would be in each other's way."""

    def __init__(self, app: App[Any], workers: Workers) -> None:
        self._app = app
        self._workers = workers
        self._lock = Lock()
        self._waiting: deque[tuple[str, ...]] = deque()
        self._is_running = False

    def forget(self, paths: tuple[str, ...]) -> None:
        """Forget the document at the first of `paths`; the others have the same content and go with it. Posts
        DocumentForgotten or ForgettingFailed."""
        with self._lock:
            self._waiting.append(paths)
            if self._is_running:
                return
            self._is_running = True
        self._workers.start("forget", self._work)

    def finish(self) -> None:
        """Bring a forgetting to its end that came to none, because the program was killed or another process was in the
        way. Posts as `forget` does, without paths, if there was one."""
        self.forget(())

    def _work(self) -> None:
        is_index_gone = False
        while (paths := self._next()) is not None:
            message = self._outcome(paths)
            if message is not None:
                is_index_gone |= isinstance(message, messages.DocumentForgotten)
                self._app.post_message(message)
        if is_index_gone:  # forgetting drops it as a whole
            refresh_index(self._workers.wait(), in_any_case=True)

    def _next(self) -> tuple[str, ...] | None:
        with self._lock:
            self._is_running = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None

    def _outcome(self, paths: tuple[str, ...]) -> Message | None:
        """None when there is nothing to tell."""
        try:
            assistant = self._workers.wait()
            if not (paths or assistant.library.forgetting_is_due()):
                return None
            receipt = assistant.forget(paths[0] if paths else "", exact=True)
        except WaitStopped:
            return None
        except Exception as error:  # noqa: BLE001  told as any failure is; the next document is forgotten all the same
            return messages.ForgettingFailed(paths, explain(error))
        return messages.DocumentForgotten(paths, receipt)


def news_of(paths: Sequence[str], receipt: "Receipt") -> str:
    """What forgetting the document at the first of `paths` has come to; without paths, an earlier forgetting."""
    holders = names_of([holder.path for holder in receipt.held_by])
    shared = f" Sentences of it stand in {holders} as well." if holders else ""
    if receipt.forgotten:
        are = "is" if len(receipt.forgotten) == 1 else "are"
        gone = f"{names_of(receipt.forgotten)} {are} forgotten ({count(receipt.chunks, 'passage')})"
        if receipt.reason:
            return f"{gone}, but that no trace is left is not verified. {receipt.reason}{shared}"
        return f"{gone}: checked, no trace is left.{shared}"
    if receipt.reason:
        return f"That no trace of what was forgotten earlier is left is not verified. {receipt.reason}"
    if paths:
        return f"{Path(paths[0]).name} was not in the library any more."
    return "What was forgotten earlier is brought to its end."


def names_of(paths: Sequence[str]) -> str:
    """`a.pdf`, `a.pdf and b.pdf`, `a.pdf, b.pdf, c.pdf and 4 others`; empty when there are none."""
    names = [Path(path).name for path in paths]
    if len(names) > _MOST_NAMED:
        names[_MOST_NAMED:] = [count(len(names) - _MOST_NAMED, "other")]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
