"""What is seen of a text in Word: without what is deleted or hidden, and with marks where pages end."""

from collections.abc import Iterator

from ingest.loaders.markup import Element, attribute, child, children, descendants, local, names
from ingest.loaders.ooxml import is_on

WRAPPERS = frozenset(
    {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo"}
)
"""Elements that stand around paragraphs, rows or cells and say nothing themselves."""

PAGE_ENDS, PAGE_ENDED = "\f", "\v"
"""Where the author ended a page, and where Word did when it last printed the file."""

DEEPEST = 60
_GONE = names("del moveFrom Fallback rPr pPr instrText delText fldData pict drawing object txbxContent")


def seen_text(element: Element) -> str:
    """The text of a paragraph, with marks where a page ends."""
    return "".join(_runs(element, 0))


def as_line(element: Element | None) -> str:
    """All that is seen of an element, as one line."""
    paragraphs = descendants(element, "p") if element is not None else ()
    return " ".join(text for paragraph in paragraphs if (text := seen_text(paragraph).strip()))


def boxes(paragraph: Element) -> Iterator[Element]:
    """Text boxes anchored in the paragraph, each once: the fallback for old programs repeats them."""
    for box in descendants(paragraph, "txbxContent"):
        above = [local(element) for element in box.iterancestors()]
        if "Fallback" not in above and "del" not in above and "txbxContent" not in above:
            yield box


def through_wrappers(element: Element, name: str, depth: int = 0) -> Iterator[Element]:
    """The element's rows or cells, also those that stand in wrappers."""
    for inner in element:
        if local(inner) == name:
            yield inner
        elif local(inner) in WRAPPERS and depth < DEEPEST:
            yield from through_wrappers(inner, name, depth + 1)


def _runs(element: Element, depth: int) -> Iterator[str]:
    for part in element:
        name = local(part)
        if name == "t":
            yield part.text or ""
        elif name in ("tab", "ptab"):
            yield "\t"
        elif name == "br":
            yield PAGE_ENDS if attribute(part, "type") == "page" else "\n"
        elif name == "lastRenderedPageBreak":
            yield PAGE_ENDED
        elif name == "cr":
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name in _GONE or depth > DEEPEST or (name == "r" and is_on(child(part, "rPr", "vanish"))):
            continue
        elif name == "AlternateContent":
            yield from (text for choice in children(part, "Choice") for text in _runs(choice, depth + 1))
        else:
            yield from _runs(part, depth + 1)
