"""Which models there are, which are used, and other settings that are chosen in the interface, in a worker thread."""

import os
from threading import Lock
from typing import Any

from textual.app import App
from textual.message_pump import MessagePump

from assistant.tui import messages
from assistant.tui.messages import ModelRow
from assistant.tui.workers import Workers
from config.errors import UsageError


class Choosing:
    """Choices go into the settings of the home; without `keeps_choices` this run has other settings, and they would be
    lost on it."""

    def __init__(self, app: App[Any], workers: Workers, *, keeps_choices: bool) -> None:
        self._app = app
        self._workers = workers
        self._keeps_choices = keeps_choices
        self._writing = Lock()
        """Two choices at once would each write the file as it was before the other."""

    def list_models(self, *, reply_to: MessagePump) -> None:
        """Posts ModelsListed."""

        def work() -> None:
            assistant = self._workers.wait()
            in_use = assistant.parts.names()
            rows = [
                ModelRow(
                    name=entry.name,
                    kind=entry.kind,
                    size=entry.size,
                    licence=entry.licence,
                    source=entry.source,
                    checked=entry.checked,
                    in_use=in_use[entry.kind] == entry.name,
                )
                for entry in assistant.registry.entries()
            ]
            reply_to.post_message(messages.ModelsListed(rows))

        self._workers.start("models", work, self._workers.tell(reply_to))

    def use_model(self, name: str, kind: str) -> None:
        """Write the choice into the settings; posts ModelChosen to the app."""

        def work() -> None:
            from assistant.choosing import SETTINGS, choose  # pydantic and tomlkit: not before the first paint
            from config.settings import variable_of

            if not self._keeps_choices:
                raise UsageError(
                    "Choices go into the settings of the home, and this run has those of another file.",
                    "Open Strongroom without --config to choose, or name the model in that file.",
                )
            assistant = self._workers.wait()
            with self._writing:
                choice = choose(assistant.locations, assistant.registry, kind, name)
            variable = variable_of(SETTINGS[kind])
            stronger = variable if variable in os.environ else ""
            self._app.post_message(messages.ModelChosen(name, kind, choice.remark, stronger))

        self._workers.start("models", work)

    def save_setting(self, key: str, value: str) -> None:
        """Keep `value` for the next start; without `keeps_choices` it holds for this run only."""
        if not self._keeps_choices:
            return

        def work() -> None:
            from config.settings import save_setting  # as above

            locations = self._workers.wait().locations
            with self._writing:
                save_setting(locations, key, value)

        self._workers.start("settings", work)
