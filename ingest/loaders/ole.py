"""OLE compound files (MS-CFB): streams, and what the document says about itself."""

import io
from typing import Any

from ingest.loaders.base import damaged


def open_ole(data: bytes) -> Any:
    """Raises DocumentError (`damaged`)."""
    import olefile

    try:
        return olefile.OleFileIO(io.BytesIO(data))
    except (OSError, ValueError, IndexError, TypeError):
        raise damaged("The file is damaged: it cannot be opened.") from None


def stream(ole: Any, name: str) -> bytes:
    """Raises OSError when there is none."""
    with ole.openstream(name) as opened:
        return bytes(opened.read())


def properties(ole: Any) -> dict[str, str]:
    """Title, author and so on from the summary; what cannot be read is left out."""
    try:
        found = ole.get_metadata()
    except (OSError, ValueError, IndexError, TypeError, AttributeError, KeyError):
        return {}
    encoding = f"cp{found.codepage}" if found.codepage and found.codepage > 0 else "cp1252"
    values = {
        "title": found.title,
        "author": found.author,
        "subject": found.subject,
        "keywords": found.keywords,
        "created": f"{found.create_time:%Y-%m-%d}" if found.create_time else "",
    }
    return {name: text for name, value in values.items() if (text := _words(value, encoding))}


def _words(value: object, encoding: str) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode(encoding, errors="replace").strip("\0 ")
        except LookupError:
            return value.decode("cp1252", errors="replace").strip("\0 ")
    return value if isinstance(value, str) else ""
