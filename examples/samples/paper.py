"""What the sample documents share: the company, paper sizes, styles, and a small markup for their text.

The markup, read by `flow`:

    # Chapter, ## Section, ### Subsection     headings; the first two enter the outline and the table of contents
    - item                                    a list item
    4.2 text                                  a numbered clause (a line that starts with digits and a dot in them)
    | cell | cell |                           a table row; the first row of a table is its header
    anything else                             a paragraph, up to the next empty line
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

rl_config.invariant = 1  # no dates, no random ids: the same bytes every time

COMPANY = "Calderwick Instruments Ltd"
ADDRESS = "Millrace Works, Otley Road, Ashbeck, North Yorkshire YO99 4CW"
INK = colors.HexColor("#1d3b4f")
RULE = colors.HexColor("#9fb3bf")
SHADE = colors.HexColor("#e8eef1")

BODY = ParagraphStyle("Body", fontName="Helvetica", fontSize=10, leading=14, spaceAfter=7)
SMALL = ParagraphStyle("Small", BODY, fontSize=8, leading=10.5, spaceAfter=4)
CELL = ParagraphStyle("Cell", BODY, fontSize=8.5, leading=10.5, spaceAfter=0)
CELL_HEAD = ParagraphStyle("CellHead", CELL, fontName="Helvetica-Bold", textColor=INK)
CLAUSE = ParagraphStyle("Clause", BODY, leftIndent=32, bulletIndent=0, alignment=TA_JUSTIFY)
TITLE = ParagraphStyle("Title", BODY, fontName="Helvetica-Bold", fontSize=22, leading=27, textColor=INK, spaceAfter=10)
HEADINGS = {
    1: ParagraphStyle(
        "Chapter", BODY, fontName="Helvetica-Bold", fontSize=15, leading=19, textColor=INK, spaceBefore=8
    ),
    2: ParagraphStyle(
        "Section", BODY, fontName="Helvetica-Bold", fontSize=11.5, leading=15, textColor=INK, spaceBefore=5
    ),
    3: ParagraphStyle("Subsection", BODY, fontName="Helvetica-BoldOblique", fontSize=10, leading=13, spaceBefore=3),
}
for heading in HEADINGS.values():
    heading.keepWithNext = 1

_CLAUSE_NUMBER = re.compile(r"(\d+\.\d+|\([a-z]\))\s+(.*)", re.DOTALL)

Decoration = Callable[[Canvas, BaseDocTemplate], None]


class SampleDocument(BaseDocTemplate):
    """A document whose headings enter the outline and, when there is one, the table of contents."""

    def __init__(
        self, path: Path, *, title: str, author: str = COMPANY, subject: str = "", margin: float = 22 * mm
    ) -> None:
        super().__init__(
            str(path), pagesize=A4, title=title, author=author, subject=subject, pageCompression=0, lang="en-GB"
        )
        self.margin = margin
        self.front_pages = 0  # pages before the one that carries the number 1
        self._deepest_next = 0  # an outline may not skip a level

    def add_page(
        self, name: str, decorate: Decoration, *, columns: int = 1, top: float = 0, gutter: float = 7 * mm
    ) -> None:
        """Add a page template with `columns` equal frames; `top` keeps extra room above them."""
        width, height = A4
        column = (width - 2 * self.margin - (columns - 1) * gutter) / columns
        frames = [
            Frame(
                self.margin + number * (column + gutter), self.margin, column, height - 2 * self.margin - top,
                leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
            )
            for number in range(columns)
        ]  # fmt: skip
        self.addPageTemplates(PageTemplate(name, frames, onPage=decorate))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab calls it by this name
        """Called by reportlab after each flowable is placed."""
        level = getattr(flowable, "outline_level", None)
        if level is None:
            return
        level = min(level, self._deepest_next)
        self._deepest_next = level + 1
        text = flowable.getPlainText()
        key = f"{level}-{self.page}-{text}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level, closed=level == 0)
        self.notify("TOCEntry", (level, escape(text), self.page - self.front_pages, key))


def footer(left: str, page_name: Callable[[int], str] = lambda page: f"Page {page}") -> Decoration:
    """A footer with a rule, `left` on the left and the page on the right."""

    def decorate(canvas: Canvas, document: BaseDocTemplate) -> None:
        width = A4[0]
        canvas.saveState()
        canvas.setStrokeColor(RULE)
        canvas.line(document.margin, 15 * mm, width - document.margin, 15 * mm)
        canvas.setFont("Helvetica", 7.5)
        canvas.drawString(document.margin, 11 * mm, left)
        canvas.drawRightString(width - document.margin, 11 * mm, page_name(canvas.getPageNumber()))
        canvas.restoreState()

    return decorate


def flow(markup: str, *, body: ParagraphStyle = BODY, width: float = A4[0] - 44 * mm) -> list[Flowable]:
    """Turn the markup described above into flowables; tables are `width` points wide."""
    bullet = ParagraphStyle("Bullet", body, leftIndent=14, bulletIndent=3, spaceAfter=3)
    flowables: list[Flowable] = []
    for block in re.split(r"\n\s*\n", markup.strip()):
        lines = [line.strip() for line in block.strip().splitlines()]
        if lines[0].startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            flowables += [table(rows, width), Spacer(0, 8)]
        elif lines[0].startswith("#"):
            marks, text = lines[0].split(" ", 1)
            flowables.append(heading_line(text, len(marks)))
        elif lines[0].startswith("- "):
            items = re.split(r"(?:^|\n)- ", "\n".join(lines))[1:]
            flowables += [Paragraph(escape(" ".join(item.split())), bullet, bulletText="•") for item in items]
            flowables.append(Spacer(0, 4))
        elif clause := _CLAUSE_NUMBER.match(" ".join(lines)):
            flowables.append(Paragraph(escape(clause[2]), CLAUSE, bulletText=clause[1]))
        else:
            flowables.append(Paragraph(escape(" ".join(lines)), body))
    return flowables


def heading_line(text: str, level: int) -> Paragraph:
    line = Paragraph(escape(text), HEADINGS[level])
    if level <= 2:
        line.outline_level = level - 1
    return line


def table(rows: Sequence[Sequence[str]], width: float) -> Table:
    """A ruled table whose first row repeats on every page; columns are as wide as their longest cells ask for."""
    shares = [min(max(len(row[column]) for row in rows) + 5, 45) for column in range(len(rows[0]))]
    body = [
        [Paragraph(escape(cell), CELL_HEAD if number == 0 else CELL) for cell in row] for number, row in enumerate(rows)
    ]
    grid = Table(body, colWidths=[width * share / sum(shares) for share in shares], repeatRows=1)
    grid.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ]
        )
    )
    return grid
