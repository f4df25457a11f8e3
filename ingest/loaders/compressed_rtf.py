"""RTF as Outlook compresses it (MS-OXRTFCP): LZ77 over a window of 4,096 bytes that begins with common RTF words."""

import struct

from config.errors import DocumentError

MAX_BYTES = 64 * 1024 * 1024
_COMPRESSED, _AS_IT_IS = 0x75465A4C, 0x414C454D
_WINDOW = 4096
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompress(data: bytes) -> bytes:
    """Raises DocumentError: `damaged`, `too_large`."""
    if len(data) < 16:
        raise _damaged()
    _, size, kind, _ = struct.unpack_from("<IIII", data)
    if kind == _AS_IT_IS:
        return data[16 : 16 + size]
    if kind != _COMPRESSED:
        raise _damaged()
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b" "))
    write, out, place = len(_DICTIONARY), bytearray(), 16
    while place < len(data):
        control = data[place]
        place += 1
        for bit in range(8):
            if control >> bit & 1:
                if place + 1 >= len(data):
                    return bytes(out)
                offset, length = data[place] << 4 | data[place + 1] >> 4, (data[place + 1] & 15) + 2
                place += 2
                if offset == write:
                    return bytes(out)
                copied = [0] * length
                for step in range(length):
                    byte = window[(offset + step) % _WINDOW]
                    window[write] = copied[step] = byte
                    write = (write + 1) % _WINDOW
                out += bytes(copied)
            elif place < len(data):
                window[write] = data[place]
                out.append(data[place])
                write = (write + 1) % _WINDOW
                place += 1
        if len(out) > MAX_BYTES:
            raise DocumentError("The message unpacks to far more than it takes packed.", status="too_large")
    return bytes(out)


def _damaged() -> DocumentError:
    return DocumentError("The text of the message is damaged.", "Save it again with Outlook.", status="damaged")
