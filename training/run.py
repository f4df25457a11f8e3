"""A run of `adapt` on disk: what it was begun with, its state, what was measured before. It keeps no text of a document
or of a question."""

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import UsageError
from config.files import replace_file, unwritable
from config.locations import private_directory

_BEGUN, _STATE, _BEFORE = "begun.json", "state.pt", "before.json"


@dataclass(frozen=True, slots=True)
class Run:
    folder: Path

    @classmethod
    def open(cls, parent: Path, name: str, begun_with: Mapping[str, Any]) -> "Run":
        """Begin a run, or go on with that of this name. Raises UsageError when that has learnt something else."""
        run = cls(private_directory(private_directory(parent) / name))
        if run.is_of(begun_with):
            return run
        if run.is_begun():
            raise UsageError(
                f"An adapter {name} was begun with other questions, another model or other options.",
                f"Give the same ones to go on with it, choose another --name, or delete {run.folder}.",
            )
        (run.folder / _BEFORE).unlink(missing_ok=True)
        replace_file(run.folder / _BEGUN, json.dumps(begun_with).encode())
        return run

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While no other process works at this run. Raises UsageError when one does."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "lock", mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(
                f"An adapter {self.folder.name} is being made by another process.",
                "Wait until it has ended, or choose another --name.",
            ) from None
        try:
            yield
        finally:
            lock.release()

    def is_of(self, begun_with: Mapping[str, Any]) -> bool:
        begun = self.folder / _BEGUN
        return begun.exists() and json.loads(begun.read_bytes()) == begun_with

    def is_begun(self) -> bool:
        """Whether something was learnt already."""
        return (self.folder / _STATE).exists()

    def before(self) -> dict[str, Any] | None:
        """What was measured before the training, if it was."""
        file = self.folder / _BEFORE
        return json.loads(file.read_bytes()) if file.exists() else None

    def keep_before(self, measured: Mapping[str, Any]) -> None:
        replace_file(self.folder / _BEFORE, json.dumps(measured).encode())

    def export(self, name: str, *, alpha: float, licence: str) -> Path:
        """Write the adapter (0600); where it is. Raises HomeError when it cannot be written."""
        from training.export import export

        adapter = self.folder / f"{name}.gguf"
        try:
            export(self.folder, adapter, alpha=alpha, name=name, licence=licence)
            adapter.chmod(0o600)
        except OSError as error:
            # NumPy writes the tensors, and does not say why it could not: in a file that is open, the disk is full.
            known = error if error.errno else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise unwritable(adapter, known) from error
        return adapter

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
