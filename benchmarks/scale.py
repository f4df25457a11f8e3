"""What grows how? Synthetic libraries of 50,000 and 200,000 passages with random vectors: ingest, search, memory.

Each size is measured in a process of its own: `python -m benchmarks.scale PASSAGES` prints the figures as JSON.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np

from benchmarks.program import markdown_table, scratch_home

SIZES = (50_000, 200_000)
PER_DOCUMENT, PER_PAGE, WORDS = 500, 5, 60
DIMENSION, SLICE = 384, 128
VOCABULARY = 30_000
QUESTIONS = 40
QUESTION_WORDS = 8
WORST_GROWTH = 1.5
"""Times of linear."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Processor seconds in all, milliseconds a search (medians), megabytes; `first` searches look their words up."""

    passages: int
    store: float
    vectors: float
    index: float
    text_first_ms: float
    text_again_ms: float
    chroma_ms: float
    scan_ms: float
    scan_build: float
    pending_ms: float
    ingest_mb: float
    search_mb: float
    disk_mb: float


def run() -> str:
    small, large = (_measured(size) for size in SIZES)
    growth = large.passages / small.passages
    rows = []
    for label, name, unit in _SHOWN:
        before, after = getattr(small, name), getattr(large, name)
        rows.append([label, f"{before:,.1f} {unit}", f"{after:,.1f} {unit}", f"{after / before / growth:.2f}"])
    worst = max(float(row[-1]) for row in rows)
    header = ("What", *(f"{size:,} passages" for size in SIZES), "of linear")
    per_second = large.passages / (large.store + large.vectors + large.index)
    million = large.passages / 1_000_000
    return (
        "## Scale\n\n"
        f"Passages of {WORDS} words of a vocabulary as uneven as a language's, {PER_DOCUMENT} a document, with"
        f" random vectors of {DIMENSION} dimensions (nothing is embedded). Times are processor times."
        " Of linear: the growth of the figure over that of the library; the bar is"
        f" {WORST_GROWTH}, the worst is **{worst:.2f}**. Searches are medians of {QUESTIONS} questions of"
        f" {QUESTION_WORDS}"
        " words, k 60.\n\n"
        f"{markdown_table(header, rows)}\n\n"
        f"At 200,000 passages {per_second:,.0f} passages a second go in, embedding apart. By these figures a million"
        f" would"
        f" take {large.disk_mb / million / 1000:.1f} GB of disk, {large.search_mb / million / 1000:.1f} GB of memory"
        f" to search,"
        f" {large.text_first_ms / million:.0f} ms for a full-text search of words not asked for before,"
        f" {large.scan_ms / million:.0f} ms for an exact scan, and"
        f" {(large.store + large.vectors + large.index) / million / 60:.0f}"
        " minutes to take in.\n"
    )


_SHOWN = (
    ("documents and full text stored", "store", "s"),
    ("vectors stored", "vectors", "s"),
    ("Chroma filled", "index", "s"),
    ("full-text search, new words", "text_first_ms", "ms"),
    ("full-text search, words asked for before", "text_again_ms", "ms"),
    ("vector search, Chroma", "chroma_ms", "ms"),
    ("vector search, exact scan", "scan_ms", "ms"),
    ("matrix of the exact scan built", "scan_build", "s"),
    ("counting what is pending", "pending_ms", "ms"),
    ("peak memory while taking in", "ingest_mb", "MB"),
    ("peak memory while searching", "search_mb", "MB"),
    ("disk", "disk_mb", "MB"),
)


def _measured(passages: int) -> Figures:
    """Taken in by one process and searched by another, so that each has its own peak of memory."""
    with scratch_home() as home:
        found: dict[str, float] = {}
        for step in ("ingest", "search"):
            command = [sys.executable, "-m", "benchmarks.scale", step, str(passages), home]
            found |= json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        disk = sum(path.stat().st_size for path in Path(home).rglob("*") if path.is_file())
        return Figures(passages=passages, disk_mb=disk / 1e6, **found)


