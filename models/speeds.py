"""How fast this machine reads and writes with each language model, learned from real turns and kept in the home."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from config.errors import HomeError
from config.files import replace_file
from models.base import TokenUsage

_log = logging.getLogger(__name__)

_LEAST_READ, _LEAST_WRITTEN = 64, 8
"""Tokens of a turn below which its time says more about its start than about the machine."""

_NEWEST = 0.3
"""Weight of a turn against those before it: one slow turn, the machine busy with something else, is to count little."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second, None until measured."""

    reading: float | None = None
    writing: float | None = None

    def seconds_to_read(self, tokens: int) -> float | None:
        """None while the speed is not known."""
        return tokens / self.reading if self.reading else None


class Speeds:
    """The speeds by name of the model, in one small file. Safe to use from several threads; of two processes that
    write at once the later one counts. A file that is damaged or cannot be written costs what was learned, no more."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()

    def of(self, model: str) -> Speed:
        kept = self._read().get(model)
        if not isinstance(kept, dict):
            return Speed()
        return Speed(_positive(kept.get("reading")), _positive(kept.get("writing")))

    def learn(self, model: str, usage: TokenUsage) -> None:
        """Take one turn into account, if it was long enough to tell."""
        read = usage.prompt - usage.reused
        reading = _rate(read, usage.reading_ms, _LEAST_READ)
        writing = _rate(usage.generated, usage.writing_ms, _LEAST_WRITTEN)
        if reading is None and writing is None:
            return
        with self._lock:
            before = self.of(model)
            speed = Speed(_mixed(before.reading, reading), _mixed(before.writing, writing))
            try:
                replace_file(self._file, json.dumps({**self._read(), model: asdict(speed)}, indent=1).encode())
            except HomeError as error:
                _log.warning("The speed of the model could not be kept: %s", error)

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}


def _rate(tokens: int, milliseconds: float, least: int) -> float | None:
    return 1000 * tokens / milliseconds if tokens >= least and milliseconds > 0 else None


def _mixed(before: float | None, now: float | None) -> float | None:
    if now is None or before is None:
        return now or before
    return (1 - _NEWEST) * before + _NEWEST * now


def _positive(number: object) -> float | None:
    return float(number) if isinstance(number, int | float) and 0 < number < float("inf") else None
