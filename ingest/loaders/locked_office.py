"""Office files locked with a password (MS-OFFCRYPTO): opened with one of those given, then read as what they are."""

import io
import struct
from xml.parsers.expat import ExpatError

from config.errors import DocumentError
from ingest.loaders import load_source
from ingest.loaders.base import LoadOptions, SourceFile, as_source, locked
from ingest.types import Document

_NOT_UNDERSTOOD = (ValueError, KeyError, IndexError, OSError, AttributeError, TypeError, struct.error, ExpatError)
"""What msoffcrypto raises over a lock that it does not know, or that is broken."""


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Raises DocumentError: `locked` when no password given opens it, and what the loader of its type raises."""
    data = unlock(file.data, options)
    document = load_source(as_source(file.path, data), options)
    return Document(file.path, file.sha256, document.title, document.pages, document.metadata, document.warnings)


def unlock(data: bytes, options: LoadOptions) -> bytes:
    """The file without its lock. Raises DocumentError (`locked`)."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    # What Excel and PowerPoint lock by themselves, to keep a file from being changed and not from being read.
    for password in (*options.passwords, "VelvetSweatshop", "/01Hannes Ruescher/01"):
        opened = io.BytesIO()
        try:
            office_file = msoffcrypto.OfficeFile(io.BytesIO(data))
            verified = {"verify_password": True} if office_file.format == "ooxml" else {}
            office_file.load_key(password=password, **verified)
            office_file.decrypt(opened)
        except (InvalidKeyError, DecryptionError):
            continue
        except (*_NOT_UNDERSTOOD, FileFormatError, ParseError):
            break
        return opened.getvalue()
    else:
        raise locked("The file", options.passwords)
    raise DocumentError(
        "The file is locked in a way that cannot be opened here.",
        "Open it with the program that made it and save it without a password.",
        status="locked",
    )
