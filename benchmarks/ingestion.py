"""How fast does a folder of filings become a library: against the embedder alone, and against LlamaIndex.

LlamaIndex runs in an environment of its own, whose Python `STRONGROOM_BENCH_LLAMAINDEX` names (it needs
llama-index-core, llama-index-readers-file, llama-index-embeddings-huggingface and llama-index-vector-stores-chroma);
without it that part is left out.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.datasets import FINANCEBENCH
from benchmarks.program import HOMES, SAMPLES, STRONGROOM, home_with, markdown_table
from config.memory import resident_mb

LLAMAINDEX = os.environ.pop("STRONGROOM_BENCH_LLAMAINDEX", "")
SAMPLE, LARGER_SAMPLE = 3, 7
"""Filings that LlamaIndex and we ingest to the end, and more that we and the embedder alone do: hundreds of pages take
LlamaIndex minutes. The whole folder is only read, until it can be found by its words."""
PAGES_BETWEEN = (2000, 5000)
SECONDS_BETWEEN_LOOKS = 0.1
DEFAULT_CHUNK, WHOLE_CHUNK = 1024, 254
"""Tokens: what LlamaIndex cuts without being told otherwise, and what all-MiniLM-L6-v2 reads of a chunk."""


@dataclass(slots=True)
class Watched:
    """A run of `strongroom ingest`: after how many seconds how many documents and pages could be found by their words,
    the memory of its processes at so many pages, its summary."""

    seconds: float = 0.0
    found: list[tuple[float, int, int]] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)
    summary: dict[str, float] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return self.found[-1][2]

    @property
    def peak_mb(self) -> float:
        return max(megabytes for _, megabytes in self.memory)

    def peak_until(self, pages: int) -> float:
        return max(megabytes for so_far, megabytes in self.memory if so_far <= pages)


def run() -> str:
    everything = FINANCEBENCH / "pdfs"
    filings = everything if everything.exists() else SAMPLES
    text = "## Ingestion\n\n" + "\n\n".join(_against_the_embedder(_sample(filings, n)) for n in (SAMPLE, LARGER_SAMPLE))
    if LLAMAINDEX:
        folder = _sample(filings, SAMPLE)
        _empty_home()
        ours = watch_ingest(folder)
        text += _against_llamaindex(folder, ours.pages / ours.seconds)
    if everything.exists():
        text += _reading(everything)
    return text + "\n"


def _against_the_embedder(folder: Path) -> str:
    _empty_home()
    whole = watch_ingest(folder)
    alone = _embedder_alone()
    rows = [
        ["pages, passages", f"{whole.pages:,}, {whole.summary['chunks']:,}", ""],
        ["from start to end", f"{whole.seconds:.1f} s, {whole.pages / whole.seconds:.1f} pages/s", ""],
        ["the embedder alone, the same passages", f"{alone:.1f} s", ""],
        ["ratio", f"**{whole.seconds / alone:.2f}**", "at most 1.15"],
        ["peak memory of all processes", f"{whole.peak_mb:,.0f} MB", "under 1,200 MB"],
    ]
    files = len(list(folder.iterdir()))
    return f"The program as it is installed, from its start to its end, {files} files.\n\n" + markdown_table(
        ("What", "measured", "bar"), rows
    )


def _reading(folder: Path) -> str:
    """Until the last page can be found by its words; embedding is not waited for."""
    _empty_home()
    read = watch_ingest(folder, stop_when_read=True)
    before, after = (read.peak_until(pages) for pages in PAGES_BETWEEN)
    last, documents, _ = read.found[-1]
    first = next(seconds for seconds, documents, _ in read.found if documents)
    rows = [
        [
            "pages that can be found by their words, per second",
            f"**{read.pages / last:.0f}** ({read.pages:,} in {last:.1f} s)",
            "100",
        ],
        ["first page, seconds after the start", f"**{first:.1f}**", "3"],
        ["peak memory of all processes", f"**{read.peak_mb:,.0f} MB**", "1,200 MB"],
        [
            f"peak memory up to {PAGES_BETWEEN[0]:,} and up to {PAGES_BETWEEN[1]:,} pages",
            f"{before:,.0f} and {after:,.0f} MB, **{(after / before - 1) * 100:+.1f} %**",
            "+5 %",
        ],
    ]
    return (
        f"\n\nThe whole folder ({documents} files), until its text can be found by its words; scanned pages follow:\n\n"
        + markdown_table(("What", "measured", "bar"), rows)
    )


def _against_llamaindex(folder: Path, ours: float) -> str:
    rows = []
    for tokens in (DEFAULT_CHUNK, WHOLE_CHUNK):
        with _scratch() as store:
            command = [LLAMAINDEX, "-P", str(Path(__file__).parent / "llamaindex_ingest.py")]
            started = time.perf_counter()
            done = subprocess.run(
                [*command, str(folder), str(_model()), store, str(tokens)],
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, "HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"},
            )
            seconds = time.perf_counter() - started
        found = json.loads(done.stdout.splitlines()[-1])
        theirs = found["pages"] / seconds
        rows.append(
            [f"{tokens} tokens", f"{found['chunks']:,}", f"{seconds:.1f}", f"{theirs:.2f}", f"**{ours / theirs:.2f}**"]
        )
    header = ("LlamaIndex, chunks of", "chunks", "seconds", "pages/s", "Strongroom is faster by")
    return (
        "\n\nLlamaIndex (`SimpleDirectoryReader`, `SentenceSplitter`, `HuggingFaceEmbedding`, Chroma) on the same"
        " files just after, with"
        f" the same model (fp32, PyTorch). Of a chunk of {DEFAULT_CHUNK} tokens, its default, the model reads the"
        f" first 256 and the rest of"
        f" the text is not embedded; with {WHOLE_CHUNK} all of it is, as in Strongroom. The bar is 3.\n\n"
        + markdown_table(header, rows)
    )


def watch_ingest(folder: Path, *, stop_when_read: bool = False) -> Watched:
    """Ingest into the scratch home and look at the run from outside; it must bring in every file."""
    watched = Watched()
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(STRONGROOM), "--home", str(_HOME), "ingest", str(folder), "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    files = len([path for path in folder.rglob("*") if path.is_file()]) if stop_when_read else 0
    observer = threading.Thread(target=_observe, args=(process, watched, started, files), daemon=True)
    observer.start()
    assert process.stdout
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "summary":
            watched.summary = event
    process.stdout.close()
    process.wait()
    watched.seconds = time.perf_counter() - started
    observer.join()
    return watched


def _observe(process: "subprocess.Popen[str]", watched: Watched, started: float, files: int) -> None:
    """Look at the run every so often; interrupt it when so many files can be found, if any are named."""
    while process.poll() is None:
        documents, pages = _held()
        watched.found.append((time.perf_counter() - started, documents, pages))
        watched.memory.append((pages, sum(map(resident_mb, family(process.pid)))))
        if files and documents == files:
            process.send_signal(signal.SIGINT)
            return
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _held() -> tuple[int, int]:
    """Documents and pages in the library of the scratch home, none while there is no library."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{_HOME / 'library.sqlite'}?mode=ro", uri=True)) as library:
            documents, pages = library.execute("SELECT count(*), coalesce(sum(page_count), 0) FROM held").fetchone()
            return int(documents), int(pages)
    except sqlite3.Error:
        return 0, 0


