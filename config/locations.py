"""Where everything the program keeps lives: one folder, the home, readable by its owner only."""

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.errors import HomeError

HOME_VARIABLE = "STRONGROOM_HOME"
PRIVATE_DIRECTORY = 0o700


@dataclass(frozen=True, slots=True)
class Locations:
    """Every path under the home. Nothing is written anywhere else."""

    home: Path

    @property
    def command(self) -> str:
        """What is typed before the name of a command that is to work on this home."""
        try:
            is_default = self.home == default_home()
        except RuntimeError:  # a user without a folder
            is_default = False
        return "strongroom" if is_default else shlex.join(["strongroom", "--home", str(self.home)])

    @property
    def settings_file(self) -> Path:
        return self.home / "settings.toml"

    @property
    def glossary_file(self) -> Path:
        """The user's own words for the search (see `assistant/glossary.toml` for the form)."""
        return self.home / "glossary.toml"

    @property
    def library_file(self) -> Path:
        return self.home / "library.sqlite"

    @property
    def index_directory(self) -> Path:
        """Chroma's folder: a nearest-neighbour index that can be thrown away and rebuilt."""
        return self.home / "index"

    @property
    def index_lock_file(self) -> Path:
        """Held by the one process that may open Chroma."""
        return self.home / "index.lock"

    @property
    def scan_directory(self) -> Path:
        """Memory-mapped matrices for the exact scan, derived from the library."""
        return self.home / "scan"

    @property
    def models_directory(self) -> Path:
        return self.home / "models"

    @property
    def adapting_directory(self) -> Path:
        """Runs of `adapt` that are not done yet: weights and figures, no text."""
        return self.home / "adapting"

    @property
    def states_directory(self) -> Path:
        """What the language model has read of each conversation, so that it is not read again."""
        return self.home / "states"

    @property
    def speeds_file(self) -> Path:
        """How fast this machine reads and writes with each language model."""
        return self.home / "speeds.json"

    @property
    def tuning_file(self) -> Path:
        """How each language model runs best on this machine, as far as it was measured."""
        return self.home / "tuning.json"

    @property
    def followed_file(self) -> Path:
        """The folders that the interface follows, to be taken up again at its next start."""
        return self.home / "followed.json"

    @property
    def log_file(self) -> Path:
        return self.home / "logs" / "strongroom.log"

    @property
    def temporary_directory(self) -> Path:
        return self.home / "tmp"

    @property
    def cache_directory(self) -> Path:
        """What libraries would otherwise leave in the user's cache folder."""
        return self.home / "cache"


def default_home() -> Path:
    """`$STRONGROOM_HOME`, else `~/.strongroom`."""
    configured = os.environ.get(HOME_VARIABLE)
    return Path(configured).expanduser().absolute() if configured else Path.home() / ".strongroom"


def open_home(home: Path | None = None, *, note: Callable[[str], object] = lambda _: None) -> Locations:
    """Create the home (0700) if it is missing and return where things live in it.

    `note` is told when a folder that held something else is closed to other users. Raises HomeError if the home cannot
    be found, created or written, or is no folder.
    """
    home = _absolute(home)
    try:
        home.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        if home.stat().st_mode & 0o077:
            home.chmod(PRIVATE_DIRECTORY)
            if _held_other_things(Locations(home)):
                note(f"{home} is the home now, and closed to other users; what was in it before is, too.")
        if not os.access(home, os.R_OK | os.W_OK | os.X_OK):  # false on a read-only disk, for root too
            raise HomeError(
                f"The home {home} cannot be written.",
                "Make it writable, or name another folder with --home or STRONGROOM_HOME.",
            )
    except FileExistsError:
        raise HomeError(f"The home {home} is a file, not a folder.", "Name another folder with --home.") from None
    except OSError as error:
        raise HomeError(
            f"The home {home} cannot be used: {error.strerror or error}.",
            "Name a folder you may write to with --home or STRONGROOM_HOME.",
        ) from error
    return Locations(home)


def _absolute(home: Path | None) -> Path:
    try:
        return (home or default_home()).expanduser().absolute()
    except RuntimeError as error:  # a user without a folder, or ~NAME of nobody
        raise HomeError(
            "The home cannot be found: there is no folder that ~ stands for.", "Name a folder with --home."
        ) from error


def _held_other_things(locations: Locations) -> bool:
    """Whether a folder was something else before it became the home."""
    was_home = locations.library_file.exists() or locations.settings_file.exists()
    return not was_home and any(locations.home.iterdir())


def private_directory(path: Path) -> Path:
    """Create `path` (0700) below an existing home and return it.

    Raises HomeError when the disk is read-only or full.
    """
    try:
        path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(
            f"The folder {path} cannot be created: {error.strerror or error}.",
            "Make room on the disk or name a home you may write to with --home.",
        ) from error
    return path
