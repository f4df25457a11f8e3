"""Text of mails and web pages in the character set that they name, as mail programs and browsers understand the names.

Many names stand for less than is written under them: what is called ISO-8859-1 holds the dashes and the euro sign of
Windows-1252, what is called GB2312 the characters of GBK (WHATWG, Encoding Standard, 4.2).
"""

import codecs
import re

from ingest.loaders.plain_text import decode, is_mostly_valid

BAD_AMONG_VALID = 5
"""What is named is believed, sooner than a guess, with fewer bad characters than one for so many beyond ASCII."""

_CODECS = {
    "csgb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "iso-8859-8-i": "iso8859-8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows-949": "cp949",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
}
"""Names that Python does not know."""

_WIDER = {
    "big5": "cp950",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
"""Python's codecs by what their names are used for."""

_JIS = re.compile(rb"\x1b\$[@B]([!-~]*)|\x1b\(I([!-_]*)|\x1b\([BJ]")


def codec_of(name: str) -> str | None:
    """The codec to decode with what is said to be in a character set; None for a name that is not known."""
    try:
        known = codecs.lookup(_CODECS.get(name.lower(), name)).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(known, known)


def decode_as(data: bytes, name: str) -> str:
    """Bytes → text in the character set that is named, a few bad bytes in it included; as any text where it is plainly
    another one.

    Raises DocumentError (`damaged`) when the bytes are no text.
    """
    codec = codec_of(name)
    if codec is None:
        return decode(data)
    if codec == "iso2022_jp":
        data, codec = _JIS.sub(_in_shift_jis, data), "cp932"
    for encoding in (codec, "utf-8"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return _mended(data, codec) or decode(data)


def _mended(data: bytes, codec: str) -> str:
    """The text with its bad bytes replaced, "" when they are too many."""
    try:
        text = data.decode(codec, errors="replace")
    except (LookupError, UnicodeError):
        return ""
    return text if is_mostly_valid(text, BAD_AMONG_VALID) else ""


def _in_shift_jis(run: re.Match[bytes]) -> bytes:
    """A run of ISO-2022-JP (two bytes a character, or half-width katakana) in Shift-JIS, whose codec also has what
    only Windows knows (①, ㈱)."""
    found = run[1] or b""
    shifted = bytearray(byte | 0x80 for byte in run[2] or b"")
    for row, cell in zip(found[::2], found[1::2], strict=False):
        shifted.append((row + 1) // 2 + (0x70 if row < 0x5F else 0xB0))
        shifted.append(cell + (0x7E if row % 2 == 0 else 0x1F if cell < 0x60 else 0x20))
    return bytes(shifted)
