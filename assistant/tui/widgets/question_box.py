"""Where questions are typed: several lines, a history, and words that are never lost."""

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import TextArea

from assistant.tui.messages import QuestionAsked, QuestionTyped
from config.sanitise import sanitise

_SENDING = frozenset({"enter"})
_NEW_LINE = frozenset({"ctrl+j", "shift+enter", "alt+enter"})
_MOST_LINES = 6
_BORDER_LINES = 2


class QuestionBox(TextArea):
    """Every change posts QuestionTyped, Enter QuestionAsked; Ctrl+J, Shift+Enter and Alt+Enter start a new line; up and
    down at the edge of the text walk through what was asked before.

    While `is_taking` is false, Enter leaves the words where they are."""

    BINDINGS = [
        Binding("enter", "send", "Ask", show=False),
        Binding("ctrl+j,shift+enter,alt+enter", "new_line", "New line", show=False),
        Binding("up", "cursor_up", "Line up; on the first line, an earlier question", show=False),
        Binding("down", "cursor_down", "Line down; on the last line, a later question", show=False),
    ]

    hint: reactive[str] = reactive("")
    is_taking: reactive[bool] = reactive(True)

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False)
        self.placeholder = Content("Ask your documents")
        self.border_title = "Question"
        self.asked: list[str] = []
        self._place = 0
        self._left: dict[int, str] = {}
        """What was in the box at each place of the history when it was left; behind the last one, the draft."""

    def watch_hint(self, hint: str) -> None:
        self.border_subtitle = Content(hint)

    async def _on_key(self, event: events.Key) -> None:
        """Enter is handled among the letters, in the order typed: a binding with priority would overtake them."""
        if event.key in _SENDING or event.key in _NEW_LINE:
            event.stop()
            event.prevent_default()
            if event.key in _SENDING:
                self.action_send()
            else:
                self.action_new_line()

    def action_send(self) -> None:
        """Send the question off and remember the words. The box is empty then, or has the draft again that an earlier
        question was sent in place of."""
        question = self.text.strip()
        if not question:
            return
        if not self.is_taking:
            self.notify("An answer is being written. Esc stops it; your words stay here.", markup=False)
            return
        self.is_taking = False
        self._left.pop(self._place, None)
        draft = self._left.pop(len(self.asked), "")
        if not self.asked or self.asked[-1] != question:
            self.asked.append(question)
        self._place = len(self.asked)
        self._write("" if draft.strip() == question else draft)
        self.post_message(QuestionAsked(question))

    def action_new_line(self) -> None:
        self.insert("\n")

    def restore(self, question: str) -> None:
        """Bring the words back after a failure or a stop, unless something else has been typed since."""
        if not self.text.strip():
            self._write(question)

    def remember(self, questions: list[str]) -> None:
        """The questions of a reopened conversation become the history; what is being typed stays."""
        if self._place < len(self.asked) and self.text == sanitise(self.asked[self._place]):
            self._write(self._left.get(len(self.asked), ""))
        self._left.clear()
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
        event.stop()
        event.text = sanitise(event.text)

    def _leaf(self, step: int) -> None:
        """What is left behind is found again in its place, as it was left: a draft, or an earlier question edited."""
        self._left[self._place] = self.text
        self._place += step
        asked = self.asked[self._place] if self._place < len(self.asked) else ""
        self._write(self._left.get(self._place, asked))

    def _write(self, text: str) -> None:
        self.text = sanitise(text)
        self.move_cursor(self.document.end)

    def on_text_area_changed(self) -> None:
        lines = self.wrapped_document.height
        self.styles.height = min(_MOST_LINES, max(1, lines)) + _BORDER_LINES
        self.post_message(QuestionTyped(self.text))
