"""One run of the command: the global options, and what they decide for every command."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.output import Output

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from config.locations import Locations
    from config.settings import LoadedSettings


@dataclass(slots=True)
class Invocation:
    """The global options. Filled by the Typer app while it parses; read by the commands and by the error report."""

    home: Path | None = None
    collection: str = "default"
    config: Path | None = None
    quiet: bool = False
    verbose: bool = False
    output: Output = field(default_factory=Output)

    def open_home(self) -> "Locations":
        """Create the home if it is missing, and keep everything that is written inside it. Raises HomeError."""
        from config.environment import confine_to_home
        from config.locations import open_home

        locations = open_home(self.home)
        confine_to_home(locations)
        return locations

    def load_settings(self, locations: "Locations", flags: Mapping[str, object] | None = None) -> "LoadedSettings":
        """Settings as they are in force for this run; `flags` are dotted keys, None for an option that was not given.

        Raises ConfigError.
        """
        from config.settings import load_settings

        return load_settings(locations, config_file=self.config, flags=flags or {})

    def prepare(self, flags: Mapping[str, object] | None = None) -> "tuple[Locations, LoadedSettings]":
        """The home, its settings, and the log that goes with them."""
        from config.log import start_log

        locations = self.open_home()
        settings = self.load_settings(locations, flags)
        start_log(locations, settings.settings.log)
        return locations, settings

    @contextmanager
    def open_assistant(self, flags: Mapping[str, object] | None = None) -> Iterator["Assistant"]:
        """The assistant over this home and collection, closed (its worker processes too) however the block ends."""
        from assistant.assistant import open_assistant

        assistant = open_assistant(*self.prepare(flags), collection=self.collection)
        try:
            yield assistant
        finally:
            assistant.close()