def family(pid: int) -> Iterator[int]:
    """A process and all that it has started, as far as they still run."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in task.read_text().split():
                yield from family(int(child))


def _embedder_alone() -> float:
    """Seconds that a process takes to load the embedder and embed the passages of the scratch home."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchmarks.ingestion", str(_HOME)], check=True)
    return time.perf_counter() - started


def _embed_all(home: Path) -> None:
    from config.environment import silence_telemetry

    silence_telemetry()
    from config.locations import open_home
    from config.sections import Settings
    from ingest.library.library import Library
    from models.loading import load_embedder
    from models.registry import ModelRegistry

    locations = open_home(home)
    library = Library.open(locations)
    texts = [
        f"{context}\n{text}" if context else text
        for context, text in library.database.rows("SELECT context, text FROM chunks ORDER BY id")
    ]
    library.close()
    load_embedder(ModelRegistry(locations), Settings()).embed_documents(texts)


_HOME = HOMES / "ingestion"


def _empty_home() -> None:
    """With the exported embedder: making it takes long, once for each machine."""
    shutil.rmtree(_HOME, ignore_errors=True)
    _HOME.mkdir(parents=True, mode=0o700)
    shutil.copytree(home_with(SAMPLES) / "models", _HOME / "models")


def _sample(folder: Path, number: int) -> Path:
    """A folder with copies of so many files spread evenly over `folder`."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    step = max(1, len(files) // number)
    sample = HOMES / "documents" / "ingestion"
    shutil.rmtree(sample, ignore_errors=True)
    sample.mkdir(parents=True)
    for path in files[step // 2 :: step][:number]:
        shutil.copyfile(path, sample / path.name)
    return sample


def _model() -> Path:
    from models.starter import STARTERS

    return next(path for starter in STARTERS if starter.kind == "embedder" and (path := starter.locate()))


@contextlib.contextmanager
def _scratch() -> Iterator[str]:
    store = HOMES / "llamaindex"
    shutil.rmtree(store, ignore_errors=True)
    yield str(store)
    shutil.rmtree(store, ignore_errors=True)


if __name__ == "__main__":
    _embed_all(Path(sys.argv[1]))
