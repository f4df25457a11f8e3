"""One message → blocks: who, when, subject, the text, what it answers, and the files attached to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import DocumentError
from ingest.loaders.attachments import write_attachments
from ingest.loaders.base import LoadOptions, as_source
from ingest.loaders.html import html_to
from ingest.loaders.lines import Attachment
from ingest.loaders.writer import PageWriter
from ingest.punctuation import begins_list_item

LONGEST_QUOTE = 6_000
"""Characters kept of the messages quoted below an answer: they are usually there as messages of their own."""

_QUOTED = re.compile(r"^(?:\s{0,3}>)+ ?")
_PGP = "-----BEGIN PGP MESSAGE-----"
_QUOTE_BEGINS = re.compile(
    r"^(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine)\s*-{2,}"
    r"|on\b.{5,200}\bwrote:|am\b.{5,200}\bschrieb\b.{0,80}:|le\b.{5,200}\ba écrit\s*:)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a message's text, in the forms in which it was sent."""

    plain: str = ""
    html: str = ""

    @property
    def preferred(self) -> str:
        return self.plain if self.plain.strip() else self.html


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as it was sent, its texts in their order. `messages` are attached to it. `is_encrypted` as its type
    says."""

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

    @property
    def is_locked(self) -> bool:
        """Whether all that there is of the text is encrypted (S/MIME, PGP)."""
        if text := "".join(text.preferred for text in self.texts).strip():
            return text.startswith(_PGP)
        return self.is_encrypted or any(part.data.lstrip().startswith(_PGP.encode()) for part in self.attachments)

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
    for text in message.texts:
        if text.plain.strip():
            _write_plain(writer, text.plain)
        elif text.html.strip():
            html_to(writer, text.html)
    write_attachments(writer, message.attachments, options)
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


def _write_attached(writer: PageWriter, message: Message, options: LoadOptions) -> None:
    name = f"{message.subject or 'message'}.msg"
    inner = PageWriter(options)
    try:
        refuse_if_locked(message)
        write_message(inner, message, options)
        document = inner.finish(as_source(Path(name), b""))
    except DocumentError as error:
        writer.paragraph(f"Attachment: {name}")
        writer.warn(f"The attachment {name} was not read: {error.message}")
    else:
        writer.embed(f"Attachment: {name}", document)


def _write_plain(writer: PageWriter, text: str) -> None:
    """The message's own words, then what it quotes under a heading."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begins = next((i for i, line in enumerate(lines) if _QUOTE_BEGINS.match(line.strip())), len(lines))
    if not any(line.strip() for line in lines[:begins]):
        begins = len(lines)  # nothing but what is forwarded
    _write_lines(writer, lines[:begins])
    quoted = "\n".join(lines[begins:])
    if quoted.strip():
        writer.heading("Earlier messages", 2)
        _write_lines(writer, [_QUOTED.sub("", line) for line in quoted[:LONGEST_QUOTE].split("\n")])
        if len(quoted) > LONGEST_QUOTE:
            writer.warn(f"Of the messages quoted, the first {LONGEST_QUOTE:,} characters were read.")


def _write_lines(writer: PageWriter, lines: Sequence[str]) -> None:
    """Paragraphs end at empty lines; a line that begins a list item is one."""
    paragraph: list[str] = []
    for line in [*lines, ""]:
        is_item = begins_list_item(line.strip())
        if paragraph and (is_item or not line.strip()):
            text = "\n".join(paragraph)
            _write_block(writer, text)
            paragraph = []
        if line.strip():
            paragraph.append(line)


def _write_block(writer: PageWriter, text: str) -> None:
    if begins_list_item(text.strip()):
        writer.item(text, mark="")
    else:
        writer.paragraph(text)
