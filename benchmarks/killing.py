"""Does killing lose, double or leave anything? The real program, killed at random moments and then run to its end.

The kills take turns over the moments of MOMENTS, and what they gave is kept: a run that is interrupted goes on where it
was. `python -m benchmarks.killing 15` does the next fifteen and prints the counts; the benchmark does what is left.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.ingestion import family
from benchmarks.program import HOMES, STRONGROOM, markdown_table, strongroom
from benchmarks.stage import Stage, empty, ingest, is_sound, set_the_stage, state
from ingest.loaders.recognition import is_installed

MOMENTS = {
    "reader": (20, "a reading process of `ingest`, which goes on"),
    "writer": (20, "`ingest` while documents are stored, then run again"),
    "embedder": (20, "`ingest` while vectors are made and indexed, then run again"),
    "ocr": (10, "a process that recognises a page, which goes on, and in turn all of `ingest`, then run again"),
    "forget": (15, "`documents forget` before it compacts, then run again"),
    "compaction": (15, "`documents forget` while it compacts and verifies, then run again"),
}
"""How often each is killed, and what it is."""

READING_SECONDS = 0.5
"""Within so long after it has started, a reading process is killed."""

WAIT_SECONDS = 60.0
"""For a moment to come."""

LOOK_SECONDS = 0.005

_PLACE = HOMES / "killing"
_PROGRESS = _PLACE / "progress.json"


@dataclass(slots=True)
class Outcome:
    """Of the runs: how many the kill caught, how many libraries were sound right after it, how many ended equal."""

    runs: int = 0
    caught: int = 0
    sound: int = 0
    equal: int = 0

    def count(self, caught: bool, sound: bool, equal: bool) -> None:
        self.runs += 1
        self.caught += caught
        self.sound += sound
        self.equal += equal


def run() -> str:
    outcomes, stage = _kill(sum(number for number, _ in MOMENTS.values()))
    _PROGRESS.unlink()
    return _report(outcomes, stage)


def _kill(most: int) -> tuple[dict[str, Outcome], Stage]:
    """The next kills, `most` of them at most, and what all of them gave so far."""
    outcomes = _so_far()
    stage = set_the_stage(_PLACE)
    for moment in _turns(outcomes)[:most]:
        outcomes[moment].count(*_KILLS[moment](stage, outcomes[moment].runs))
        _PROGRESS.write_text(json.dumps({each: asdict(outcome) for each, outcome in outcomes.items()}))
        print(f"{moment:<12}{asdict(outcomes[moment])}", file=sys.stderr)
    return outcomes, stage


def _so_far() -> dict[str, Outcome]:
    kept = json.loads(_PROGRESS.read_text()) if _PROGRESS.exists() else {}
    return {moment: Outcome(**kept.get(moment, {})) for moment in MOMENTS if moment != "ocr" or is_installed()}


def _turns(outcomes: dict[str, Outcome]) -> list[str]:
    """The kills that are left, those first that have the largest part of theirs still before them."""
    left = [
        (done / MOMENTS[moment][0], moment)
        for moment, outcome in outcomes.items()
        for done in range(outcome.runs, MOMENTS[moment][0])
    ]
    return [moment for _, moment in sorted(left)]


def _kill_reader(stage: Stage, _: int) -> tuple[bool, bool, bool]:
    empty(stage.home)
    process = _start(stage.home, "ingest", str(stage.folder))
    _wait_until(process, lambda: bool(_readers(process.pid)))
    time.sleep(READING_SECONDS * _chance())
    return _kill_a_child(process, stage)


def _kill_writer(stage: Stage, _: int) -> tuple[bool, bool, bool]:
    return _kill_ingest(stage, lambda process: bool(_readers(process.pid)), 0.3 * stage.seconds["ingest"])


def _kill_embedder(stage: Stage, _: int) -> tuple[bool, bool, bool]:
    return _kill_ingest(stage, lambda _: _asked(stage.home, _STORED) >= stage.stored, 0.5 * stage.seconds["ingest"])


def _kill_recognition(stage: Stage, run: int) -> tuple[bool, bool, bool]:
    """What is typed in the mixed file is in, and its other page is being recognised."""
    if run % 2:
        return _kill_ingest(stage, lambda _: _asked(stage.home, _UNFINISHED) > 0, READING_SECONDS)
    empty(stage.home)
    process = _start(stage.home, "ingest", str(stage.folder))
    _wait_until(process, lambda: _asked(stage.home, _UNFINISHED) > 0)
    time.sleep(READING_SECONDS * _chance())
    return _kill_a_child(process, stage)


def _kill_forget(stage: Stage, _: int) -> tuple[bool, bool, bool]:
    return _kill_forgetting(stage, lambda _: True, 0.6 * stage.seconds["forget"])


def _kill_compaction(stage: Stage, _: int) -> tuple[bool, bool, bool]:
    return _kill_forgetting(stage, lambda _: _asked(stage.home, _COMPACTING) > 0, 0.2 * stage.seconds["forget"])


_KILLS: dict[str, Callable[[Stage, int], tuple[bool, bool, bool]]] = {
    "reader": _kill_reader,
    "writer": _kill_writer,
    "embedder": _kill_embedder,
    "ocr": _kill_recognition,
    "forget": _kill_forget,
    "compaction": _kill_compaction,
}

_STORED = "SELECT count(*) FROM held"
_UNFINISHED = "SELECT count(*) FROM held WHERE reader = -1"
_COMPACTING = "SELECT max(compaction_due) FROM collections"


def _kill_ingest(
    stage: Stage, has_come: "Callable[[subprocess.Popen[bytes]], bool]", seconds: float
) -> tuple[bool, bool, bool]:
    """Kill the whole run at random within so many seconds after the moment, and run it again to its end."""
    empty(stage.home)
    caught = _kill_after(stage.home, has_come, seconds, "ingest", str(stage.folder))
    sound = is_sound(stage.home)
    ingest(stage.home, stage.folder)
    return caught, sound, state(stage.home) == stage.expected


def _kill_forgetting(
    stage: Stage, has_come: "Callable[[subprocess.Popen[bytes]], bool]", seconds: float
) -> tuple[bool, bool, bool]:
    shutil.rmtree(stage.home)
    shutil.copytree(stage.full, stage.home)
    caught = _kill_after(stage.home, has_come, seconds, "documents", "forget", stage.forgotten)
    sound = is_sound(stage.home)
    done = strongroom("documents", "forget", stage.forgotten, "--json", home=stage.home)
    absent = done.returncode == 0 and json.loads(done.stdout)["verified_absent"]
    return caught, sound, absent and state(stage.home) == stage.without


def _kill_a_child(process: "subprocess.Popen[bytes]", stage: Stage) -> tuple[bool, bool, bool]:
    """Kill one of the run's processes; the run goes on to its end."""
    caught = False
    with contextlib.suppress(ProcessLookupError, IndexError):
        os.kill(random.SystemRandom().choice(_readers(process.pid)), signal.SIGKILL)
        caught = True
    process.wait()
    return caught, is_sound(stage.home), state(stage.home) == stage.expected


