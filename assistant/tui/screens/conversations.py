"""Earlier conversations: reopen one, start a new one, delete one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.tui.background import Background
from assistant.tui.foreign import line, local_minute
from assistant.tui.messages import ConversationOpened, ConversationsListed
from assistant.tui.screens.confirm import ConfirmScreen
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.styles import MUTED
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Conversation

_REMOVED = "(removed with the document it spoke of)"


class ConversationsScreen(LeavesOnce, Screen[ConversationOpened | None]):
    """Gives back the conversation that was opened, None when the user went back."""

    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("enter", "open", "Open", tooltip="Open the conversation", priority=True),
        Binding("d,delete", "delete", "Delete", tooltip="Delete the conversation"),
    ]

    conversations: "reactive[Sequence[Conversation] | None]" = reactive["Sequence[Conversation] | None"](None)

    def __init__(self, background: Background, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self._background = background
        self._has_chosen = False
        """Whether one of the list was asked for since it was listed."""

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield OptionList(id="conversations", markup=False)
        yield Static(Content("No conversations yet. What you ask is kept here."), classes="empty", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(OptionList).border_title = "Conversations"
        self.query_one(".empty").display = False
        self.query_one(OptionList).focus()
        self._background.list_conversations(reply_to=self)

    def on_conversations_listed(self, message: ConversationsListed) -> None:
        self.conversations = message.conversations

    def watch_conversations(self, conversations: "Sequence[Conversation] | None") -> None:
        if conversations is None:
            return
        options = self.query_one(OptionList)
        row = options.highlighted or 0
        options.clear_options()
        options.add_options(Option(_entry(each), id=each.conversation_id) for each in conversations)
        options.display = bool(conversations)
        self.query_one(".empty").display = not conversations
        if conversations:
            options.highlighted = min(row, len(conversations) - 1)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self._has_chosen = True
            self._background.open_conversation(event.option_id, reply_to=self)

    def on_conversation_opened(self, message: ConversationOpened) -> None:
        self.dismiss(message)

    def action_open(self) -> None:
        self.query_one(OptionList).action_select()

    def action_delete(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is None or not self.conversations:
            return
        chosen = self.conversations[options.highlighted]
        if chosen.conversation_id == self._background.answering_in:
            self.notify("An answer is being written in this conversation. Delete it when it is there.", markup=False)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._has_chosen = True
                self._background.delete_conversation(chosen.conversation_id, reply_to=self)

        text = line(chosen.title or _REMOVED, "bold") + Content("\n\nIts questions and answers are gone then.")
        self.app.push_screen(
            ConfirmScreen(title=Content("Delete this conversation?"), text=text, yes="Delete"), answered
        )

    def on_task_failed(self) -> None:
        """The one that was chosen may have been deleted elsewhere. The app tells what went wrong."""
        if self._has_chosen:
            self._has_chosen = False
            self._background.list_conversations(reply_to=self)


def _entry(conversation: "Conversation") -> Content:
    when = local_minute(conversation.started_at)
    return line(conversation.title or _REMOVED) + Content.styled(f"\n{when}", MUTED)
