"""Text in a form that can be compared."""

import unicodedata

_KEPT = frozenset({0, 8})
"""Combining classes of what is no accent: 8 are the marks that make another letter of a Japanese one."""


def fold(text: str) -> str:
    """Lower case without accents, for comparing only: offsets are not kept."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if unicodedata.combining(character) in _KEPT)
    return unicodedata.normalize("NFC", bare)
