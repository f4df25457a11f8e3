"""The models that the user added: their list, their names and their files under the home.

models/registry.json      what was added, with the checksums it had
models/files/NAME/        the model itself
"""

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict

from config.errors import ModelError, UsageError
from config.files import replace_file, unwritable
from config.locations import private_directory
from models.candidates import ModelKind
from models.copies import copy_model
from models.starter import STARTER

_NO_NAMES = (STARTER, "auto", "none")
"""What no added model is called: the starters, and the words that settings have in place of a name."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Row(TypedDict):
    """A model in the list. `file` is its name within its folder, empty when the folder is the model; `size` is in
    bytes."""

    name: str
    kind: ModelKind
    file: str
    sha256: str
    size: int
    licence: str
    source: str


class AddedModels:
    """What lies in `directory`, which need not exist yet."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._list = directory / "registry.json"
        self._files = directory / "files"

    def rows(self) -> list[Row]:
        """By name. Raises ModelError when the list is damaged."""
        try:
            rows = json.loads(self._list.read_bytes())["models"]
            return sorted(rows, key=lambda row: str(row["name"]))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"The list of models {self._list} cannot be read: {error}.",
                "Delete it and add your models again with `strongroom models add`.",
            ) from error

    @contextlib.contextmanager
    def changing(self) -> Iterator[list[Row]]:
        """The rows, while no other process changes them."""
        from filelock import FileLock

        private_directory(self._directory)
        with FileLock(self._directory / "registry.lock", mode=0o600):
            yield self.rows()

    def write(self, rows: Sequence[Row]) -> None:
        """These are the models from here on. Only within `changing`."""
        replace_file(self._list, json.dumps({"format": 1, "models": list(rows)}, indent=1).encode())

    def path_of(self, row: Row) -> Path:
        """Where the model is: a file, or a directory."""
        folder = self._files / row["name"]
        return folder / row["file"] if row["file"] else folder

    @contextlib.contextmanager
    def copied(self, path: Path, name: str) -> Iterator[Path]:
        """The model at `path` under its name here; taken away again if the body fails. Only within `changing`. Raises
        ModelError and HomeError when there is no room for it."""
        target = self._files / name
        private_directory(self._files)
        for abandoned in self._files.glob(".*"):  # by a process that was killed: this one has the lock
            shutil.rmtree(abandoned, ignore_errors=True)
        temporary = Path(tempfile.mkdtemp(dir=self._files, prefix=f".{name}."))
        try:
            copy = copy_model(path, temporary)
            shutil.rmtree(target, ignore_errors=True)  # left by a process that was killed before it wrote the list
            temporary.rename(target)
            yield target / copy.relative_to(temporary)
        except BaseException as error:
            shutil.rmtree(temporary, ignore_errors=True)
            if all(row["name"] != name for row in self.rows()):  # it may have been stopped just after it was listed
                shutil.rmtree(target, ignore_errors=True)
            if isinstance(error, OSError):
                raise unwritable(target, error) from error
            raise

    def delete_files(self, name: str) -> None:
        """Of the model of this name, which is in the list no more."""
        shutil.rmtree(self._files / name, ignore_errors=True)


def require_free(name: str, rows: Sequence[Row]) -> None:
    """Raises UsageError when no model can be added to these under this name."""
    if not _NAME.fullmatch(name) or name.casefold().endswith(".gguf"):  # settings take that for a path
        raise UsageError(
            f"A model cannot be called {name}.",
            "Choose a name of up to 64 letters, digits, dots, dashes and underscores that does not end in .gguf.",
        )
    if name in _NO_NAMES or any(row["name"].casefold() == name.casefold() for row in rows):
        raise UsageError(f"There is a model called {name} already.", "Choose another name.")
