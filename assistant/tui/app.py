"""The terminal interface: one app, its screens, and what they share."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.reactive import reactive
from textual.screen import Screen

from assistant.tui.background import FIRST_PART, Background
from assistant.tui.bindings import GLOBAL_BINDINGS, key_words
from assistant.tui.commands import PaletteCommands
from assistant.tui.ending import PlainlyEndingApp
from assistant.tui.foreign import words
from assistant.tui.messages import (
    AnsweringChanged,
    ConversationDeleted,
    ConversationOpened,
    EverythingLoaded,
    FoldersRemembered,
    FollowAsked,
    FollowingFailed,
    IngestEnded,
    IngestProgressed,
    LibraryCounted,
    PartFailed,
    PartLoading,
    SettingRow,
    TaskFailed,
)
from assistant.tui.progress import IngestProgress, news_of
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.themes import DARK, LIGHT, THEMES
from assistant.tui.widgets.status_line import Status
from assistant.tui.workers import AssistantFactory
from assistant.watching import is_folder_there
from config.seal import SealReport, seal_report

_SECONDS_BETWEEN_LOOKS = 10.0
"""How often the library is looked at for what another process has put into it."""

_SECONDS_BETWEEN_COUNTS = 2.0
"""How often the library is counted while documents come in."""


_NO_STATUS = Status(SealReport("none", "", ""))


class StrongroomApp(PlainlyEndingApp):
    """Holds the status that every screen shows, runs the ingest, and opens the screens over the conversation."""

    CSS_PATH = "app.tcss"
    TITLE = "Strongroom"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {PaletteCommands}
    BINDINGS: ClassVar[list[BindingType]] = GLOBAL_BINDINGS
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    status: reactive[Status] = reactive(_NO_STATUS)

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
    ) -> None:
        super().__init__()
        self.set_reactive(StrongroomApp.status, Status(seal, loading=FIRST_PART))
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme if theme in self.available_themes else DARK
        self.background = Background(self, open_assistant, keeps_choices=keeps_choices)
        self._settings = settings
        self._samples = samples
        self._folder = start_folder
        self._added: list[Path] = []
        self._waiting: list[Sequence[Path]] = []
        self._counted_at = 0.0
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
        await self._chat.show_trouble(message.trouble)

    def on_everything_loaded(self, message: EverythingLoaded) -> None:
        self.status = replace(self.status, loading="", model=message.model)
        if self.status.counts is not None and self.status.counts.pending and not self.status.is_ingesting:
            self._start_ingest([])

    def on_library_counted(self, message: LibraryCounted) -> None:
        self.status = replace(self.status, counts=message.counts)

    def _keep_up(self) -> None:
        if not (self.status.loading or self.status.is_ingesting):
            self.background.keep_up()

    def on_answering_changed(self, message: AnsweringChanged) -> None:
        self.status = replace(self.status, answering=message.answering)

    def on_task_failed(self, message: TaskFailed | FollowingFailed) -> None:
        trouble = message.trouble
        self.notify(words(f"{trouble.message} {trouble.remedy}"), severity="error", markup=False)

    # documents come in

    def action_add_documents(self) -> None:
        from assistant.tui.screens.folder import FolderScreen  # behind the first paint

        self._back_to_conversation()
        self.push_screen(FolderScreen(self._folder), self._folder_chosen)

    def action_add_samples(self) -> None:
        if self._samples is not None:
            self.ingest(self._samples)

    def _folder_chosen(self, path: Path | None) -> None:
        if path is not None:
            self._folder = path if path.is_dir() else path.parent
            self.ingest(path)

    def ingest(self, path: Path) -> None:
        """Read `path` into the library, after what is being read just now; follow it too when folders are followed."""
        if self.status.is_ingesting:
            self.notify(f"{words(path.name)} comes next.", markup=False)
        is_new_folder = path.is_dir() and path not in self._added
        if is_new_folder:
            self._added.append(path)
        if is_new_folder and self.status.following:
            self._follow(self._added)  # which reads it first
        else:
            self._take_in([path])

    def _take_in(self, paths: Sequence[Path]) -> None:
        if not self.status.is_ingesting:
            self._start_ingest(paths)
        elif paths not in self._waiting:
            self._waiting.append(paths)

    def _start_ingest(self, paths: Sequence[Path]) -> None:
        """Without paths nothing is read, but what an interrupted run left waiting is indexed."""
        now = time.monotonic()
        self.status = replace(self.status, ingest=IngestProgress(now, now, is_rest=not paths))
        self.background.ingest(paths, retry=tuple(paths) != self.status.following)

    def action_stop_ingest(self) -> None:
        self._waiting.clear()
        self.background.stop_ingest()

    def on_ingest_progressed(self, message: IngestProgressed) -> None:
        self.status = replace(self.status, ingest=message.progress)
        if message.progress.now - self._counted_at > _SECONDS_BETWEEN_COUNTS:
            self._counted_at = message.progress.now
            self.background.count_library()

    async def on_ingest_ended(self, message: IngestEnded) -> None:
        progress = self.status.ingest
        if progress is not None and not progress.finished:
            self.status = replace(self.status, ingest=replace(progress, stopped=True))
        if message.trouble is not None:
            await self._chat.show_trouble(message.trouble)
            self.notify(words(f"{message.trouble.message} {message.trouble.remedy}"), severity="error", markup=False)
        self.background.count_library()
        if news := words(news_of(progress)) if self.status.following and progress is not None else "":
            self.notify(news, markup=False)
        if self._waiting:
            self._start_ingest(self._waiting.pop(0))

    # folders that are followed

    def on_follow_asked(self, message: FollowAsked) -> None:
        """Follow the folders that were added since the start, else let one be chosen; or stop following."""
        if self.status.following:
            self._follow([])
        elif self._added:
            self._follow(self._added)
        else:
            from assistant.tui.screens.folder import FolderScreen  # behind the first paint

            nearest = message.nearest if message.nearest and message.nearest.is_dir() else self._folder
            self.push_screen(FolderScreen(nearest, to_follow=True), self._folder_to_follow_chosen)

    def _folder_to_follow_chosen(self, path: Path | None) -> None:
        if path is not None:
            self._added.append(path)
            self._follow([path])

    def _follow(self, folders: Sequence[Path]) -> None:
        """What is in them is read as soon as they are watched: see `assistant.watching`."""
        self.status = replace(self.status, following=tuple(folders))
        if folders:
            self.background.following.begin(tuple(folders))
        else:
            self.background.following.stop()

    def on_folders_remembered(self, message: FoldersRemembered) -> None:
        """As if they had been added and followed just now, but for folders that somebody follows already."""
        if self.status.following:
            return
        self._added.extend(message.folders)
        self._follow(message.folders)
        names = ", ".join(str(folder) for folder in message.folders)
        self.notify(words(f"Following {names} again. w in the library stops that."), markup=False)

    def on_folders_changed(self) -> None:
        if self.status.following:
            self._take_in(self.status.following)

    def on_following_failed(self, message: FollowingFailed) -> None:
        """Where one has gone the others are followed all the same. It is not asked for again before the next start."""
        if message.folders != self.status.following:  # others are followed by now
            return
        there = tuple(folder for folder in message.folders if is_folder_there(folder))
        away = [folder for folder in message.folders if folder not in there]
        self._added = [folder for folder in self._added if is_folder_there(folder)]
        if away:
            self.status = replace(self.status, following=there)
            self.background.following.go_on(there, away=away)
        else:
            self._follow([])
        self.on_task_failed(message)

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
        self._back_to_conversation()
        from assistant.tui.screens.catalogue import make_screen  # behind the first paint

        when_done = self._conversation_chosen if name == "conversations" else None
        self.push_screen(make_screen(name, self.background, self._settings), when_done)

    def _conversation_chosen(self, message: ConversationOpened | None) -> None:
        if message is not None:
            self._chat.post_message(message)

    def on_conversation_deleted(self, message: ConversationDeleted) -> None:
        if message.conversation_id == self._chat.conversation:
            self._chat.action_new_conversation()

    def _back_to_conversation(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()

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
) -> StrongroomApp:
    """The interface over the assistant that `open_assistant` opens, in a worker thread, once the screen is painted.

    `settings` are the rows of the settings screen, `samples` a folder offered to a user without documents,
    `start_folder` where the folder picker begins, and `keeps_choices` says whether the settings are those of the home,
    which choices go into.
    """
    return StrongroomApp(
        open_assistant,
        seal=seal or seal_report(),
        settings=settings,
        theme=theme,
        samples=samples,
        start_folder=start_folder or Path.cwd(),
        keeps_choices=keeps_choices,
    )
