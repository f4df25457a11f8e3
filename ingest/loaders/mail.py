"""One message → blocks: who, when, subject, the text, what it answers, and the files attached to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from config.errors import DocumentError
from ingest.loaders.attachments import write_attachments
from ingest.loaders.base import LoadOptions, as_source, too_deep
from ingest.loaders.html import html_to
from ingest.loaders.html_text import seen_text
from ingest.loaders.kinds import kind_of
from ingest.loaders.lines import Attachment
from ingest.loaders.mail_text import write_plain
from ingest.loaders.markup import parse_html
from ingest.loaders.writer import PageWriter

LONGEST_STUB = 400
LEAST_MORE = 3
"""A plain form of at most so many characters, of which the page shows more than so many times as many, only says that
there is a page."""

_SHOWN = re.compile(r"""\bsrc\s*=\s*["']?\s*cid:([^"'\s>]+)""", re.IGNORECASE)
_PGP = "-----BEGIN PGP MESSAGE-----"
_FORWARDED = re.compile(r"\[?(?:fwd?|wg|tr|rv|i|enc|doorst)\s*:", re.IGNORECASE)
"""How subjects of forwarded mails begin, in English, German, French, Spanish, Italian, Portuguese and Dutch."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a message's text, in the forms in which it was sent."""

    plain: str = ""
    html: str = ""

    @property
    def preferred(self) -> str:
        return self.plain if self.plain.strip() else self.html

    @property
    def is_stub(self) -> bool:
        """Whether the plain form only stands in for the page: `This message needs a program that shows HTML.`"""
        plain = self.plain.strip()
        if not self.html.strip() or len(plain) > LONGEST_STUB:
            return False
        page = parse_html(self.html, lambda _: None)
        return page is not None and len(seen_text(page).strip()) > LEAST_MORE * len(plain)


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as it was sent, its texts in their order. `messages` are attached to it. `is_encrypted` as its type
    says. Of one that `is_too_deep` within others nothing but the subject is read. `is_cut`: it has more parts than are
    read."""

    subject: str = ""
    sender: str = ""
    to: str = ""
    copy: str = ""
    blind_copy: str = ""
    date: str = ""
    answers: str = ""
    texts: Sequence[Text] = ()
    attachments: Sequence[Attachment] = ()
    messages: Sequence["Message"] = ()
    is_encrypted: bool = False
    is_too_deep: bool = False
    is_cut: bool = False

    @property
    def is_locked(self) -> bool:
        """Whether all that there is of the text is encrypted (S/MIME, PGP)."""
        if text := "".join(text.preferred for text in self.texts).strip():
            return text.startswith(_PGP)
        return self.is_encrypted or any(part.data.lstrip().startswith(_PGP.encode()) for part in self.attachments)

    @property
    def attachments_behind_text(self) -> list[Attachment]:
        """The attachments without the pictures that a page shows within its text: logos, mostly."""
        shown = {unquote(name) for text in self.texts for name in _SHOWN.findall(text.html)}
        return [part for part in self.attachments if part.content_id not in shown or not _is_picture(part)]

    @property
    def metadata(self) -> dict[str, str]:
        return {
            "title": self.subject,
            "author": self.sender,
            "subject": self.subject,
            "created": self.date,
            "recipients": self.to,
        }


def write_message(writer: PageWriter, message: Message, options: LoadOptions) -> None:
    """Write the head, the text, then each attachment on pages of its own."""
    writer.heading(message.subject or "(no subject)", 1)
    head = {
        "From": message.sender,
        "To": message.to,
        "Cc": message.copy,
        "Bcc": message.blind_copy,
        "Date": message.date,
        "In reply to": message.answers,
    }
    writer.paragraph("\n".join(f"{name}: {value}" for name, value in head.items() if value.strip()))
    is_forward = _FORWARDED.match(message.subject) is not None
    for text in message.texts:
        if text.plain.strip() and not text.is_stub:
            write_plain(writer, text.plain, is_forward=is_forward)
        elif text.html.strip():
            html_to(writer, text.html)
    attachments = message.attachments_behind_text
    if len(attachments) < len(message.attachments):
        writer.warn("Pictures in the text were not read.")
    if message.is_cut:
        writer.warn("The message has more parts than are read: the last ones were left out.")
    write_attachments(writer, attachments, options)
    for attached in message.messages:
        _write_attached(writer, attached, replace(options, depth=options.depth + 1))


def refuse_if_locked(message: Message) -> None:
    """Raises DocumentError (`locked`) for a message that is encrypted: what could be read of it is its head."""
    if message.is_locked:
        raise DocumentError(
            "The message is encrypted: its text can only be read with the recipient's key.",
            "Open it in the mail program and save it as plain text.",
            status="locked",
        )


def _is_picture(attachment: Attachment) -> bool:
    return kind_of(Path(attachment.name).suffix.lower(), attachment.data, None) == "image"


def _write_attached(writer: PageWriter, message: Message, options: LoadOptions) -> None:
    name = f"{message.subject or 'message'}.msg"
    inner = PageWriter(options)
    try:
        if message.is_too_deep:
            raise too_deep()
        refuse_if_locked(message)
        write_message(inner, message, options)
        document = inner.finish(as_source(Path(name), b""))
    except DocumentError as error:
        writer.paragraph(f"Attachment: {name}")
        writer.warn(f"The attachment {name} was not read: {error.message}")
    else:
        writer.embed(f"Attachment: {name}", document)
