"""What becomes of OpenDocument files, books, RTF and Office files up to 2003."""

import struct
from pathlib import Path

import pytest

from config.errors import DocumentError
from ingest.types import BlockKind
from tests.ingest.office import zipped
from tests.ingest.ole import compound
from tests.ingest.test_loaders_text import blocks, load, texts

# OpenDocument, books, RTF ---------------------------------------------------------------------------------------------


def opendocument(kind: str, body: str, **members: str) -> bytes:
    spaces = 'xmlns:o="o" xmlns:t="t" xmlns:table="b" xmlns:d="d"'
    content = f"<o:document-content {spaces}><o:body>{body}</o:body></o:document-content>"
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": content,
            "META-INF/manifest.xml": "<manifest/>",
            "meta.xml": '<o:meta xmlns:o="o" xmlns:dc="dc"><o:meta><dc:title>Minutes</dc:title></o:meta></o:meta>',
            **members,
        }
    )


def test_an_opendocument_text(tmp_path: Path) -> None:
    cells = "<table:table-cell><t:p>{}</t:p></table:table-cell>" * 2
    body = (
        '<o:text><t:tracked-changes><t:p>deleted</t:p></t:tracked-changes><t:h t:outline-level="2">Decisions</t:h>'
        "<t:p>We sell<t:s/>it.<t:note t:note-class='footnote'><t:note-body><t:p>By May.</t:p></t:note-body></t:note>"
        "</t:p>"
        "<t:list><t:list-item><t:p>to Ida</t:p></t:list-item></t:list><table:table>"
        f"<table:table-row>{cells.format('Part', 'Price')}</table:table-row>"
        f"<table:table-row>{cells.format('Valve', '12')}</table:table-row></table:table></o:text>"
    )
    document = load(tmp_path, "a.odt", opendocument("text", body))
    assert blocks(document) == [
        (BlockKind.HEADING, "Decisions"),
        (BlockKind.PARAGRAPH, "We sell it."),
        (BlockKind.PARAGRAPH, "Footnote: By May."),
        (BlockKind.LIST_ITEM, "• to Ida"),
        (BlockKind.TABLE_ROW, "Part | Price"),
        (BlockKind.TABLE_ROW, "Valve | 12"),
    ]
    assert document.title == "Minutes"


def test_an_opendocument_sheet_with_endless_empty_rows(tmp_path: Path) -> None:
    cell = "<table:table-cell><t:p>{}</t:p></table:table-cell>"
    body = (
        '<o:spreadsheet><table:table table:name="Prices"><table:table-row>'
        f"{cell.format('Part')}{cell.format('Price')}</table:table-row><table:table-row>{cell.format('Valve')}"
        f'{cell.format("12.00 €")}<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
        "</table:table></o:spreadsheet>"
    )
    document = load(tmp_path, "a.ods", opendocument("spreadsheet", body))
    assert texts(document) == ["Prices", "Part | Price", "Valve | 12.00 €"]
    assert document.pages[0].label == "Prices"


def test_opendocument_slides_and_notes(tmp_path: Path) -> None:
    page = '<d:page><d:frame d:class="title"><d:text-box><t:p>{}</t:p></d:text-box></d:frame>{}</d:page>'
    notes = "<d:notes><d:frame><d:text-box><t:p>Smile.</t:p></d:text-box></d:frame></d:notes>"
    body = f"<o:presentation>{page.format('One', notes)}{page.format('Two', '')}</o:presentation>"
    document = load(tmp_path, "a.odp", opendocument("presentation", body))
    assert [page.text for page in document.pages] == ["One\n\nNotes: Smile.", "Two"]


def test_a_locked_opendocument_says_so(tmp_path: Path) -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, "a.odt", opendocument("text", "", **{"META-INF/manifest.xml": manifest}))
    assert caught.value.status == "locked"


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    package = (
        '<package xmlns:dc="dc"><metadata><dc:title>Tides</dc:title><dc:creator>Ida Holm</dc:creator></metadata>'
        "<manifest>"
        '<item id="a" href="z%20one.xhtml"/><item id="b" href="a.xhtml"/><item id="c" href="lost.xhtml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/></spine></package>'
    )
    data = zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfile full-path="OPS/p.opf"/></container>',
            "OPS/p.opf": package,
            "OPS/z one.xhtml": '<?xml version="1.0"?><html><body><h1>Ebb</h1><p>Low water.</p></body></html>',
            "OPS/a.xhtml": "<header><h1>Flood</h1></header><p>High water.</p><aside>At noon.</aside>",
        }
    )
    document = load(tmp_path, "a.epub", data)
    assert [page.text for page in document.pages] == ["Ebb\n\nLow water.", "Flood\n\nHigh water.\n\nAt noon."]
    assert (document.title, document.metadata) == ("Tides", {"author": "Ida Holm"})


def test_rtf_text_and_tables(tmp_path: Path) -> None:
    rtf = (
        r"{\rtf1\ansi{\info{\title Tide tables}{\author Ida}}High water at \'fcber six.\par"
        r"\trowd Harbour\cell Depth\cell\row\trowd North\cell 4.5\cell\row\pard Done.\par}"
    )
    document = load(tmp_path, "a.rtf", rtf)
    assert texts(document) == ["High water at über six.", "Harbour | Depth", "North | 4.5", "Done."]
    assert (document.title, document.metadata) == ("Tide tables", {"author": "Ida"})


