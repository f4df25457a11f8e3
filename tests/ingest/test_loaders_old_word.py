"""What becomes of Word files up to 2003: text that nobody sees, and the rows of tables."""

import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.ingest.ole import compound
from tests.ingest.test_loaders_text import load, texts

DELETED, HIDDEN = b"\x00\x08\x01", b"\x3c\x08\x01"
BOLD, NOT_DELETED = b"\x35\x08\x01", b"\x00\x08\x00"
ENDS_ROW, IN_TABLE = b"\x17\x24\x01", b"\x16\x24\x01"
TABS = b"\x15\xc6\x04\x00\x01\x10\x00"
IN_DATA = b"\x46\x66" + struct.pack("<I", 8)
DATA = bytes(8) + struct.pack("<H", 266) + b"\x08\xd6" + struct.pack("<H", 260) + bytes(259) + ENDS_ROW
"""The definition of a table, whose two bytes of length count one more than there is, then the end of a row."""


class Run(NamedTuple):
    text: str
    characters: bytes = b""
    paragraph: bytes = b""


def page(places: Sequence[int], groups: Sequence[bytes], width: int, packed: Callable[[bytes], bytes]) -> bytes:
    """A page of properties (MS-DOC 2.9.33, 2.9.174)."""
    made = bytearray(512)
    made[-1] = len(groups)
    struct.pack_into(f"<{len(places)}I", made, 0, *places)
    end = 510
    for index, group in enumerate(groups):
        if group:
            end = (end - len(packed(group))) // 2 * 2
            made[end : end + len(packed(group))] = packed(group)
            made[4 * len(places) + width * index] = end // 2
    return bytes(made)


def packed_characters(group: bytes) -> bytes:
    return bytes([len(group)]) + group


