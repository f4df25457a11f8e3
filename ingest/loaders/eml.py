"""Mail as it goes over the wire (RFC 5322, .eml) → Document."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.charsets import codec_of, decode_as
from ingest.loaders.lines import Attachment
from ingest.loaders.mail import Message, refuse_if_locked, write_message
from ingest.loaders.plain_text import decode
from ingest.loaders.writer import PageWriter
from ingest.types import Document

MAX_PARTS = 500
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_HEAD = frozenset(
    {"from", "to", "subject", "date", "message-id", "received", "mime-version", "content-type", "return-path"}
)
_WORD_IN = re.compile(r"(?<==\?)[\w.:-]+(?=(?:\*[\w-]+)?\?[bq]\?)", re.IGNORECASE)


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a mail with its attachments.

    Raises DocumentError: `damaged` when it has no head of a mail, `locked` when its text is encrypted, `empty`.
    """
    parsed = parse(file.data)
    if not _HEAD & {name.lower() for name in parsed}:
        raise DocumentError(
            "The file is called a mail but has no sender, subject or date.",
            "Save it again with the mail program.",
            status="damaged",
        )
    message = read_message(parsed)
    refuse_if_locked(message)
    writer = PageWriter(options)
    write_message(writer, message, options)
    return writer.finish(file, message.metadata, title=message.subject)


def parse(data: bytes) -> EmailMessage:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        data = decode(data).encode()
    message = email.message_from_bytes(data.lstrip(b"\r\n"), policy=_Policy())
    assert isinstance(message, EmailMessage)  # noqa: S101  what this policy makes
    return message


class _Policy(email.policy.EmailPolicy):
    """Python's, with the character sets that are meant by the names in the words of a header (`=?gb2312?B?…?=`)."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return super().header_fetch_parse(name, _WORD_IN.sub(lambda found: codec_of(found[0]) or found[0], value))


def read_message(parsed: EmailMessage) -> Message:
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    for part in _parts(parsed):
        kind, name = part.get_content_type(), _file_name(part)
        if kind in _SIGNATURES:
            continue
        if kind == "message/rfc822":
            attachments.extend(_forwarded(part))
        elif name or part.get_content_disposition() == "attachment":
            attachments.append(Attachment(name or f"attachment.{part.get_content_subtype()}", _content(part)))
        elif kind == "text/plain":
            plain.append(_text(part))
        elif kind == "text/html":
            html.append(_text(part))
    return Message(
        subject=_header(parsed, "subject"),
        sender=_header(parsed, "from"),
        to=_header(parsed, "to"),
        copy=_header(parsed, "cc"),
        blind_copy=_header(parsed, "bcc"),
        date=_date(_header(parsed, "date")),
        answers="" if not _header(parsed, "in-reply-to") else _header(parsed, "thread-topic"),
        plain="\n\n".join(plain),
        html="\n".join(html),
        attachments=tuple(attachments),
        is_encrypted=any(part.get_content_type() in _ENCRYPTED for part in parsed.walk()),
    )


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something, without going into the messages attached."""
    waiting = [message]
    count = 0
    while waiting and count < MAX_PARTS:
        part = waiting.pop(0)
        count += 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [child for child in inner if isinstance(child, EmailMessage)]
        else:
            yield part


def _forwarded(part: EmailMessage) -> Iterator[Attachment]:
    inner = part.get_payload()
    for message in inner if isinstance(inner, list) else ():
        if isinstance(message, EmailMessage):
            yield Attachment(f"{_header(message, 'subject') or 'message'}.eml".replace("/", " "), bytes(message))


def _header(message: EmailMessage, name: str) -> str:
    """A header decoded, as it stands when it cannot be."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return next((" ".join(value.split()) for key, value in message.raw_items() if key.lower() == name), "")


def _date(text: str) -> str:
    """`Fri, 16 Dec 2022 17:04:16 -0500` → `2022-12-16 17:04 -0500`; as it stands when it is no date."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return text
    return f"{moment:%Y-%m-%d %H:%M} {moment:%z}".strip()


def _file_name(part: EmailMessage) -> str:
    try:
        return part.get_filename("") or ""
    except (ValueError, LookupError, AttributeError, TypeError):
        return ""


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: EmailMessage) -> str:
    """Decoded as the part says, else as any text."""
    try:
        return decode_as(_content(part), part.get_content_charset("utf-8"))
    except DocumentError:
        return ""
