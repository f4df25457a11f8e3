"""The terminal interface: one app, its screens, and what they share."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen

from assistant.tui.bindings import GLOBAL_BINDINGS, key_words
from assistant.tui.commands import PaletteCommands
from assistant.tui.foreign import words
from assistant.tui.librarian import LibrarianApp
from assistant.tui.messages import (
    AnsweringChanged,
    ConversationDeleted,
    ConversationOpened,
    EverythingLoaded,
    LibraryCounted,
    ModelChosen,
    PartFailed,
    PartLoading,
    SettingRow,
    Trouble,
)
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.themes import DARK, LIGHT, THEMES
from assistant.tui.widgets.status_line import Status
from assistant.tui.workers import AssistantFactory
from config.seal import SealReport, seal_report

_SECONDS_BETWEEN_LOOKS = 10.0
"""How often the library is looked at for what another process has put into it."""


class StrongroomApp(LibrarianApp):
    """Says what is being loaded, and opens the screens over the conversation."""

    CSS_PATH = "app.tcss"
    TITLE = "Strongroom"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {PaletteCommands}
    BINDINGS: ClassVar[list[BindingType]] = GLOBAL_BINDINGS
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(
        self,
        open_assistant: AssistantFactory,
        *,
        seal: SealReport,
        settings: Sequence[SettingRow],
        theme: str,
        samples: Path | None,
        start_folder: Path,
        keeps_choices: bool,
        command: str,
    ) -> None:
        super().__init__(
            open_assistant, seal=seal, samples=samples, start_folder=start_folder, keeps_choices=keeps_choices
        )
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme if theme in self.available_themes else DARK
        self._settings = settings
        self._command = command
        self._chat = ChatScreen(self.background, has_samples=samples is not None)

    def get_default_screen(self) -> Screen[None]:
        return self._chat

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        self.set_interval(_SECONDS_BETWEEN_LOOKS, self._keep_up)
        self.call_after_refresh(self.background.load)  # what loads competes with the first paint otherwise

    def get_key_display(self, binding: Binding) -> str:
        return key_words(binding)

    # starting up

    def on_part_loading(self, message: PartLoading) -> None:
        self.status = replace(self.status, loading=message.part)

    async def on_part_failed(self, message: PartFailed) -> None:
        await self.show_trouble(message.trouble)

    async def show_trouble(self, trouble: Trouble) -> None:
        await self._chat.show_trouble(trouble)

    def leave_out(self, forgotten: Sequence[str]) -> None:
        self._chat.leave_out(forgotten)

    def on_everything_loaded(self, message: EverythingLoaded) -> None:
        self.status = replace(self.status, loading="", model=message.model)
        if self.status.counts is None:
            return
        self.background.forgetting.finish()
        if self.status.counts.pending and not self.status.is_ingesting:
            self._start_ingest([])

    def on_library_counted(self, message: LibraryCounted) -> None:
        self.status = replace(self.status, counts=message.counts)

    def _keep_up(self) -> None:
        if not (self.status.loading or self.status.is_ingesting):
            self.background.keep_up()

    def on_answering_changed(self, message: AnsweringChanged) -> None:
        self.status = replace(self.status, answering=message.answering)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping the ingest is offered while one runs, a screen while another is shown."""
        match action:
            case "stop_ingest":
                return self.status.is_ingesting
            case "show":
                return not self.screen_stack or self.screen.name != parameters[0]
            case _:
                return True

    def watch_status(self, before: Status, now: Status) -> None:
        if before.is_ingesting != now.is_ingesting and self.screen_stack:  # none when an ingest ends as the app does
            self.refresh_bindings()

    # screens

    def action_show(self, name: str) -> None:
        """Open a screen over the conversation, in place of the one that is open."""
        self.back_to_conversation()
        from assistant.tui.screens.catalogue import make_screen  # behind the first paint

        when_done = self._conversation_chosen if name == "conversations" else None
        self.push_screen(make_screen(name, self.background, self._settings, self._command), when_done)

    def _conversation_chosen(self, message: ConversationOpened | None) -> None:
        if message is not None:
            self._chat.post_message(message)

    def on_model_chosen(self, message: ModelChosen) -> None:
        when = f" at which {message.stronger} is not set" if message.stronger else ""
        told = f"{message.name} is used from the next start on{when}. {message.remark}"
        self.notify(words(told), markup=False)

    def on_conversation_deleted(self, message: ConversationDeleted) -> None:
        if message.conversation_id == self._chat.conversation:
            self._chat.action_new_conversation()

    # themes

    def action_other_side(self) -> None:
        self.theme = LIGHT if self.current_theme.dark else DARK

    def _remember_theme(self, _: object) -> None:
        self.background.choosing.save_setting("interface.theme", self.theme)


def make_app(
    open_assistant: AssistantFactory,
    *,
    seal: SealReport | None = None,
    settings: Sequence[SettingRow] = (),
    theme: str = DARK,
    samples: Path | None = None,
    start_folder: Path | None = None,
    keeps_choices: bool = True,
    command: str = "strongroom",
) -> StrongroomApp:
    """The interface over the assistant that `open_assistant` opens, in a worker thread, once the screen is painted.

    `settings` are the rows of the settings screen, `samples` a folder offered to a user without documents,
    `start_folder` where the folder picker begins, `keeps_choices` says whether the settings are those of the home,
    which choices go into, and `command` is what commands that are shown begin with.
    """
    return StrongroomApp(
        open_assistant,
        seal=seal or seal_report(),
        settings=settings,
        theme=theme,
        samples=samples,
        start_folder=start_folder or Path.cwd(),
        keeps_choices=keeps_choices,
        command=command,
    )
