"""RTF → Document: paragraphs and the rows of tables, in the order they stand."""

import re

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.writer import PageWriter
from ingest.punctuation import begins_list_item
from ingest.types import Document

_INFO = re.compile(r"\{\\(title|author|subject|keywords) ([^{}\\]+)\}")
_ROW = re.compile(r".*\|.*\|\s*")


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read an RTF file. Raises DocumentError: `damaged`, `empty`, `too_large`."""
    writer = PageWriter(options)
    write_rtf(writer, rtf_text(file.data))
    head = file.data[:20_000].decode("cp1252", errors="replace")
    info = dict(_INFO.findall(head))
    title = info.pop("title", "")
    return writer.finish(file, info, title=title)


def rtf_text(data: bytes) -> str:
    """The text of RTF; cells of tables end with `|`. Raises DocumentError (`damaged`)."""
    from striprtf.striprtf import rtf_to_text

    try:
        # RTF is 7-bit; what a program wrote beyond it is of the code page it names, mostly this one.
        return str(rtf_to_text(data.decode("cp1252", errors="replace"), errors="replace"))
    except (ValueError, IndexError, KeyError, LookupError, TypeError, RecursionError, AttributeError):
        raise DocumentError(
            "The RTF file is damaged.", "Open it with the program that made it and save it again.", status="damaged"
        ) from None


def write_rtf(writer: PageWriter, text: str) -> None:
    table: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if _ROW.fullmatch(line):
            table.append([cell.strip() for cell in line.strip().rstrip("|").split("|")])
            continue
        if table:
            writer.table(table, headers=int(len(table) > 1))
            table = []
        if begins_list_item(line.strip()):
            writer.item(line, mark="")
        else:
            writer.paragraph(line)
