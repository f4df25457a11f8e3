"""Word files: pages, and what is neither plain text nor a plain table."""

from pathlib import Path

import pytest

from ingest.loaders.writer import PAGE_CHARACTERS
from ingest.types import BlockKind, Document
from tests.ingest.office import docx, paragraph, relations, zipped
from tests.ingest.test_loaders_text import blocks, load

BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
PRINTED = "<w:r><w:lastRenderedPageBreak/></w:r>"


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


def test_a_row_broken_in_all_its_cells_ends_one_page(tmp_path: Path) -> None:
    """As Word writes it: a mark where a cell begins on the page before, and one more where the next row begins."""
    broken = f"<w:p>{{}}<w:r><w:t>A</w:t></w:r>{PRINTED}<w:r><w:t>b</w:t></w:r></w:p>"
    body = table(
        cell(broken.format("")) + cell(broken.format(PRINTED)) + cell(f"<w:p>{PRINTED}<w:r><w:t>C</w:t></w:r></w:p>"),
        cell(f"<w:p>{PRINTED}<w:r><w:t>D</w:t></w:r></w:p>") + cell(paragraph("e")) + cell(paragraph("f")),
    )
    document = load(tmp_path, "a.docx", docx(body))
    assert [page.text for page in document.pages] == ["A b | A b | C", "D | e | f"]


def test_a_cell_that_begins_on_the_next_page_ends_one(tmp_path: Path) -> None:
    moved = f"<w:p>{PRINTED}<w:r><w:t>Too long for the page.</w:t></w:r></w:p>"
    document = load(tmp_path, "a.docx", docx(table(cell(paragraph("A")) + cell(moved)) + paragraph("Below.")))
    assert [page.text for page in document.pages] == ["A | Too long for the page.", "Below."]


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


def test_a_page_with_nothing_but_a_picture_counts(tmp_path: Path) -> None:
    scan = "<w:p><w:r><w:lastRenderedPageBreak/><w:drawing/></w:r></w:p>"
    next_page = f"<w:p>{PRINTED}<w:r><w:t>Three.</w:t></w:r></w:p>"
    document = load(tmp_path, "a.docx", docx(paragraph("One.") + scan + next_page))
    assert [page.text for page in document.pages] == ["One.", "", "Three."]
    begun_by_author = docx(paragraph("One.") + BREAK + scan + next_page)
    assert [page.text for page in load(tmp_path, "b.docx", begun_by_author).pages] == ["One.", "", "Three."]
    cover = docx("<w:p><w:r><w:drawing/></w:r></w:p>" + next_page)
    assert [page.text for page in load(tmp_path, "c.docx", cover).pages] == ["", "Three."]


def test_a_picture_before_a_table_and_in_its_rows_counts(tmp_path: Path) -> None:
    picture = "<w:p><w:r><w:lastRenderedPageBreak/><w:drawing/></w:r></w:p>"
    row = cell("<w:p>" + PRINTED + "<w:r><w:t>{}</w:t></w:r></w:p>") + cell(paragraph("12"))
    body = paragraph("One.") + picture + table(row.format("Valve"), cell(picture) + cell("<w:p/>"), row.format("Pump"))
    document = load(tmp_path, "a.docx", docx(body))
    assert [page.text for page in document.pages] == ["One.", "", "Valve | 12", "", "Pump | 12"]
    after_break = docx(paragraph("One.") + BREAK + table(row.format("Valve"), row.format("Pump")))
    assert [page.text for page in load(tmp_path, "b.docx", after_break).pages] == ["One.", "Valve | 12", "Pump | 12"]


def test_a_note_behind_a_break_does_not_make_the_break_two(tmp_path: Path) -> None:
    body = (
        '<w:p><w:r><w:t>One.</w:t><w:footnoteReference w:id="2"/><w:br w:type="page"/></w:r></w:p>'
        f"<w:p>{PRINTED}<w:r><w:t>Two.</w:t></w:r></w:p>"
    )
    footnotes = f'<w:footnote w:id="2">{paragraph("Proof.")}</w:footnote>'
    document = load(tmp_path, "a.docx", docx(body, footnotes=footnotes))
    assert [page.text for page in document.pages] == ["One.", "Footnote: Proof.\n\nTwo."]


def test_a_file_that_word_never_printed_is_cut_by_length_too(tmp_path: Path) -> None:
    long = "Words of a report. " * (PAGE_CHARACTERS // 30)
    document = load(tmp_path, "a.docx", docx(paragraph("Cover.") + BREAK + paragraph(long) * 3))
    assert document.pages[0].text == "Cover."
    assert len(document.pages) == 4
    assert max(len(page.text) for page in document.pages) <= PAGE_CHARACTERS


def test_a_paragraph_that_begins_a_page_does_so_without_a_print(tmp_path: Path) -> None:
    body = paragraph("One.") + paragraph("Two.", "<w:pageBreakBefore/>")
    assert [page.text for page in load(tmp_path, "a.docx", docx(body)).pages] == ["One.", "Two."]


# Text -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "raised", "after", "text"),
    [
        ("1,234", "1", "", "1,234^1"),
        ("It cost 10", "6", " euro", "It cost 10^6 euro"),
        ("10", "-3", " m", "10^-3 m"),
        ("Sold in 2023.", "4", " And", "Sold in 2023.^4 And"),
        ("", "1", "2023 as restated", "1 2023 as restated"),
        ("the 1", "st", " of May", "the 1st of May"),
        ("Revenue", "1", "", "Revenue1"),
    ],
)
def test_raised_figures_do_not_run_into_others(tmp_path: Path, before: str, raised: str, after: str, text: str) -> None:
    body = (
        f'<w:p><w:r><w:t>{before}</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        f"<w:t>{raised}</w:t></w:r><w:r><w:t>{after}</w:t></w:r></w:p>"
    )
    assert read(tmp_path, body) == [text]


