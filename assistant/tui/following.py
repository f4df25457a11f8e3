"""Folders that are followed while the interface is open, in a worker thread of their own."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from textual.app import App

from assistant.tui import messages
from assistant.tui.workers import Workers
from assistant.watching import changes


class Following:
    """Posts FoldersChanged to the app when the folders are watched, and whenever something in them has changed and come
    to rest."""

    def __init__(self, app: App[Any], workers: Workers) -> None:
        self._app = app
        self._workers = workers
        self._stop = Event()

    def begin(self, folders: Sequence[Path]) -> None:
        """Follow `folders` in place of those followed before; posts FollowingFailed when they cannot be watched."""
        self.end()
        stop = self._stop = Event()

        def work() -> None:
            home = self._workers.wait(stop).locations.home
            for _ in changes(folders, ignore=home, stop=stop):
                self._app.post_message(messages.FoldersChanged())

        self._workers.start("follow", work, lambda trouble: self._app.post_message(messages.FollowingFailed(trouble)))

    def end(self) -> None:
        self._stop.set()
