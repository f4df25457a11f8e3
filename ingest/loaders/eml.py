"""Mail as it goes over the wire (RFC 5322, .eml) → Document."""

import email
import email.policy
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.charsets import codec_of, decode_as
from ingest.loaders.lines import Attachment
from ingest.loaders.mail import Message, Text, refuse_if_locked, write_message
from ingest.loaders.plain_text import decode
from ingest.loaders.smime import signed_content
from ingest.loaders.writer import PageWriter
from ingest.types import Document

MAX_PARTS = 500
_SECRET = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_HEAD = frozenset(
    {"from", "to", "subject", "date", "message-id", "received", "mime-version", "content-type", "return-path"}
)
_APPLE = re.compile(rb"(\d{1,12})[ \t]*\r?\n")
"""Apple's Mail (.emlx) writes the length of the message before it, and what it knows about it behind it."""
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
    return writer.finish(file, message.metadata)


def parse(data: bytes) -> EmailMessage:
    if counted := _APPLE.match(data):
        data = data[counted.end() : counted.end() + int(counted[1])]
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
    texts: dict[EmailMessage, Text] = {}
    attachments: list[Attachment] = []
    is_encrypted = any(part.get_content_type() == "multipart/encrypted" for part in parsed.walk())
    parts = list(itertools.islice(_parts(parsed), MAX_PARTS + 1))
    for part, alternative in parts[:MAX_PARTS]:
        kind, name = part.get_content_type(), _file_name(part)
        is_attached = bool(name) or part.get_content_disposition() == "attachment"
        is_encrypted |= kind in _SECRET
        if kind == "message/rfc822":
            attachments.extend(_forwarded(part))
        elif kind in ("text/plain", "text/html") and not is_attached:
            key = part if alternative is None else alternative
            texts[key] = _with_form(texts.get(key, Text()), _text(part), is_html=kind == "text/html")
        elif kind not in _SIGNATURES and (is_attached or not _is_of_the_text(part, alternative)):
            unnamed = "invitation.ics" if kind == "text/calendar" else f"attachment.{part.get_content_subtype()}"
            attachments.append(Attachment(name or unnamed, _content(part), _content_id(part)))
    return Message(
        subject=_header(parsed, "subject"),
        sender=_header(parsed, "from"),
        to=_header(parsed, "to"),
        copy=_header(parsed, "cc"),
        blind_copy=_header(parsed, "bcc"),
        date=_date(_header(parsed, "date")),
        answers="" if not _header(parsed, "in-reply-to") else _header(parsed, "thread-topic"),
        texts=tuple(texts.values()),
        attachments=tuple(attachments),
        is_encrypted=is_encrypted,
        is_cut=len(parts) > MAX_PARTS,
    )


def _parts(message: EmailMessage) -> Iterator[tuple[EmailMessage, EmailMessage | None]]:
    """The parts that hold something, each with the outermost choice of forms of one text (`multipart/alternative`) that
    it lies in. It does not go into the messages attached, but into what is signed."""
    waiting: list[tuple[EmailMessage, EmailMessage | None]] = [(message, None)]
    while waiting:
        part, alternative = waiting.pop()
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            if alternative is None and part.get_content_subtype() == "alternative":
                alternative = part
            waiting += [(child, alternative) for child in reversed(inner) if isinstance(child, EmailMessage)]
        elif part.get_content_type() in _SECRET and (signed := signed_content(_content(part))):
            waiting.append((parse(signed), alternative))
        else:
            yield part, alternative


def _with_form(text: Text, words: str, *, is_html: bool) -> Text:
    """The text with one more of the parts that it is put together from."""
    if is_html:
        return replace(text, html=f"{text.html}\n{words}" if text.html else words)
    return replace(text, plain=f"{text.plain}\n\n{words}" if text.plain else words)


def _is_of_the_text(part: EmailMessage, alternative: EmailMessage | None) -> bool:
    """Whether a part without a name is a further form of the text, a picture or style of its page (as in a web archive,
    MHTML), or empty. An invitation's date often stands nowhere but in its calendar."""
    is_form = (
        alternative is not None and part.get_content_maintype() == "text" and part.get_content_subtype() != "calendar"
    )
    is_picture = part.get_content_maintype() == "image" and "content-id" in part
    return is_form or is_picture or "content-location" in part or not _content(part)


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


def _content_id(part: EmailMessage) -> str:
    """How the page names a part that is to be shown in it."""
    return "" if part.get_content_disposition() == "attachment" else _header(part, "content-id").strip("<> ")


def _content(part: EmailMessage) -> bytes:
    """The bytes of a part; of one that was parsed further, as the reports of mail servers are, its lines."""
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"\n".join(bytes(message) for message in inner if isinstance(message, EmailMessage))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: EmailMessage) -> str:
    """Decoded as the part says, else as any text."""
    try:
        return decode_as(_content(part), part.get_content_charset("utf-8"))
    except DocumentError:
        return ""
