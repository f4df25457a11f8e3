"""What every killed run starts from and is compared with: a small folder, its library, what that holds and finds."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.program import SAMPLES, strongroom
from config.locations import Locations
from ingest.library.library import Library
from ingest.loaders.recognition import is_installed

DOCUMENTS = 3
QUERIES = ("How many days of annual leave are there?", "payment terms of the supply agreement", "pump pressure")
NOTE = "Deliver the spare pump to gate four before noon on Friday."
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


@dataclass(frozen=True, slots=True)
class Stage:
    """What every kill starts from and is compared with. `stored` documents are in before anything is recognised."""

    home: Path
    full: Path
    folder: Path
    stored: int
    forgotten: str
    expected: State
    without: State
    seconds: dict[str, float]


def set_the_stage(place: Path) -> Stage:
    home, full, folder = (place / part for part in ("home", "full", "documents"))
    for path in (full, folder):
        shutil.rmtree(path, ignore_errors=True)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _choose_documents(folder)
    empty(home)
    ingest(home, folder)  # exports the embedder
    empty(home)
    seconds = {"ingest": ingest(home, folder)}
    expected = state(home)
    shutil.copytree(home, full)
    forgotten = sorted(path.name for path in folder.iterdir() if path.suffix == ".pdf")[1]
    seconds["forget"] = _timed(lambda: strongroom("documents", "forget", forgotten, home=home))
    stored = len({row[1] for row in expected.chunks if row[5] is not None})
    return Stage(home, full, folder, stored, forgotten, expected, state(home), seconds)


def _choose_documents(folder: Path) -> None:
    """The smallest samples, a copy of one, and one whose second page is a scan."""
    folder.mkdir()
    typed = [path for path in SAMPLES.rglob("*.pdf") if not path.name.startswith("letter")]
    smallest = sorted(typed, key=lambda path: path.stat().st_size)
    for path in smallest[:DOCUMENTS]:
        shutil.copyfile(path, folder / path.name)
    shutil.copyfile(smallest[0], folder / f"copy of {smallest[0].name}")
    if is_installed():
        _write_mixed(smallest[DOCUMENTS], folder / "with a scan.pdf")


def _write_mixed(typed: Path, target: Path) -> None:
    """A page of `typed`, and a small picture of a note: recognising it takes a second."""
    from PIL import Image, ImageDraw, ImageFont
    from pypdf import PdfReader, PdfWriter

    picture = Image.new("RGB", (900, 120), "white")
    ImageDraw.Draw(picture).text((20, 40), NOTE, fill="black", font=ImageFont.load_default(size=28))
    picture.save(target, resolution=150)
    note = PdfReader(target).pages[0]
    writer = PdfWriter()
    writer.add_page(PdfReader(typed).pages[0])
    writer.add_page(note)
    writer.write(target)


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def ingest(home: Path, folder: Path) -> float:
    """Seconds of a run to its end."""
    started = time.perf_counter()
    done = strongroom("ingest", str(folder), home=home)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"ingest ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return time.perf_counter() - started


def empty(home: Path) -> None:
    for path in home.iterdir():
        if path.is_dir() and path.name != KEPT_BETWEEN_RUNS:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


def is_sound(home: Path) -> bool:
    library = Library.open(Locations(home))
    try:
        return all(problem.name == HARMLESS for problem in library.check())
    finally:
        library.close()


def state(home: Path) -> State:
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
