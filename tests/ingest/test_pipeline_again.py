"""What went wrong or was left out is tried again when that makes sense, and never costs what is in."""

import hashlib
import time
import zipfile
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from config.errors import DocumentError
from config.sections import IngestSettings, Settings
from ingest.events import FileDone
from ingest.library.library import Library
from ingest.loaders.base import Recognition
from ingest.reading import ReaderPool, ReadResult
from ingest.types import Block, BlockKind, Document, FileStatus, FoundFile, Page, PageStatus
from tests.ingest.library.shelf import found_texts
from tests.ingest.runs import outcomes, run

pytestmark = pytest.mark.slow


def test_a_file_that_failed_is_left_alone_while_it_is_followed_and_unchanged(library: Library, folder: Path) -> None:
    lost = folder / "lost.txt"
    lost.write_text("Too late.\n")
    digest = hashlib.sha256(lost.read_bytes()).hexdigest()
    library.record_outcome(FoundFile(lost, digest, size=10), FileStatus.TIMEOUT, "It took too long.")

    def pass_over() -> dict[str, str]:
        return outcomes(run(library, folder, retry=False))

    assert pass_over()["lost.txt"] == "timeout"
    lost.write_text("Another text.\n")
    assert pass_over()["lost.txt"] == "added"


def test_a_file_past_the_limit_is_known_by_size_and_time(library: Library, folder: Path) -> None:
    (folder / "backup.img").write_bytes(b"\x1aE\xdf\xa3\x00" + bytes(1024**2))
    (folder / "long.txt").write_text("Words. " * 200_000)
    settings = Settings(ingest=IngestSettings(workers=1, max_file_mb=1))

    for _ in range(2):
        told = outcomes(run(library, folder, settings=settings))
        assert (told["backup.img"], told["long.txt"]) == ("unsupported", "too_large")

    checksums = {record.document: record.sha256 for record in library.documents()}
    assert checksums["backup.img"] == checksums["long.txt"] == ""
    assert checksums["lease.md"]
    assert library.check() == []


