"""One run of the command: the global options, and what they decide for every command."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.output import Output

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from config.locations import Locations
    from config.opening import Destination
    from config.sections import ServerSettings
    from config.settings import LoadedSettings
    from models.base import LanguageModel


@dataclass(slots=True)
class Invocation:
    """The global options. Filled by the Typer app while it parses; read by the commands and by the error report."""

    home: Path | None = None
    collection: str = "default"
    config: Path | None = None
    server: bool = False
    verbose: bool = False
    output: Output = field(default_factory=Output)
    _destination: "Destination | None" = None
    _server_settings: "ServerSettings | None" = None

    def open_home(self) -> "Locations":
        """Create the home if it is missing, and keep everything that is written inside it. Raises HomeError."""
        from config.environment import confine_to_home
        from config.locations import open_home

        locations = open_home(self.home, note=self.output.note)
        confine_to_home(locations)
        return locations

    def load_settings(self, locations: "Locations", flags: Mapping[str, object] | None = None) -> "LoadedSettings":
        """Settings as they are in force for this run; `flags` are dotted keys, None for an option that was not given.

        Raises ConfigError.
        """
        from config.settings import load_settings

        return load_settings(locations, config_file=self.config, flags=flags or {})

    def note_if_empty(self, assistant: "Assistant") -> None:
        """Say that there is nothing to ask yet, for whom an answer that found nothing would mislead."""
        library = assistant.library
        if not library.is_empty():
            return
        others = [counted.name for counted in library.collections() if counted.documents]
        if others:
            has = "The collection with documents is" if len(others) == 1 else "Collections with documents are"
            self.output.note(f"The collection {library.collection} is empty. {has} {', '.join(others)}.")
        else:
            self.output.note("The library is empty. Take a folder in with `strongroom ingest FOLDER`.")

    def prepare(self, flags: Mapping[str, object] | None = None) -> "tuple[Locations, LoadedSettings]":
        """The home, its settings, and the log that goes with them."""
        from config.log import start_log

        locations = self.open_home()
        settings = self.load_settings(locations, flags)
        start_log(locations, settings.settings.log)
        if self.server:
            self._open_to_server(settings.settings.server)
        return locations, settings

    def open_llm(self) -> "Callable[[], LanguageModel] | None":
        """Makes the model on the server, None without `--server`."""
        destination, settings = self._destination, self._server_settings
        if destination is None or settings is None:
            return None

        def make() -> "LanguageModel":
            from config.opening import connect
            from models.server.client import ServerModel

            return ServerModel(destination, settings, connect)

        return make

    @contextmanager
    def open_assistant(self, flags: Mapping[str, object] | None = None) -> Iterator["Assistant"]:
        """The assistant over this home and collection, closed (its worker processes too) however the block ends."""
        from assistant.assistant import open_assistant

        locations, settings = self.prepare(flags)
        make = self.open_llm()
        if make is None:
            assistant = open_assistant(locations, settings, collection=self.collection)
        else:
            assistant = open_assistant(locations, settings, collection=self.collection, llm=make())
        try:
            yield assistant
        finally:
            assistant.close()

    def _open_to_server(self, settings: "ServerSettings") -> None:
        """Before a document is touched: from here on the relay knows its one destination. Said to the user, too."""
        from config.opening import open_to

        self._server_settings = settings
        self._destination = open_to(settings.url, settings.connect_seconds)
        how = "" if self._destination.encrypted else ", unencrypted"
        self.output.note(f"Questions and their passages leave this machine for {self._destination.label}{how}.")
