"""Word up to 2003 (MS-DOC) → Document: the text by its piece table; paragraphs, table rows, notes, pages."""

import io
import re
import struct

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.locked_office import unlock
from ingest.loaders.ole import open_ole, properties, stream
from ingest.loaders.writer import PageWriter
from ingest.punctuation import begins_list_item
from ingest.types import Document

# The file information block (MS-DOC 2.5), offsets in bytes.
_FLAGS, _LENGTHS, _TABLE_PLACE = 0x0A, 0x4C, 0x01A2
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_STORIES = ("", "Footnote", "Header", "", "Comment", "Endnote", "Text box", "Text box in a header")
_PIECES, _COMPRESSED = 0x02, 0x40000000

_FIELD = re.compile(r"\x13[^\x13\x14\x15]*\x14|\x13[^\x13\x14\x15]*\x15|\x15")
_MARKS = re.compile(r"[\x01-\x06\x08\x0e-\x1d]")
_CELL, _PAGE, _PARAGRAPH, _LINE = "\x07", "\x0c", "\r", "\x0b"


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read an old Word file. Raises DocumentError: `locked`, `damaged`, `empty`."""
    data = file.data
    try:
        ole = open_ole(data)
        head = stream(ole, "WordDocument")
        if struct.unpack_from("<H", head, _FLAGS)[0] & _ENCRYPTED:
            ole = open_ole(unlock(data, options))
            head = stream(ole, "WordDocument")
        stories = _stories(head, ole)
    except (struct.error, ValueError, IndexError, KeyError, OSError):
        raise _damaged() from None
    writer = PageWriter(options)
    for name, text in zip(_STORIES, stories, strict=False):
        _write_story(writer, name, text)
    return writer.finish(file, properties(ole))


def _stories(head: bytes, ole: object) -> list[str]:
    """The text of the body, the footnotes, the headers and so on, in the file's order."""
    flags = struct.unpack_from("<H", head, _FLAGS)[0]
    table = stream(ole, "1Table" if flags & _TABLE_1 else "0Table")
    place, length = struct.unpack_from("<II", head, _TABLE_PLACE)
    text = _text(head, table[place : place + length])
    lengths = struct.unpack_from("<8i", head, _LENGTHS)
    stories: list[str] = []
    start = 0
    for count in lengths:
        stories.append(text[start : start + max(0, count)])
        start += max(0, count)
    return stories


def _text(head: bytes, clx: bytes) -> str:
    """The pieces one after the other, each in UTF-16 or in one byte a character."""
    place = 0
    while clx[place] != _PIECES:
        place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
    size = struct.unpack_from("<I", clx, place + 1)[0]
    count = (size - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", clx, place + 5)
    pieces = place + 5 + 4 * (count + 1)
    parts = io.StringIO()
    for index in range(count):
        length = ends[index + 1] - ends[index]
        where = struct.unpack_from("<I", clx, pieces + 8 * index + 2)[0]
        if not 0 <= length <= len(head):
            raise ValueError("a piece is longer than the file")
        if where & _COMPRESSED:
            start = (where & ~_COMPRESSED) // 2
            parts.write(head[start : start + length].decode("cp1252", errors="replace"))
        else:
            parts.write(head[where : where + 2 * length].decode("utf-16-le", errors="replace"))
    return parts.getvalue()


def _write_story(writer: PageWriter, name: str, text: str) -> None:
    while (shorter := _FIELD.sub("", text)) != text:  # fields within fields
        text = shorter
    table: list[list[str]] = []
    for line in re.split(f"[{_PARAGRAPH}{_PAGE}]", text):
        words = _MARKS.sub("", line.replace(_LINE, "\n").replace("\x1e", "-").replace("\x1f", ""))
        rows, _, rest = words.rpartition(_CELL * 2)
        table.extend([cell.strip() for cell in row.split(_CELL)] for row in rows.split(_CELL * 2) if row)
        if rest.strip(_CELL + " ") or not rows:
            if table:
                writer.table(table, headers=int(len(table) > 1))
                table = []
            _write_paragraph(writer, name, rest.replace(_CELL, " | ").strip(" |"))
    if table:
        writer.table(table, headers=int(len(table) > 1))


def _write_paragraph(writer: PageWriter, name: str, words: str) -> None:
    if not words.strip():
        return
    if name:
        writer.paragraph(f"{name}: {words.strip()}")
    elif begins_list_item(words.strip()):
        writer.item(words, mark="")
    else:
        writer.paragraph(words)


def _damaged() -> DocumentError:
    return DocumentError(
        "The Word file is damaged: its text cannot be found.",
        "Open it with the program that made it and save it as .docx.",
        status="damaged",
    )
