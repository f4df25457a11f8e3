"""Does killing lose, double or leave anything? The real program, killed at random moments and then run to its end."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingestion import family
from benchmarks.program import SAMPLES, STRONGROOM, markdown_table, scratch_home, strongroom
from config.locations import Locations
from ingest.library.library import Library

KILLS = {"ingest": 50, "reader": 20, "forget": 30}
"""The whole run; one of its reading processes; forgetting a document, compaction included."""

DOCUMENTS = 4
READING_SECONDS = 0.5
"""Within so long after it has started, a reading process is killed."""

START_SECONDS = 30.0
QUERIES = ("How many days of annual leave are there?", "payment terms of the supply agreement", "pump pressure")
KEPT_BETWEEN_RUNS = "models"
"""The exported embedder: making it takes long, and its vectors are compared to the last bit."""

HARMLESS = "forgetting"
"""What the checks may say after a kill: that forgetting was not finished."""

EVERYTHING = """
    SELECT d.path, d.sha256, d.status, d.title, d.page_count, c.chunk_id, c.ordinal, c.page, c.page_last,
        c.start_offset, c.end_offset, c.heading, c.context, c.text, c.vector
    FROM documents d LEFT JOIN chunks c ON c.document = d.id ORDER BY d.path, c.ordinal
"""


@dataclass(frozen=True, slots=True)
class State:
    """What a library holds and finds, without row ids and times."""

    chunks: list[tuple[object, ...]]
    pages: list[tuple[object, ...]]
    searches: list[object]
    problems: list[object]
    vectors_in_chroma: int | None


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
    with scratch_home() as name:
        home, full, folder = (Path(name, part) for part in ("home", "full", "documents"))
        _choose_documents(folder)
        home.mkdir(mode=0o700)
        _ingest(home, folder)  # exports the embedder
        _empty(home)
        seconds = _ingest(home, folder)
        expected = _state(home)
        shutil.copytree(home, full)
        forgotten = sorted(folder.iterdir())[1].name
        forgetting = _timed(lambda: strongroom("documents", "forget", forgotten, home=home))
        without = _state(home)

        outcomes = {kind: Outcome() for kind in KILLS}
        for moment in _moments(KILLS["ingest"], seconds):
            _empty(home)
            caught = _kill_after(moment, home, "ingest", str(folder))
            sound = _is_sound(home)
            _ingest(home, folder)
            outcomes["ingest"].count(caught, sound, _state(home) == expected)
        for moment in _moments(KILLS["reader"], READING_SECONDS):
            _empty(home)
            caught = _kill_a_reader(moment, home, folder)
            outcomes["reader"].count(caught, _is_sound(home), _state(home) == expected)
        for moment in _moments(KILLS["forget"], forgetting):
            shutil.rmtree(home)
            shutil.copytree(full, home)
            caught = _kill_after(moment, home, "documents", "forget", forgotten)
            sound = _is_sound(home)
            done = strongroom("documents", "forget", forgotten, "--json", home=home)
            absent = done.returncode == 0 and json.loads(done.stdout)["verified_absent"]
            outcomes["forget"].count(caught, sound, absent and _state(home) == without)
    return _report(outcomes, sum(row[5] is not None for row in expected.chunks), seconds)


def _report(outcomes: dict[str, Outcome], passages: int, seconds: float) -> str:
    said = {
        "ingest": "the whole `ingest`, then run again",
        "reader": "a reading process of `ingest`, which goes on",
        "forget": "`documents forget`, compaction included, then run again",
    }
    rows = [
        [said[kind], str(each.runs), str(each.caught), str(each.sound), f"**{each.equal}**"]
        for kind, each in outcomes.items()
    ]
    return (
        "## Killed runs\n\n"
        f"Sample documents ({passages} passages, {seconds:.1f} s to ingest), SIGKILL at random moments spread over the"
        " run. Sound: all checks of the library pass right after the kill (it may say that forgetting is not finished)."
        " Equal: documents, pages, passages, vectors (every byte), search results, checks, vectors in Chroma are in"
        " the end those of"
        " a run that was not interrupted, and no byte of a forgotten document is left.\n\n"
        + markdown_table(("What was killed", "runs", "killed before their end", "sound", "equal in the end"), rows)
        + "\n"
    )


def _choose_documents(folder: Path) -> None:
    """The smallest samples, and a copy of one."""
    folder.mkdir()
    smallest = sorted((path for path in SAMPLES.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    for path in smallest[:DOCUMENTS]:
        shutil.copyfile(path, folder / path.name)
    shutil.copyfile(smallest[0], folder / f"copy of {smallest[0].name}")


def _moments(number: int, seconds: float) -> list[float]:
    """Spread over the run, each at random within its part of it."""
    return [seconds * (each + random.SystemRandom().random()) / number for each in range(number)]


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _ingest(home: Path, folder: Path) -> float:
    """Seconds of a run to its end."""
    started = time.perf_counter()
    done = strongroom("ingest", str(folder), home=home)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"ingest ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return time.perf_counter() - started


def _kill_after(seconds: float, home: Path, *command: str) -> bool:
    """Whether the run was still at it."""
    process = _start(home, *command)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _kill_a_reader(seconds: float, home: Path, folder: Path) -> bool:
    """Whether there was one to kill. The run goes on to its end."""
    process = _start(home, "ingest", str(folder))
    deadline = time.monotonic() + START_SECONDS
    while not _readers(process.pid) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(seconds)
    readers = _readers(process.pid)
    caught = False
    with contextlib.suppress(ProcessLookupError, IndexError):
        os.kill(random.SystemRandom().choice(readers), signal.SIGKILL)
        caught = True
    process.wait()
    return caught


def _readers(pid: int) -> list[int]:
    return [child for child in family(pid) if child != pid]


def _start(home: Path, *command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [str(STRONGROOM), "--home", str(home), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _empty(home: Path) -> None:
    for path in home.iterdir():
        if path.is_dir() and path.name != KEPT_BETWEEN_RUNS:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


def _is_sound(home: Path) -> bool:
    library = Library.open(Locations(home))
    try:
        return all(problem.name == HARMLESS for problem in library.check())
    finally:
        library.close()


def _state(home: Path) -> State:
    library = Library.open(Locations(home))
    try:
        if not library.hold_index():
            raise RuntimeError("A killed run still holds the index.")
        library.refresh_index()
        return State(
            chunks=library.database.rows(EVERYTHING),
            pages=library.database.rows(
                "SELECT d.path, p.number, p.label, p.text FROM pages p JOIN documents d ON d.id = p.document"
                " ORDER BY d.path, p.number"
            ),
            searches=_searches(library),
            problems=list(library.check()),
            vectors_in_chroma=library.index_count(),
        )
    finally:
        library.close()


def _searches(library: Library) -> list[object]:
    """By words, and by the vector of each passage: what stands nearest to it."""
    by_words: list[object] = [library.search_text(query, 20) for query in QUERIES]
    names: Sequence[str] = [row[0] for row in library.database.rows("SELECT chunk_id FROM chunks ORDER BY chunk_id")]
    vectors = library.chunk_vectors(names[:20])
    return by_words + [library.search_vectors(vector, 10) for vector in vectors.values()]
