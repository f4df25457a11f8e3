"""A page that cannot be recognised costs itself, and is tried by the next run."""

import signal
from pathlib import Path

import pytest

from config.child import ChildDied
from config.errors import DocumentError
from config.sections import IngestSettings
from ingest import reader_client
from ingest.loaders.lines import Line, RecognisedPage
from ingest.reading import NothingKept, ReaderPool
from ingest.types import PageStatus
from tests.ingest.pdfs import write_pdf
from tests.ingest.pictures import picture_of, scan_of

SETTINGS = IngestSettings(workers=1)


class Kept(NothingKept):
    def __init__(self) -> None:
        self.pages: list[int] = []

    def keep(self, _sha256: str, index: int, _page: RecognisedPage) -> None:
        self.pages.append(index)


@pytest.fixture
def recognising(monkeypatch: pytest.MonkeyPatch) -> dict[int, Exception]:
    """Each page is recognised as its number, but for those with an error here."""
    failures: dict[int, Exception] = {}

    def recognise(_: reader_client.Reader, __: Path, index: int) -> RecognisedPage:
        if index in failures:
            raise failures[index]
        return RecognisedPage((Line(f"Page {index}", 60, 300, 700, 11),), 0.9)

    monkeypatch.setattr(reader_client, "is_installed", lambda: True)
    monkeypatch.setattr(reader_client.Reader, "recognise", recognise)
    return failures


def test_a_page_that_cannot_be_recognised_costs_itself_and_is_tried_by_the_next_run(
    tmp_path: Path, recognising: dict[int, Exception]
) -> None:
    recognising[0] = ChildDied("ingest.reader", -signal.SIGSEGV)
    kept = Kept()
    path = write_pdf(tmp_path / "scans.pdf", [scan_of("One"), scan_of("Two")])
    (result,) = ReaderPool(SETTINGS, (), kept).read_all([path])
    assert result.document is not None
    assert [page.status for page in result.document.pages] == [PageStatus.NEEDS_OCR, PageStatus.OCR]
    assert kept.pages == [1]


def test_recognition_comes_when_all_text_has_been_read(tmp_path: Path, recognising: dict[int, Exception]) -> None:
    typed = write_pdf(tmp_path / "typed.pdf", [["Typed."]])
    mixed = write_pdf(tmp_path / "mixed.pdf", [["Typed, too."], scan_of("Scanned")])
    pool = ReaderPool(SETTINGS)
    told = [(result.path, result.is_complete, pool.has_read_all_text()) for result in pool.read_all([typed, mixed])]
    assert told == [(typed, True, False), (mixed, False, True), (mixed, True, True)]


def test_a_picture_that_cannot_be_recognised_has_the_reason_and_is_not_called_empty(
    tmp_path: Path, recognising: dict[int, Exception]
) -> None:
    recognising[0] = DocumentError("Reading the file took longer than 60 seconds.", status="timeout")
    picture_of("Some text").save(tmp_path / "note.png")
    [result] = ReaderPool(SETTINGS).read_all([tmp_path / "note.png"])
    assert result.error is not None
    assert result.error.status == "timeout"


def test_what_is_typed_stays_when_nothing_else_can_be_recognised(
    tmp_path: Path, recognising: dict[int, Exception]
) -> None:
    recognising[1] = ChildDied("ingest.reader", -signal.SIGSEGV)
    path = write_pdf(tmp_path / "mixed.pdf", [["Typed."], scan_of("Scanned")])
    incomplete, whole = ReaderPool(SETTINGS).read_all([path])
    assert not incomplete.is_complete
    assert whole.document is not None
    assert [page.status for page in whole.document.pages] == [PageStatus.READ, PageStatus.NEEDS_OCR]
