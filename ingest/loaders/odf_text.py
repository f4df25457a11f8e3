"""The text of paragraphs in OpenDocument, and what is anchored in them."""

from collections.abc import Iterator

from ingest.loaders.markup import Element, local, names
from ingest.loaders.paged_table import PAGE_ENDS

DEEPEST = 60
NOTES = "note", "annotation"
BOXES = "text-box", "custom-shape"
_APART = names("note annotation frame custom-shape tracked-changes annotation-end desc title bookmark ruby-text")


def seen_text(paragraph: Element) -> str:
    """What a paragraph says, with a form feed where the program last broke the page."""
    return "".join(_runs(paragraph, 0))


def outermost(element: Element, *wanted: str) -> Iterator[Element]:
    """The elements with one of these names, without those that stand in another one of them."""
    waiting = list(reversed(element))
    while waiting:
        part = waiting.pop()
        if local(part) in wanted:
            yield part
        else:
            waiting.extend(reversed(part))


def _runs(element: Element, depth: int) -> Iterator[str]:
    yield element.text or ""
    for part in element:
        name = local(part)
        if name == "s":
            yield " "
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name == "soft-page-break":
            yield PAGE_ENDS
        elif name and name not in _APART and depth < DEEPEST:
            yield from _runs(part, depth + 1)
        yield part.tail or ""
