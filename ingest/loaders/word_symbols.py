"""Characters that Word takes from fonts of symbols, where they have codes of their own, as Unicode."""

import re

from ingest.loaders.markup import Element, attribute

TICKED, EMPTY = "\N{BALLOT BOX WITH X}", "\N{BALLOT BOX}"
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_CODE = re.compile(r"[0-9A-Fa-f]{1,4}")

_SYMBOL = {
    0x20: " !∀#∃%&∋()*+,\N{MINUS SIGN}./0123456789:;<=>?",
    0x40: "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x61: "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}\N{TILDE OPERATOR}",
    0xA0: "€\N{GREEK UPSILON WITH HOOK SYMBOL}\N{PRIME}≤/∞ƒ♣♦♥♠↔←↑→↓°±″≥\N{MULTIPLICATION SIGN}∝∂•÷≠≡≈…⏐⎯↵",
    0xC0: "ℵℑℜ℘⊗⊕∅∩\N{UNION}⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧\N{LOGICAL OR}⇔⇐⇑⇒⇓",
    0xE0: "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪",
    0xF1: "〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
}
"""Runs of the font Symbol, by their first code."""

_FONTS: dict[str, dict[int, str]] = {
    "symbol": {code: shown for first, run in _SYMBOL.items() for code, shown in enumerate(run, start=first)},
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