def _ingest(passages: int, home: Path) -> dict[str, float]:
    from ingest.types import FoundFile

    library = _open(home)
    words = _Words()
    store = vectors = 0.0
    generator = np.random.default_rng(1)
    for number in range(passages // PER_DOCUMENT):
        document, chunks = _document(library, words, number)
        store += _seconds(partial(library.replace_document, FoundFile(document.path), document, chunks))
        while pending := library.pending_slice():
            made = generator.standard_normal((len(pending), DIMENSION)).astype(np.float32)
            vectors += _seconds(partial(library.store_vectors, pending, made))
    library.hold_index()
    index = _seconds(library.refresh_index)
    library.close()
    return {"store": store, "vectors": vectors, "index": index, "ingest_mb": _peak_mb()}


def _search(_: int, home: Path) -> dict[str, float]:
    library = _open(home)
    words = _Words(seed=2)
    questions = [" ".join(words.some(QUESTION_WORDS)) for _ in range(QUESTIONS)]
    vectors = np.random.default_rng(2).standard_normal((QUESTIONS, DIMENSION)).astype(np.float32)
    library.search_text("nothing", 60)
    first, again = [], []
    for question in questions:
        for seconds in (first, again):
            seconds.append(_seconds(partial(library.search_text, question, 60)))
    build = _seconds(partial(library.search_vectors, vectors[0], 60))
    scan = [_seconds(partial(library.search_vectors, vector, 60)) for vector in vectors[1:]]
    library.hold_index()
    library.refresh_index()
    chroma = [_seconds(partial(library.search_vectors, vector, 60)) for vector in vectors]
    pending = [_seconds(library.pending_count) for _ in range(5)]
    library.close()
    return {
        "text_first_ms": _median_ms(first),
        "text_again_ms": _median_ms(again),
        "scan_build": build,
        "scan_ms": _median_ms(scan),
        "chroma_ms": _median_ms(chroma),
        "pending_ms": _median_ms(pending),
        "search_mb": _peak_mb(),
    }


class _Words:
    """Made-up words, the nth as frequent as 1/n: a few in every passage, most in hardly any."""

    def __init__(self, seed: int = 1) -> None:
        self._generator = random.Random(seed)  # noqa: S311  the same words each time
        spelling = random.Random(0)  # noqa: S311
        self._words = ["".join(spelling.choices("abcdefghijklmnopqrstuvwxyz", k=4 + n % 6)) for n in range(VOCABULARY)]
        self._weights = list(accumulate(1 / (n + 3) for n in range(VOCABULARY)))

    def some(self, count: int) -> list[str]:
        return self._generator.choices(self._words, cum_weights=self._weights, k=count)


def _document(library, words, number):
    from ingest.types import Block, BlockKind, Chunk, Document, Page, make_chunk_id

    sha256 = f"{number:064x}"
    pages, chunks = [], []
    for page in range(1, PER_DOCUMENT // PER_PAGE + 1):
        texts = [" ".join(words.some(WORDS)) for _ in range(PER_PAGE)]
        text = "\n".join(texts)
        start = 0
        for each in texts:
            ordinal = len(chunks)
            name = make_chunk_id(library.collection, sha256, ordinal)
            chunks.append(Chunk(name, ordinal, each, f"Report {number}", page, page, start, start + len(each)))
            start += len(each) + 1
        pages.append(Page(page, text, (Block(BlockKind.PARAGRAPH, 0, len(text)),)))
    return Document(Path(f"/reports/{number}.txt"), sha256, f"Report {number}", tuple(pages)), chunks


def _open(home: Path):
    from config.environment import silence_telemetry

    silence_telemetry()
    from config.locations import open_home
    from ingest.library.library import Library
    from models.base import EmbedderIdentity

    library = Library.open(open_home(home))
    library.require_embedder(EmbedderIdentity("random", "0" * 64, DIMENSION, True, "", "fp32"))
    return library


def _seconds(action: Callable[[], object]) -> float:
    """Processor time of this process and its threads: what else the machine does meanwhile does not count."""
    started = time.process_time()
    action()
    return time.process_time() - started


def _median_ms(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    step, passages, home = sys.argv[1:]
    print(json.dumps({"ingest": _ingest, "search": _search}[step](int(passages), Path(home))))
