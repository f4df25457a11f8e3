"""Folders that are followed while the interface is open, in a worker thread of their own."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from textual.app import App

from assistant.tui import messages
from assistant.tui.workers import Workers
from assistant.watching import changes, followed_before, remember_followed
from config.locations import Locations


class Following:
    """Posts FoldersChanged to the app when the folders are watched, and whenever something in them has changed and come
    to rest. Which they are is remembered until somebody stops that."""

    def __init__(self, app: App[Any], workers: Workers) -> None:
        self._app = app
        self._workers = workers
        self._stop = Event()

    def begin(self, folders: Sequence[Path]) -> None:
        """Follow `folders` in place of those followed before; posts FollowingFailed when they cannot be watched."""
        self.end()
        stop = self._stop = Event()

        def work() -> None:
            locations = self._workers.wait(stop).locations
            remember_followed(locations, folders)
            for _ in changes(folders, ignore=locations.home, stop=stop):
                self._app.post_message(messages.FoldersChanged())

        self._workers.start("follow", work, lambda trouble: self._app.post_message(messages.FollowingFailed(trouble)))

    def take_up(self, locations: Locations) -> None:
        """Posts FoldersRemembered when folders were followed as the interface last ended. For a worker thread."""
        if folders := followed_before(locations):
            self._app.post_message(messages.FoldersRemembered(folders))

    def stop(self) -> None:
        """Follow nothing any more, nor at the next start."""
        self.end()
        self._workers.start("follow", lambda: remember_followed(self._workers.wait().locations, []))

    def end(self) -> None:
        self._stop.set()
