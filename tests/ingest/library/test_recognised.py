"""Recognised pages: kept while their file is on its way into the library, and not longer."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from config.sections import IngestSettings, Settings
from ingest import reader_client
from ingest.events import FileDone, IngestEvent
from ingest.library.library import Library
from ingest.library.recognised import DAYS_KEPT, RecognisedPages
from ingest.loaders import load_document
from ingest.loaders.base import LoadOptions
from ingest.loaders.lines import Line, RecognisedPage
from ingest.pipeline import ingest
from ingest.reading import ReaderPool
from ingest.types import FileStatus, PageNote, PageStatus
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import file_of, make_chunks, put
from tests.ingest.pdfs import write_pdf
from tests.ingest.pictures import scan_of

PAGE = RecognisedPage((Line("The recognised zebracorn clause.", 60, 300, 700, 11),), 0.8)


def test_pages_are_kept_until_they_are_cleared(library: Library) -> None:
    pages = RecognisedPages(library.database)
    pages.keep("a" * 64, 3, PAGE)
    assert pages.load("a" * 64) == {3: PAGE}
    assert pages.load("b" * 64) == {}
    pages.clear()
    assert pages.load("a" * 64) == {}


def test_the_pages_of_another_run_stay_and_are_not_kept_for_ever(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = RecognisedPages(library.database)
    other.keep("a" * 64, 3, PAGE)
    ended = RecognisedPages(library.database)
    ended.keep("b" * 64, 0, PAGE)

    ended.clear()

    assert library.database.rows("SELECT sha256 FROM recognised") == [("a" * 64,)]
    monkeypatch.setattr(time, "time", lambda: time.time_ns() / 1e9 + DAYS_KEPT * 86400)
    ended.clear()
    assert library.database.value("SELECT count(*) FROM recognised") == 0


def test_a_run_clears_the_pages_of_its_own_files_only(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_client, "is_installed", lambda: True)
    monkeypatch.setattr(ReaderPool, "_recognise_page", lambda _pool, _path, _index: PAGE)
    RecognisedPages(library.database).keep("a" * 64, 3, PAGE)
    write_pdf(tmp_path / "scan.pdf", [scan_of("One")])

    run(library, tmp_path)

    assert library.search_text("zebracorn", 5)
    assert library.database.rows("SELECT sha256 FROM recognised") == [("a" * 64,)]


def test_forgetting_takes_them_along(library: Library) -> None:
    put(library, "/papers/lease.pdf", "The lease ends in May.")
    RecognisedPages(library.database).keep("a" * 64, 0, PAGE)
    assert library.forget("lease.pdf").verified_absent
    files = [path for path in library.locations.home.rglob("*") if path.is_file()]
    assert not any(b"zebracorn" in path.read_bytes() for path in files)


def test_a_run_goes_on_with_the_pages_that_are_not_read_yet(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_client, "is_installed", lambda: True)
    monkeypatch.setattr(ReaderPool, "_recognise_page", lambda _pool, _path, index: asked.append(index) or PAGE)
    asked: list[int] = []
    path = write_pdf(tmp_path / "scan.pdf", [scan_of("One"), scan_of("Two")])
    pages = RecognisedPages(library.database)

    def read() -> tuple[PageStatus, ...]:
        (result,) = ReaderPool(IngestSettings(workers=1), pages_read=pages).read_all([path])
        assert result.document is not None
        return tuple(page.status for page in result.document.pages)

    assert read() == (PageStatus.OCR, PageStatus.OCR)
    library.database.rows("DELETE FROM recognised WHERE page = 1")
    assert read() == (PageStatus.OCR, PageStatus.OCR)
    assert asked == [0, 1, 1]


def test_what_is_typed_can_be_found_before_the_rest_is_recognised(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scans come last, and the text beside them with that of the other files; the ledger hears of the file once."""
    found: list[int] = []

    def recognise(_pool: ReaderPool, _path: Path, _index: int) -> RecognisedPage:
        found.append(len(library.search_text("typed", 5)))
        return PAGE

    monkeypatch.setattr(reader_client, "is_installed", lambda: True)
    monkeypatch.setattr(ReaderPool, "_recognise_page", recognise)
    write_pdf(tmp_path / "mixed.pdf", [["This page is typed."], scan_of("One")])
    (tmp_path / "second.txt").write_text("This file is typed, too.")

    events = [event for event in run(library, tmp_path) if isinstance(event, FileDone)]

    assert found == [2]
    assert [(event.path.name, event.status) for event in events] == [
        ("second.txt", FileStatus.ADDED),
        ("mixed.pdf", FileStatus.ADDED),
    ]
    assert library.search_text("zebracorn", 5)
    assert [event.status for event in run(library, tmp_path) if isinstance(event, FileDone)] == ["unchanged"] * 2


def test_a_document_that_is_not_complete_is_read_by_the_next_run(library: Library, tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "mixed.pdf", [["This page is typed."], ["So is this."]])
    document = load_document(path)
    part = replace(document, pages=document.pages[:1])
    library.replace_document(file_of(part), part, make_chunks(library, part), is_complete=False)

    events = [event for event in run(library, tmp_path) if isinstance(event, FileDone)]

    assert [(event.status, event.pages) for event in events] == [(FileStatus.ADDED, 2)]
    assert [record.status for record in library.documents()] == [FileStatus.ADDED]


def run(library: Library, folder: Path) -> list[IngestEvent]:
    settings = Settings(ingest=IngestSettings(workers=1))
    return list(ingest([folder], library=library, embedder=HashEmbedder, settings=settings))


def test_the_ledger_names_pages_that_were_not_simply_read(library: Library, tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "mixed.pdf", [["This page is typed."], scan_of("One"), []])
    document = load_document(path, LoadOptions(ocr="auto", recognised={1: PAGE}))
    library.replace_document(file_of(document), document, make_chunks(library, document))
    assert library.page_notes(path) == [
        PageNote(2, PageStatus.OCR, 0.8),
        PageNote(3, PageStatus.EMPTY, None),
    ]
