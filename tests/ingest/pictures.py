"""Pictures of print for the tests of recognition."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.ingest.pdfs import PageDrawing


def picture_of(*lines: str, size: tuple[int, int] = (620, 300)) -> Image.Image:
    """Black print on white, as sharp as a good scan."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((30, 30 + 44 * number), line, fill="black", font=ImageFont.load_default(size=24))
    return picture


def pixels(picture: Image.Image) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1])


def scan_of(*lines: str) -> PageDrawing:
    """A page that is a picture of these lines."""

    def draw(canvas: Canvas) -> None:
        stream = io.BytesIO()
        picture_of(*lines).save(stream, "PNG")
        stream.seek(0)
        canvas.drawImage(ImageReader(stream), 60, 450, 446, 216)

    return draw


def save_tiff(path: Path, *pages: Image.Image) -> Path:
    pages[0].save(path, save_all=True, append_images=list(pages[1:]))
    return path
