"""PDFs for the tests, made on the spot: lines at places, pictures of pages, locks, damage."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from pypdf import PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import NullObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

PageDrawing = Callable[[Canvas], None]
HEIGHT = 842
LEFT = 72


def write_pdf(
    path: Path,
    pages: Sequence[PageDrawing | Sequence[str]],
    *,
    title: str = "",
    author: str = "",
    outline: Sequence[tuple[str, int, int]] = (),
    compressed: bool = True,
) -> Path:
    """A PDF of A4 pages; a page is a function that draws it, or its lines. `outline`: (title, level, page) from 0."""
    canvas = Canvas(str(path), pagesize=(595, HEIGHT), invariant=1, pageCompression=int(compressed))
    if title:
        canvas.setTitle(title)
    if author:
        canvas.setAuthor(author)
    for number, page in enumerate(pages):
        for entry, level, at in outline:
            if at == number:
                canvas.bookmarkPage(entry)
                canvas.addOutlineEntry(entry, entry, level)
        draw = page if callable(page) else lines_of(page)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def lines_of(lines: Sequence[str], *, size: float = 11, leading: float = 14) -> PageDrawing:
    """Lines from the top of the page; an empty one makes room."""

    def draw(canvas: Canvas) -> None:
        y = HEIGHT - 80.0
        for line in lines:
            write(canvas, LEFT, y, line, size=size)
            y -= leading

    return draw


def write(canvas: Canvas, x: float, y: float, text: str, *, font: str = "Helvetica", size: float = 11) -> None:
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def draw_scan(canvas: Canvas) -> None:
    """A page that is a picture, as a scanner makes it."""
    canvas.drawImage(ImageReader(io.BytesIO(_grey_picture())), 0, 0, 595, HEIGHT)


def _grey_picture() -> bytes:
    return b"P5 4 4 255 " + bytes([200] * 16)  # PGM


def lock(path: Path, *, user: str = "", owner: str = "owner", algorithm: str = "AES-256") -> Path:
    """Encrypt the file in place; without a `user` password anyone may open it."""
    writer = PdfWriter(clone_from=path)
    writer.encrypt(user_password=user, owner_password=owner, algorithm=algorithm)
    writer.write(path)
    return path


def label_pages(path: Path, *, roman: int) -> Path:
    """Number the first `roman` pages i, ii, …, the rest 1, 2, …"""
    writer = PdfWriter(clone_from=path)
    writer.set_page_label(0, roman - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(roman, len(writer.pages) - 1, style=PageLabelStyle.DECIMAL)
    writer.write(path)
    return path


def drop_page(path: Path, number: int) -> Path:
    """Make page `number` (1-based) unreadable: its object is no page any more."""
    writer = PdfWriter(clone_from=path)
    reference = writer.pages[number - 1].indirect_reference
    assert reference is not None
    writer._objects[reference.idnum - 1] = NullObject()
    writer.write(path)
    return path
