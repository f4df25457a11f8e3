"""Columns and tables of a page as people read them, found by place."""

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from ingest.loaders import load_document
from ingest.types import BlockKind, Page
from tests.ingest.pdfs import LEFT, PageDrawing, write, write_pdf

MILL = (
    "The mill stands at the bend of the river and has been let to tenants since the year of the flood. Its wheel turns "
    "twice a minute when the water is high. The owner keeps the roof in repair, and the tenant keeps the floor. Nobody "
    "may store powder in the cellar, which floods in spring and stays damp through most of the summer months."
)
HARBOUR = (
    "Another story is told here, of the harbour and the pilots who bring ships through the narrows at night. They are "
    "paid by the draught of the vessel and not by its length. A pilot who has been at sea for thirty years may retire."
)
BELOW = "Below the columns a line goes over the whole width of the page, as it does in many a paper and report."
ROWS = (
    ("Clause", "What it says", "Who is bound by it"),
    (
        "Term",
        "The lease runs for five years from the day on which both have signed it and ends by itself.",
        "Owner and tenant, and whoever takes the place of one of them later",
    ),
    (
        "Rent",
        "The rent is paid on the first of each month and not later than the tenth of it.",
        "The tenant, and his surety if he has named one in writing",
    ),
    (
        "Repairs",
        "The roof and walls are kept by the owner, all else is kept by the tenant.",
        "Each for the part that is named, without notice",
    ),
)


def page_of(tmp_path: Path, draw: PageDrawing) -> Page:
    return load_document(write_pdf(tmp_path / "a.pdf", [draw])).pages[0]


def words(text: str) -> str:
    return " ".join(text.split())


def rows_of(page: Page) -> list[tuple[str, str]]:
    """Text and header of each table row."""
    return [
        (words(page.text[block.start : block.end]), block.header)
        for block in page.blocks
        if block.kind is BlockKind.TABLE_ROW
    ]


def split(text: str, width: float, size: float = 10) -> list[str]:
    lines: list[str] = simpleSplit(text, "Times-Roman", size, width)
    return lines


def draw_across(texts: Sequence[str], lefts: Sequence[float], width: float, *, justified: bool = False) -> PageDrawing:
    """Columns line by line, as a program draws them that goes down the page once."""

    def draw(canvas: Canvas) -> None:
        columns = [split(text, width) for text in texts]
        for row in range(max(map(len, columns))):
            for column, left in zip(columns, lefts, strict=True):
                if row < len(column):
                    is_full = justified and row + 1 < len(column)
                    write_line(canvas, left, 760 - 12 * row, column[row], width if is_full else 0)
        write(canvas, LEFT, 700 - 12 * max(map(len, columns)), BELOW, font="Times-Roman", size=10)

    return draw


def write_line(canvas: Canvas, left: float, y: float, line: str, width: float) -> None:
    """Spread over `width`, word by word, if there is one."""
    if not width:
        write(canvas, left, y, line, font="Times-Roman", size=10)
        return
    widths = [canvas.stringWidth(word, "Times-Roman", 10) for word in line.split()]
    space = (width - sum(widths)) / (len(widths) - 1)
    for word, taken in zip(line.split(), widths, strict=True):
        write(canvas, left, y, word, font="Times-Roman", size=10)
        left += taken + space


# Columns --------------------------------------------------------------------------------------------------------------


def test_two_columns_drawn_across_are_read_one_after_the_other(tmp_path: Path) -> None:
    for justified in (False, True):
        page = page_of(tmp_path, draw_across([MILL, HARBOUR], [72, 300], 210, justified=justified))
        assert words(page.text) == f"{MILL} {HARBOUR} {BELOW}"


def test_three_columns_drawn_across_are_read_one_after_the_other(tmp_path: Path) -> None:
    page = page_of(tmp_path, draw_across([HARBOUR, MILL, HARBOUR], [40, 214, 388], 160))
    assert words(page.text) == f"{HARBOUR} {MILL} {HARBOUR} {BELOW}"


