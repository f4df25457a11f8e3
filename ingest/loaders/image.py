"""Pictures: their text needs optical character recognition."""

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.types import Document


def load(_file: SourceFile, _options: LoadOptions) -> Document:
    """Raises DocumentError (`needs_ocr`)."""
    raise DocumentError(
        "The file is a picture: its text can only be recognised, not read.",
        "Have its text recognised (OCR) and ingest the result.",
        status="needs_ocr",
    )
