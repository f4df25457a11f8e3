"""Attached files → pages of the file that they lie in, each below a heading with its name."""

from collections.abc import Sequence

from config.errors import DocumentError
from ingest.loaders import load_within
from ingest.loaders.base import LoadOptions
from ingest.loaders.lines import Attachment
from ingest.loaders.writer import PageWriter

MAX_ATTACHMENTS = 100


def write_attachments(writer: PageWriter, attachments: Sequence[Attachment], options: LoadOptions) -> None:
    """Write each attachment on pages of its own. Of one that cannot be read the name is written, and a warning."""
    if len(attachments) > MAX_ATTACHMENTS:
        writer.warn(f"Only {MAX_ATTACHMENTS} of the {len(attachments)} attachments were read.")
    for attachment in attachments[:MAX_ATTACHMENTS]:
        try:
            document = load_within(attachment.name, attachment.data, options)
        except DocumentError as error:
            writer.paragraph(f"Attachment: {attachment.name}")
            writer.warn(f"The attachment {attachment.name} was not read: {error.message}")
        else:
            writer.embed(f"Attachment: {attachment.name}", document)
