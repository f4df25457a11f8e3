"""A run of `adapt` on disk: what it was begun with, its state, what was measured before. It keeps no text of a document
or of a question."""

import errno
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import UsageError
from config.files import replace_file, unwritable
from config.locations import private_directory

if TYPE_CHECKING:
    from training.start import Start

SOURCE = "strongroom adapt"
"""Where the list of models says that an adapter of a run comes from."""
LEARNT_SHARE = 0.5
"""How far the weights go from where they began to what was learnt. All the way, half as much again is gained on one's
own questions, and a tenth is lost on other documents; half way, next to nothing (docs/decisions/0017). Weights between
the two do better on both than either seems to allow (Wortsman and others, "Robust fine-tuning of zero-shot models",
2022)."""

_BEGUN, _STATE, _BEFORE, _LOCK = "begun.json", "state.pt", "before.json", "lock"


@dataclass(frozen=True, slots=True)
class Run:
    folder: Path

    @classmethod
    @contextmanager
    def open(cls, parent: Path, name: str, begun_with: Mapping[str, Any]) -> "Iterator[Run]":
        """Begin a run, or go on with that of this name, while no other process works at it. Raises UsageError when one
        does, and when it has learnt something else."""
        run = cls(private_directory(private_directory(parent) / name))
        with run._alone():
            run._begin(begun_with)
            yield run

    @classmethod
    def give_up(cls, parent: Path, name: str) -> bool:
        """Delete what a run of this name has learnt; False when there is none. Raises UsageError when another process
        works at it."""
        if name not in _names(parent):
            return False
        run = cls(parent / name)
        with run._alone():
            run.remove()
        return True

    def is_begun(self) -> bool:
        """Whether something was learnt already."""
        return (self.folder / _STATE).exists()

    def before(self, asked: str) -> dict[str, Any] | None:
        """What was measured before the training, if it was and with what is `asked` now."""
        file = self.folder / _BEFORE
        kept = json.loads(file.read_bytes()) if file.exists() else {}
        return kept.get("measured") if kept.get("asked") == asked else None

    def keep_before(self, asked: str, measured: Mapping[str, Any]) -> None:
        replace_file(self.folder / _BEFORE, json.dumps({"asked": asked, "measured": measured}).encode())

    def export(self, name: str, *, alpha: float, licence: str, start: "Start | None" = None) -> Path:
        """Write the adapter (0600), half way to what was learnt when it went on from `start`; where it is. Raises
        HomeError when it cannot be written."""
        from training.export import export
        from training.mix import mix
        from training.start import read_adapter

        adapter = self.folder / f"{name}.gguf"
        try:
            export(self.folder, adapter, alpha=alpha, name=name, licence=licence)
            if start is not None:
                learnt, shares = read_adapter(adapter), (LEARNT_SHARE, 1 - LEARNT_SHARE)
                mix([learnt, start], adapter, shares=shares, rank=start.rank, name=name, licence=licence)
            adapter.chmod(0o600)
        except OSError as error:
            # NumPy writes the tensors, and does not say why it could not: in a file that is open, the disk is full.
            known = error if error.errno else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise unwritable(adapter, known) from error
        return adapter

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _begin(self, begun_with: Mapping[str, Any]) -> None:
        for half_written in self.folder.glob(".*"):  # by a process that was killed: this one is alone
            half_written.unlink()
        begun = self.folder / _BEGUN
        if begun.exists() and json.loads(begun.read_bytes()) == begun_with:
            return
        if self.is_begun():
            name = self.folder.name
            raise UsageError(
                f"An adapter {name} was begun with other questions or documents, another model or other options.",
                "Give the same ones to go on with it, choose another --name, or give it up with "
                f"`strongroom models remove {name}`.",
            )
        (self.folder / _BEFORE).unlink(missing_ok=True)
        replace_file(begun, json.dumps(begun_with).encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other process works at this run. Raises UsageError when one does."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / _LOCK, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(
                f"An adapter {self.folder.name} is being made by another process.",
                "Wait until it has ended, or take another name.",
            ) from None
        try:
            yield
        finally:
            lock.release()


def clear_away(parent: Path, added: Collection[str]) -> None:
    """Delete the runs whose adapters were `added`: of a process that was killed after that. Those that another process
    works at are left alone."""
    for name in sorted(_names(parent) & set(added)):
        with suppress(UsageError):
            Run.give_up(parent, name)


def _names(parent: Path) -> set[str]:
    return {path.name for path in parent.iterdir() if path.is_dir()} if parent.is_dir() else set()
