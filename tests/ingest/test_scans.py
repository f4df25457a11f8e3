"""Pages without text of their own: which are recognised, what comes of them, and what is said when they are not."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import DocumentError
from ingest.exchange import (
    document_from_message,
    document_to_message,
    recognised_from_message,
    recognised_to_message,
)
from ingest.loaders import load_document
from ingest.loaders.base import LoadOptions, RecognitionNeeded
from ingest.loaders.legibility import is_legible
from ingest.loaders.lines import Cell, Line, RecognisedPage
from ingest.types import PageStatus
from tests.ingest.pdfs import write_pdf
from tests.ingest.pictures import picture_of, save_tiff, scan_of

TYPED = "The typed page names the fee of twelve euro."
AUTO = LoadOptions(ocr="auto")


def recognised(*texts: str, confidence: float = 0.9) -> RecognisedPage:
    lines = (Line(text, 60, 300, 700 - 14 * n, 11) for n, text in enumerate(texts))
    return RecognisedPage(tuple(lines), confidence)


def pages_wanted(path: Path, options: LoadOptions = AUTO) -> tuple[int, ...]:
    with pytest.raises(RecognitionNeeded) as caught:
        load_document(path, options)
    return caught.value.pages


def test_only_pages_without_text_are_recognised(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "mixed.pdf", [[TYPED], scan_of("Scanned"), [], scan_of("Scanned, too")])
    assert pages_wanted(path) == (1, 3)
    assert pages_wanted(path, replace(AUTO, ocr="always")) == (0, 1, 3)


def test_pages_that_were_recognised_are_not_asked_for_again(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "mixed.pdf", [[TYPED], scan_of("Scanned"), scan_of("Scanned, too")])
    assert pages_wanted(path, replace(AUTO, recognised={1: recognised("Scanned")})) == (2,)


def test_a_recognised_page_says_so_and_how_surely(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "mixed.pdf", [[TYPED], scan_of("…"), scan_of("…")])
    found = {1: recognised("The scanned page names the fine.", confidence=0.87), 2: RecognisedPage()}
    document = load_document(path, replace(AUTO, recognised=found))
    assert [(page.status, page.confidence) for page in document.pages] == [
        (PageStatus.READ, None),
        (PageStatus.OCR, 0.87),
        (PageStatus.NEEDS_OCR, None),
    ]
    assert document.pages[1].text == "The scanned page names the fine."
    assert "Read by character recognition, 87% sure: page 2." in document.warnings
    assert document_from_message(path, document_to_message(document)) == document


def test_garbage_for_a_text_layer_counts_as_none(tmp_path: Path) -> None:
    caesar = ["Wkh txlfn eurzq kljk zdoo vwdqgv vwloo zlwk wkh pljkwb sksk vwrup"] * 4
    path = write_pdf(tmp_path / "garbled.pdf", [[TYPED], caesar])
    assert pages_wanted(path) == (1,)
    kept = load_document(path, replace(AUTO, recognised={1: RecognisedPage()}))
    assert kept.pages[1].text.startswith("Wkh txlfn")  # nothing better was found
    assert any("no words" in warning for warning in kept.warnings)


@pytest.mark.parametrize(
    ("text", "legible"),
    [
        ("Net sales rose by 4 % to 1,204 million euro.", True),
        ("Die Vertragsstrafe beträgt zwölf Prozent.", True),
        ("売上高は前年比で四パーセント増加しました。これは日本語の文章です。", True),
        ("صافي المبيعات ارتفع بنسبة أربعة في المئة خلال العام", True),
        ("1,204 3,881 (202) 4.1 % 77 1,002 5,551 0.3 %", True),
        ("", True),
        ("\ufffd\ufffd\ufffd sales \ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd", False),
        ("\ue001\ue002\ue003 \ue004\ue005\ue006\ue007 \ue008\ue009\ue010\ue011\ue012\ue013", False),
        ("(cid:12)(cid:33)(cid:7) (cid:9)(cid:14)", False),
    ],
)
def test_legible(text: str, legible: bool) -> None:
    assert is_legible([Line(text)]) is legible


def test_pictures_are_documents_of_as_many_pages(tmp_path: Path) -> None:
    path = save_tiff(tmp_path / "fax.tiff", picture_of("One"), picture_of("Two"))
    assert pages_wanted(path) == (0, 1)
    found = {0: recognised("Page one of the fax."), 1: recognised("Page two of the fax.")}
    document = load_document(path, replace(AUTO, recognised=found))
    assert [page.text for page in document.pages] == ["Page one of the fax.", "Page two of the fax."]


@pytest.mark.parametrize(
    ("content", "options", "status"),
    [
        (None, LoadOptions(), "needs_ocr"),
        (None, replace(AUTO, recognised={0: RecognisedPage()}), "empty"),
        (b"\x89PNG\r\n\x1a\nbroken", AUTO, "damaged"),
    ],
)
def test_pictures_that_give_no_text_say_why(
    tmp_path: Path, content: bytes | None, options: LoadOptions, status: str
) -> None:
    path = tmp_path / "note.png"
    picture_of("Some text").save(path)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        load_document(path, options)
    assert caught.value.status == status


def test_without_the_extra_the_reason_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.loaders.base.find_spec", lambda _: None)
    path = write_pdf(tmp_path / "scan.pdf", [scan_of("Scanned")])
    with pytest.raises(DocumentError, match=r"-m pip install '\.\[ocr\]'` in the folder of the source"):
        load_document(path)


def test_a_recognised_page_passes_between_processes() -> None:
    row = Line("", top=600, height=10).cut_to([Cell("Fee", 60, 90), Cell("12", 200, 220)])
    page = RecognisedPage((Line("Title", 60, 120, 700, 20), row), 0.75)
    assert recognised_from_message(recognised_to_message(page)) == page


@pytest.mark.parametrize(
    "damage",
    [
        {"confidence": 2},
        {"confidence": float("nan")},
        {"lines": [[0, 0, 0, 0, []]]},
        {"lines": [[0, 0, "x", 0, [["a", 0, 1]]]]},
        {"lines": [[0, 0, 0, 0, [[7, 0, 1]]]]},
    ],
)
def test_a_recognised_page_is_checked(damage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is no|is not|missing"):
        recognised_from_message({"confidence": 0.5, "lines": [], **damage})