def test_rtf_notes_text_boxes_and_headers(tmp_path: Path) -> None:
    box = r"{\shp{\*\shpinst\shpleft0{\shptxt \pard Norrvik AB\par}}}"
    rtf = (
        r"{\rtf1\ansi{\header \pard Draft \{2\}"
        + box
        + r"\par}{\headerl \pard Draft \{2\}"
        + box
        + r"\par}{\footer \pard\par}"
        r"It floods{\super\chftn}{\*\footnote\pard {\super\chftn} At \'fcber six.} the quay.\par Done.\par}"
    )
    assert texts(load(tmp_path, "a.rtf", rtf)) == [
        "It floods the quay.",
        "Done.",
        "Text box: Norrvik AB",
        "Header: Draft {2}",
        "Footnote: At über six.",
    ]


# Office up to 2003 ----------------------------------------------------------------------------------------------------


def old_word(body: str, *, note: str = "") -> bytes:
    """Two pieces: the body in one byte a character, the notes in UTF-16."""
    head = bytearray(1024)
    struct.pack_into("<H", head, 0, 0xA5EC)
    first, second = body.encode("cp1252"), note.encode("utf-16-le")
    struct.pack_into("<2i", head, 0x4C, len(body), len(note))
    ends = struct.pack("<3I", 0, len(body), len(body) + len(note))
    pieces = struct.pack("<HIHHIH", 0, 1024 * 2 | 0x40000000, 0, 0, 1024 + len(first), 0)
    table = b"\x02" + struct.pack("<I", len(ends) + len(pieces)) + ends + pieces
    struct.pack_into("<II", head, 0x01A2, 0, len(table))
    return compound({"WordDocument": bytes(head) + first + second, "0Table": table})


def test_an_old_word_file(tmp_path: Path) -> None:
    body = "Minutes\rSee \x13 HYPERLINK x \x14the office\x15 now.\r"
    body += "Part\x07Price\x07\x07Valve\x0712\x07\x07Done \u2013 at last.\r"
    document = load(tmp_path, "a.doc", old_word(body, note="By May \u2013 ж.\r"))
    assert texts(document) == [
        "Minutes",
        "See the office now.",
        "Part | Price",
        "Valve | 12",
        "Done \u2013 at last.",
        "Footnote: By May \u2013 ж.",
    ]


def record(kind: int, body: bytes, *, container: bool = False, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if container else 0), kind, len(body)) + body


def test_an_old_presentation(tmp_path: Path) -> None:
    title = record(3999, struct.pack("<I", 0)) + record(4000, "Results".encode("utf-16-le"))
    place = record(1011, struct.pack("<IIII", 2, 0, 0, 0) + bytes(4))
    outline = record(4080, place + title, container=True)
    slide = record(1006, record(4008, b"Drawn on the slide"), container=True)
    persist = record(6002, struct.pack("<II", 1 << 20 | 2, len(outline)))
    data = compound({"PowerPoint Document": outline + slide + persist, "Current User": bytes(40)})
    document = load(tmp_path, "a.ppt", data)
    assert texts(document) == ["Results", "Drawn on the slide"]


def old_workbook(rows: list[tuple[str, float]], *, name: str = "Prices", hidden: bool = False) -> bytes:
    """One sheet in BIFF8: a text and a number in each row."""

    def biff(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def text(words: str) -> bytes:
        return struct.pack("<HB", len(words), 0) + words.encode("latin-1")

    begin, end = biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)), biff(0x000A, b"")
    place = len(begin) + len(end) + 4 + 8 + len(name)
    listed = biff(0x0085, struct.pack("<IBBBB", place, int(hidden), 0, len(name), 0) + name.encode())
    sheet = biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for number, (label, value) in enumerate(rows):
        sheet += biff(0x0204, struct.pack("<HHH", number, 0, 0) + text(label))
        sheet += biff(0x0203, struct.pack("<HHHd", number, 1, 0, value))
    return compound({"Workbook": begin + listed + end + sheet + end})


def test_an_old_workbook(tmp_path: Path) -> None:
    document = load(tmp_path, "a.xls", old_workbook([("Valve", 12.0), ("Pump", 7.125)]))
    assert texts(document) == ["Prices", "Valve | 12", "Pump | 7.125"]
    assert document.pages[0].label == "Prices"
    hidden = load(tmp_path, "b.xls", old_workbook([("Valve", 12.0)], hidden=True))
    assert texts(hidden)[0] == "Prices (hidden sheet)"


@pytest.mark.parametrize("name", ["a.doc", "a.ppt", "a.xls", "a.msg"])
@pytest.mark.parametrize("length", [8, 600, 2000])
def test_broken_old_files_are_damaged(tmp_path: Path, name: str, length: int) -> None:
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, name, old_word("Words.\r")[:length])
    assert caught.value.status == "damaged"