def packed_paragraph(group: bytes) -> bytes:
    """With the number of a style before it; an even length is written in another way (2.9.175)."""
    named = b"\x07\x00" + group
    return bytes([(len(named) + 1) // 2]) + named if len(named) % 2 else bytes([0, len(named) // 2]) + named


def old_word(
    runs: Sequence[Run], encoding: str = "cp1252", *, added: str = "", modifier: int = 0, groups: Sequence[bytes] = ()
) -> bytes:
    """`added` is a piece of its own, whose `modifier` may name one of the `groups` of properties."""
    width = len("x".encode(encoding))
    places = [2048]
    for run in runs:
        places.append(places[-1] + width * len(run.text))
    body = "".join(run.text for run in runs)
    head = bytearray(1024)
    struct.pack_into("<H", head, 0, 0xA5EC)
    struct.pack_into("<i", head, 0x4C, len(body) + len(added))
    pages = page(places, [run.characters for run in runs], 1, packed_characters)
    pages += page(places, [run.paragraph for run in runs], 13, packed_paragraph)

    start = 2048 if width == 2 else 2048 * 2 | 0x40000000
    behind = places[-1] if width == 2 else places[-1] * 2 | 0x40000000
    pieces = struct.pack("<3I", 0, len(body), len(body) + len(added))
    pieces += struct.pack("<HIHHIH", 0, start, 0, 0, behind, modifier)
    named = b"".join(b"\x01" + struct.pack("<H", len(group)) + group for group in groups)
    clx = named + b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", head, 0x01A2, 0, len(clx))
    table = clx
    for field, number in ((0xFA, 2), (0x102, 3)):
        struct.pack_into("<II", head, field, len(table), 12)
        table += struct.pack("<3I", places[0], places[-1], number)
    text = (body + added).encode(encoding)
    return compound({"WordDocument": bytes(head) + pages + text, "0Table": table, "Data": DATA})


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le"])
def test_what_is_deleted_or_hidden_is_not_read(tmp_path: Path, encoding: str) -> None:
    runs = [
        Run("The fee is ", BOLD),
        Run("five", BOLD + DELETED),
        Run("six percent.\r", NOT_DELETED),
        Run("Struck out.\r", DELETED),
        Run("Ask Ola.\r", HIDDEN + BOLD),
        Run("One"),
        Run(".\rAnd", DELETED),
        Run(" paragraph.\r"),
    ]
    assert texts(load(tmp_path, "a.doc", old_word(runs, encoding))) == ["The fee is six percent.", "One paragraph."]


@pytest.mark.parametrize(
    ("modifier", "groups", "is_seen"),
    [
        (0, [], True),
        (0x41 << 1 | 1 << 8, [], False),
        (0x5C << 1 | 1 << 8, [], False),
        (0x5C << 1, [], True),
        (1 << 1 | 1, [BOLD, TABS + DELETED], False),
        (7 << 1 | 1, [DELETED], True),
    ],
)
def test_a_piece_of_the_text_may_be_deleted_or_hidden(
    tmp_path: Path, modifier: int, groups: list[bytes], is_seen: bool
) -> None:
    data = old_word([Run("Kept.\r")], added="Added.\r", modifier=modifier, groups=groups)
    assert ("Added." in texts(load(tmp_path, "a.doc", data))) is is_seen


def test_a_piece_of_the_text_may_be_no_longer_deleted(tmp_path: Path) -> None:
    runs = [Run("Kept.\r"), Run("Back.\r", DELETED)]
    data = bytearray(old_word(runs, added="x\r"))
    assert texts(load(tmp_path, "a.doc", bytes(data))) == ["Kept.", "x"]
    whole = data.find(struct.pack("<IH", 2048 * 2 | 0x40000000, 0))
    data[whole + 4] = 0x41 << 1
    assert texts(load(tmp_path, "b.doc", bytes(data))) == ["Kept.", "Back.", "x"]


def test_rows_of_tables_end_where_their_properties_say(tmp_path: Path) -> None:
    runs = [
        Run("Prices\r"),
        Run("Part\x07Size\x07Price\x07", b"", IN_TABLE),
        Run("\x07", b"", ENDS_ROW),
        Run("Valve\x07\x075\x07", b"", IN_TABLE),
        Run("\x07", b"", IN_TABLE + ENDS_ROW),
        Run("\x07", b"", IN_TABLE),
        Run("Old\x073\x07", DELETED, IN_TABLE),
        Run("\x07", b"", ENDS_ROW),
        Run("\x07Pump\x07\x07", b"", TABS + IN_TABLE),
        Run("\x07", b"", IN_DATA),
        Run("Seal\x0712\x077\x07", b"", IN_TABLE),
        Run("\x07", b"", TABS + ENDS_ROW),
        Run("Done.\r"),
    ]
    document = load(tmp_path, "a.doc", old_word(runs))
    assert texts(document) == ["Prices", "Part | Size | Price", "Valve |  | 5", " | Pump", "Seal | 12 | 7", "Done."]
    assert document.pages[0].blocks[2].header == "Part | Size | Price"


def test_paragraphs_of_a_cell_belong_to_it(tmp_path: Path) -> None:
    runs = [
        Run("Part\x07Remarks\x07", b"", IN_TABLE),
        Run("\x07", b"", IN_TABLE + ENDS_ROW),
        Run("Valve\r", b"", IN_TABLE),
        Run("DN80\x07Of steel.\r", b"", IN_TABLE),
        Run("Struck out.\r", DELETED, IN_TABLE),
        Run("Ask Ola.", HIDDEN, IN_TABLE),
        Run("\rIn stock.\x07", b"", IN_TABLE),
        Run("\x07", b"", IN_TABLE + ENDS_ROW),
        Run("First.\rSecond.\r"),
    ]
    document = load(tmp_path, "a.doc", old_word(runs))
    assert texts(document) == ["Part | Remarks", "Valve DN80 | Of steel. In stock.", "First.", "Second."]
    assert document.pages[0].blocks[1].header == "Part | Remarks"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["Dear Ola,\rPlease come.\x07"], ["Dear Ola,", "Please come."]),
        (["One\r\x07", "Two\x07"], ["One", "Two"]),
        (["Left\x07A\rB\rC\rD\x07"], ["Left", "A", "B", "C", "D"]),
        (["Left\x07A\rB\rC\x07"], ["Left | A B C"]),
    ],
)
def test_a_table_for_its_looks_is_paragraphs(tmp_path: Path, rows: Sequence[str], expected: list[str]) -> None:
    runs = [run for row in rows for run in (Run(row, b"", IN_TABLE), Run("\x07", b"", IN_TABLE + ENDS_ROW))]
    assert texts(load(tmp_path, "a.doc", old_word([*runs, Run("\r")]))) == expected


def test_pages_of_properties_that_are_none_cost_no_text(tmp_path: Path) -> None:
    head = bytearray(old_word([Run("Kept.\r", DELETED)]))
    for count in (0, 101, 255):
        head[512 + 1535] = head[512 + 2047] = count
        assert texts(load(tmp_path, f"{count}.doc", bytes(head))) == ["Kept."]
