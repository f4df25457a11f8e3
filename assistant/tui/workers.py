"""Worker threads: how the interface does what takes time. A worker computes and posts; only handlers touch widgets."""

import logging
import time
from collections.abc import Callable
from concurrent import futures
from threading import Event
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message_pump import MessagePump

from assistant.tui.messages import TaskFailed, Trouble
from config.errors import StrongroomError

if TYPE_CHECKING:
    from assistant.assistant import Assistant

AssistantFactory = Callable[[], "Assistant"]
"""Opens the assistant. Called once, in a worker thread: heavy imports belong inside."""

_SECONDS_BETWEEN_LOOKS = 0.1

_log = logging.getLogger("strongroom.tui")


class WaitStopped(Exception):
    """The user changed their mind while a worker waited for the assistant."""


class Workers:
    """Starts workers and ends them; opens the assistant in one of them, once, for all the others."""

    def __init__(self, app: App[Any], open_assistant: AssistantFactory) -> None:
        self._app = app
        self._open_assistant = open_assistant
        self._assistant: futures.Future[Assistant] = futures.Future()
        self._closing = Event()
        self._busy: set[Event] = set()
        """One event per worker that runs, set when it ends."""

    def start(self, group: str, work: Callable[[], None], failed: Callable[[Trouble], object] | None = None) -> None:
        """Do `work` in a thread; `failed` is told what went wrong, the app if there is none."""

        def guarded() -> None:
            ended = Event()
            self._busy.add(ended)
            try:
                work()
            except WaitStopped:
                pass
            except Exception as error:  # noqa: BLE001  a bug in one task must not take the interface down
                (failed or self.tell(self._app))(explain(error))
            finally:
                self._busy.discard(ended)
                ended.set()

        self._app.run_worker(guarded, group=group, thread=True, exit_on_error=False)

    def tell(self, target: MessagePump) -> Callable[[Trouble], object]:
        """For `start`: post what went wrong to `target`; to the app when that is a screen that was left meanwhile."""

        def post(trouble: Trouble) -> None:
            if not target.post_message(TaskFailed(trouble)):
                self._app.post_message(TaskFailed(trouble))

        return post

    def open_assistant(self) -> "Assistant":
        """Open the assistant and let those who wait for it go on, with it or with the error."""
        try:
            assistant = self._open_assistant()
        except Exception as error:
            self._assistant.set_exception(error)
            raise
        self._assistant.set_result(assistant)
        return assistant

    @property
    def is_open(self) -> bool:
        """Whether there is an assistant by now: not before it is open, nor when it could not be opened."""
        return self._assistant.done() and self._assistant.exception() is None

    def wait(self, stop: Event | None = None) -> "Assistant":
        """The assistant, once it is open. Raises what opening it raised, or WaitStopped when `stop` is set before."""
        while not self._assistant.done():
            if self._closing.is_set() or (stop is not None and stop.is_set()):
                raise WaitStopped
            futures.wait([self._assistant], timeout=_SECONDS_BETWEEN_LOOKS)
        return self._assistant.result()

    def end(self, seconds: float) -> bool:
        """Let the workers end, then close the assistant; False when a worker is still busy after `seconds`.

        Called when the screen is gone already, and the workers were told to stop.
        """
        self._closing.set()
        deadline = time.monotonic() + seconds
        for worker in list(self._busy):
            if not worker.wait(max(0.0, deadline - time.monotonic())):
                return False
        if self.is_open:
            self._assistant.result().close()
        return True


def explain(error: Exception) -> Trouble:
    """What to tell the user. A bug leaves its place in the log, without the text of the error, which may quote a
    document."""
    if isinstance(error, StrongroomError):
        return Trouble(error.message, error.remedy)
    _log.error("%s in the interface", type(error).__name__, exc_info=error)
    return Trouble(
        f"Something went wrong inside Strongroom ({type(error).__name__}).",
        "Try again; the log in the home says where it happened.",
    )