def _kill_after(
    home: Path, has_come: "Callable[[subprocess.Popen[bytes]], bool]", seconds: float, *command: str
) -> bool:
    """Whether the run was still at it."""
    process = _start(home, *command)
    _wait_until(process, lambda: has_come(process))
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds * _chance())
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _wait_until(process: "subprocess.Popen[bytes]", has_come: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not has_come() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)


def _asked(home: Path, query: str) -> int:
    """What the library of a running process says; 0 while there is none."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{home / 'library.sqlite'}?mode=ro", uri=True)) as connection:
            return int(connection.execute(query).fetchone()[0] or 0)
    except sqlite3.Error:
        return 0


def _report(outcomes: dict[str, Outcome], stage: Stage) -> str:
    rows = [
        [MOMENTS[moment][1], str(each.runs), str(each.caught), str(each.sound), f"**{each.equal}**"]
        for moment, each in outcomes.items()
    ]
    passages = sum(row[5] is not None for row in stage.expected.chunks)
    return (
        "## Killed runs\n\n"
        f"Sample documents and one with a scanned page ({passages} passages, {stage.seconds['ingest']:.1f} s to"
        " ingest), SIGKILL at a random moment within what is named. Sound: all checks of the library pass right"
        " after the kill (it may say that forgetting is not finished). Equal: documents, pages, passages, vectors"
        " (every byte), search results, checks, vectors in Chroma are in the end those of a run that was not"
        " interrupted, and no byte of a forgotten document is left.\n\n"
        + markdown_table(("What was killed", "runs", "killed before their end", "sound", "equal in the end"), rows)
        + "\n"
    )


def _chance() -> float:
    return random.SystemRandom().random()


def _readers(pid: int) -> list[int]:
    return [child for child in family(pid) if child != pid]


def _start(home: Path, *command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [str(STRONGROOM), "--home", str(home), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    _kill(int(sys.argv[1]) if sys.argv[1:] else sum(number for number, _ in MOMENTS.values()))
