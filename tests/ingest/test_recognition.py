"""OCR with the real models: pages turned any way, pictures, and a whole scan through the reading processes."""

from pathlib import Path

import numpy as np
import pytest

from config.sections import IngestSettings
from ingest.loaders.recognition import recognise
from ingest.reading import ReaderPool
from ingest.types import PageStatus
from tests.ingest.pdfs import write_pdf
from tests.ingest.pictures import picture_of, pixels, save_tiff, scan_of

pytestmark = pytest.mark.models

LINES = ("Notice of termination of lease", "The deposit of 4,250 euro is due", "within thirty days of leaving.")


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 4])
def test_a_page_is_read_from_the_top_whichever_way_it_lies(degrees: int) -> None:
    picture = picture_of(*LINES).rotate(degrees, expand=True, fillcolor="white")
    page = recognise(pixels(picture), 0.5)
    assert [line.text for line in page.lines] == list(LINES)
    assert page.confidence > 0.9
    assert all(line.is_placed for line in page.lines)


def test_an_empty_picture_holds_nothing() -> None:
    assert recognise(np.full((400, 300, 3), 255, np.uint8), 1.0).lines == ()


def test_scans_and_pictures_go_through_the_reading_processes(tmp_path: Path) -> None:
    mixed = write_pdf(tmp_path / "mixed.pdf", [["This page is typed and names the fee."], scan_of(*LINES)])
    fax = save_tiff(tmp_path / "fax.tiff", picture_of(LINES[0]), picture_of(LINES[1]))
    settings = IngestSettings(workers=2)
    found = {result.path.name: result.document for result in ReaderPool(settings).read_all([mixed, fax])}
    document = found["mixed.pdf"]
    assert document is not None
    assert [page.status for page in document.pages] == [PageStatus.READ, PageStatus.OCR]
    assert document.pages[1].text.splitlines() == list(LINES)
    assert found["fax.tiff"] is not None
    assert [page.text for page in found["fax.tiff"].pages] == list(LINES[:2])


def test_three_words_on_a_large_page_are_seen() -> None:
    picture = picture_of("This is a test.", size=(1000, 1414)).resize((1414, 2000))
    assert [line.text for line in recognise(pixels(picture), 0.4).lines] == ["This is a test."]
