"""What a bug that ends the interface leaves on the terminal: two sentences, and no word of a document."""

import sys

from rich.console import RenderableType
from rich.text import Text
from textual.app import App

from assistant.tui.foreign import words
from assistant.tui.workers import explain
from config.errors import StrongroomError

_UNREADABLE = StrongroomError(
    "What the terminal sent could not be read.", "Open Strongroom again, in another terminal."
)


class PlainlyEndingApp(App[None]):
    """Textual's own end after a bug prints the values of variables, and these hold what documents say."""

    def _fatal_error(self) -> None:
        self.panic()

    def panic(self, *_: RenderableType) -> None:
        """No error is at hand when the thread that reads the terminal has this called."""
        self._return_code = 1
        error = sys.exception()
        trouble = explain(error if isinstance(error, Exception) else _UNREADABLE)
        if not self._exit_renderables:  # the first is the cause of the others
            told = Text.assemble(("Error: ", "bold red"), words(trouble.message), "\n", words(trouble.remedy))
            self._exit_renderables.append(told)
        self._close_messages_no_wait()
