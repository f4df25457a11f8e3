"""Outlook messages (MS-OXMSG, .msg) → Document: the properties and attachments in an OLE compound file."""

import datetime
import struct
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

from config.errors import DocumentError
from ingest.loaders.base import MAX_DEPTH, LoadOptions, SourceFile
from ingest.loaders.eml import parse, read_message
from ingest.loaders.html import decode_html
from ingest.loaders.lines import Attachment
from ingest.loaders.mail import Message, Text, refuse_if_locked, write_message
from ingest.loaders.ole import open_ole
from ingest.loaders.smime import signed_content
from ingest.loaders.writer import PageWriter
from ingest.types import Document

# Property tags (MS-OXPROPS).
_CLASS, _SUBJECT, _BODY, _HTML, _RTF = "001A", "0037", "1000", "1013", "1009"
_SENDER, _SENDER_MAIL, _SENDER_SMTP, _TOPIC = "0C1A", "0C1F", "5D01", "0070"
_TO, _CC, _BCC, _HEADERS = "0E04", "0E03", "0E02", "007D"
_SENT, _DELIVERED, _CODEPAGE = 0x0039, 0x0E06, 0x3FFD
_BEGINS, _ENDS = 0x0060, 0x0061
_FILE_NAME, _SHORT_NAME, _DISPLAY_NAME, _DATA, _CONTENT_ID = "3707", "3704", "3001", "3701", "3712"
_UNICODE, _BYTES, _BINARY = "001F", "001E", "0102"
_MESSAGE = f"__substg1.0_{_DATA}000D"
_MEETINGS = ("IPM.APPOINTMENT", "IPM.SCHEDULE.MEETING")
_SECURED = "IPM.NOTE.SMIME"
"""The class of what is encrypted or signed; with `.MultipartSigned` behind it where the signature stands apart."""
_PROPERTIES = "__properties_version1.0"
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a message with its attachments. Raises DocumentError: `damaged`, `locked`, `empty`."""
    try:
        message = _Storage(open_ole(file.data), ()).message()
    except (OSError, ValueError, IndexError, TypeError, struct.error):
        raise DocumentError(
            "The message is damaged: it cannot be opened.", "Save it again with Outlook.", status="damaged"
        ) from None
    refuse_if_locked(message)
    writer = PageWriter(options)
    write_message(writer, message, options)
    return writer.finish(file, message.metadata)


class _Storage:
    """A message, or one attached to it, within the file."""

    def __init__(self, ole: Any, path: tuple[str, ...]) -> None:
        self._ole = ole
        self._path = path
        self._codepage = f"cp{self._number(_CODEPAGE) or 1252}"

    def message(self, depth: int = 0) -> Message:
        head = read_message(parse(self._text(_HEADERS).encode(errors="replace")))
        kind = self._text(_CLASS).upper()
        plain, html = self._text(_BODY), self._html()
        message = Message(
            subject=self._subject(),
            sender=self._sender() or head.sender,
            to=self._text(_TO) or head.to,
            copy=self._text(_CC) or head.copy,
            blind_copy=self._text(_BCC) or head.blind_copy,
            date=self._date() or head.date,
            texts=(
                Text(self._meeting()),
                Text(plain, html or ("" if plain.strip() else self._rich_text())),
            ),
            attachments=tuple(self._attachments()),
            messages=tuple(self._messages(depth)),
            is_encrypted=kind == _SECURED,
        )
        return _unwrapped(message) if kind.startswith(_SECURED) else message

    def _subject(self) -> str:
        return self._text(_SUBJECT) or self._text(_TOPIC)

    def _sender(self) -> str:
        name, address = self._text(_SENDER), self._text(_SENDER_SMTP) or self._text(_SENDER_MAIL)
        return f"{name} <{address}>" if "@" in address and address != name else name

    def _meeting(self) -> str:
        """When the meeting is that a message is about: its date is when it was sent."""
        if not self._text(_CLASS).upper().startswith(_MEETINGS):
            return ""
        times = {"Begins": _moment(self._number(_BEGINS)), "Ends": _moment(self._number(_ENDS))}
        return "\n".join(f"{name}: {moment}" for name, moment in times.items() if moment)

    def _html(self) -> str:
        data = self._stream(f"__substg1.0_{_HTML}{_BINARY}")
        return decode_html(data) if data else self._text(_HTML)

    def _rich_text(self) -> str:
        """The text of a message that has it as compressed RTF only."""
        from ingest.loaders.compressed_rtf import decompress
        from ingest.loaders.rtf import rtf_text

        data = self._stream(f"__substg1.0_{_RTF}{_BINARY}")
        text = rtf_text(decompress(data)).strip() if data else ""
        return f"<pre>{escape(text)}</pre>" if text else ""

    def _attached(self) -> Iterator["_Storage"]:
        names = dict.fromkeys(
            entry[len(self._path)]
            for entry in self._ole.listdir()
            if tuple(entry[: len(self._path)]) == self._path and len(entry) > len(self._path) + 1
        )
        return (_Storage(self._ole, (*self._path, name)) for name in names if name.startswith("__attach_version1.0"))

    def _attachments(self) -> Iterator[Attachment]:
        for attached in self._attached():
            name = attached._text(_FILE_NAME) or attached._text(_SHORT_NAME) or attached._text(_DISPLAY_NAME)
            if not attached._has(_MESSAGE):  # without data: a link to a file elsewhere
                data = attached._stream(f"__substg1.0_{_DATA}{_BINARY}")
                yield Attachment(name or "attachment", data, attached._text(_CONTENT_ID))

    def _messages(self, depth: int) -> Iterator[Message]:
        for attached in self._attached():
            if attached._has(_MESSAGE):
                storage = _Storage(self._ole, (*attached._path, _MESSAGE))
                is_too_deep = depth == MAX_DEPTH
                yield Message(storage._subject(), is_too_deep=True) if is_too_deep else storage.message(depth + 1)

    def _has(self, name: str) -> bool:
        return bool(self._ole.exists([*self._path, name]))

    def _stream(self, name: str) -> bytes:
        path = [*self._path, name]
        if not self._ole.exists(path) or self._ole.get_type(path) != 2:  # 2: a stream
            return b""
        with self._ole.openstream(path) as stream:
            return bytes(stream.read())

    def _text(self, tag: str) -> str:
        if data := self._stream(f"__substg1.0_{tag}{_UNICODE}"):
            return data.decode("utf-16-le", errors="replace").rstrip("\0")
        data = self._stream(f"__substg1.0_{tag}{_BYTES}")
        try:
            return data.decode(self._codepage, errors="replace").rstrip("\0")
        except LookupError:
            return data.decode("cp1252", errors="replace").rstrip("\0")

    def _number(self, tag: int) -> int:
        """A property of fixed length: 16 bytes each, after a head of 32, 24 or 8 bytes (MS-OXMSG 2.4)."""
        data = self._stream(_PROPERTIES)
        head = 32 if not self._path else (8 if self._path[-1].startswith("__attach") else 24)
        for place in range(head, len(data) - 15, 16):
            kind, found = struct.unpack_from("<HH", data, place)
            if found == tag:
                return int(struct.unpack_from("<Q" if kind == 0x40 else "<I", data, place + 8)[0])
        return 0

    def _date(self) -> str:
        return _moment(self._number(_SENT) or self._number(_DELIVERED))


def _moment(ticks: int) -> str:
    """A date as UTC, empty for 0; FILETIME counts 100 ns from 1601."""
    try:
        return f"{_EPOCH + datetime.timedelta(microseconds=ticks // 10):%Y-%m-%d %H:%M} +0000" if ticks else ""
    except OverflowError:
        return ""


def _unwrapped(message: Message) -> Message:
    """The message with what is only signed in it: Outlook files that as it files what is encrypted, as an attachment
    with the signature around it, or with both as parts (MS-OXOSMIME 2.1.3). It may file the text once more beside it.
    """
    for attachment in message.attachments:
        signed = signed_content(attachment.data)
        entity = parse(signed or attachment.data)
        if signed or entity.get_content_type() == "multipart/signed":
            inner = read_message(entity)
            texts = inner.texts if any(text.preferred.strip() for text in inner.texts) else message.texts
            return replace(message, texts=texts, attachments=inner.attachments, is_encrypted=inner.is_encrypted)
    return message