@pytest.mark.parametrize("place", ["ingest.pipeline.chunk_document", "ingest.library.documents.identify"])
def test_a_fault_of_ours_over_one_document_costs_that_one(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Before it is stored, or in the middle of that."""
    module, _, name = place.rpartition(".")
    real = getattr(import_module(module), name)

    def stumble(document: Document, **named: object) -> object:
        if document.title == "Lease":
            raise KeyError(document.pages[0].text)
        return real(document, **named)

    monkeypatch.setattr(place, stumble)
    events = run(library, folder)

    assert outcomes(events) == {"lease.md": "failed", "minutes.txt": "added"}
    [reason] = [event.reason for event in events if isinstance(event, FileDone) and event.reason]
    assert "a fault of Strongroom (KeyError at test_pipeline_again.py:" in reason
    assert "tenant" not in reason, "what the document says stays out of it"
    assert library.check() == []


def file_of_scans(folder: Path, name: str) -> tuple[Path, str]:
    """A file that only a stand-in for the readers reads, in a folder of its own, and its checksum."""
    scan = folder / "scans" / name
    scan.parent.mkdir()
    scan.write_bytes(b"%PDF-1.7, as the stand-in sees it")
    return scan, hashlib.sha256(scan.read_bytes()).hexdigest()


@pytest.fixture
def timed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reading takes too long from now on."""

    def take_too_long(pool: ReaderPool, paths: Iterable[Path]) -> Iterator[ReadResult]:
        for path in paths:
            yield ReadResult(path, None, DocumentError("It took too long.", status="timeout"), 1.0)

    monkeypatch.setattr(ReaderPool, "read_all", take_too_long)


def test_a_reading_that_goes_wrong_leaves_what_is_in(
    library: Library, folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(library, folder)
    (folder / "lease.md").write_text("# Lease\n\nCats are allowed now.\n")
    (folder / "twin.md").write_bytes((folder / "lease.md").read_bytes())
    request.getfixturevalue("timed_out")

    events = run(library, folder)

    assert outcomes(events) == {"lease.md": "timeout", "twin.md": "failed", "minutes.txt": "unchanged"}
    reasons = {event.path.name: event.reason for event in events if isinstance(event, FileDone)}
    assert reasons["lease.md"].endswith("What was read of it before stays in the library.")
    assert reasons["twin.md"] == f"{folder / 'lease.md'}, which has the same content, could not be read."
    assert found_texts(library, "dogs")
    assert library.check() == []
    monkeypatch.undo()
    assert outcomes(run(library, folder)) == {"lease.md": "updated", "twin.md": "duplicate", "minutes.txt": "unchanged"}
    assert not found_texts(library, "dogs")


def test_what_went_wrong_is_left_alone_while_it_is_followed(
    library: Library, folder: Path, request: pytest.FixtureRequest
) -> None:
    run(library, folder)
    (folder / "lease.md").write_text("# Lease\n\nCats are allowed now.\n")
    request.getfixturevalue("timed_out")
    [told] = [event for event in run(library, folder) if isinstance(event, FileDone) and event.reason]
    before = library.documents()

    events = run(library, folder, retry=False)

    [again] = [event for event in events if isinstance(event, FileDone) and event.reason]
    assert (again.status, again.reason) == (FileStatus.FAILED, told.reason)
    assert library.documents() == before
    assert again.ms == 0


@pytest.mark.parametrize(("before", "after"), [("never", "auto"), ("auto", "always")])
def test_pages_that_were_not_recognised_are_read_when_they_can_be(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: Recognition, after: Recognition
) -> None:
    """Either there was no recognition, or it took too long over the page and the user asks for it once more."""
    monkeypatch.setattr("ingest.pipeline.is_installed", lambda: True)
    scan, digest = file_of_scans(tmp_path, "mixed.pdf")
    typed = Page(1, "A typed page.", (Block(BlockKind.PARAGRAPH, 0, 13),))
    second = Page(2, "", status=PageStatus.NEEDS_OCR)
    readings: list[Path] = []

    def read(pool: ReaderPool, paths: Iterable[Path]) -> Iterator[ReadResult]:
        for path in paths:
            readings.append(path)
            warnings = ("Hold no text: page 2.",) if not second.text else ()
            yield ReadResult(path, Document(path, digest, "Mixed", (typed, second), {}, warnings), None, 1.0)

    monkeypatch.setattr(ReaderPool, "read_all", read)

    def run_with(ocr: Recognition) -> dict[str, str]:
        settings = Settings(ingest=IngestSettings(workers=1, ocr=ocr))
        return outcomes(run(library, scan.parent, settings=settings))

    assert run_with(before) == {"mixed.pdf": "added"}
    assert library.documents()[0].reason == "Hold no text: page 2."
    assert run_with(before) == {"mixed.pdf": "unchanged"}
    assert len(readings) == 1, "what cannot be recognised is not tried at every run"

    second = Page(2, "A scanned page.", (Block(BlockKind.PARAGRAPH, 0, 15),), status=PageStatus.OCR, confidence=0.9)
    assert run_with(after) == {"mixed.pdf": "updated"}
    assert found_texts(library, "scanned")
    assert library.documents()[0].reason == ""
    assert run_with(after) == {"mixed.pdf": "unchanged"}
    assert len(readings) == 2


def test_what_is_to_be_said_about_a_document_is_told_once_and_kept(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letters.zip", "w") as archive:
        archive.writestr("note.txt", "A note in an archive.")
        archive.writestr("film.mkv", b"\x1aE\xdf\xa3\x00")

    [done] = [event for event in run(library, tmp_path / "letters.zip") if isinstance(event, FileDone)]

    assert done.status is FileStatus.ADDED
    assert "film.mkv" in done.reason
    assert [record.reason for record in library.documents()] == [done.reason]
    [again] = [event for event in run(library, tmp_path / "letters.zip") if isinstance(event, FileDone)]
    assert (again.status, again.reason) == (FileStatus.UNCHANGED, "")


def test_what_is_typed_stays_when_the_scanned_pages_go_wrong(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, digest = file_of_scans(tmp_path, "mixed.pdf")
    typed = Page(1, "A typed page.", (Block(BlockKind.PARAGRAPH, 0, 13),))
    so_far = Document(scan, digest, "Mixed", (typed, Page(2, "", status=PageStatus.NEEDS_OCR)))

    def read(pool: ReaderPool, paths: Iterable[Path]) -> Iterator[ReadResult]:
        for path in paths:
            yield ReadResult(path, so_far, None, 1.0, is_complete=False)
            yield ReadResult(path, None, DocumentError("It took too long.", status="timeout"), 1.0)

    monkeypatch.setattr(ReaderPool, "read_all", read)

    for _ in range(2):  # it is tried again
        [done] = [event for event in run(library, scan.parent) if isinstance(event, FileDone)]
        assert (done.status, done.reason) == (
            FileStatus.TIMEOUT, "It took too long. What was read of it before stays in the library."
        )  # fmt: skip
        assert found_texts(library, "typed")
        assert [(record.status, record.reason) for record in library.documents()] == [(FileStatus.ADDED, done.reason)]


def test_what_was_recognised_is_not_read_again_without_recognition(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pipeline.is_installed", lambda: True)
    scan, digest = file_of_scans(tmp_path, "letter.pdf")
    page = Page(1, "A scanned page.", (Block(BlockKind.PARAGRAPH, 0, 15),), status=PageStatus.OCR, confidence=0.9)

    def read(pool: ReaderPool, paths: Iterable[Path]) -> Iterator[ReadResult]:
        yield from (ReadResult(path, Document(path, digest, "Letter", (page,)), None, 1.0) for path in paths)

    monkeypatch.setattr(ReaderPool, "read_all", read)
    run(library, scan.parent)
    library.database.rows("UPDATE documents SET reader = reader - 1")  # an older version has read it

    without = Settings(ingest=IngestSettings(workers=1, ocr="never"))
    assert outcomes(run(library, scan.parent, settings=without)) == {"letter.pdf": "unchanged"}
    assert found_texts(library, "scanned")
    assert outcomes(run(library, scan.parent)) == {"letter.pdf": "updated"}


def test_vectors_are_indexed_while_scans_are_recognised_and_not_before(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recognition may go on for hours, in which each search would have to look at all vectors."""
    monkeypatch.setattr("ingest.pipeline.INDEX_STEP", 1)
    for name in "abcd":
        (tmp_path / f"{name}.pdf").write_text(name)
    waiting: list[int] = []

    def read(pool: ReaderPool, paths: Iterable[Path]) -> Iterator[ReadResult]:
        for path in paths:
            page = Page(1, f"The page of {path.stem}.", (Block(BlockKind.PARAGRAPH, 0, 14),))
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            yield ReadResult(path, Document(path, digest, "", (page,)), None, 1.0)
            deadline = time.monotonic() + 10
            while library.pending_count():
                assert time.monotonic() < deadline, "nothing is embedded"
                time.sleep(0.001)
            waiting.append(library.index_changes_waiting())

    monkeypatch.setattr(ReaderPool, "read_all", read)
    monkeypatch.setattr(ReaderPool, "has_read_all_text", lambda _: len(waiting) >= 2)
    monkeypatch.setattr(library, "refresh_index", lambda: library.database.rows("DELETE FROM outbox"))
    run(library, tmp_path)

    assert waiting[:2] == [1, 2]
    assert max(waiting[2:]) <= 1, "what was embedded before the last result came has been indexed"
