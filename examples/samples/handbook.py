"""The employee handbook: cover, table of contents, twelve chapters. The first three pages carry roman numbers, so
the number printed on a page and its place in the file differ."""

from pathlib import Path

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, NextPageTemplate, PageBreak, Paragraph, Spacer
from reportlab.platypus.tableofcontents import TableOfContents

from samples.handbook_text import CHAPTERS
from samples.paper import ADDRESS, BODY, COMPANY, TITLE, SampleDocument, flow, footer

FRONT_PAGES = 3


def make(path: Path) -> None:
    document = SampleDocument(path, title="Employee Handbook, edition 7", subject="In force from 1 January 2026")
    document.front_pages = FRONT_PAGES
    document.add_page("Front", _number_pages)
    document.add_page(
        "Chapter", footer("Employee Handbook · edition 7 · January 2026", lambda page: str(page - FRONT_PAGES))
    )

    story = [
        Spacer(0, 60 * mm),
        Paragraph("Employee Handbook", TITLE),
        Paragraph(COMPANY, ParagraphStyle("Cover", BODY, fontSize=13, leading=18)),
        Paragraph("Edition 7, in force from 1 January 2026", BODY),
        Spacer(0, 90 * mm),
        Paragraph(ADDRESS, BODY),
        Paragraph("Internal. Not to be passed on outside the company without the consent of the Head of People.", BODY),
        PageBreak(),
        Paragraph("Contents", TITLE),
        _contents(),
        NextPageTemplate("Chapter"),
    ]
    for chapter in CHAPTERS:
        story += [PageBreak(), *flow(chapter)]
    document.multiBuild(story)


def _contents() -> TableOfContents:
    contents = TableOfContents(dotsMinLevel=0)
    contents.levelStyles = [
        ParagraphStyle(
            "Contents1", BODY, fontName="Helvetica-Bold", fontSize=9, leading=11, spaceBefore=3, spaceAfter=0
        ),
        ParagraphStyle("Contents2", BODY, fontSize=8, leading=9, leftIndent=14, spaceAfter=0),
    ]
    return contents


def _number_pages(canvas: Canvas, _document: BaseDocTemplate) -> None:
    if canvas.getPageNumber() == 1:
        canvas.addPageLabel(0, style="ROMAN_LOWER", start=1)
        canvas.addPageLabel(FRONT_PAGES, style="ARABIC", start=1)
