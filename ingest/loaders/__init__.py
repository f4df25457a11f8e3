"""File → Document, by suffix, with a look at the content where the suffix lies."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from config.errors import DocumentError
from ingest.loaders.base import Loader, LoadOptions, read_source, read_start
from ingest.types import Document

LOADERS: Mapping[str, str] = {
    ".pdf": "pdf",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain_text",
    ".text": "plain_text",
}
"""Suffix → module in this package with a function `load` (see `base.Loader`). Modules are imported when needed."""

PDF_HEADER = b"%PDF-"
PDF_HEADER_WITHIN = 1024
"""Readers accept junk before the header if it stands within the first 1024 bytes (Adobe's implementation note to
ISO 32000, 7.5.2)."""

_LOOKALIKES = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"BM": "a bitmap picture",
    b"PK\x03\x04": "a ZIP archive or an Office file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"<": "a web page",
    b"{\\rtf": "an RTF file",
}


def load_document(path: Path, options: LoadOptions | None = None) -> Document:
    """Read one file. Raises DocumentError with the contract's status word when it cannot be read."""
    options = options or LoadOptions()
    load = _loader_for(path, read_start(path, PDF_HEADER_WITHIN))
    return load(read_source(path, options), options)


def _loader_for(path: Path, start: bytes) -> Loader:
    suffix = path.suffix.lower()
    is_pdf = PDF_HEADER in start
    if suffix == ".pdf" and not is_pdf:
        raise DocumentError(
            f"The file is called .pdf but is no PDF{_what_it_is(start)}.",
            "Open it with the program that made it and save it as PDF.",
            status="damaged",
        )
    module = "pdf" if is_pdf else LOADERS.get(suffix)
    if module is None:
        raise DocumentError(
            f"Files {f'of the type {suffix}' if suffix else 'without a suffix'} cannot be read.",
            f"Save it as one of: {', '.join(LOADERS)}.",
            status="unsupported",
        )
    loader: Loader = import_module(f"{__name__}.{module}").load
    return loader


def _what_it_is(start: bytes) -> str:
    start = start.lstrip()
    return next((f": it looks like {name}" for magic, name in _LOOKALIKES.items() if start.startswith(magic)), "")
