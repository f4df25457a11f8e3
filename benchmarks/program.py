"""The installed program, run from outside as a user would, and the homes that benchmarks use again."""

import functools
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLES = CHECKOUT / "examples" / "documents"
SAMPLE_QUESTIONS = CHECKOUT / "examples" / "questions.jsonl"
FINANCEBENCH = CHECKOUT.parent / "shared" / "data" / "financebench"
"""Forty company filings with questions; not part of the project, measured when they stand beside the checkout."""

STRONGROOM = Path(sys.executable).parent / "strongroom"
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
def home_with(documents: Path) -> Path:
    """A home with `documents` ingested, made once and kept below build/: reading a large folder takes many minutes."""
    home = CHECKOUT / "build" / "benchmarks" / documents.parent.name
    home.mkdir(parents=True, exist_ok=True)
    done = strongroom("ingest", str(documents), home=home)
    if done.returncode not in (0, SOME_FILES_LEFT_OUT):
        raise RuntimeError(f"ingest of {documents} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return home


def median_of_five(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(5))


def scratch_home() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="strongroom-bench-")


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
