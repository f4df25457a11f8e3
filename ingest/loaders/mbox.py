"""Mailboxes (RFC 4155, .mbox) → one Document: each message begins a page."""

import re

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.eml import parse, read_message
from ingest.loaders.mail import write_message
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_SEPARATOR = re.compile(rb"(?:\A|\r?\n)From [^\r\n]*\d{2}:\d{2}[^\r\n]*\r?\n(?=[!-9;-~]+:)")


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a mailbox. Encrypted messages are named in the warnings.

    Raises DocumentError: `damaged` when no message is in it, `empty`, `too_large`.
    """
    starts = [(match.start(), match.end()) for match in _SEPARATOR.finditer(file.data)]
    if not starts:
        raise DocumentError(
            "The file is called a mailbox but holds no message.",
            "Save it again with the mail program.",
            status="damaged",
        )
    writer = PageWriter(options)
    ends = [start for start, _ in starts[1:]] + [len(file.data)]
    for (_, start), end in zip(starts, ends, strict=True):
        message = read_message(parse(re.sub(rb"(?m)^>(>*From )", rb"\1", file.data[start:end])))
        writer.new_page()
        if message.is_locked:
            writer.warn(f"The message {message.subject} is encrypted.")
        write_message(writer, message, options)
    return writer.finish(file, {"title": file.path.stem})
