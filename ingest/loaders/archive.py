"""A ZIP file read with bounds: what unpacks to too much is refused, what is broken gives what can be read of it."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from config.errors import DocumentError
from ingest.loaders.base import damaged, locked

MAX_MEMBER_BYTES = 256 * 1024 * 1024
MAX_TOTAL_BYTES = 512 * 1024 * 1024
"""Unpacked bytes read from one archive: a quarter of what a reading process may take (`ingest.memory_mb`)."""

MAX_RATIO = 200
"""Unpacked to packed. Text packs 3 to 20 times, XML of sheets up to 100."""

RATIO_FROM_BYTES = 64 * 1024 * 1024
"""Members smaller than this are no bomb, however well they pack."""

MAX_MEMBERS = 20_000
_LOCAL_HEADER = re.compile(rb"PK\x03\x04")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1

_UNREADABLE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError, ValueError, RuntimeError
)  # fmt: skip
with suppress(ImportError):  # some Pythons are built without it, and zipfile then reads no such members
    import lzma

    _UNREADABLE += (lzma.LZMAError,)


@dataclass(frozen=True, slots=True)
class _Rescued:
    """Where a member's data begin in a file without a readable directory; `size` is 0 when unknown."""

    start: int
    size: int
    method: int


class Archive:
    """Members by name. `is_rescued` says that the directory was unreadable, and members were looked for one by one."""

    def __init__(self, data: bytes, passwords: Sequence[str] = ()) -> None:
        """Raises DocumentError: `damaged` when it is no ZIP file, `too_large` for too many members."""
        self._data = data
        self._passwords = passwords
        self._spent = 0
        self._zip: zipfile.ZipFile | None = None
        self._rescued: dict[str, _Rescued] = {}
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.names = [info.filename for info in self._zip.infolist() if not info.is_dir()]
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
            self._rescued = _look_for_members(data)
            self.names = list(self._rescued)
        if not self.names:
            raise damaged("The file is damaged: it is no readable ZIP file.")
        if len(self.names) > MAX_MEMBERS:
            raise DocumentError(
                f"The archive has more than {MAX_MEMBERS:,} members.", "Unpack it yourself.", status="too_large"
            )

    @property
    def is_rescued(self) -> bool:
        return self._zip is None

    def __contains__(self, name: str) -> bool:
        return name in (self._rescued if self._zip is None else self._zip.NameToInfo)

    def is_locked(self, name: str) -> bool:
        return self._zip is not None and bool(self._zip.getinfo(name).flag_bits & _ENCRYPTED)

    def start(self, name: str, length: int) -> bytes:
        """The first `length` bytes of a member, which do not count as unpacked; none of one that is locked, broken or
        rescued."""
        if self._zip is None or self.is_locked(name):
            return b""
        try:
            with self._zip.open(name) as member:
                return member.read(length)
        except _UNREADABLE:
            return b""

    def read(self, name: str) -> bytes:
        """One member, unpacked.

        Raises DocumentError: `damaged` when there is none of this name or it is broken, `locked`, `too_large`.
        """
        if self._zip is None:
            content = self._read_rescued(name)
        elif name not in self._zip.NameToInfo:
            raise DocumentError(f"The file is damaged: the part {name} is missing.", status="damaged")
        else:
            content = self._read_member(self._zip, self._zip.getinfo(name))
        self._spent += len(content)
        if self._spent > MAX_TOTAL_BYTES:
            raise DocumentError(
                f"The archive holds more than {MAX_TOTAL_BYTES // 1024**2} MB unpacked.",
                "Save what you need of it as files of their own.",
                status="too_large",
            )
        return content

    def _read_member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
        if info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise _bomb()
        if info.flag_bits & _ENCRYPTED:
            return self._unlock(archive, info)
        try:
            return _read_bounded(archive, info)
        except _UNREADABLE:
            if rescued := _member_at(self._data, info.header_offset):
                return _inflate(self._data, _sized(rescued[1], info.compress_size))
            raise _damaged(info.filename) from None

    def _unlock(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
        for password in self._passwords:
            try:
                return _read_bounded(archive, info, password.encode())
            except _UNREADABLE:
                continue
        raise locked(info.filename, self._passwords)

    def _read_rescued(self, name: str) -> bytes:
        if name not in self._rescued:
            raise DocumentError(f"The file is damaged: the part {name} is missing.", status="damaged")
        return _inflate(self._data, self._rescued[name])


def _read_bounded(archive: zipfile.ZipFile, info: zipfile.ZipInfo, password: bytes | None = None) -> bytes:
    with archive.open(info, pwd=password) as member:
        content = member.read(MAX_MEMBER_BYTES + 1)
    if len(content) > MAX_MEMBER_BYTES:
        raise _bomb()
    return content


def _look_for_members(data: bytes) -> dict[str, _Rescued]:
    found: dict[str, _Rescued] = {}
    for match in _LOCAL_HEADER.finditer(data):
        member = _member_at(data, match.start())
        if member and not member[0].endswith("/") and len(found) <= MAX_MEMBERS:
            found.setdefault(*member)
    return found


def _member_at(data: bytes, offset: int) -> tuple[str, _Rescued] | None:
    """Name and place of the member whose local header stands at `offset` (APPNOTE 4.3.7)."""
    header = data[offset : offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        return None
    flags, method = struct.unpack_from("<HH", header, 6)
    packed, _, name_length, extra_length = struct.unpack_from("<IIHH", header, 18)
    start = offset + 30 + name_length + extra_length
    if flags & _ENCRYPTED or method not in (_STORED, _DEFLATED) or not name_length:
        return None
    name = data[offset + 30 : offset + 30 + name_length].decode("utf-8", errors="replace")
    return name, _Rescued(start, packed, method)


def _sized(member: _Rescued, size: int) -> _Rescued:
    return _Rescued(member.start, size, member.method)


def _inflate(data: bytes, member: _Rescued) -> bytes:
    """The member's bytes as far as they can be unpacked, checksums aside."""
    if member.method == _STORED:
        return data[member.start : member.start + member.size]
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    parts: list[bytes] = []
    total = 0
    for start in range(member.start, len(data), 1 << 16):
        try:
            parts.append(unpacker.decompress(data[start : start + (1 << 16)]))
        except zlib.error:
            break
        total += len(parts[-1])
        if total > MAX_MEMBER_BYTES or (
            total > RATIO_FROM_BYTES and total > MAX_RATIO * (start + (1 << 16) - member.start)
        ):
            raise _bomb()
        if unpacker.eof:
            break
    return b"".join(parts)


def _bomb() -> DocumentError:
    return DocumentError(
        "The file unpacks to far more than it takes packed: it may be made to do harm.",
        "Open it with care, and save what you need of it in a new file.",
        status="too_large",
    )


def _damaged(name: str) -> DocumentError:
    return DocumentError(f"The file is damaged: its part {name} cannot be unpacked.", status="damaged")
