"""Folders that are followed while the interface is open, in a worker thread of their own."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from textual.app import App

from assistant.tui import messages
from assistant.tui.messages import Trouble
from assistant.tui.workers import Workers
from assistant.watching import changes, followed_before, is_folder_there, remember_followed
from config.locations import Locations


class Following:
    """Posts FoldersChanged to the app when the folders are watched, and whenever something in them has changed and come
    to rest. Which they are is remembered until somebody stops that."""

    def __init__(self, app: App[Any], workers: Workers) -> None:
        self._app = app
        self._workers = workers
        self._stop = Event()
        self.away: tuple[Path, ...] = ()
        """Folders that are not there just now, and are followed from the next start on at which they are."""

    def begin(self, folders: Sequence[Path]) -> None:
        """Follow `folders` in place of those followed before; posts FollowingFailed when they cannot be watched."""
        self.end()
        stop = self._stop = Event()
        self.away = tuple(folder for folder in self.away if folder not in folders)
        remembered = [*folders, *self.away]

        def work() -> None:
            locations = self._workers.wait(stop).locations
            if followed_before(locations) != tuple(remembered):
                remember_followed(locations, remembered)
            if not folders:
                return
            for _ in changes(folders, ignore=locations.home, stop=stop):
                self._app.post_message(messages.FoldersChanged())

        def failed(trouble: Trouble) -> None:
            away = tuple(folder for folder in folders if not is_folder_there(folder))
            self._app.post_message(messages.FollowingFailed(tuple(folders), away, trouble))

        self._workers.start("follow", work, failed)

    def go_on(self, folders: Sequence[Path], *, away: Sequence[Path]) -> None:
        """Follow `folders`, and at the next start `away` again, which are not there just now."""
        self.away += tuple(away)
        self.begin(folders)

    def take_up(self, locations: Locations) -> None:
        """Posts FoldersRemembered when folders were followed as the interface last ended. For a worker thread."""
        if folders := followed_before(locations):
            self._app.post_message(messages.FoldersRemembered(folders))

    def stop(self) -> None:
        """Follow nothing any more, nor at the next start."""
        self.end()
        self.away = ()
        self._workers.start("follow", lambda: remember_followed(self._workers.wait().locations, []))

    def end(self) -> None:
        """Follow nothing until the next start."""
        self._stop.set()
