"""Every error of ours: one sentence that says what is wrong, one that says what to do, and an exit code.

    StrongroomError                 1   anything we can explain
    ├── UsageError                  2   the words of the command are off
    ├── ConfigError                 2   a setting is unknown or has a bad value
    ├── HomeError                   1   the home cannot be created, written or trusted
    ├── LibraryError                1   the library cannot be opened, read or written
    │   └── EmbedderMismatch        1   the library was built with another embedder
    ├── DocumentError               1   one file cannot be read; becomes an event, never ends a run
    ├── ModelError                  4   a model is missing or does not verify
    │   ├── ModelDied               1   the model's process ended in the middle of its work
    │   └── ServerError             1   the server that the model runs on cannot be reached or does not answer well
    └── PolicyError                 5   refused by policy

Exit codes are those of the command-line contract; 130 (interrupted) is set by the command line itself.
"""

from pathlib import Path
from typing import ClassVar


class StrongroomError(Exception):
    """An error a user can act on.

    `message` is one sentence that says what is wrong; `remedy` one sentence that says what to do.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(StrongroomError):
    exit_code = 2


class ConfigError(StrongroomError):
    exit_code = 2


class HomeError(StrongroomError):
    pass


class LibraryError(StrongroomError):
    pass


class EmbedderMismatch(LibraryError):
    pass


class DocumentError(StrongroomError):
    """One file cannot be read. `status` is the contract's word for why (`damaged`, `locked`, …)."""

    def __init__(self, message: str, remedy: str = "", *, status: str = "failed") -> None:
        super().__init__(message, remedy)
        self.status = status


class ModelError(StrongroomError):
    exit_code = 4


class ModelDied(ModelError):
    exit_code = 1


class ServerError(ModelError):
    exit_code = 1


class PolicyError(StrongroomError):
    exit_code = 5


def place_of(error: BaseException) -> str:
    """Type and place of an error that is a mistake of ours, without its message: that may quote the document."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"
