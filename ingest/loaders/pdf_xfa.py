"""Values of an XFA form: such a PDF keeps them in XML, and shows a page that says "Please wait" in most viewers."""

import ctypes
import re
from collections.abc import Iterator
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from config.errors import DocumentError
from ingest.loaders.lines import clean
from ingest.loaders.markup import Element, attribute, child, local, parse_xml

MAX_FIELDS = 5_000
MAX_PACKET_BYTES = 16 * 1024 * 1024
"""Of the form's data. The fullest form at hand has half a megabyte."""

MAX_VALUE_CHARACTERS = 20_000
_NAME_BYTES = 32
_DESIGNERS_PART = re.compile(r"topmostsubform|form\d*|page\d+", re.IGNORECASE)
_NEXT_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def read_xfa(document: pdfium.PdfDocument) -> tuple[str, ...]:
    """The values in the form's data, as `part / part / name: value`; none if they cannot be read."""
    packet = _packet(document, b"datasets")
    try:
        data = child(parse_xml(packet), "data") if packet else None
    except DocumentError:
        return ()
    return () if data is None else tuple(islice(_values(data), MAX_FIELDS))


def _packet(document: pdfium.PdfDocument, wanted: bytes) -> bytes:
    name = ctypes.create_string_buffer(_NAME_BYTES)
    size = ctypes.c_ulong()
    for index in range(max(0, raw.FPDF_GetXFAPacketCount(document))):
        raw.FPDF_GetXFAPacketName(document, index, name, _NAME_BYTES)
        if name.value != wanted or not raw.FPDF_GetXFAPacketContent(document, index, None, 0, size):
            continue
        if 0 < size.value <= MAX_PACKET_BYTES:
            content = ctypes.create_string_buffer(size.value)
            if raw.FPDF_GetXFAPacketContent(document, index, content, size.value, size):
                return content.raw[: size.value]
    return b""


def _values(data: Element) -> Iterator[str]:
    """The elements that hold nothing but words, each named by the way that leads to it."""
    for element in data.iter():
        value = clean((element.text or "")[:MAX_VALUE_CHARACTERS]) if len(element) == 0 and local(element) else ""
        if any(map(str.isalnum, value)) and not attribute(element, "contentType").startswith("image/"):
            yield f"{_label(_way(data, element))}: {value}"


def _way(data: Element, element: Element) -> list[str]:
    """The names that lead from `data`, left out, to the element."""
    names = [local(element)]
    for above in element.iterancestors():
        if above is data:
            break
        names.insert(0, local(above))
    return names


def _label(names: list[str]) -> str:
    shown = [_NEXT_WORD.sub(" ", name) for name in names if not _DESIGNERS_PART.fullmatch(name)]
    return clean(" / ".join(shown)) or "Field"
