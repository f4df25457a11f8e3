"""Outlook messages (MS-OXMSG, .msg) → Document: the properties and attachments in an OLE compound file."""

import datetime
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Any
from uuid import UUID

from config.errors import DocumentError
from ingest.loaders.base import MAX_DEPTH, LoadOptions, SourceFile
from ingest.loaders.eml import parse, read_message
from ingest.loaders.html import decode_html
from ingest.loaders.lines import Attachment
from ingest.loaders.mail import Message, Text, refuse_if_locked, write_message
from ingest.loaders.moments import Moment, from_to
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
# Names of properties in the set of appointments (MS-OXPROPS); each file has its own tags for them.
_APPOINTMENT = UUID("00062002-0000-0000-C000-000000000046")
_BEGINS_NAMED, _ENDS_NAMED, _PLACE, _ALL_DAY, _REPEATS = 0x820D, 0x820E, 0x8208, 0x8215, 0x8232
_FILE_NAME, _SHORT_NAME, _DISPLAY_NAME, _DATA, _CONTENT_ID = "3707", "3704", "3001", "3701", "3712"
_UNICODE, _BYTES, _BINARY = "001F", "001E", "0102"
_MESSAGE = f"__substg1.0_{_DATA}000D"
_MEETINGS = ("IPM.APPOINTMENT", "IPM.SCHEDULE.MEETING")
_SECURED = "IPM.NOTE.SMIME"
"""The class of what is encrypted or signed; with `.MultipartSigned` behind it where the signature stands apart."""
_PROPERTIES = "__properties_version1.0"
_NAMES, _SETS, _NAMED = "__nameid_version1.0", f"__substg1.0_0002{_BINARY}", f"__substg1.0_0003{_BINARY}"
_FIRST_SET, _FIRST_NAMED = 3, 0x8000
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)
_EASTERNMOST = datetime.timedelta(hours=13)


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a message with its attachments. Raises DocumentError: `damaged`, `locked`, `empty`."""
    try:
        message = _top_of(open_ole(file.data)).message()
    except (OSError, ValueError, IndexError, TypeError, struct.error):
        raise DocumentError(
            "The message is damaged: it cannot be opened.", "Save it again with Outlook.", status="damaged"
        ) from None
    refuse_if_locked(message)
    writer = PageWriter(options)
    write_message(writer, message, options)
    return writer.finish(file, message.metadata)


class _Storage:
    """A message, or one attached to it, within the file; `tags` are those of the appointments' names."""

    def __init__(self, ole: Any, path: tuple[str, ...], tags: Mapping[int, int]) -> None:
        self._ole = ole
        self._path = path
        self._tags = tags
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
        """When and where the meeting is that a message is about: its date is when it was sent."""
        if not self._text(_CLASS).upper().startswith(_MEETINGS):
            return ""
        is_day = bool(self._number(self._tag(_ALL_DAY)) & 1)
        begins = _moment(self._number(self._tag(_BEGINS_NAMED)) or self._number(_BEGINS), is_day)
        ends = _moment(self._number(self._tag(_ENDS_NAMED)) or self._number(_ENDS), is_day)
        facts = {
            "When": from_to(begins, ends) if begins else "",
            "Repeats": self._text(f"{self._tag(_REPEATS):04X}"),
            "Where": self._text(f"{self._tag(_PLACE):04X}"),
        }
        return "\n".join(f"{name}: {' '.join(fact.split())}" for name, fact in facts.items() if fact.strip())

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
        return (self._within(name) for name in names if name.startswith("__attach_version1.0"))

    def _attachments(self) -> Iterator[Attachment]:
        for attached in self._attached():
            name = attached._text(_FILE_NAME) or attached._text(_SHORT_NAME) or attached._text(_DISPLAY_NAME)
            if not attached._has(_MESSAGE):  # without data: a link to a file elsewhere
                data = attached._stream(f"__substg1.0_{_DATA}{_BINARY}")
                yield Attachment(name or "attachment", data, attached._text(_CONTENT_ID))

    def _messages(self, depth: int) -> Iterator[Message]:
        for attached in self._attached():
            if attached._has(_MESSAGE):
                storage = attached._within(_MESSAGE)
                is_too_deep = depth == MAX_DEPTH
                yield Message(storage._subject(), is_too_deep=True) if is_too_deep else storage.message(depth + 1)

    def _within(self, name: str) -> "_Storage":
        return _Storage(self._ole, (*self._path, name), self._tags)

    def _tag(self, name: int) -> int:
        return self._tags.get(name, 0)

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
        time = _time(self._number(_SENT) or self._number(_DELIVERED))
        return f"{time:%Y-%m-%d %H:%M} +0000" if time else ""


def _top_of(ole: Any) -> _Storage:
    names = _Storage(ole, (_NAMES,), {})
    return _Storage(ole, (), dict(_tags_of(_APPOINTMENT, names._stream(_SETS), names._stream(_NAMED))))


def _tags_of(wanted: UUID, sets: bytes, named: bytes) -> Iterator[tuple[int, int]]:
    """The names of a set that are numbers, each with its tag in the file (MS-OXMSG 2.2.3.1)."""
    for name, kind, index in struct.iter_unpack("<IHH", named[: len(named) // 8 * 8]):
        place = 16 * ((kind >> 1) - _FIRST_SET)
        if not kind & 1 and place >= 0 and sets[place : place + 16] == wanted.bytes_le:
            yield name, _FIRST_NAMED + index


def _time(ticks: int) -> datetime.datetime | None:
    """A time as UTC, None for 0; FILETIME counts 100 ns from 1601."""
    try:
        return _EPOCH + datetime.timedelta(microseconds=ticks // 10) if ticks else None
    except OverflowError:
        return None


def _moment(ticks: int, is_day: bool) -> Moment | None:
    """A whole day begins at midnight where the meeting was made, and where that was is not said. In UTC it may be 11 in
    the morning of the day before (New Zealand), or 10 in the morning (Hawaii)."""
    time = _time(ticks)
    if time is None:
        return None
    if not is_day:
        return Moment(time, zone="UTC")
    try:
        return Moment((time + _EASTERNMOST).replace(hour=0, minute=0), is_day=True)
    except OverflowError:
        return None


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
