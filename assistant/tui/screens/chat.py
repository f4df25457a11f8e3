"""The main screen: conversation on the left, sources on the right, question box below."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.events import Key, Paste

from assistant.tui.background import Background
from assistant.tui.foreign import line
from assistant.tui.messages import (
    AnswerChecked,
    AnswerEnded,
    AnswerFailed,
    AnsweringChanged,
    ConversationOpened,
    ConversationReadAgain,
    EvidenceShown,
    QuestionAsked,
    QuestionTyped,
    Trouble,
    WaitEstimated,
    WordsWritten,
)
from assistant.tui.screens.citing import CitingScreen
from assistant.tui.widgets.conversation.answer import AnswerView
from assistant.tui.widgets.conversation.conversation import ConversationView
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.question_box import QuestionBox
from assistant.tui.widgets.sources.panel import SourcesPanel
from assistant.tui.widgets.status_line import StatusLine
from assistant.tui.widgets.welcome import Welcome
from config.sanitise import sanitise

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Answer, Conversation

NEW_CONVERSATION = "new"

_IDLE_HINT = "Enter asks · Ctrl+J new line · ↑ earlier questions"
_AT_ONCE = 1.0
"""Seconds."""

_BUSY_HINT = "Esc stops the answer"


class ChatScreen(CitingScreen):
    """Asks one question at a time."""

    AUTO_FOCUS = None  # the question box takes it

    BINDINGS = [
        Binding("escape", "stop", "Stop", tooltip="Stop the answer"),
        Binding("ctrl+n", "new_conversation", "New", tooltip="Start a new conversation", priority=True),
        Binding("ctrl+s", "toggle_sources", "Sources", tooltip="Show or hide the sources", priority=True),
        *(
            Binding(f"{digit}", f"open_source_digit('{digit}')", f"Open source {digit or '…0'}", show=False)
            for digit in range(10)
        ),
    ]

    def __init__(self, background: Background, *, has_samples: bool) -> None:
        super().__init__(background)
        self._has_samples = has_samples
        self._answer: AnswerView | None = None
        self._turn = 0
        self._asked = ""
        self._conversation = NEW_CONVERSATION
        self._unkept: AnswerView | None = None
        """The last turn, until the conversation has it: one that failed stays here."""
        self._gone: set[str] = set()
        """Paths of documents that were forgotten, while something of them may be on screen."""

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Horizontal(id="desk"):
            yield ConversationView(Welcome(has_samples=self._has_samples))
            yield SourcesPanel()
        yield QuestionBox()
        yield KeyLine()

    def on_mount(self) -> None:
        box = self.query_one(QuestionBox)
        box.hint = _IDLE_HINT
        box.focus()

    def on_key(self, event: Key) -> None:
        """Words typed anywhere are words of a question and go to its box, and digits that no source has with them."""
        if not event.is_printable or event.character is None:
            return
        if not (event.key.isdigit() and self.check_action("open_source_digit", (event.key,))):
            self._put_into_box(self._take_digits() + event.character)
            event.stop()

    def on_paste(self, event: Paste) -> None:
        """What is pasted elsewhere is as good as words typed there."""
        self._put_into_box(sanitise(event.text))
        event.stop()

    def _put_into_box(self, text: str) -> None:
        box = self.query_one(QuestionBox)
        box.focus()
        box.insert(text)

    # A question and its answer, in the order things happen

    def on_question_typed(self, message: QuestionTyped) -> None:
        if self._answer is not None:
            self._answer.give_way()
            return
        if not message.text.strip():
            self.query_one(QuestionBox).hint = _IDLE_HINT
        self._background.typed(message.text, conversation=self._conversation, reply_to=self)

    def on_wait_estimated(self, message: WaitEstimated) -> None:
        box = self.query_one(QuestionBox)
        if self._answer is None and box.text.strip():
            box.hint = f"{_wait(message.seconds)} · {_IDLE_HINT}"

    async def on_question_asked(self, message: QuestionAsked) -> None:
        self._turn += 1
        self._asked = message.question
        self._show_conversation()
        self._part_from_unkept()
        self._answer = self._unkept = await self.query_one(ConversationView).add(message.question)
        self._set_busy(True)
        self._background.ask(message.question, conversation=self._conversation, turn=self._turn, reply_to=self)

    def on_evidence_shown(self, message: EvidenceShown) -> None:
        if message.turn == self._turn and self._answer is not None:
            self._answer.show_evidence(message.sources)
            self._show_sources(message.sources)

    async def on_words_written(self, message: WordsWritten) -> None:
        if message.turn == self._turn and self._answer is not None:
            await self._answer.write(message.text)

    async def on_answer_checked(self, message: AnswerChecked) -> None:
        if message.turn == self._turn and self._answer is not None:
            await self._answer.finish(message.answer)
            self._keep(message.answer)

    async def on_answer_failed(self, message: AnswerFailed) -> None:
        if message.turn == self._turn and self._answer is not None:
            await self._answer.fail(message.trouble)

    async def on_answer_ended(self, message: AnswerEnded) -> None:
        if message.turn != self._turn or self._answer is None:
            return
        if self._answer.in_progress:
            await self._answer.stop()
        if self._answer.phase in ("stopped", "failed"):
            self.query_one(QuestionBox).restore(self._asked)
        self._answer = None
        self._set_busy(False)
        await self._leave_out_gone()

    def action_stop(self) -> None:
        """An answer that is complete is not stopped any more, though its worker may not have ended yet."""
        if self._answer is not None and self._answer.in_progress:
            self._answer.phase = "stopping"
            self._background.stop_answer()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping is offered while there is something to stop, a source while there is one of that number."""
        match action:
            case "stop":
                return self._answer is not None
            case "open_source_digit":
                return any(f"{number}".startswith(f"{self._digits}{parameters[0]}") for number in self._sources)
            case _:
                return True

    async def show_trouble(self, trouble: Trouble) -> None:
        """Something that is not the fault of a question went wrong."""
        self._show_conversation()
        await self.query_one(ConversationView).show_trouble(trouble)

    # Conversations

    def action_new_conversation(self) -> None:
        """In its turn: a question just asked, or a conversation just opened, takes a moment until it is shown."""
        self.call_later(self._begin_conversation)

    async def _begin_conversation(self) -> None:
        if self._answer is not None:
            self.notify("An answer is being written. Esc stops it.", markup=False)
            return
        await self._show_none()

    async def _show_none(self) -> None:
        self._forget_conversation()
        self._show_conversation()
        await self.query_one(ConversationView).clear()
        self._show_sources(())
        self.query_one(ConversationView).border_title = "Conversation"
        self.query_one(QuestionBox).focus()

    async def on_conversation_opened(self, message: ConversationOpened) -> None:
        if self._answer is not None:
            self.notify("An answer is being written. Esc stops it.", markup=False)
            return
        await self._show_kept(message.conversation)

    async def _show_kept(self, conversation: "Conversation") -> None:
        self._forget_conversation()
        self._show_conversation()
        self._conversation = conversation.conversation_id
        view = self.query_one(ConversationView)
        view.border_title = line(conversation.title or "Conversation")
        await view.show(conversation.turns)
        for turn in conversation.turns:
            self._know(turn.sources)
            self._citations += turn.citations
        self._keep_sources()
        if conversation.turns:
            last = conversation.turns[-1]
            self._show_sources(last.sources, last.citations, refused=last.refused)
        self.query_one(QuestionBox).remember([turn.question for turn in conversation.turns if turn.question])
        self.query_one(QuestionBox).focus()

    @property
    def conversation(self) -> str:
        """Id of the conversation on screen, or `new`."""
        return self._conversation

    def _forget_conversation(self) -> None:
        self._conversation = NEW_CONVERSATION
        self._unkept = None
        self._gone = set()
        self._forget_sources()

    def _keep(self, answer: "Answer") -> None:
        self._conversation = answer.conversation or self._conversation
        self._citations += answer.citations
        self._show_sources(answer.evidence, answer.citations, refused=answer.refused)
        if not answer.unkept:
            self._unkept = None
            self._keep_sources()

    def _part_from_unkept(self) -> None:
        """The next answer gives the numbers of one that is not kept to other sources."""
        if self._unkept is not None:
            self._unkept.unlink()
            self._take_back_sources()

    # Documents that were forgotten

    def leave_out(self, paths: Collection[str]) -> None:
        """The documents at `paths` were forgotten: what is shown of them goes, once no answer is being written."""
        self.call_later(self._leave_out, paths)  # a conversation just opened takes a moment until it is shown

    async def _leave_out(self, paths: Collection[str]) -> None:
        self._gone.update(paths)
        await self._leave_out_gone()

    async def _leave_out_gone(self) -> None:
        """Show the conversation as it is kept by now, if it speaks of what is gone."""
        if self._answer is not None:
            return
        self._gone &= self._paths
        if self._gone and self._conversation == NEW_CONVERSATION:
            await self._show_what_is_left(None)
        elif self._gone:
            self._background.read_conversation_again(self._conversation, reply_to=self)

    async def on_conversation_read_again(self, message: ConversationReadAgain) -> None:
        """Not over the answer to a question asked meanwhile: after that it is read once more."""
        if self._answer is None and message.conversation_id == self._conversation:
            await self._show_what_is_left(message.conversation)

    async def _show_what_is_left(self, conversation: "Conversation | None") -> None:
        self.close_source()
        if conversation is None:
            await self._show_none()
        else:
            await self._show_kept(conversation)

    def _set_busy(self, busy: bool) -> None:
        box = self.query_one(QuestionBox)
        box.hint = _BUSY_HINT if busy else _IDLE_HINT
        box.is_taking = not busy
        self.refresh_bindings()
        self.post_message(AnsweringChanged(busy))


def _wait(seconds: float) -> str:
    return "First word at once" if seconds < _AT_ONCE else f"First word in about {seconds:.0f} s"
