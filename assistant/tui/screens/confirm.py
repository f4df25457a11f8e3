"""A question with two answers, before something that cannot be undone."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.widgets.key_line import KeyLine


class ConfirmScreen(LeavesOnce, ModalScreen[bool]):
    """True when confirmed. The safe answer has the focus."""

    BINDINGS = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
        Binding("left,right", "app.focus_next", "Other button", show=False),
    ]

    def __init__(self, *, title: Content, text: Content, yes: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm") as box:
            box.border_title = self._title
            yield Static(self._text, markup=False)
            with Horizontal(id="confirm-buttons"):
                yield Button(Content("Keep"), id="no", action="screen.answer(False)")
                yield Button(Content(self._yes), id="yes", variant="error", action="screen.answer(True)")
        yield KeyLine(show_command_palette=False)

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
