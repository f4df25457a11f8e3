"""How the interface ends: the terminal as it was, no thread left, and the exit code that the contract names."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

import tests
from assistant.tui.run import have_ended

SECONDS_TO_START = 60.0
SECONDS_TO_END = 20.0
CODES = re.compile(r"\x1b\[[\d;?<]*[a-z]")
LEFT_THE_SCREEN = b"\x1b[?1049l"

PROGRAM = """
import assistant.assistant
from assistant.cli.main import run
from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant

def stand_in(locations, *_, **__):
    return StandInAssistant(locations.home, records=[record("lease.pdf")])

assistant.assistant.open_assistant = stand_in
run()
"""

WITH_A_BUG = f"""
from assistant.tui.app import StrongroomApp

def fail(self):
    said = " ".join(["The", "rent", "is", "4711"])
    raise ValueError(said)

StrongroomApp.action_other_side = fail
{PROGRAM}"""


class Terminal:
    """The program on the stand-in assistant in a terminal of its own, and what it has written there."""

    def __init__(self, home: Path, program: str) -> None:
        self.written = b""
        self._master, self._terminal = pty.openpty()
        self._before = termios.tcgetattr(self._terminal)
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, "--home", str(home)],
            stdin=self._terminal,
            stdout=self._terminal,
            stderr=self._terminal,
            cwd=Path(tests.__path__[0]).parent,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"},
        )

    @property
    def is_as_before(self) -> bool:
        return termios.tcgetattr(self._terminal) == self._before

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while words.encode() not in self.written:
            assert time.monotonic() < deadline, f"never wrote {words!r}: {self.written[-2000:]!r}"
            assert self._process.poll() is None, self.written[-2000:]
            self._read()

    def told(self) -> list[str]:
        """What stands on the terminal behind the screen of the interface."""
        behind = self.written.rpartition(LEFT_THE_SCREEN)[2].decode()
        return CODES.sub("", behind).split("\r\n")[:-1]

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def exit_code(self) -> int:
        """Waits for the end, and for all that is written until then."""
        deadline = time.monotonic() + SECONDS_TO_END
        while self._process.poll() is None:
            assert time.monotonic() < deadline, "never ended"
            self._read()
        while self._read():
            continue
        return self._process.returncode

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)
        os.close(self._terminal)

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._master], [], [], 0.1)
        piece = os.read(self._master, 65536) if ready else b""
        self.written += piece
        return piece


@contextmanager
def opened(home: Path, program: str = PROGRAM) -> Iterator[Terminal]:
    terminal = Terminal(home, program)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_in_order(number: signal.Signals, code: int, tmp_path: Path) -> None:
    with opened(tmp_path / "home") as terminal:
        terminal.wait_for("Ready")
        assert not terminal.is_as_before
        terminal.send(number)
        assert terminal.exit_code() == code
        assert LEFT_THE_SCREEN in terminal.written
        assert terminal.is_as_before


def test_a_signal_ends_it_while_folders_are_followed(tmp_path: Path) -> None:
    home, followed = tmp_path / "home", tmp_path / "followed"
    home.mkdir(mode=0o700)
    followed.mkdir()
    (home / "followed.json").write_text(json.dumps([str(followed)]))
    with opened(home) as terminal:
        terminal.wait_for("Following 1 folder")
        terminal.send(signal.SIGTERM)
        assert terminal.exit_code() == 143
        assert LEFT_THE_SCREEN in terminal.written
        assert terminal.is_as_before


def test_the_user_ends_it(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as terminal:
        terminal.wait_for("Ready")
        terminal.press(b"\x11")  # Ctrl+Q
        assert terminal.exit_code() == 0
        assert terminal.is_as_before


def test_a_bug_ends_it_with_two_sentences_and_no_word_of_a_document(tmp_path: Path) -> None:
    with opened(tmp_path / "home", WITH_A_BUG) as terminal:
        terminal.wait_for("Ready")
        terminal.press(b"\x14")  # Ctrl+T
        assert terminal.exit_code() == 1
        assert terminal.is_as_before
        assert terminal.told() == [
            "Error: Something went wrong inside Strongroom (ValueError).",
            "Try again; the log in the home says where it happened.",
        ]
        assert b"4711" not in terminal.written
        log = "".join(file.read_text() for file in (tmp_path / "home").rglob("*.log"))
        assert "ValueError in the interface" in log
        assert " fail\n" in log
        assert "4711" not in log


def test_bytes_that_are_no_text_are_told_as_such(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as terminal:
        terminal.wait_for("Ready")
        terminal.press(b"\xff")
        assert terminal.exit_code() == 1
        assert terminal.is_as_before
        assert terminal.told()[0] == "Error: What the terminal sent could not be read."


def test_a_thread_that_waits_for_what_never_comes_is_not_waited_for() -> None:
    answers = Event()
    threads = ThreadPoolExecutor(2)
    threads.submit(answers.wait)
    assert not have_ended(threads, 0.05)
    answers.set()
    assert have_ended(threads, SECONDS_TO_END)
