"""What an old Word file says of its text (MS-DOC 2.4.6): what is deleted or hidden, what stands in tables, and where
their rows end.

Properties lie in pages of 512 bytes in the stream WordDocument, each for runs of bytes of that stream.
"""

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain, pairwise
from operator import itemgetter

# Properties that are switched on and off (MS-DOC 2.6): sprmCFRMarkDel, sprmCFVanish, sprmPFInTable, sprmPFTtp.
DELETED, HIDDEN, IN_TABLE, ENDS_ROW = 0x0800, 0x083C, 0x2416, 0x2417
_SWITCHES = frozenset({DELETED, HIDDEN, IN_TABLE, ENDS_ROW})
_BY_PIECE = {0x41: DELETED, 0x5C: HIDDEN}
"""As the table of pieces numbers them (2.9.215)."""

_ELSEWHERE = frozenset({0x6645, 0x6646})
"""sprmPHugePapx: the paragraph's properties did not fit the page; rows of a few cells already have theirs so."""

_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of a value by the upper three bits of its property (2.2.5.1); 0: it says so itself."""
_TABLES, _TABS = frozenset({0xD606, 0xD608}), 0xC615

_CHARACTER_PAGES, _PARAGRAPH_PAGES = 0x00FA, 0x0102
"""Where the file information block says in which pages they are (PlcBteChpx, PlcBtePapx)."""
_PAGE = 512

Run = tuple[int, int, bytes]
"""First byte, the one behind the last, and the properties of the text between."""


class Properties:
    """Where in the stream WordDocument (`head`) the properties above are on. `data` is the stream Data. Pages that are
    no such pages are passed over.

    Raises struct.error when `head` ends within the file information block.
    """

    def __init__(self, head: bytes, table: bytes, data: bytes) -> None:
        self._spans: dict[int, list[tuple[int, int]]] = {number: [] for number in _SWITCHES}
        for start, end, group in chain(_character_runs(head, table), _paragraph_runs(head, table, data)):
            for number, is_on in switches(group).items():
                if is_on:
                    self._spans[number].append((start, end))
        for spans in self._spans.values():
            spans.sort()

    def has(self, number: int, place: int) -> bool:
        """Whether the character at this byte has the property."""
        spans = self._spans[number]
        index = bisect_right(spans, place, key=itemgetter(0)) - 1
        return index >= 0 and place < spans[index][1]

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The bytes from `start` to `end`, cut where a property begins or ends."""
        cuts = {start, end}
        for spans in self._spans.values():
            for index in range(bisect_left(spans, start, key=itemgetter(1)), len(spans)):
                if spans[index][0] >= end:
                    break
                cuts.update(place for place in spans[index] if start < place < end)
        places = sorted(cuts)
        return pairwise(places)


def switches(group: bytes) -> dict[int, bool]:
    """Of a list of properties (`grpprl`) those above, with what they are switched to."""
    return {number: bool(value[0] & 1) for number, value in _properties(group) if number in _SWITCHES}


def switches_of_piece(modifier: int, groups: list[bytes]) -> dict[int, bool]:
    """What a piece of the text (2.9.214) changes for its characters; `groups` are the file's lists of properties."""
    if modifier & 1:
        return switches(groups[modifier >> 1]) if modifier >> 1 < len(groups) else {}
    number = _BY_PIECE.get(modifier >> 1 & 0x7F)
    return {number: bool(modifier >> 8 & 1)} if number else {}


def _properties(group: bytes) -> Iterator[tuple[int, bytes]]:
    """Each property with its value."""
    place = 0
    while place + 2 < len(group):
        number = int.from_bytes(group[place : place + 2], "little")
        place += 2
        size = _SIZES[number >> 13] or _own_size(number, group[place : place + 2])
        yield number, group[place : place + size]
        place += size


def _own_size(number: int, start: bytes) -> int:
    if number in _TABLES:
        return 1 + int.from_bytes(start, "little")
    return _PAGE * _PAGE if number == _TABS and start[0] == 255 else 1 + start[0]  # longer than said: the last one read


def _character_runs(head: bytes, table: bytes) -> Iterator[Run]:
    for page in _pages(head, table, _CHARACTER_PAGES):
        for start, end, place in _runs(page, 1):
            yield start, end, page[place + 1 : place + 1 + page[place]]


def _paragraph_runs(head: bytes, table: bytes, data: bytes) -> Iterator[Run]:
    for page in _pages(head, table, _PARAGRAPH_PAGES):
        for start, end, place in _runs(page, 13):
            # The number of a style, two bytes, stands before the properties (2.9.175).
            if page[place]:
                group = page[place + 3 : place + 2 * page[place]]
            else:
                group = page[place + 4 : place + 2 + 2 * page[place + 1]]
            yield start, end, _whole(group, data)


def _whole(group: bytes, data: bytes) -> bytes:
    """The properties of a paragraph, from the stream Data when they are there."""
    for number, value in _properties(group):
        if number in _ELSEWHERE:
            place = int.from_bytes(value, "little")
            size = int.from_bytes(data[place : place + 2], "little")
            return data[place + 2 : place + 2 + size]
    return group


def _pages(head: bytes, table: bytes, where: int) -> Iterator[bytes]:
    place, length = struct.unpack_from("<II", head, where)
    listed = table[place : place + length]
    count = (len(listed) - 4) // 8
    numbers = (struct.unpack_from("<I", listed, 4 * (count + 1 + index))[0] & 0x3FFFFF for index in range(count))
    for number in dict.fromkeys(numbers):
        yield head[_PAGE * number : _PAGE * (number + 1)]


def _runs(page: bytes, width: int) -> Iterator[tuple[int, int, int]]:
    """First byte, the one behind the last, and where in the page the properties are, for each run that has any; `width`
    is that of the entries that say where (2.9.33, 2.9.174)."""
    if len(page) < _PAGE:
        return
    count = page[-1]
    entries = 4 * (count + 1)
    if entries + width * count >= _PAGE:
        return
    places = struct.unpack_from(f"<{count + 1}I", page)
    for index in range(count):
        if place := 2 * page[entries + width * index]:
            yield places[index], places[index + 1], place
