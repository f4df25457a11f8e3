"""Two models side by side: one question, the same passages, both answers with the time each took."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen

from assistant.tui.background import Background
from assistant.tui.foreign import line
from assistant.tui.messages import (
    AnswerChecked,
    AnswerEnded,
    AnswerFailed,
    ModelBegan,
    QuestionAsked,
    WordsWritten,
)
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.widgets.conversation.answer import AnswerView
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.question_box import QuestionBox
from assistant.tui.widgets.status_line import StatusLine

_IDLE_HINT = "Enter asks both, one after the other"
_BUSY_HINT = "Esc stops"


class ComparisonScreen(LeavesOnce, Screen[None]):
    """Comparisons are not kept in a conversation."""

    BINDINGS = [Binding("escape", "back", "Back", tooltip="Stop the answers, or go back")]

    def __init__(self, background: Background, names: tuple[str, str]) -> None:
        super().__init__()
        self._background = background
        self._names = names
        self._answers: list[AnswerView] = []
        self._asked = ""

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Horizontal(id="comparison"):
            for name in self._names:
                column = VerticalScroll(can_focus=False)
                column.border_title = line(name)
                yield column
        yield QuestionBox()
        yield KeyLine()

    def on_mount(self) -> None:
        box = self.query_one(QuestionBox)
        box.hint = _IDLE_HINT
        box.focus()

    def on_unmount(self) -> None:
        """Another screen may take this one's place in the middle: nobody would see the rest."""
        self._background.comparing.end()

    async def on_question_asked(self, message: QuestionAsked) -> None:
        self._asked = message.question
        self._answers = [AnswerView(has_sources=False) for _ in self._names]
        for column, answer in zip(self.query("#comparison VerticalScroll"), self._answers, strict=True):
            await column.query(AnswerView).remove()
            await column.mount(answer)
            answer.activity = "Waiting for its turn"
        self.query_one(QuestionBox).hint = _BUSY_HINT
        self._background.compare(message.question, self._names, reply_to=self)

    def on_model_began(self, message: ModelBegan) -> None:
        self._answers[message.column].activity = "Loading and reading"

    async def on_words_written(self, message: WordsWritten) -> None:
        await self._answers[message.turn].write(message.text)

    async def on_answer_checked(self, message: AnswerChecked) -> None:
        await self._answers[message.turn].finish(message.answer)

    async def on_answer_failed(self, message: AnswerFailed) -> None:
        """Before the first model began it is the trouble of both; after that the later ones are not asked any more."""
        if message.turn < 0:
            for answer in self._answers:
                await answer.fail(message.trouble)
            return
        await self._answers[message.turn].fail(message.trouble)
        for answer in self._answers[message.turn + 1 :]:
            await answer.stop("Not asked: the model before it failed.")

    async def on_answer_ended(self, _: AnswerEnded) -> None:
        for answer in self._answers:
            if answer.in_progress:
                await answer.stop()
        box = self.query_one(QuestionBox)
        box.restore(self._asked)
        box.hint = _IDLE_HINT
        box.is_taking = True

    def action_back(self) -> None:
        """What is being written is stopped first."""
        if any(answer.in_progress for answer in self._answers):
            self._background.comparing.end()
        else:
            self.dismiss()
