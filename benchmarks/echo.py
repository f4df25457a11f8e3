"""Echo: from a key written to the real interface's terminal until its letter comes back, while a model works.

The letters stand nowhere else on the screen and each is typed once, so the first sight of one is its echo.
"""

import codecs
import os
import random
import select
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.program import COLUMNS, ROWS, SAMPLES, home_with, interface, markdown_table
from models.hardware import physical_cores

QUESTIONS = (
    "What does the supply agreement say about late deliveries?",
    "How many days of annual leave do employees have?",
    "What was the revenue of the company in the last financial year?",
    "Which pressure must the pump not exceed?",
)
ROUNDS = 2
"""Times each question is asked, all in one conversation: the transcript grows as it does for a user."""

SETTINGS = {
    "STRONGROOM_ANSWER__STYLE": "answer",
    "STRONGROOM_ANSWER__MAX_TOKENS": "100",
    "STRONGROOM_LLAMA__ADAPTER": "none",
    "STRONGROOM_LLAMA__STATES_MB": "0",
}
"""A model that writes on and on, shown word by word."""

IDLE_KEYS = 60
WORDS_AHEAD, LETTERS_OF_A_WORD = 16, 5
KEYS_APART = (0.06, 0.14)
"""Seconds between two keys, at random: what repeats itself on the screen must not keep step with them."""

ASKED_MS = 50.0

_PATIENCE = 60.0
_LETTERS = [chr(code) for code in (*range(0x1401, 0x1680), *range(0x13A0, 0x13F5), *range(0xA500, 0xA60C))]
"""Canadian syllabics, Cherokee and Vai: one cell wide each."""

_ENTER, _SPACE, _SELECT_ALL, _DELETE = b"\r", b" ", b"\x1b[18~", b"\x7f"
_EMPTY = "sk your documents"
"""Of what stands in an empty question box, without the letter under the cursor."""

_READY, _ANSWERING, _ANSWERED = "Ready", "Esc stops the answer", "Enter asks"
_STATES = {"Looking through the library": "searches", "found, reading": "reads", "Writing…": "writes"}


def run() -> str:
    home = home_with(SAMPLES)
    rows = []
    for threads in sorted({max(1, physical_cores() - 1), physical_cores()}):
        measured = measure(home, {"STRONGROOM_LLAMA__THREADS": str(threads)})
        rows += [[f"starter, {threads} thread(s)", *row] for row in table(measured)]
    return section(rows)


def section(rows: list[list[str]]) -> str:
    header = ("Model", "while it", "keys", "median, ms", "95 of 100, ms", "slowest, ms")
    return (
        "## Echo\n\n"
        f"A key of the interface in a terminal of {COLUMNS} by {ROWS} until its letter is on the screen, a key every "
        f"{KEYS_APART[0] * 1000:.0f} to {KEYS_APART[1] * 1000:.0f} ms. Asked: under {ASKED_MS:.0f} ms.\n\n"
        + markdown_table(header, rows)
        + "\n"
    )


def table(measured: Mapping[str, list[float]]) -> list[list[str]]:
    rows = []
    for state, times in measured.items():
        ordered = sorted(times)
        figures = (statistics.median(ordered), ordered[round(0.95 * (len(ordered) - 1))], ordered[-1])
        rows.append([state, f"{len(ordered)}", *(f"{figure:.0f}" for figure in figures)])
        print(rows[-1], file=sys.stderr)
    return rows


def measure(home: Path, settings: Mapping[str, str]) -> dict[str, list[float]]:
    """Milliseconds of each echo, by what the model did when the key was struck."""
    measured: dict[str, list[float]] = defaultdict(list)
    letters = iter(_LETTERS)
    with interface(home, {**SETTINGS, **settings}) as descriptor:
        terminal = _Terminal(descriptor)
        terminal.wait_for(_READY)
        terminal.settle()
        for _ in range(IDLE_KEYS):
            measured["rests"].append(terminal.strike(next(letters)))
        terminal.clear(next(letters))
        for question in QUESTIONS:
            terminal.write(question.encode() + _SPACE)
            for _ in range(WORDS_AHEAD // len(QUESTIONS)):
                for _ in range(LETTERS_OF_A_WORD):
                    measured["reads ahead"].append(terminal.strike(next(letters)))
                terminal.write(_SPACE)
            terminal.clear(next(letters))
        for question in QUESTIONS * ROUNDS:
            terminal.write(question.encode() + _ENTER)
            terminal.wait_for(_ANSWERING)
            while terminal.last_of(_ANSWERING, _ANSWERED) == _ANSWERING:
                state = _STATES[terminal.last_of(*_STATES)]
                measured[state].append(terminal.strike(next(letters)))
            terminal.clear(next(letters))
    return measured


class _Terminal:
    """The other end of the interface's terminal, with all that it has shown."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._shown = ""

    def write(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def strike(self, letter: str) -> float:
        """Type `letter`, wait for its echo and until the next key; return milliseconds to the echo."""
        begun = time.perf_counter()
        pause = begun + random.uniform(*KEYS_APART)  # noqa: S311
        self.write(letter.encode())
        self.wait_for(letter)
        echo = (time.perf_counter() - begun) * 1000
        while (left := pause - time.perf_counter()) > 0:
            self._read(left)
        return echo

    def wait_for(self, text: str) -> None:
        """Until `text` is shown from now on."""
        start, deadline = max(0, len(self._shown) - len(text) + 1), time.perf_counter() + _PATIENCE
        while self._shown.find(text, start) < 0:
            if time.perf_counter() > deadline:
                raise RuntimeError(f"The interface did not show {text!r} within {_PATIENCE:.0f} s.")
            self._read(1.0)

    def last_of(self, *texts: str) -> str:
        """That of `texts` which was shown last."""
        return max(texts, key=self._shown.rfind)

    def clear(self, letter: str) -> None:
        """Empty the question box, which holds `letter` at least; what is typed before it is empty is lost."""
        self.strike(letter)
        self.write(_SELECT_ALL + _DELETE)
        self.wait_for(_EMPTY)

    def settle(self) -> None:
        """Until nothing has changed for a moment, or changes all the time (a cursor blinks)."""
        deadline = time.perf_counter() + 1.0
        while self._read(0.4) and time.perf_counter() < deadline:
            continue

    def _read(self, seconds: float) -> bool:
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return False
        self._shown += self._decoder.decode(os.read(self._descriptor, 65536))
        return True


if __name__ == "__main__":
    print(run())
