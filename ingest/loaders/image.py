"""Pictures → Document: each picture in the file is a page, read by OCR."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image

from config.errors import DocumentError
from ingest.loaders.base import (
    LoadOptions,
    RecognitionNeeded,
    SourceFile,
    needs_ocr,
    refuse_if_too_many_pages,
    title_from_name,
)
from ingest.loaders.layout import lay_out
from ingest.loaders.lines import RawDocument, RawPage
from ingest.loaders.recognition import LONGEST_SIDE, Pixels
from ingest.types import Document

MAX_PIXELS = 200_000_000
"""A page of 40 by 50 inches at 300 dots; more is taken for a bomb."""

A4_LONG_SIDE = 842.0
"""Points: how long a picture's longer side is taken to be, since few say so truly."""


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Raises RecognitionNeeded, or DocumentError: `damaged`, `too_large`, `needs_ocr` when nothing recognises text,
    `empty` when there is none."""
    with _opened(file.data) as picture:
        count = getattr(picture, "n_frames", 1)
    refuse_if_too_many_pages(count, options)
    if options.ocr == "never":
        raise needs_ocr()
    missing = [index for index in range(count) if index not in options.recognised]
    if missing:
        raise RecognitionNeeded(file.sha256, missing)
    found = [options.recognised[index] for index in range(count)]
    if not any(page.lines for page in found):
        raise DocumentError("The picture holds no text that can be recognised.", status="empty")
    pages = tuple(RawPage(page.lines, has_content=True, confidence=page.confidence) for page in found)
    return Document(file.path, file.sha256, title_from_name(file.path), lay_out(RawDocument(pages)))


def picture_of(file: SourceFile, _: LoadOptions, index: int) -> tuple[Pixels, float]:
    """One picture (0-based) of the file, at most LONGEST_SIDE long, and how many points a pixel is."""
    with _opened(file.data) as picture:
        picture.seek(index)
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        rgba = picture.convert("RGBA")
        page = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
        page.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        pixels: Pixels = np.ascontiguousarray(np.asarray(page)[:, :, ::-1])
        return pixels, A4_LONG_SIDE / max(page.size)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = None  # we look ourselves, and Pillow would only warn
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise DocumentError(
                    f"The picture has more than {MAX_PIXELS:,} dots.", "Save it smaller.", status="too_large"
                )
            yield picture
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise DocumentError(
            "The picture is damaged: it cannot be opened.", "Save it again.", status="damaged"
        ) from error
