"""The conversation: questions and their answers, the newest at the bottom."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from assistant.tui.foreign import plain
from assistant.tui.messages import Trouble
from assistant.tui.styles import BAD
from assistant.tui.widgets.conversation.answer import AnswerView

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Turn


class TurnView(Vertical):
    """A question with its answer."""

    def __init__(self, question: str, *, asked_again: "Turn | None" = None) -> None:
        self.question = question
        self.answer = AnswerView(asked_again=asked_again)
        super().__init__(Static(plain(question), classes="question", markup=False), self.answer)


class ConversationView(VerticalScroll, can_focus=True):
    """Scrolls along with the newest turn until the user scrolls away; `empty` shows while there is none."""

    def __init__(self, empty: Widget) -> None:
        self._empty = empty
        self._turns = Vertical(empty, id="turns")
        super().__init__(self._turns)
        self.border_title = "Conversation"

    def on_mount(self) -> None:
        self.anchor()

    @property
    def has_no_turns(self) -> bool:
        return not self.query(TurnView)

    async def add(self, question: str) -> AnswerView:
        """Show a new question at the bottom and give back the view that its answer goes to."""
        self._empty.display = False
        turn = TurnView(question)
        await self._turns.mount(turn)
        self.anchor()
        return turn.answer

    async def show(self, turns: "Sequence[Turn]") -> None:
        """Replace what is shown by the turns of an earlier conversation."""
        await self.clear()
        self._empty.display = not turns
        await self._turns.mount_all(TurnView(turn.question, asked_again=turn) for turn in turns)
        self.anchor()

    async def show_trouble(self, trouble: Trouble) -> None:
        """What went wrong and what to do, where the user looks."""
        text = Content("\n").join([plain(trouble.message, f"bold {BAD}"), plain(trouble.remedy)])
        await self._turns.mount(Static(text, classes="trouble", markup=False))
        self.anchor()

    async def clear(self) -> None:
        await self.query("TurnView, .trouble").remove()
        self._empty.display = True
        self.scroll_home(animate=False)
