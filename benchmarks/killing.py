"""Does killing an ingest lose or double anything? Runs of the real program, killed and then run to their end."""

import json
import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.program import SAMPLES, STRONGROOM, scratch_home, strongroom
from config.locations import Locations
from ingest.library.library import Library

RUNS = 20
QUERIES = ("How many days of annual leave are there?", "payment terms of the supply agreement", "pump pressure")
KEPT_BETWEEN_RUNS = "models"
"""The exported embedder: making it takes long, and its vectors are compared to the last bit."""

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


def run() -> str:
    with scratch_home() as name:
        home = Path(name)
        seconds = _ingest(home)  # exports the embedder
        _empty(home)
        seconds = _ingest(home)
        expected = _state(home)
        moments = [seconds * (run + random.SystemRandom().random()) / RUNS for run in range(RUNS)]
        killed, equal = 0, 0
        for moment in moments:
            _empty(home)
            killed += _kill_after(home, moment)
            _ingest(home)
            equal += _state(home) == expected
    passages = sum(row[5] is not None for row in expected.chunks)  # a file that did not get in has a row without
    compared = (
        "documents, pages, passages, vectors (every byte), search results, checks of the library, vectors in Chroma"
    )
    return (
        "## Killed runs\n\n"
        f"`strongroom ingest` of the sample documents ({passages} passages, {seconds:.1f} s), killed with"
        f" SIGKILL at {RUNS} random moments spread over its run, then run to its end. Compared with an uninterrupted"
        f" run: {compared}.\n\n"
        f"{killed} of {RUNS} were killed before their end; **{equal} of {RUNS} ended equal**.\n"
    )


def _ingest(home: Path) -> float:
    """Seconds of a run to its end."""
    started = time.perf_counter()
    done = strongroom("ingest", str(SAMPLES), home=home)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"ingest ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return time.perf_counter() - started


def _kill_after(home: Path, seconds: float) -> bool:
    """Whether the run was still at it."""
    process = subprocess.Popen(
        [str(STRONGROOM), "--home", str(home), "ingest", str(SAMPLES)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _empty(home: Path) -> None:
    for path in home.iterdir():
        if path.is_dir() and path.name != KEPT_BETWEEN_RUNS:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


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
            searches=[_hits(home, query) for query in QUERIES],
            problems=list(library.check()),
            vectors_in_chroma=library.index_count(),
        )
    finally:
        library.close()


def _hits(home: Path, query: str) -> object:
    done = strongroom("search", query, "--json", home=home)
    if done.returncode:
        raise RuntimeError(f"search ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)["hits"]
