"""XML and HTML from foreign files: parsed without entities, without the network, and mended where it is broken."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree, html

from config.errors import DocumentError

Element = Any
"""An lxml element (lxml comes without types)."""

XLINK = "{http://www.w3.org/1999/xlink}"
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")


def names(words: str) -> frozenset[str]:
    """Names of elements, written with spaces between them."""
    return frozenset(words.split())


def parse_xml(data: bytes) -> Element:
    """The root element. Entities are not expanded and nothing is fetched; broken XML gives what could be read.

    Raises DocumentError (`damaged`) when nothing could.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise DocumentError("The file is damaged: the XML in it cannot be read.", status="damaged")
    return root


def parse_html(text: str, warn: Callable[[str], None]) -> Element | None:
    """The root element, None when there is no element at all. `warn` is called where libxml2 gave up: it follows 2,048
    elements within one another, and without `huge_tree` 256."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        # As bytes: lxml refuses a str that declares an encoding.
        root = html.document_fromstring(_DECLARED.sub("", text, count=1).encode(errors="replace"), parser=parser)
    except (etree.ParserError, ValueError):
        return None
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        warn("The page was not read to its end: its elements are nested too deeply.")
    return root


def local(element: Element) -> str:
    """The element's name without its namespace; empty for what is no element (an entity that was not expanded)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The child elements with one of these names."""
    for child in element if element is not None else ():
        if local(child) in names:
            yield child


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down this path of names."""
    for name in path:
        element = next(children(element, name), None)
    return element


def descendants(element: Element, *names: str) -> Iterator[Element]:
    for found in element.iter():
        if local(found) in names:
            yield found


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """An attribute's value, whatever its namespace."""
    if element is None:
        return default
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return default


def whole(text: str, otherwise: int = 0) -> int:
    """A number of up to nine digits; `otherwise` when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def text_of(element: Element | None) -> str:
    """All text within the element."""
    if element is None:
        return ""
    return "".join(part for part in element.itertext() if isinstance(part, str))
