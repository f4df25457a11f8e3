"""The log file: what happened, when, to which id. Never a word of a document, of a question or of an answer.

That is kept whatever a call site or a library does:

* our own messages are constant templates, filled with numbers, ids, names of things and paths; a string with white
  space in it, or longer than an id, is replaced by its length, and any other object by the name of its type;
* of what libraries log only level, name and place are written: they may quote what they were given;
* a traceback is written as files, lines and functions, without the exception's message.

So log like this: `_log.info("%s has %d chunks", document_id, len(chunks))`, and not a path of a document but its id.
Nothing is ever logged to the screen.
"""

import contextlib
import logging
import os
import re
import traceback
import warnings
from collections.abc import Mapping
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from numbers import Number
from pathlib import Path
from typing import TextIO

from config.locations import Locations, private_directory
from config.sanitise import sanitise
from config.sections import LogSettings

OUR_PACKAGES = ("assistant", "config", "ingest", "models", "strongroom")
_FILE_BYTES = 1_000_000
_OLD_FILES = 3
_LONGEST_ID = 80
_WHITE_SPACE = re.compile(r"\s")
_log = logging.getLogger(__name__)
_previous_showwarning = warnings.showwarning


def start_log(locations: Locations, settings: LogSettings) -> None:
    """Log to the home's log file from now on, and warnings of libraries too. Calling it again starts anew.

    A log that can later not be written (a full disk) stops nothing and shows nothing. Raises HomeError when its folder
    cannot be created.
    """
    global _previous_showwarning
    stop_log()
    private_directory(locations.log_file.parent)
    handler = _PrivateRotatingFile(
        locations.log_file, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(_TextFreeFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logging.getLogger().addHandler(handler)
    for package in OUR_PACKAGES:
        logging.getLogger(package).setLevel(settings.level.upper())
    _previous_showwarning, warnings.showwarning = warnings.showwarning, _log_warning


def stop_log() -> None:
    """Close the log file."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _PrivateRotatingFile)]:
        root.removeHandler(handler)
        handler.close()
    if warnings.showwarning is _log_warning:
        warnings.showwarning = _previous_showwarning


class _PrivateRotatingFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=_open_private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the name is the standard library's
        """The standard library would print a traceback, with the record's text, on the screen."""

    def close(self) -> None:
        with contextlib.suppress(OSError):  # a full disk: what could not be written is tried once more
            super().close()


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _TextFreeFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One line per record, then its traceback if it has one."""
        line = f"{self.formatTime(record, self.datefmt)} {record.levelname} {record.name} {_message(record)}"
        if record.exc_info and record.exc_info[1]:
            line += "\n" + describe_exception(record.exc_info[1])
        return line


def describe_exception(error: BaseException) -> str:
    """Where `error` was raised and its type, innermost call last, without its message; causes first, as Python does."""
    cause = error.__cause__ or error.__context__
    calls = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    lines = [*calls, type(error).__name__]
    return "\n".join([describe_exception(cause), "then", *lines] if cause else lines)


def _message(record: logging.LogRecord) -> str:
    is_ours = record.name.partition(".")[0] in OUR_PACKAGES
    if not is_ours or not isinstance(record.msg, str):
        return f"at {record.filename}:{record.lineno}"
    arguments = record.args or ()
    if isinstance(arguments, Mapping):
        filled = record.msg % {name: _without_text(value) for name, value in arguments.items()}
    else:
        filled = record.msg % tuple(_without_text(value) for value in arguments)
    return filled.replace("\n", " ")


def _without_text(value: object) -> object:
    """What may be written of a value: numbers, ids, names and paths as they are, of anything else only what it is."""
    if value is None or isinstance(value, Number):
        return value
    if isinstance(value, Path):
        return sanitise(str(value))
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, str):
        is_id = len(value) <= _LONGEST_ID and not _WHITE_SPACE.search(value)
        return sanitise(value) if is_id else f"<{len(value)} characters>"
    return f"<{type(value).__name__}>"


def _log_warning(
    message: Warning | str,  # noqa: ARG001  the signature is Python's; a message may quote a document
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    """Stands in for warnings.showwarning."""
    _log.warning("%s at %s:%d", category, Path(filename), lineno)
