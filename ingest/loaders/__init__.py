"""File → Document, by content and suffix."""

import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path, PurePosixPath

from config.errors import DocumentError
from ingest.loaders.base import (
    MAX_DEPTH,
    Loader,
    LoadOptions,
    SourceFile,
    as_source,
    read_source,
    read_start,
    too_deep,
)
from ingest.loaders.kinds import OLE_HEADER, START_BYTES, ZIP_HEADER, kind_of
from ingest.loaders.lines import RecognisedPage
from ingest.types import Document

LOADERS: Mapping[str, str] = {
    ".pdf": "pdf",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain_text",
    ".text": "plain_text",
    ".log": "plain_text",
    ".rst": "plain_text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".docx": "docx",
    ".docm": "docx",
    ".dotx": "docx",
    ".pptx": "pptx",
    ".pptm": "pptx",
    ".ppsx": "pptx",
    ".potx": "pptx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xltx": "xlsx",
    ".eml": "eml",
    ".mbox": "mbox",
    ".mbx": "mbox",
    ".msg": "msg",
    ".ics": "calendar",
    ".rtf": "rtf",
    ".odt": "odf",
    ".ott": "odf",
    ".ods": "odf",
    ".odp": "odf",
    ".epub": "epub",
    ".doc": "doc",
    ".dot": "doc",
    ".xls": "xls",
    ".xlsb": "xls",
    ".ppt": "ppt",
    ".pps": "ppt",
    ".zip": "zip",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp"), "image"),
}
"""Suffix → module in this package with a function `load` (see `base.Loader`). Modules are imported when needed. Source
code and whatever else is text is read as plain text, whatever its suffix."""

SOURCE_CODE = re.compile(
    r"\.(?:pyi?|m?js|tsx?|jsx|java|kt|scala|[ch]|cc|cpp|hpp|cs|go|rs|rb|php|swift|m|r|jl|lua|pl|(?:ba)?sh|ps1|sql|proto"
    r"|tf|s?css|vue|ya?ml|toml|ini|cfg|conf|xml|xsd|tex)"
)

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
    refuse_by_start(path, read_start(path, START_BYTES))  # a film is refused before it is read
    return load_source(read_source(path, options), options)


def refuse_by_start(path: Path, start: bytes) -> None:
    """Raises DocumentError when a file with this name and these first START_BYTES cannot be read. What a ZIP or an old
    Office file holds is not known by them."""
    if not start.startswith((ZIP_HEADER, OLE_HEADER)):
        _loader_for(path, start)


def recognise_page(path: Path, options: LoadOptions, index: int) -> RecognisedPage:
    """What OCR reads on one page (0-based) of a file whose loader asked for it. Raises DocumentError."""
    from ingest.loaders.recognition import recognise

    file = read_source(path, options)
    module = import_module(_loader_for(path, file.data).__module__)
    return recognise(*module.picture_of(file, options, index))


def load_within(name: str, data: bytes, options: LoadOptions) -> Document:
    """Read a file that lies in another one: an attachment, a member of an archive.

    Raises DocumentError like `load_document`; `unsupported` past MAX_DEPTH.
    """
    if options.depth >= MAX_DEPTH:
        raise too_deep()
    if not data:
        raise DocumentError("The file is empty: it has no bytes.", status="empty")
    file_name = PurePosixPath(name.replace("\\", "/")).name or "file"
    return load_source(
        as_source(Path(file_name), data), replace(options, depth=options.depth + 1, ocr="never", recognised={})
    )


def load_source(file: SourceFile, options: LoadOptions) -> Document:
    return _loader_for(file.path, file.data)(file, options)


def _loader_for(path: Path, data: bytes) -> Loader:
    """The loader of a file by its bytes, or its first ones."""
    suffix = path.suffix.lower()
    by_suffix = LOADERS.get(suffix) or ("source_code" if SOURCE_CODE.fullmatch(suffix) else None)
    kind = kind_of(suffix, data, by_suffix)
    if suffix == ".pdf" and kind != "pdf":
        raise _not_what_it_says(suffix, data)
    if kind is None and by_suffix:
        raise _not_what_it_says(suffix, data)
    if kind is None:
        raise DocumentError(
            f"Files {f'of the type {suffix}' if suffix else 'without a suffix'} cannot be read.",
            "Save it as PDF, as an Office file or as text.",
            status="unsupported",
        )
    loader: Loader = import_module(f"{__name__}.{kind}").load
    return loader


def _not_what_it_says(suffix: str, data: bytes) -> DocumentError:
    name = suffix.lstrip(".").upper()
    return DocumentError(
        f"The file is called {suffix} but is no {name}{_what_it_is(data)}.",
        f"Open it with the program that made it and save it as {name}.",
        status="damaged",
    )


def _what_it_is(start: bytes) -> str:
    start = start.lstrip()
    return next((f": it looks like {name}" for magic, name in _LOOKALIKES.items() if start.startswith(magic)), "")
