"""A supply agreement with numbered clauses and two schedules."""

from pathlib import Path

from reportlab.platypus import PageBreak, Paragraph

from samples.agreement_text import CLAUSES, PARTIES, SCHEDULES
from samples.paper import TITLE, SampleDocument, flow, footer


def make(path: Path) -> None:
    document = SampleDocument(
        path,
        title="Supply Agreement between Calderwick Instruments Ltd and Norrvik Castings AB",
        subject="Cast meter bodies",
    )
    document.add_page("Page", footer("Supply agreement Calderwick / Norrvik · 12 January 2026"))
    document.build(
        [Paragraph("Supply Agreement", TITLE), *flow(PARTIES), *flow(CLAUSES), PageBreak(), *flow(SCHEDULES)]
    )
