"""Word files: pages, numbers, and what is neither plain text nor a plain table."""

from pathlib import Path

from ingest.loaders.writer import PAGE_CHARACTERS
from ingest.types import Document
from tests.ingest.office import docx, paragraph
from tests.ingest.test_loaders_text import blocks, load

BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
PRINTED = "<w:r><w:lastRenderedPageBreak/></w:r>"


def numbered(text: str = "", depth: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>')


def level(depth: int, pattern: str, form: str = "decimal") -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'


def abstract(number: int, inside: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{inside}</w:abstractNum>'


NUMBERING = abstract(5, level(0, "%1.")) + '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'


def cell(inside: str) -> str:
    return f"<w:tc>{inside}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def texts(document: Document) -> list[str]:
    return [text for _, text in blocks(document)]


def read(tmp_path: Path, body: str, **parts: str) -> list[str]:
    return texts(load(tmp_path, "a.docx", docx(body, **parts)))


# Pages ----------------------------------------------------------------------------------------------------------------


def test_pages_go_on_through_a_table(tmp_path: Path) -> None:
    body = table(
        cell(paragraph("Part")) + cell(paragraph("Price")),
        cell(f"<w:p>{PRINTED}<w:r><w:t>Valve</w:t></w:r></w:p>") + cell(paragraph("12")),
        cell(paragraph("Pump"))
        + cell(f"<w:p><w:r><w:t>7, from May</w:t></w:r>{PRINTED}<w:r><w:t>on</w:t></w:r></w:p>"),
    ) + paragraph("Below.")
    pages = load(tmp_path, "a.docx", docx(body)).pages
    assert [page.text for page in pages] == ["Part | Price", "Valve | 12\nPump | 7, from May on", "Below."]
    assert [block.header for block in pages[1].blocks] == ["Part | Price", "Part | Price"]


def test_a_row_over_three_pages_counts_them(tmp_path: Path) -> None:
    long = f"<w:p><w:r><w:t>One</w:t></w:r>{PRINTED}<w:r><w:t>two</w:t></w:r>{PRINTED}<w:r><w:t>three</w:t></w:r></w:p>"
    short = f"<w:p><w:r><w:t>A</w:t></w:r>{PRINTED}<w:r><w:t>b</w:t></w:r></w:p>"
    document = load(tmp_path, "a.docx", docx(table(cell(long) + cell(short)) + paragraph("Below.")))
    assert [page.text for page in document.pages] == ["One two three | A b", "", "Below."]


def test_a_cell_that_goes_on_below_counts_its_page_once(tmp_path: Path) -> None:
    merged = '<w:tcPr><w:vMerge w:val="{}"/></w:tcPr>'
    begun = cell(
        merged.format("restart") + f"<w:p><w:r><w:t>Both</w:t></w:r>{PRINTED}<w:r><w:t>halves</w:t></w:r></w:p>"
    )
    body = table(
        begun + cell(paragraph("first")), cell(merged.format("continue") + "<w:p/>") + cell(paragraph("second"))
    )
    document = load(tmp_path, "a.docx", docx(body))
    assert [page.text for page in document.pages] == ["Both halves | first", "Both halves | second"]


def test_a_file_that_word_never_printed_is_cut_by_length_too(tmp_path: Path) -> None:
    long = "Words of a report. " * (PAGE_CHARACTERS // 30)
    document = load(tmp_path, "a.docx", docx(paragraph("Cover.") + BREAK + paragraph(long) * 3))
    assert document.pages[0].text == "Cover."
    assert len(document.pages) == 4
    assert max(len(page.text) for page in document.pages) <= PAGE_CHARACTERS


def test_a_paragraph_that_begins_a_page_does_so_without_a_print(tmp_path: Path) -> None:
    body = paragraph("One.") + paragraph("Two.", "<w:pageBreakBefore/>")
    assert [page.text for page in load(tmp_path, "a.docx", docx(body)).pages] == ["One.", "Two."]


# Numbers --------------------------------------------------------------------------------------------------------------


def test_numbers_in_cells_are_read_and_counted(tmp_path: Path) -> None:
    body = table(
        cell(paragraph("No.")) + cell(paragraph("Claim")),
        cell(numbered()) + cell(paragraph("It is dry.")),
        cell(numbered()) + cell(numbered("It is light.")),
    ) + numbered("It is cheap.")
    assert read(tmp_path, body, numbering=NUMBERING) == [
        "No. | Claim",
        "1. | It is dry.",
        "2. | 3. It is light.",
        "4. It is cheap.",
    ]


def test_an_empty_paragraph_of_a_list_is_counted_unless_it_is_deleted(tmp_path: Path) -> None:
    deleted = paragraph(
        "", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr>'
    )
    body = numbered("One.") + numbered() + deleted + numbered("Three.")
    assert read(tmp_path, body, numbering=NUMBERING) == ["1. One.", "3. Three."]


def test_numbers_of_a_list_style(tmp_path: Path) -> None:
    numbering = (
        abstract(1, '<w:numStyleLink w:val="Clauses"/>')
        + abstract(2, '<w:styleLink w:val="Clauses"/>' + level(0, "§ %1") + level(1, "%1.%2"))
        + '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    body = numbered("Rent") + numbered("It is due.", 1) + numbered("Term")
    assert read(tmp_path, body, numbering=numbering) == ["§ 1 Rent", "1.1 It is due.", "§ 2 Term"]