def test_a_raised_number_in_two_runs_is_one(tmp_path: Path) -> None:
    run = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>'
    assert read(tmp_path, f"<w:p><w:r><w:t>10</w:t></w:r>{run * 2}</w:p>") == ["10^11"]


def test_the_readings_of_characters_stay_out_of_them(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    ruby = f"<w:r><w:ruby><w:rt>{run}</w:rt><w:rubyBase>{run}</w:rubyBase></w:ruby></w:r>"
    body = f"<w:p>{ruby.format('とう', '東')}{ruby.format('きょう', '京')}</w:p>"
    assert read(tmp_path, body) == ["東京"]


def test_boxes_in_cells_and_headers_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('In a box.')}</w:txbxContent>"
    choices = f"<w:Choice>{box}</w:Choice><w:Fallback>{box}</w:Fallback>"
    alternatives = f"<w:p><w:r><w:AlternateContent>{choices}</w:AlternateContent></w:r></w:p>"
    body = table(cell(paragraph("Part")) + cell(alternatives))
    assert read(tmp_path, body, header=alternatives) == ["Part | In a box.", "Page header: In a box."]


def test_symbols_and_boxes_to_tick(tmp_path: Path) -> None:
    symbols = [
        ("Wingdings", "F0FE"),
        ("Wingdings", "F0A8"),
        ("Symbol", "F0A3"),
        ("Symbol", "00DA"),
        ("Calibri", "2022"),
    ]
    written = "".join(f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>' for font, code in symbols)
    unknown = '<w:r><w:sym w:font="Bookshelf Symbol 7" w:char="F033"/></w:r>'
    assert read(tmp_path, f"<w:p>{written}{unknown}</w:p>") == ["☑☐≤\N{LOGICAL OR}•\N{REPLACEMENT CHARACTER}"]


def test_fields_of_a_form(tmp_path: Path) -> None:
    field = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{}</w:ffData></w:fldChar><w:t>{}</w:t></w:r>'
    box = "<w:checkBox><w:default w:val='{}'/>{}</w:checkBox>"
    choice = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="Oslo"/><w:listEntry w:val="Bergen"/></w:ddList>'
    body = (
        "<w:p>"
        + field.format(box.format(0, "<w:checked/>"), " new, ")
        + field.format(box.format(1, ""), " dry, ")
        + field.format(box.format(1, "<w:checked w:val='0'/>"), " used, in ")
        + field.format(choice, ".")
        + "</w:p>"
    )
    assert read(tmp_path, body) == ["☒ new, ☒ dry, ☐ used, in Bergen."]


def package(body: str, targets: dict[str, str], members: dict[str, str | bytes]) -> bytes:
    spaces = 'xmlns:w="w" xmlns:r="r"'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": relations(**targets),
            **members,
        }
    )


def test_words_of_a_diagram(tmp_path: Path) -> None:
    data = "<d:dataModel xmlns:d='d' xmlns:a='a'>{}</d:dataModel>"
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in ("Plan", "Build"))
    body = paragraph("See:") + '<w:p><w:r><w:drawing><w:relIds r:dm="rId7"/></w:drawing></w:r></w:p>'
    file = package(body, {"rId7_diagramData": "data1.xml"}, {"word/data1.xml": data.format(lines)})
    assert blocks(load(tmp_path, "a.docx", file)) == [
        (BlockKind.PARAGRAPH, "See:"),
        (BlockKind.LIST_ITEM, "• Plan"),
        (BlockKind.LIST_ITEM, "• Build"),
    ]


def test_a_file_that_word_takes_in_is_read_where_it_stands(tmp_path: Path) -> None:
    html = "<html><body><h2>Terms</h2><p>Net 30.</p><ul><li>by bank</li></ul></body></html>"
    body = paragraph("Above.") + '<w:altChunk r:id="rId7"/><w:altChunk r:id="rId8"/>' + paragraph("Below.")
    targets = {"rId7_aFChunk": "chunk.html", "rId8_aFChunk": "lost.html"}
    document = load(tmp_path, "a.docx", package(body, targets, {"word/chunk.html": html}))
    assert blocks(document) == [
        (BlockKind.PARAGRAPH, "Above."),
        (BlockKind.HEADING, "Terms"),
        (BlockKind.PARAGRAPH, "Net 30."),
        (BlockKind.LIST_ITEM, "• by bank"),
        (BlockKind.PARAGRAPH, "Below."),
    ]
    assert [warning for warning in document.warnings if "lost.html" in warning]
