"""OLE compound files (MS-CFB, version 3), made by hand: for Office files up to 2003 and Outlook messages."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_LEAST = 4096
"""Streams shorter than this would go to a stream of their own for small ones: they are filled up instead."""


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    start: int = _END
    size: int = 0


def compound(streams: Mapping[str, bytes]) -> bytes:
    """`streams`: path with `/` between storages → bytes. Short streams are filled up with zero bytes."""
    entries = [_Entry("Root Entry", 5)]
    for path, data in streams.items():
        at = 0
        *storages, name = path.split("/")
        for storage in storages:
            at = _child(entries, at, storage)
        entries[_child(entries, at, name)].data = data.ljust(_LEAST, b"\0")
        entries[_child(entries, at, name)].kind = 2
    sectors: list[bytes] = []
    table: list[int] = []
    for entry in entries:
        if entry.kind == 2:
            entry.start, entry.size = len(sectors), len(entry.data)
            _chain(sectors, table, entry.data)
    directory = len(sectors)
    _chain(sectors, table, b"".join(_record(entries, index) for index in range(len(entries))))
    fat_sectors = (len(table) + _SECTOR // 4) // (_SECTOR // 4 - 1) or 1
    first_fat = len(sectors)
    table += [_FAT] * fat_sectors
    table += [_FREE] * (fat_sectors * _SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, directory, 0, _LEAST, _END, 0, _END, 0)
    fats = [first_fat + number for number in range(fat_sectors)]
    header += struct.pack("<109I", *(fats + [_FREE] * (109 - len(fats))))
    return header + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def _child(entries: list[_Entry], parent: int, name: str) -> int:
    for index in entries[parent].children:
        if entries[index].name == name:
            return index
    entries.append(_Entry(name, 1))
    entries[parent].children.append(len(entries) - 1)
    return len(entries) - 1


def _chain(sectors: list[bytes], table: list[int], data: bytes) -> None:
    for place in range(0, len(data), _SECTOR):
        sectors.append(data[place : place + _SECTOR].ljust(_SECTOR, b"\0"))
        table.append(len(sectors))
    table[-1] = _END


def _record(entries: list[_Entry], index: int) -> bytes:
    """One directory entry. Siblings hang together as a list: each the right neighbour of the one before."""
    entry = entries[index]
    right = _FREE
    for other in entries:
        if index in other.children[:-1]:
            right = other.children[other.children.index(index) + 1]
    first = entry.children[0] if entry.children else _FREE
    name = entry.name.encode("utf-16-le") + b"\0\0"
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(name), entry.kind, 1, _FREE, right, first)
        + bytes(36)
        + struct.pack("<IQ", entry.start, entry.size)
    )
