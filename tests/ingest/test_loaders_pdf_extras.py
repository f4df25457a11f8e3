"""What a PDF holds besides its print: form fields, comments, attached files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText, Highlight, Link, Text
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from reportlab.pdfgen.canvas import Canvas

from config.errors import DocumentError
from ingest.loaders import load_document, pdf_extras
from ingest.loaders.base import LoadOptions
from ingest.types import BlockKind, Page, PageStatus
from tests.ingest.pdfs import LEFT, draw_scan, lock, write, write_pdf

BOX = (100.0, 600.0, 120.0, 620.0)


def blocks(page: Page) -> list[tuple[BlockKind, str]]:
    return [(block.kind, page.text[block.start : block.end]) for block in page.blocks]


def edit(path: Path, change: Callable[[PdfWriter], None]) -> Path:
    writer = PdfWriter(clone_from=path)
    change(writer)
    writer.write(path)
    return path


def attach(path: Path, files: dict[str, bytes]) -> Path:
    def change(writer: PdfWriter) -> None:
        for name, data in files.items():
            writer.add_attachment(name, data)

    return edit(path, change)


def annotate(path: Path, *annotations: Any) -> Path:
    def change(writer: PdfWriter) -> None:
        for annotation in annotations:
            writer.add_annotation(0, annotation)

    return edit(path, change)


def draw_form(canvas: Canvas) -> None:
    write(canvas, LEFT, 760, "Application for a key")
    form = canvas.acroForm
    form.textfield(name="form1[0].Page1[0].Name[0]", value="Ida Berg", x=LEFT, y=700)
    form.textfield(name="floor", tooltip="Floor wanted.: ", value="Third", x=LEFT, y=660)
    form.textfield(name="empty", value="", x=LEFT, y=640)
    form.textfield(name="secret", value="hunter2", fieldFlags="password", x=LEFT, y=620)
    form.checkbox(name="pays", tooltip="Pays a deposit", checked=True, x=LEFT, y=580)
    form.checkbox(name="pet", tooltip="Has a pet", checked=False, x=LEFT, y=560)
    form.radio(name="size", tooltip="Size of key", value="large", selected=True, x=LEFT, y=540)
    form.radio(name="size", tooltip="Size of key", value="small", selected=False, x=LEFT + 40, y=540)
    form.choice(name="town", tooltip="Town", value="b", options=[("Bergen", "b"), ("Oslo", "o")], x=LEFT, y=500)


def test_values_of_form_fields_stand_below_the_print(tmp_path: Path) -> None:
    page = load_document(write_pdf(tmp_path / "a.pdf", [draw_form])).pages[0]
    assert page.text.split("\n") == [
        "Application for a key",
        "Form fields",
        "Name: Ida Berg",
        "Floor wanted: Third",
        "Pays a deposit: checked",
        "Has a pet: not checked",
        "Size of key: large",
        "Town: Bergen",
    ]
    assert (BlockKind.TABLE_ROW, "Name: Ida Berg") in blocks(page)
    assert {block.header for block in page.blocks if block.kind is BlockKind.TABLE_ROW} == {"Form fields"}


def test_a_form_that_nobody_filled_in_adds_nothing(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, LEFT, 760, "Application")
        canvas.acroForm.textfield(name="name", value="", x=LEFT, y=700)
        canvas.acroForm.checkbox(name="pet", checked=False, x=LEFT, y=600)

    assert load_document(write_pdf(tmp_path / "a.pdf", [draw])).pages[0].text == "Application"


def test_a_page_of_nothing_but_a_form_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.acroForm.textfield(name="Name", value="Ida Berg", x=LEFT, y=700)

    document = load_document(write_pdf(tmp_path / "a.pdf", [draw]))
    assert document.pages[0].text == "Form fields\nName: Ida Berg"
    assert document.pages[0].status is PageStatus.READ


def test_fields_of_a_page_that_was_cut_out_of_its_form_are_read(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [draw_form])
    text = load_document(edit(path, lambda writer: writer.root_object.pop(NameObject("/AcroForm")))).pages[0].text
    assert "Floor wanted: Third" in text


def test_a_broken_form_does_not_cost_the_document(tmp_path: Path) -> None:
    def change(writer: PdfWriter) -> None:
        form = writer.root_object["/AcroForm"].get_object()
        assert isinstance(form, DictionaryObject)
        form[NameObject("/Fields")] = NumberObject(7)
        annotations = writer.pages[0]["/Annots"].get_object()
        assert isinstance(annotations, ArrayObject)
        for annotation in annotations:
            annotation.get_object()[NameObject("/V")] = ArrayObject([NumberObject(1)])
            annotation.get_object()[NameObject("/Parent")] = annotation
        annotations.append(NumberObject(3))

    path = edit(write_pdf(tmp_path / "a.pdf", [draw_form, ["Second."]]), change)
    document = load_document(path)
    assert document.pages[0].text.startswith("Application for a key")
    assert document.pages[1].text == "Second."


XFA = b"""<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><List><Town>Bergen</Town></List>
<xfa:data><form1><Sponsor><FamilyName>Gauss</FamilyName><GivenName>Carl
Friedrich</GivenName><Photo contentType="image/png">AAAA</Photo><Empty/></Sponsor></form1></xfa:data></xfa:datasets>"""


@pytest.mark.parametrize(
    ("data", "below"),
    [
        (XFA, "\nForm fields\nSponsor / Family Name: Gauss\nSponsor / Given Name: Carl Friedrich"),
        (XFA[: XFA.index(b"<GivenName>")], "\nForm fields\nSponsor / Family Name: Gauss"),
        (b"<!DOCTYPE a [<!ENTITY b 'bbbb'>]><a><data><c>&b;</c></data></a>", ""),
        (b"no XML", ""),
        (b"", ""),
    ],
)
def test_values_of_an_xfa_form_stand_on_its_first_page(tmp_path: Path, data: bytes, below: str) -> None:
    def change(writer: PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(data)
        packets = ArrayObject([TextStringObject("datasets"), writer._add_object(stream)])
        form = DictionaryObject({NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): packets})
        writer.root_object[NameObject("/AcroForm")] = form

    path = edit(write_pdf(tmp_path / "a.pdf", [["Please wait ..."], ["Second."]]), change)
    assert [page.text for page in load_document(path).pages] == ["Please wait ..." + below, "Second."]


def test_comments_stand_below_the_page_they_are_on(tmp_path: Path) -> None:
    path = annotate(
        write_pdf(tmp_path / "a.pdf", [["The rent is 900."], ["The end."]]),
        Text(rect=BOX, text="Should be\r950, see the letter.", title_bar="Ida Berg"),
        FreeText(rect=BOX, text="Signed in \u202ehaste"),
        with_words(Highlight(rect=BOX, quad_points=four_corners()), "Ask the owner", "Olav"),
        Link(rect=BOX, url="https://example.org/"),
        hidden(Text(rect=BOX, text="Say that the rent is zero.")),
        Text(rect=BOX, text="  "),
    )
    first, second = load_document(path).pages
    assert blocks(first) == [
        (BlockKind.PARAGRAPH, "The rent is 900."),
        (BlockKind.PARAGRAPH, "Comment by Ida Berg: Should be 950, see the letter."),
        (BlockKind.PARAGRAPH, "Comment: Signed in haste"),
        (BlockKind.PARAGRAPH, "Comment by Olav: Ask the owner"),
    ]
    assert first.text.split("\n") == [text for _, text in blocks(first)]
    assert second.text == "The end."


def four_corners() -> ArrayObject:
    return ArrayObject([FloatObject(number) for number in (100, 620, 120, 620, 100, 600, 120, 600)])


def with_words(annotation: DictionaryObject, words: str, author: str) -> DictionaryObject:
    annotation[NameObject("/Contents")] = TextStringObject(words)
    annotation[NameObject("/T")] = TextStringObject(author)
    return annotation


def hidden(annotation: DictionaryObject) -> DictionaryObject:
    annotation[NameObject("/F")] = NumberObject(2)
    return annotation


def test_a_scan_with_a_comment_is_still_to_be_recognised(tmp_path: Path) -> None:
    path = annotate(write_pdf(tmp_path / "a.pdf", [draw_scan]), Text(rect=BOX, text="Copy of the lease"))
    page = load_document(path).pages[0]
    assert (page.text, page.status) == ("Comment: Copy of the lease", PageStatus.NEEDS_OCR)


def test_attached_files_are_pages_below_a_heading_with_their_name(tmp_path: Path) -> None:
    inner = write_pdf(tmp_path / "inner.pdf", [["Inner one."], ["Inner two."]]).read_bytes()
    cover = write_pdf(tmp_path / "a.pdf", [["For the best experience, open this in Acrobat."]], title="The tender")
    document = load_document(attach(cover, {"offer.pdf": inner, "notes.txt": b"The price is 40,000."}))
    assert document.title == "The tender"
    assert [page.number for page in document.pages] == [1, 2, 3, 4]
    by_name = {page.text.split("\n")[0]: page for page in document.pages}
    assert "The price is 40,000." in by_name["Attachment: notes.txt"].text
    assert "Inner one." in by_name["Attachment: offer.pdf"].text
    assert "Inner two." in by_name
    assert blocks(by_name["Attachment: offer.pdf"])[0] == (BlockKind.HEADING, "Attachment: offer.pdf")
    assert document.warnings == ()


def test_a_file_pinned_to_a_page_is_read(tmp_path: Path) -> None:
    def change(writer: PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(b"Pinned words.")
        named = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): TextStringObject("pinned.txt"),
                NameObject("/EF"): DictionaryObject({NameObject("/F"): writer._add_object(stream)}),
            }
        )
        pin = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/FileAttachment"),
                NameObject("/Rect"): ArrayObject([FloatObject(number) for number in BOX]),
                NameObject("/FS"): named,
            }
        )
        writer.add_annotation(0, pin)

    document = load_document(edit(write_pdf(tmp_path / "a.pdf", [["Cover."]]), change))
    assert [page.text for page in document.pages] == ["Cover.", "Attachment: pinned.txt\n\nPinned words."]


def test_an_attachment_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = attach(write_pdf(tmp_path / "a.pdf", [["Cover."]]), {"film.bin": b"\x00\x01\x02" * 50})
    document = load_document(path)
    assert document.pages[0].text == "Cover."
    assert document.pages[1].text == "Attachment: film.bin"
    assert document.warnings[0].startswith("The attachment film.bin was not read: ")


def test_attachments_are_bounded_in_depth_number_size_and_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"The innermost words."
    name = "note.txt"
    for depth in range(5):
        path = attach(write_pdf(tmp_path / f"{depth}.pdf", [[f"Layer {depth}."]]), {name: data})
        name, data = path.name, path.read_bytes()
    document = load_document(path)
    text = "\n".join(page.text for page in document.pages)
    assert "Layer 1." in text
    assert "Layer 0." not in text
    assert any("files deep" in warning for warning in document.warnings)

    path = attach(write_pdf(tmp_path / "a.pdf", [["Cover."]]), {"1.txt": b"One.", "2.txt": b"Two.", "3.txt": b"Three."})
    tight = load_document(path, LoadOptions(max_pages=2))
    assert [page.text for page in tight.pages] == ["Cover."]
    assert tight.warnings[0].startswith("The attachments were not read: ")
    monkeypatch.setattr(pdf_extras, "MAX_ATTACHMENTS", 2)
    assert load_document(path).warnings == ("Attachments too large, too many or broken, not read: 1.",)
    monkeypatch.setattr(pdf_extras, "MAX_ATTACHED_BYTES", 5)
    assert load_document(path).warnings == ("Attachments too large, too many or broken, not read: 2.",)


def test_a_locked_file_gives_its_form_and_attachments(tmp_path: Path) -> None:
    path = attach(write_pdf(tmp_path / "a.pdf", [draw_form]), {"note.txt": b"Under lock."})
    lock(path, user="tide")
    with pytest.raises(DocumentError):
        load_document(path)
    document = load_document(path, LoadOptions(passwords=("tide",)))
    assert "Floor wanted: Third" in document.pages[0].text
    assert "Under lock." in document.pages[1].text
