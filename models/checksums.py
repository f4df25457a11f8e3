"""SHA-256 of model files and directories, remembered by size, times and inode so that a start reads no gigabytes."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from config.errors import HomeError, ModelError
from config.files import replace_file
from config.locations import private_directory
from models.directory import model_files

_BLOCK = 1 << 20

Progress = Callable[[int], None]
"""Told how many more bytes were read."""

FileStates = list[list[object]]
"""Of each file of a model its name, size, times and inode."""


class Checksums:
    """What was hashed before, kept in one small file. Lost or damaged, it is made again."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def sha256(self, path: Path) -> str:
        """The hash of a file or model directory, from memory when nothing about its files changed.

        Raises ModelError when it is missing or cannot be read.
        """
        return self.recall(path) or self.compute(path)

    def compute(self, path: Path) -> str:
        """The hash, read from the disk whatever is remembered. Raises ModelError."""
        with _explained(path):
            before = state_of(path)
        digest = hash_model(path)
        self.remember(path, digest, before)
        return digest

    def recall(self, path: Path) -> str | None:
        """The remembered hash, None when there is none or a file changed since."""
        remembered = self._load().get(str(path))
        if remembered is None or remembered.get("state") != state_of(path):
            return None
        return str(remembered["sha256"])

    def remember(self, path: Path, digest: str, before: FileStates) -> None:
        """`before` is how the files were before they were read: what was changed meanwhile is not remembered."""
        if state_of(path) != before:
            return
        known = {name: entry for name, entry in self._load().items() if Path(name).exists()}
        known[str(path)] = {"sha256": digest, "state": before}
        # On a full or read-only disk the hash is computed anew each time, and that is all.
        with contextlib.suppress(HomeError):
            private_directory(self._file.parent)
            replace_file(self._file, json.dumps(known, indent=1).encode())

    def _load(self) -> dict[str, dict[str, object]]:
        try:
            known = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def hash_model(path: Path, progress: Progress | None = None) -> str:
    """SHA-256 of a file; of a directory, SHA-256 over the lines `hash  name` of the files that matter in it.

    Raises ModelError when it is missing or cannot be read.
    """
    with _explained(path):
        if not path.is_dir():
            return hash_file(path, progress)
        lines = (f"{hash_file(file, progress)}  {file.relative_to(path).as_posix()}\n" for file in model_files(path))
        return hashlib.sha256("".join(lines).encode()).hexdigest()


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"The model {path} cannot be read: {error.strerror or error}.", "Add it again with `strongroom models add`."
        ) from error


def hash_file(path: Path, progress: Progress | None = None) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            if progress is not None:
                progress(len(block))
    return digest.hexdigest()


def state_of(path: Path) -> FileStates:
    """What changes when a file is written or replaced. Whoever writes can set its modification time back, but not its
    change time."""
    files = model_files(path) if path.is_dir() else [path] if path.exists() else []
    stats = [(file.name, file.stat()) for file in files]
    return [[name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino] for name, stat in stats]
