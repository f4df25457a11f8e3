"""What a signed message holds (S/MIME: CMS SignedData, RFC 5652 5.1, in BER). The signature itself is not checked."""

_OCTETS, _OBJECT, _CONSTRUCTED = 0x04, 0x06, 0x20
_SIGNED, _DATA = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010701")
_UNTIL_MARK, _MARK = 0x80, b"\0\0"

Element = tuple[int, bytes]
"""Tag and content."""


def signed_content(data: bytes) -> bytes:
    """The mail part within a signature, b"" for what is encrypted or nothing of this kind."""
    try:
        kind, wrapped = _inside(_first(data))
        if kind != (_OBJECT, _SIGNED):
            return b""
        _version, _digests, content, *_ = _inside(_first(wrapped[1]))
        kind, wrapped = _inside(content)
        return _octets(_first(wrapped[1])) if kind == (_OBJECT, _DATA) else b""
    except (IndexError, ValueError, RecursionError):
        return b""


def _first(data: bytes) -> Element:
    tag, start, end, _ = _extent(data, 0)
    return tag, data[start:end]


def _inside(element: Element) -> list[Element]:
    data, place = element[1], 0
    found: list[Element] = []
    while place < len(data):
        tag, start, end, place = _extent(data, place)
        found.append((tag, data[start:end]))
    return found


def _extent(data: bytes, place: int) -> tuple[int, int, int, int]:
    """Of the element at a place: its tag, where its content begins and ends, and where the next one begins.

    Raises IndexError or ValueError when the data end within it.
    """
    tag, length = data[place], data[place + 1]
    start = place + 2
    if length == _UNTIL_MARK:
        end = start
        while data[end : end + 2] != _MARK:
            end = _extent(data, end)[3]
        return tag, start, end, end + 2
    if length > _UNTIL_MARK:
        start += length - _UNTIL_MARK
        length = int.from_bytes(data[place + 2 : start], "big")
    if start + length > len(data):
        raise ValueError
    return tag, start, start + length, start + length


def _octets(element: Element) -> bytes:
    """A string of bytes, which may be written in pieces."""
    tag, content = element
    if tag == _OCTETS | _CONSTRUCTED:
        return b"".join(_octets(piece) for piece in _inside(element))
    return content if tag == _OCTETS else b""
