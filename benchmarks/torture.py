"""What becomes of PDFs that are locked, scanned, broken or made to do harm? One run, compared with their manifest."""

import csv
import json
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from benchmarks.datasets import DATA
from benchmarks.program import SAMPLES, markdown_table, scratch_home, strongroom
from config.locations import open_home
from examples.samples.scanned_letter import LETTER
from ingest.library.library import Library
from ingest.loaders.pdf_by_pdfium import LoadOptions, render_page
from ingest.loaders.recognition import LONGEST_SIDE, recognise
from ingest.types import PageStatus

FOLDER = DATA / "torture"
PHRASE_WORDS, PHRASES = 6, 3
HITS = 10
TYPED_PAGES = 8
"""Typed pages that are rendered and recognised, to be compared with their own text."""

NOT_KNOWN = "unknown"
IN = frozenset({"added", "duplicate"})
NOT_READ = frozenset({"empty", "needs_ocr"})
REFUSED = frozenset({"damaged", "too_large", "timeout"})
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the manifest."""

    file: str
    category: str
    pages_with_text: int
    password: str
    expected: str


@dataclass(frozen=True, slots=True)
class Outcome:
    status: str
    ms: float
    reason: str


def run() -> str:
    if not FOLDER.exists():
        return "## Torture\n\nThe files are not on this machine."
    entries = _manifest()
    with scratch_home() as folder:
        home = Path(folder)
        passwords = home / "passwords"
        passwords.write_text("\n".join(sorted({e.password for e in entries if e.password not in ("", NOT_KNOWN)})))
        started = time.monotonic()
        done = strongroom("ingest", str(FOLDER), "--password-file", str(passwords), "--json", home=home / "home")
        seconds = time.monotonic() - started
        outcomes = _outcomes(done.stdout)
        library = Library.open(open_home(home / "home"))
        try:
            section = _section(entries, outcomes, done.returncode, seconds, library)
        finally:
            library.close()
    return section


def _manifest() -> list[Entry]:
    with (FOLDER / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [
        Entry(row["file"], row["category"], int(row["pages_with_text"] or 0), row["password"], row["expected"])
        for row in rows
    ]


def _outcomes(output: str) -> dict[str, Outcome]:
    events = [json.loads(line) for line in output.splitlines()]
    return {
        Path(event["path"]).name: Outcome(event["status"], event["ms"], event["reason"])
        for event in events
        if event["event"] == "file"
    }


def expected_statuses(entry: Entry) -> frozenset[str]:
    """What may become of a file: text that other readers find must be found, a password that is known opens, and a
    damaged file gives what can be read or says that it is damaged."""
    if entry.password == NOT_KNOWN:
        return frozenset({"locked"})
    if entry.category == "zero-byte":
        return frozenset({"empty", "damaged"})
    if "not a PDF" in entry.expected:
        return frozenset({"damaged"})
    if entry.category == "resource-bomb":
        return IN | NOT_READ | REFUSED
    if entry.category == "broken-structure":
        may_be_refused = not entry.pages_with_text or "damaged" in entry.expected
        return IN | (NOT_READ | {"damaged"} if may_be_refused else frozenset())
    return IN if entry.pages_with_text else IN | NOT_READ


def _section(
    entries: Sequence[Entry], outcomes: Mapping[str, Outcome], code: int, seconds: float, library: Library
) -> str:
    surprises = [entry for entry in entries if _status(outcomes, entry) not in expected_statuses(entry)]
    held = [record for record in library.documents() if record.status.value in ("added", "updated")]
    lost = [record.document for record in held if not _is_found(library, record.path)]
    recognised = library.database.value("SELECT count(*) FROM pages WHERE status = ?", (PageStatus.OCR.value,))
    slowest = max(outcomes.values(), key=lambda outcome: outcome.ms)
    rate = 1 - len(surprises) / len(entries)
    typed, per_second = _typed_accuracy(entries)
    parts = [
        "## Torture",
        f"{len(entries)} PDFs that are locked, scanned, broken, huge, or made to do harm, in one run of {seconds:.0f} s"
        f" (exit code {code}); the slowest took {slowest.ms / 1000:.0f} s. **{rate:.1%} have a status as expected.**"
        f" {len(held) - len(lost)} of {len(held)} documents are found by {PHRASE_WORDS} words of one of"
        f" their {PHRASES} longest lines, among the first {HITS} passages. {recognised} pages were recognised.",
        _table(entries, outcomes),
        f"Character recognition: word accuracy {_letter_accuracy():.3f} on the scanned letter of the samples,"
        f" {typed:.3f} on {TYPED_PAGES} typed pages rendered as pictures, compared with their own text;"
        f" {per_second:.2f} pages for each second of processor time.",
    ]
    parts += [
        f"* Not as expected: `{entry.file}` ({entry.expected}): {_status(outcomes, entry)}."
        f" {outcomes[entry.file].reason}"
        for entry in surprises
        if entry.file in outcomes
    ]
    parts += [f"* Not in the run's output: `{entry.file}`." for entry in entries if entry.file not in outcomes]
    parts += [f"* Not found by its own text: `{name}`." for name in lost]
    return "\n\n".join(parts)


def _status(outcomes: Mapping[str, Outcome], entry: Entry) -> str:
    return outcomes[entry.file].status if entry.file in outcomes else "none"


def _table(entries: Sequence[Entry], outcomes: Mapping[str, Outcome]) -> str:
    rows = []
    for category in sorted({entry.category for entry in entries}):
        members = [entry for entry in entries if entry.category == category]
        counts = Counter(_status(outcomes, entry) for entry in members)
        as_expected = sum(_status(outcomes, entry) in expected_statuses(entry) for entry in members)
        statuses = ", ".join(f"{status} {count}" for status, count in counts.most_common())
        rows.append([category, str(len(members)), str(as_expected), statuses])
    return markdown_table(["Kind", "files", "as expected", "status"], rows)


def _is_found(library: Library, path: str) -> bool:
    """By the words of one of its longest lines, as they stand there."""
    lines = [line for text in library.page_texts(path, 1, 1000) for line in text.splitlines()]
    phrases = [" ".join(line.split()[:PHRASE_WORDS]) for line in sorted(lines, key=len, reverse=True)[:PHRASES]]
    hits = [hit.chunk_id for phrase in phrases for hit in library.search_text(phrase, HITS)]
    return any(chunk.path == path for chunk in library.chunks(hits).values())


def word_accuracy(found: str, truth: str) -> float:
    """Share of the truth's words, each as often as it stands there, that were found."""
    wanted, have = Counter(_words(truth)), Counter(_words(found))
    return (wanted & have).total() / max(1, wanted.total())


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _recognised_text(pdf: Path, page: int) -> str:
    picture, scale = render_page(pdf.read_bytes(), LoadOptions(), page, LONGEST_SIDE)
    return "\n".join(line.text for line in recognise(picture, scale).lines)


def _letter_accuracy() -> float:
    return word_accuracy(_recognised_text(SAMPLES / "letter-eastmoor-water.pdf", 0), LETTER)


def _typed_accuracy(entries: Sequence[Entry]) -> tuple[float, float]:
    """Mean word accuracy, and pages per second."""
    files = [FOLDER / entry.file for entry in entries if entry.category in ("normal", "multi-column")]
    accuracies: list[float] = []
    started = time.process_time()
    for file in files:
        document = pdfium.PdfDocument(file)
        truth = document[0].get_textpage().get_text_range()
        document.close()
        if len(_words(truth)) > 50 and truth.isascii() and len(accuracies) < TYPED_PAGES:
            accuracies.append(word_accuracy(_recognised_text(file, 0), truth))
    return sum(accuracies) / len(accuracies), len(accuracies) / (time.process_time() - started)