def test_a_table_of_figures_is_no_columns(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(8):
            write(canvas, LEFT, 760 - 14 * row, f"Revenue of the branch number {row}")
            write(canvas, 320, 760 - 14 * row, f"1,{row}50")
            write(canvas, 400, 760 - 14 * row, f"2,{row}75")

    assert page_of(tmp_path, draw).text.splitlines()[1] == "Revenue of the branch number 1 1,150 2,175"


# Tables of words ------------------------------------------------------------------------------------------------------


def draw_rows(*, cell_by_cell: bool, room: float) -> PageDrawing:
    def draw(canvas: Canvas) -> None:
        write(canvas, LEFT, 790, "A paragraph over the table that goes on for quite some words.")
        y = 760.0
        for row in ROWS:
            font = "Times-Bold" if row is ROWS[0] else "Times-Roman"
            cells = [split(text, width) for text, width in zip(row, (60, 190, 150), strict=True)]
            places = [(line, column) for column, cell in enumerate(cells) for line in range(len(cell))]
            for line, column in places if cell_by_cell else sorted(places):
                write(canvas, (72, 150, 370)[column], y - 12 * line, cells[column][line], font=font, size=10)
            y -= 12 * max(map(len, cells)) + room
        write(canvas, LEFT, y - 20, "A paragraph under the table that goes on for quite some words.")

    return draw


def test_rows_of_a_table_of_words_stay_whole_and_keep_their_header(tmp_path: Path) -> None:
    expected = [(" ".join(row), " ".join(ROWS[0])) for row in ROWS]
    for cell_by_cell in (False, True):
        for room in (0, 8):
            page = page_of(tmp_path, draw_rows(cell_by_cell=cell_by_cell, room=room))
            assert rows_of(page) == expected, (cell_by_cell, room)
            assert [block.kind for block in page.blocks][:: len(page.blocks) - 1] == [BlockKind.PARAGRAPH] * 2


# Tables of figures ----------------------------------------------------------------------------------------------------


def draw_figures(rows: Sequence[str], *, head: bool = True, top: float = 760) -> PageDrawing:
    def draw(canvas: Canvas) -> None:
        y = top
        if head:
            write(canvas, LEFT, y, "(Dollars in millions)", font="Helvetica-Bold")
            for left, year in ((400, "2024"), (470, "2023")):
                write(canvas, left, y + 14, "December 31,", font="Helvetica-Bold", size=9)
                write(canvas, left, y, year, font="Helvetica-Bold")
            y -= 20
        for number, row in enumerate(rows):
            is_group = row.startswith("*")
            write(canvas, LEFT, y, row.strip("*"), font="Helvetica-Bold" if is_group else "Helvetica")
            if not is_group:
                write(canvas, 400, y, f"1,{number}50")
                write(canvas, 470, y, f"2,{number}75")
            y -= 14

    return draw


def test_names_of_groups_do_not_part_rows_from_their_header(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        draw_figures(["*Assets", "*Current assets", "Cash", "Receivables", "Inventories"])(canvas)
        for number in range(20):
            write(canvas, LEFT, 600 - 14 * number, "The body of the report in its usual print, line after line of it.")

    rows = rows_of(page_of(tmp_path, draw))
    assert rows[1][0] == "Assets Current assets Cash 1,250 2,275"
    for _, header in rows:
        assert "(Dollars in millions)" in header
        assert "2024 December 31, 2023" in header


def test_a_table_that_goes_on_on_the_next_page_keeps_its_header(tmp_path: Path) -> None:
    first = draw_figures([f"Branch in town {letter}" for letter in "ABCDEF"])
    second = draw_figures([f"Branch in town {letter}" for letter in "GHIJKL"], head=False)
    document = load_document(write_pdf(tmp_path / "a.pdf", [first, second]))
    assert "2024 December 31, 2023" in rows_of(document.pages[1])[0][1]

    def draw_after_prose(canvas: Canvas) -> None:
        write(canvas, LEFT, 790, "Here begins what is another matter, with a table of its own right below it.")
        for number in range(3):
            write(canvas, LEFT, 776 - 14 * number, "It has nothing to do with the figures on the page before this one.")
        draw_figures(["Pumps", "Valves", "Pipes"], head=False, top=700)(canvas)

    document = load_document(write_pdf(tmp_path / "b.pdf", [first, draw_after_prose]))
    assert all("2024" not in header for _, header in rows_of(document.pages[1]))


def test_a_table_of_other_columns_at_the_top_of_the_next_page_is_another_one(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for number, branch in enumerate("GHIJKL"):
            write(canvas, LEFT, 760 - 14 * number, f"Visitors to town {branch}")
            write(canvas, 400, 760 - 14 * number, f"{number}25")

    pages = [draw_figures([f"Branch in town {letter}" for letter in "ABCDEF"]), draw]
    document = load_document(write_pdf(tmp_path / "a.pdf", pages))
    assert [header for _, header in rows_of(document.pages[1])] == [""] * 6


def test_a_group_that_names_the_year_is_the_header_of_its_rows(tmp_path: Path) -> None:
    rows = ["Pumps", "Valves", "Fiscal 2022", "Pumps", "Valves", "Fiscal 2021", "Pumps"]

    def draw(canvas: Canvas) -> None:
        write(canvas, 400, 780, "Sales")
        write(canvas, 470, 780, "Profit")
        for number, row in enumerate(rows):
            write(canvas, LEFT, 760 - 14 * number, row)
            if not row.startswith("Fiscal"):
                write(canvas, 400, 760 - 14 * number, f"1,{number}50")
                write(canvas, 470, 760 - 14 * number, f"{number}75")

    found = [(text.split()[-3], header) for text, header in rows_of(page_of(tmp_path, draw))[1:]]
    assert found == [
        ("Pumps", "Sales Profit"),
        ("Valves", "Sales Profit"),
        ("Pumps", "Sales Profit Fiscal 2022"),
        ("Valves", "Sales Profit Fiscal 2022"),
        ("Pumps", "Sales Profit Fiscal 2021"),
    ]
