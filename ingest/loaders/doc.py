"""Word up to 2003 (MS-DOC) → Document: the text by its piece table, without what is deleted or hidden; paragraphs,
rows of tables, notes, pages."""

import io
import re
import struct
from collections.abc import Sequence
from itertools import chain
from typing import Any

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.doc_properties import DELETED, ENDS_ROW, HIDDEN, IN_TABLE, Properties, switches_of_piece
from ingest.loaders.locked_office import unlock
from ingest.loaders.ole import open_ole, properties, stream
from ingest.loaders.writer import PageWriter
from ingest.punctuation import begins_list_item
from ingest.types import Document

# The file information block (MS-DOC 2.5), offsets in bytes.
_FLAGS, _LENGTHS, _PIECES_PLACE = 0x0A, 0x4C, 0x01A2
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_STORIES = ("", "Footnote", "Header", "", "Comment", "Endnote", "Text box", "Text box in a header")
_PIECES, _COMPRESSED = 0x02, 0x40000000

_FIELD = re.compile(r"\x13[^\x13\x14\x15]*\x14|\x13[^\x13\x14\x15]*\x15|\x15")
_CELL, _PAGE, _PARAGRAPH, _LINE = "\x07", "\x0c", "\r", "\x0b"
_ROW = "\x1c"
"""Put in place of the mark that ends a row, which is that of a cell in the file."""
_IN_CELL = "\x1d"
"""Put in place of the mark that ends a paragraph or page within a cell."""
_UNSEEN = "\x01"
"""Put in place of each character that nobody sees: the parts of the text are known by their lengths."""
_MARKS = re.compile(r"[\x01-\x06\x08\x0e-\x1b]")
_BUT_CELLS = re.compile(f"[^{_CELL}]")
_OF_CELL = str.maketrans(dict.fromkeys(f"{_PARAGRAPH}{_PAGE}", _IN_CELL))
_BUT_ENDS = re.compile(f"[^{_CELL}{_PARAGRAPH}{_PAGE}]")


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


def _stories(head: bytes, ole: Any) -> list[str]:
    """The text of the body, the footnotes, the headers and so on, in the file's order."""
    flags = struct.unpack_from("<H", head, _FLAGS)[0]
    table = stream(ole, "1Table" if flags & _TABLE_1 else "0Table")
    place, length = struct.unpack_from("<II", head, _PIECES_PLACE)
    data = stream(ole, "Data") if ole.exists("Data") else b""
    text = _text(head, table[place : place + length], Properties(head, table, data))
    lengths = struct.unpack_from("<8i", head, _LENGTHS)
    stories: list[str] = []
    start = 0
    for count in lengths:
        stories.append(text[start : start + max(0, count)])
        start += max(0, count)
    return stories


def _text(head: bytes, clx: bytes, said: Properties) -> str:
    """The pieces one after the other, each in UTF-16 or in one byte a character."""
    groups: list[bytes] = []
    place = 0
    while clx[place] != _PIECES:
        size = struct.unpack_from("<H", clx, place + 1)[0]
        groups.append(clx[place + 3 : place + 3 + size])
        place += 3 + size
    size = struct.unpack_from("<I", clx, place + 1)[0]
    count = (size - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", clx, place + 5)
    pieces = place + 5 + 4 * (count + 1)
    parts = io.StringIO()
    for index in range(count):
        length = ends[index + 1] - ends[index]
        where, modifier = struct.unpack_from("<IH", clx, pieces + 8 * index + 2)
        if not 0 <= length <= len(head):
            raise ValueError("a piece is longer than the file")
        own = switches_of_piece(modifier, groups)
        width, encoding = (1, "cp1252") if where & _COMPRESSED else (2, "utf-16-le")
        start = (where & ~_COMPRESSED) // 2 if where & _COMPRESSED else where
        for first, last in said.parts(start, start + width * length):
            words = head[first:last].decode(encoding, errors="replace")
            parts.write(_seen(words, own, said, first))
    return parts.getvalue()


def _seen(words: str, own: dict[int, bool], said: Properties, place: int) -> str:
    """What is seen of a stretch that begins at this byte, with the same properties throughout; those of its piece come
    first (`own`). Cells that are emptied stay in their row; a paragraph whose end is deleted goes on in the next."""
    if said.has(ENDS_ROW, place):
        return words.replace(_CELL, _ROW)
    if own.get(DELETED, said.has(DELETED, place)):
        words = _BUT_CELLS.sub(_UNSEEN, words)
    elif own.get(HIDDEN, said.has(HIDDEN, place)):
        words = _BUT_ENDS.sub(_UNSEEN, words)
    return words.translate(_OF_CELL) if said.has(IN_TABLE, place) else words


def _write_story(writer: PageWriter, name: str, text: str) -> None:
    while (shorter := _FIELD.sub("", text)) != text:  # fields within fields
        text = shorter
    if _ROW not in text:  # nothing is said of paragraphs: two marks end a row, unless the cell between is empty
        text = text.replace(_CELL * 2, _CELL + _ROW)
    table: list[list[str]] = []
    for line in re.split(f"[{_PARAGRAPH}{_PAGE}]", text):
        words = _MARKS.sub("", line.replace(_LINE, "\n").replace("\x1e", "-").replace("\x1f", ""))
        rows, _, rest = words.rpartition(_ROW)
        table.extend(_cells(row) for row in rows.split(_ROW) if row.strip(f"{_CELL}{_IN_CELL} "))
        if rest.strip(f"{_CELL}{_IN_CELL} ") or not rows:
            _write_table(writer, name, table)
            table = []
            _write_paragraphs(writer, name, rest.replace(_CELL, " | ").strip(" |"))
    _write_table(writer, name, table)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.removesuffix(_CELL).split(_CELL)]


def _write_table(writer: PageWriter, name: str, rows: Sequence[Sequence[str]]) -> None:
    """Its rows. A table of one column, or of one row with a long cell, is there for its looks: paragraphs."""
    is_long = len(rows) == 1 and any(cell.count(_IN_CELL) > 2 for cell in rows[0])
    if is_long or max(map(len, rows), default=0) < 2:
        for cell in chain.from_iterable(rows):
            _write_paragraphs(writer, name, cell)
    else:
        writer.table([[cell.replace(_IN_CELL, " ") for cell in row] for row in rows], headers=int(len(rows) > 1))


def _write_paragraphs(writer: PageWriter, name: str, text: str) -> None:
    for words in text.split(_IN_CELL):
        _write_paragraph(writer, name, words)


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
