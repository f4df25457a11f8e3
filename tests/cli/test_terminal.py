"""On a terminal: colour unless NO_COLOR says no, tables that fit, a progress bar that goes away."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from assistant.cli.output import Output
from ingest.library.library import Library
from ingest.types import DocumentRecord, FileStatus
from tests.cli.conftest import Run
from tests.cli.program import STRONGROOM, Program, write_documents

COLOUR = re.compile(r"\x1b\[[\d;]*m")


def on_terminal(*arguments: str, columns: int = 80, rows: int = 24, **environment: str) -> tuple[int, str]:
    """Exit code, and all that `strongroom` writes to a terminal of that size."""
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    process = subprocess.Popen(
        [STRONGROOM, *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**plain, "TERM": "xterm-256color", **environment},
    )
    os.close(terminal)
    written = bytearray()
    while piece := read(master):
        written += piece
    os.close(master)
    return process.wait(), written.decode().replace("\r\n", "\n")


def read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # the last process has closed the terminal
        return b""


def test_colour_is_used_unless_refused(tmp_path: Path) -> None:
    command = ("--home", str(tmp_path / "home"), "config", "show")
    assert COLOUR.search(on_terminal(*command)[1])
    assert not re.search(r"\x1b\[[\d;]*3\d", on_terminal(*command, NO_COLOR="1")[1])


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_tables_fit_the_terminal(columns: int, tmp_path: Path) -> None:
    code, written = on_terminal("--home", str(tmp_path / "home"), "config", "show", columns=columns)
    assert code == 0
    assert max(len(COLOUR.sub("", line)) for line in written.splitlines()) <= columns
    assert '"strongroom-dark"' in written


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_one_long_name_spoils_no_list(columns: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    reason = "Its pages are pictures, and there is nothing that reads them here."
    records = [
        DocumentRecord(f"{'x' * 116}.pdf", "/d/x.pdf", "", FileStatus.ADDED, "", 1234, 56789, "Yearbook", ""),
        DocumentRecord("scan.pdf", "/d/scan.pdf", "", FileStatus.NEEDS_OCR, reason, 3, 0, "", ""),
    ]
    monkeypatch.setattr(Library, "documents", lambda _: records)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    lines = COLOUR.sub("", run("documents", "list").out).splitlines()
    assert max(map(len, lines)) <= columns
    words = " ".join(lines).split()
    assert {"1,234", "56,789", "needs_ocr", "scan.pdf", "Yearbook", *reason.split()} <= set(words)
    assert "".join(lines).count("x") == 116


def test_an_error_is_marked(tmp_path: Path) -> None:
    code, written = on_terminal("--home", str(tmp_path / "home"), "config", "set", "no.such", "1")
    assert code == 2
    assert "Error: " in COLOUR.sub("", written).splitlines()[0]


@pytest.mark.models
def test_an_ingest_shows_its_progress_and_leaves_the_summary(program: Program, tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "documents")
    code, written = on_terminal("--home", str(program.home), "ingest", str(folder), columns=120)
    assert code == 0
    assert "Reading" in written
    assert "3/3 files" in written
    assert "pages/s" in written
    assert "\x1b[2K" in written
    assert COLOUR.sub("", written).strip().splitlines()[-1].endswith("pages/s).")


def test_what_was_streamed_is_taken_back_if_it_is_still_on_the_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("LINES", "10")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    output = Output()
    assert output.erase("twenty-one characters\nand a line\n")
    assert capsys.readouterr().out == "\x1b[3F\x1b[J"
    assert not output.erase("line\n" * 10)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert not output.erase("line")
