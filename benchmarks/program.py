"""The installed program, run from outside as a user would, and the homes that benchmarks use again."""

import fcntl
import functools
import json
import os
import pty
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLES = CHECKOUT / "examples" / "documents"
SAMPLE_QUESTIONS = CHECKOUT / "examples" / "questions.jsonl"
# Taken out of the environment: the program would take it for one of its settings.
HOMES = Path(os.environ.pop("STRONGROOM_BENCH_HOME", "") or Path(tempfile.gettempdir()) / "strongroom-benchmarks")
"""Where libraries are kept from one benchmark to the next: reading the largest takes many minutes."""

STRONGROOM = Path(sys.executable).parent / "strongroom"
ROWS, COLUMNS = 40, 120
"""Of the terminal that the interface is shown in."""
SOME_FILES_LEFT_OUT = 3
"""Exit code of an ingest whose folder holds files that are not in the library."""


def strongroom(
    *arguments: str, home: Path, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `strongroom` on `home` to its end. `settings` are environment variables of its settings."""
    return subprocess.run(
        [str(STRONGROOM), "--home", str(home), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(settings or {})},
    )


@functools.cache
def home_with(documents: Path, name: str = "samples") -> Path:
    """A home with `documents` ingested, all of them embedded. Made once: again it takes in only what changed."""
    home = HOMES / name
    home.mkdir(parents=True, exist_ok=True)
    done = strongroom("ingest", str(documents), "--prune", "--json", home=home)
    if done.returncode not in (0, SOME_FILES_LEFT_OUT):
        raise RuntimeError(f"ingest of {documents} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    if pending := json.loads(done.stdout.splitlines()[-1])["vectors_pending"]:
        raise RuntimeError(f"{pending} passages of {documents} were not embedded.")
    return home


@contextmanager
def interface(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[int]:
    """The interface in a terminal of ROWS by COLUMNS, whose other end is given: what is shown is read from there, keys
    are written there. Killed in the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [str(STRONGROOM), "--home", str(home)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,  # where Textual writes
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(settings or {})},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield ours
    finally:
        process.kill()  # it would wait for its terminal to be read before it ends by itself
        process.wait()
        os.close(ours)


def evaluate(
    home: Path, questions: Path, *options: str, settings: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """What `strongroom eval --json` prints; `settings` are dotted names and their values."""
    variables = {
        f"STRONGROOM_{name.upper().replace('.', '__')}": str(value).lower() for name, value in (settings or {}).items()
    }
    done = strongroom("eval", str(questions), *options, "--json", home=home, settings=variables)
    if done.returncode:
        raise RuntimeError(f"eval of {questions} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def median_of_five(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(5))


def scratch_home() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="strongroom-bench-")


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
