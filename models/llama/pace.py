"""How many threads compute: as many as planned, but one core is left free while other programs are at work."""

import time
from collections.abc import Callable

from models.hardware import OthersWork, physical_cores

_LOOKS_EVERY = 0.5
_BUSY = 0.5
"""Cores that others use from which on the machine is busy."""


class Pace:
    """`set_threads` is told how many write and how many read, whenever that changes. `follow` costs next to nothing.

    llama.cpp's threads wait for each other after every operation: one that has to share its core holds up all.
    """

    def __init__(
        self,
        set_threads: Callable[[int, int], None],
        writing: int,
        reading: int,
        *,
        yields: bool,
        others: OthersWork | None = None,
        cores: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._set_threads = set_threads
        self._planned = (writing, reading)
        self._others = others or OthersWork()
        self._most_when_busy = max(1, (cores or physical_cores()) - 1)
        self._yields = yields and max(self._planned) > self._most_when_busy
        self._clock = clock
        self._next_look = clock() + _LOOKS_EVERY
        self._is_busy = False

    def follow(self) -> None:
        """Look now and then how busy the machine is. To be called before anything is computed."""
        if not self._yields or self._clock() < self._next_look:
            return
        self._next_look = self._clock() + _LOOKS_EVERY
        is_busy = self._others.cores() >= _BUSY
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            most = self._most_when_busy if is_busy else max(self._planned)
            self._set_threads(*(min(threads, most) for threads in self._planned))
