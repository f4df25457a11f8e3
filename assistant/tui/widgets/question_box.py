"""Where questions are typed: several lines, a history, and words that are never lost."""

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import TextArea

from assistant.tui.messages import QuestionAsked
from config.sanitise import sanitise

_MOST_LINES = 6
_BORDER_LINES = 2


class QuestionBox(TextArea):
    """Enter posts QuestionAsked; Ctrl+J, Shift+Enter and Alt+Enter start a new line; up and down at the edge of the
    text walk through what was asked before. The box empties itself only when told that the question was taken."""

    BINDINGS = [
        Binding("enter", "send", "Ask", show=False, priority=True),
        Binding("ctrl+j,shift+enter,alt+enter", "new_line", "New line", show=False, priority=True),
    ]

    hint: reactive[str] = reactive("")

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False)
        self.placeholder = Content("Ask your documents")
        self.border_title = "Question"
        self.asked: list[str] = []
        self._place = 0
        self._draft = ""

    def watch_hint(self, hint: str) -> None:
        self.border_subtitle = Content(hint)

    def action_send(self) -> None:
        if self.text.strip():
            self.post_message(QuestionAsked(self.text.strip()))

    def action_new_line(self) -> None:
        self.insert("\n")

    def take(self) -> str:
        """The question was accepted: remember it, empty the box and give the words back."""
        question = self.text.strip()
        if not self.asked or self.asked[-1] != question:
            self.asked.append(question)
        self._place = len(self.asked)
        self._draft = ""
        self.text = ""
        return question

    def restore(self, question: str) -> None:
        """Bring the words back after a failure or a stop, unless something else has been typed since."""
        if not self.text.strip():
            self._write(question)

    def remember(self, questions: list[str]) -> None:
        """The questions of a reopened conversation become the history."""
        self.asked = questions
        self._place = len(questions)

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self.navigator.is_first_wrapped_line(self.cursor_location) and self._place > 0:
            self._leaf(-1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.navigator.is_last_wrapped_line(self.cursor_location) and self._place < len(self.asked):
            self._leaf(1)
        else:
            super().action_cursor_down(select)

    async def _on_paste(self, event: events.Paste) -> None:
        """What is pasted is foreign text; the text area's own handler inserts it after this one."""
        event.text = sanitise(event.text)

    def _leaf(self, step: int) -> None:
        if self._place == len(self.asked):
            self._draft = self.text
        self._place += step
        self._write(self.asked[self._place] if self._place < len(self.asked) else self._draft)

    def _write(self, text: str) -> None:
        self.text = sanitise(text)
        self.move_cursor(self.document.end)

    def on_text_area_changed(self) -> None:
        lines = self.wrapped_document.height
        self.styles.height = min(_MOST_LINES, max(1, lines)) + _BORDER_LINES
