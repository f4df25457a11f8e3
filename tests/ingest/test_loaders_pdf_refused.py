"""PDFs that cannot be read, or not whole: each says why, and what can be read of it is taken."""

from pathlib import Path

import pytest

from config.errors import DocumentError
from ingest.loaders import load_document
from ingest.loaders.base import LoadOptions
from tests.ingest.pdfs import draw_scan, drop_page, lock, write_pdf


def refused(path: Path, options: LoadOptions | None = None) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_document(path, options)
    return caught.value


def test_a_locked_file_says_so_and_opens_with_its_password(tmp_path: Path) -> None:
    path = lock(write_pdf(tmp_path / "a.pdf", [["The secret fee is 12 euro."]]), user="open sesame")
    for engine in ("pdfium", "pypdf"):
        assert refused(path, LoadOptions(engine=engine)).status == "locked"
        assert refused(path, LoadOptions(passwords=("wrong",), engine=engine)).status == "locked"
        document = load_document(path, LoadOptions(passwords=("wrong", "open sesame"), engine=engine))
        assert document.pages[0].text == "The secret fee is 12 euro."


def test_a_file_that_only_its_owner_may_change_opens_without_a_password(tmp_path: Path) -> None:
    path = lock(write_pdf(tmp_path / "a.pdf", [["Anyone may read this."]]))
    assert load_document(path).pages[0].text == "Anyone may read this."


@pytest.mark.parametrize(
    ("content", "words_in_reason"),
    [
        (b"\x89PNG\r\n\x1a\n....", "PNG picture"),
        (b"<html>Please log in</html>", "web page"),
        (b"this is no PDF", "no PDF"),
    ],
)
def test_what_is_only_called_pdf_is_damaged(tmp_path: Path, content: bytes, words_in_reason: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    error = refused(path)
    assert error.status == "damaged"
    assert words_in_reason in error.message
    assert error.remedy


def test_no_bytes_are_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.touch()
    assert refused(path).status == "empty"


def test_garbage_after_the_header_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    assert refused(path).status == "damaged"


def test_a_pdf_is_known_by_its_content(tmp_path: Path) -> None:
    data = write_pdf(tmp_path / "a.pdf", [["Under another name."]]).read_bytes()
    for name, content in (("a.docx", data), ("noname", data), ("junk.pdf", b"x" * 600 + data)):
        path = tmp_path / name
        path.write_bytes(content)
        assert load_document(path).pages[0].text == "Under another name."


def test_a_download_that_broke_off_gives_the_pages_it_has(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [["Page one of three."], ["Page two."], ["Page three."]], compressed=False)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"xref")])  # the list of objects and the trailer are gone
    document = load_document(path)
    assert [page.text for page in document.pages] == ["Page one of three.", "Page two.", "Page three."]
    assert "broken off" in document.warnings[0]


def test_a_damaged_page_costs_that_page_only(tmp_path: Path) -> None:
    path = drop_page(write_pdf(tmp_path / "a.pdf", [["Lost."], ["Kept."], ["Kept too."]]), 1)
    document = load_document(path)
    assert [page.text for page in document.pages] == ["", "Kept.", "Kept too."]
    assert document.warnings == ("Could not be read because they are damaged: page 1.",)


def test_a_scan_needs_ocr(tmp_path: Path) -> None:
    error = refused(write_pdf(tmp_path / "a.pdf", [draw_scan, draw_scan]))
    assert error.status == "needs_ocr"


def test_scanned_pages_among_others_are_named(tmp_path: Path) -> None:
    pages = [["Typed."], draw_scan, draw_scan, draw_scan, ["Typed."], draw_scan]
    document = load_document(write_pdf(tmp_path / "a.pdf", pages))
    assert document.warnings == ("Hold no text, only pictures or drawings: pages 2-4, 6.",)
    assert len(document.pages) == 6


def test_a_download_that_broke_off_before_its_text_is_damaged_and_not_empty(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [["First page."], ["Second page."]])
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"\nstream")])
    error = refused(path)
    assert (error.status, error.message) == (
        "damaged",
        "The PDF is damaged: a part of it is missing, and what is left holds no text.",
    )


def test_blank_pages_are_empty(tmp_path: Path) -> None:
    assert refused(write_pdf(tmp_path / "a.pdf", [[], []])).status == "empty"


def test_limits_on_pages_and_bytes(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [["One."], ["Two."], ["Three."]])
    assert refused(path, LoadOptions(max_pages=2)).status == "too_large"
    assert refused(path, LoadOptions(max_pages=2, engine="pypdf")).status == "too_large"
    path.write_bytes(path.read_bytes() + b"\n" * 1024 * 1024)
    assert refused(path, LoadOptions(max_file_mb=1)).status == "too_large"


def test_a_missing_file_fails_with_its_name(tmp_path: Path) -> None:
    error = refused(tmp_path / "gone.pdf")
    assert error.status == "failed"
    assert "gone.pdf" in error.message


def test_an_unknown_type_is_unsupported(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    path.write_bytes(b"\x1aE\xdf\xa3\x00 something")
    error = refused(path)
    assert error.status == "unsupported"
    assert ".mkv" in error.message
