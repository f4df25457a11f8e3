"""Versions of one document: which of them a question names, and which documents those are."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from ingest.identity import name_terms
from ingest.periods import is_period_word
from ingest.types import DocumentRecord

Family = Mapping[str, frozenset[str]]
"""Version → the documents (paths) that are it, of documents that are called the same without their version."""

_NUMBER = r"\d+(?:\.\d+)*"
_WORD = r"(?:version|draft|revision|edition|fassung|entwurf|auflage)"
_WORDS = rf"(?:{_WORD}s|fassungen|entwürfe|auflagen)"
_JOIN = r"(?:,|&|\s(?:and|or|to|vs\.?|versus|und|oder|bis|et|ou))\s+(?:(?:of|in|the)\s+){0,2}"
_ENDS = r"(?=\s+(?:of|von|der|des|de|du)\b|\s*[?.,;:)]*\s*$)"
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "1st": "1", "2nd": "2", "3rd": "3", "4th": "4"}
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)})"
# In "version 2 and 3 months" the 3 is no version.
_NAMED = re.compile(
    rf"\b(?:{_WORDS}\s+{_NUMBER}(?:{_JOIN}{_NUMBER})+"
    rf"|(?:{_WORD}\s?|(?:v|ver|rev)\b\.?\s?|v){_NUMBER}(?:{_JOIN}{_NUMBER}{_ENDS})?"
    rf"|{_ORDINAL}(?:{_JOIN}{_ORDINAL})?\s+{_WORD}s?\b)",
    re.IGNORECASE,
)
_VALUE = re.compile(rf"\b{_ORDINAL}\b|{_NUMBER}", re.IGNORECASE)


def versions_in(text: str) -> frozenset[str]:
    """The versions a text names, as numbers: `v1 or v2`, `versions 1 and 2`, `the first draft`, `version 2.0` (`2`)."""
    values = (value.lower() for named in _NAMED.finditer(text) for value in _VALUE.findall(named[0]))
    return frozenset(_ORDINALS.get(value) or _plain(value) for value in values)


def families(records: Iterable[DocumentRecord], versions: frozenset[str]) -> list[Family]:
    """The documents in the library that are called the same but for their version, where several of `versions` are
    among them."""
    found: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for record in records:
        if record.status.is_held:
            name, version = _name_and_version(record)
            if version in versions:
                found.setdefault(name, {}).setdefault(version, set()).add(record.path)
    return [
        {version: frozenset(paths) for version, paths in sorted(family.items())}
        for family in found.values()
        if len(family) > 1
    ]


def _name_and_version(record: DocumentRecord) -> tuple[tuple[str, ...], str]:
    """What a document is called by its file name or else its title, without its version and dates; "" for no version.

    A document that names several versions is about them, and none of them.
    """
    for written in (PurePath(record.path).stem, record.title):
        text = re.sub(r"[_-]+", " ", written)
        versions = versions_in(text)
        if versions:
            words = name_terms(_NAMED.sub(" ", text))
            name = tuple(word for word in words if not word.isdigit() and not is_period_word(word))
            return name, min(versions) if len(versions) == 1 else ""
    return (), ""


def _plain(number: str) -> str:
    """`2.0` and `02` → `2`."""
    return re.sub(r"(?:\.0+)+$", "", number).lstrip("0") or "0"
