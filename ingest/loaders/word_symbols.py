"""Characters that Word takes from fonts of symbols, where they have codes of their own, as Unicode."""

import re

from ingest.loaders.markup import Element, attribute

TICKED, EMPTY = "\N{BALLOT BOX WITH X}", "\N{BALLOT BOX}"
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_CODE = re.compile(r"[0-9A-Fa-f]{1,4}")

_GREEK = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_FONTS: dict[str, dict[int, str]] = {
    "symbol": {
        **{code: chr(code) for code in range(0x20, 0x40)},
        **dict(enumerate(_GREEK[0], start=ord("A"))),
        **dict(enumerate(_GREEK[1], start=ord("a"))),
        0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2D: "\N{MINUS SIGN}", 0x5E: "⊥",
        0xA2: "\N{PRIME}", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓",
        0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "\N{MULTIPLICATION SIGN}", 0xB5: "∝", 0xB6: "∂", 0xB7: "•",
        0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC6: "∅",
        0xCE: "∈", 0xCF: "∉", 0xD1: "∇", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xD5: "∏", 0xD6: "√",
        0xD7: "⋅", 0xDB: "⇔", 0xDC: "⇐", 0xDE: "⇒", 0xE2: "®", 0xE3: "©", 0xE4: "™", 0xE5: "∑", 0xF2: "∫",
    },
    "wingdings": {
        0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: EMPTY, 0x71: EMPTY, 0x78: TICKED,
        0xA7: "▪", 0xA8: EMPTY, 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE7: "←", 0xE8: "→",
        0xF3: "↔", 0xFB: "✗", 0xFC: "✓", 0xFD: TICKED, 0xFE: "\N{BALLOT BOX WITH CHECK}",
    },
    "wingdings 2": {
        0x4F: "✗", 0x50: "✓", 0x51: TICKED, 0x52: "\N{BALLOT BOX WITH CHECK}", 0x53: TICKED, 0x54: TICKED, 0xA3: EMPTY,
    },
}  # fmt: skip


def symbol(element: Element) -> str:
    """What a `w:sym` shows: a replacement character where its font is not known."""
    written = attribute(element, "char")
    code = int(written, 16) if _CODE.fullmatch(written) else 0
    characters = _FONTS.get(attribute(element, "font").lower())
    if characters is not None:
        return characters.get(code & 0xFF, _UNKNOWN)
    return chr(code) if code >= 0x20 and not 0xD800 <= code < 0xF900 else _UNKNOWN
