"""What the app does for the library: documents come in, folders are followed, documents are forgotten."""

import time
from asyncio import to_thread, wait_for
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from textual.reactive import reactive

from assistant.tui import forgetting
from assistant.tui.background import FIRST_PART, Background
from assistant.tui.ending import PlainlyEndingApp
from assistant.tui.foreign import words
from assistant.tui.messages import (
    DocumentForgotten,
    FoldersRemembered,
    FollowAsked,
    FollowingFailed,
    ForgetAsked,
    ForgettingFailed,
    IngestEnded,
    IngestProgressed,
    TaskFailed,
    Trouble,
)
from assistant.tui.progress import IngestProgress, news_of
from assistant.tui.widgets.status_line import Status
from assistant.tui.workers import AssistantFactory
from config.seal import SealReport
from ingest.walking import is_folder

_SECONDS_BETWEEN_COUNTS = 2.0
"""How often the library is counted while documents come in."""

_SECONDS_OF_DOUBT = 30.0
"""It takes a while to read what is to be done about a document that is not verified to be gone."""

_SECONDS_TO_LOOK = 1.0
"""How long a folder gets to show that it is there."""

_NO_STATUS = Status(SealReport("none", "", ""))


class LibrarianApp(PlainlyEndingApp):
    """Holds the status that every screen shows, and sees to what goes into the library and out of it."""

    status: reactive[Status] = reactive(_NO_STATUS)

    def __init__(
        self,
        open_assistant: AssistantFactory,
        *,
        seal: SealReport,
        samples: Path | None,
        start_folder: Path,
        keeps_choices: bool,
    ) -> None:
        super().__init__()
        self.set_reactive(LibrarianApp.status, Status(seal, loading=FIRST_PART))
        self.background = Background(self, open_assistant, keeps_choices=keeps_choices)
        self._samples = samples
        self._folder = start_folder
        self._added: list[Path] = []
        self._waiting: list[Sequence[Path]] = []
        self._counted_at = 0.0

    async def show_trouble(self, trouble: Trouble) -> None:
        """Put `trouble` where the user will read it, in whatever screen they are."""
        raise NotImplementedError

    def leave_out(self, forgotten: Sequence[str]) -> None:
        """Take from the screen what was taken from the documents at these paths, which are forgotten."""
        raise NotImplementedError

    def back_to_conversation(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def on_task_failed(self, message: TaskFailed) -> None:
        self.tell_trouble(message.trouble)

    def tell_trouble(self, trouble: Trouble) -> None:
        """In passing, over whichever screen is open."""
        self.notify(words(f"{trouble.message} {trouble.remedy}"), severity="error", markup=False)

    # documents come in

    def action_add_documents(self) -> None:
        from assistant.tui.screens.folder import FolderScreen  # behind the first paint

        self.back_to_conversation()
        self.push_screen(FolderScreen(self._folder), self._folder_chosen)

    def action_add_samples(self) -> None:
        if self._samples is not None:
            self.ingest(self._samples)

    def _folder_chosen(self, path: Path | None) -> None:
        if path is not None:
            self._folder = path if is_folder(path) else path.parent
            self.ingest(path)

    def ingest(self, path: Path) -> None:
        """Read `path` into the library, after what is being read just now; follow it too when folders are followed."""
        if self.status.is_ingesting:
            self.notify(f"{words(path.name)} comes next.", markup=False)
        is_new_folder = is_folder(path) and path not in self._added
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
            await self.show_trouble(message.trouble)
            self.tell_trouble(message.trouble)
        self.background.count_library()
        if news := words(news_of(progress)) if self.status.following and progress is not None else "":
            self.notify(news, markup=False)
        if self._waiting:
            self._start_ingest(self._waiting.pop(0))

    # documents leave

    def on_forget_asked(self, message: ForgetAsked) -> None:
        """They are out of the tables at once: what is asked twice would not be there the second time."""
        self.status = replace(self.status, leaving=self.status.leaving | set(message.paths))
        self.notify(f"Forgetting {words(Path(message.paths[0]).name)}…", markup=False)
        self.background.forgetting.forget(message.paths)

    def on_document_forgotten(self, message: DocumentForgotten) -> None:
        self.status = replace(self.status, leaving=self.status.leaving - set(message.paths))
        news = words(forgetting.news_of(message.paths, message.receipt))
        if message.receipt.verified_absent:
            self.notify(news, markup=False)
        else:
            self.notify(news, severity="warning", timeout=_SECONDS_OF_DOUBT, markup=False)
        self.leave_out(message.receipt.forgotten)
        self.background.count_library()

    def on_forgetting_failed(self, message: ForgettingFailed) -> None:
        self.status = replace(self.status, leaving=self.status.leaving - set(message.paths))
        self.tell_trouble(message.trouble)

    # folders that are followed

    def on_follow_asked(self, message: FollowAsked) -> None:
        """Follow the folders that were added since the start, else let one be chosen; or stop following."""
        away = self.background.following.away
        if self.status.following:
            self._follow([])
        elif away:
            self.background.following.stop()
            names = ", ".join(str(folder) for folder in away)
            self.notify(words(f"{names} will not be followed, at the next start neither."), markup=False)
        elif self._added:
            self._follow(self._added)
        else:
            self.run_worker(self._let_folder_be_chosen(message.nearest), group="choose", exclusive=True)

    async def _let_folder_be_chosen(self, nearest: Path | None) -> None:
        """One to follow, from `nearest` on if that can be looked into; keys are answered until that is known."""
        from assistant.tui.screens.folder import FolderScreen  # behind the first paint

        start = nearest if nearest is not None and await _is_folder_soon(nearest) else self._folder
        self.push_screen(FolderScreen(start, to_follow=True), self._folder_to_follow_chosen)

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
        """Where one has gone the others are followed all the same. It is not asked for again before the next start, nor
        are all of them when there is another trouble."""
        if message.folders != self.status.following:  # others are followed by now
            return
        self._added = [folder for folder in self._added if folder not in message.away]
        if message.away:
            there = tuple(folder for folder in message.folders if folder not in message.away)
            self.status = replace(self.status, following=there)
            self.background.following.go_on(there, away=message.away)
        else:
            self.status = replace(self.status, following=())
            self.background.following.end()
        self.tell_trouble(message.trouble)


async def _is_folder_soon(path: Path) -> bool:
    """Looked at in a thread, for a share may never answer; False when it has not by then."""
    try:
        return await wait_for(to_thread(is_folder, path), _SECONDS_TO_LOOK)
    except TimeoutError:
        return False
