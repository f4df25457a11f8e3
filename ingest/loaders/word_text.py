"""What is seen of a text in Word: without what is deleted or hidden, and with marks where pages end."""

import re
from collections.abc import Iterable, Iterator

from ingest.loaders.markup import Element, attribute, child, children, descendants, local, names, whole
from ingest.loaders.ooxml import is_on
from ingest.loaders.paged_table import PAGE_ENDS
from ingest.loaders.raised import LEVEL, RAISED, show_raised
from ingest.loaders.word_symbols import EMPTY, TICKED, symbol

WRAPPERS = frozenset(
    {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo"}
)
"""Elements that stand around paragraphs, rows or cells and say nothing themselves."""

PAGE_ENDED = "\v"
"""Where Word ended a page when it last printed the file; where the author did, there is PAGE_ENDS."""

DEEPEST = 60
_GONE = names("del moveFrom Fallback rPr pPr instrText delText fldData pict drawing object txbxContent rt")
_NOT_SHOWN = names("del moveFrom Fallback")

_ONE_RAISED = re.compile(f"{RAISED}{LEVEL}|{LEVEL}{RAISED}")
"""Between the runs of what is one raised text."""


def seen_text(element: Element) -> str:
    """The text of a paragraph, with marks where a page ends. Raised figures do not run into others: `10^6`."""
    return show_raised(_ONE_RAISED.sub("", "".join(_runs(element, 0))))


def as_line(element: Element | None) -> str:
    """All that is seen of an element, as one line."""
    return " ".join(text for paragraph in paragraphs(element) if (text := seen_text(paragraph).strip()))


def paragraphs(element: Element | None) -> Iterator[Element]:
    """All paragraphs in an element, also those of tables and text boxes."""
    for paragraph in descendants(element, "p") if element is not None else ():
        if not any(local(above) in _NOT_SHOWN for above in paragraph.iterancestors()):
            yield paragraph


def is_joined_to_next(paragraph: Element) -> bool:
    """Whether the mark at the end of a paragraph is deleted or moved away, as a tracked change."""
    mark = child(paragraph, "pPr", "rPr")
    return any(is_on(child(mark, name)) for name in ("del", "moveFrom"))


def joined(paragraphs: Iterable[Element]) -> Iterator[list[Element]]:
    """The paragraphs that are one in the final text. Its last one says how it is numbered and set."""
    together: list[Element] = []
    for paragraph in paragraphs:
        together.append(paragraph)
        if not is_joined_to_next(paragraph):
            yield together
            together = []
    if together:
        yield together


def boxes(paragraph: Element) -> Iterator[Element]:
    """Text boxes anchored in the paragraph, each once: the fallback for old programs repeats them."""
    for box in descendants(paragraph, "txbxContent"):
        above = {local(element) for element in box.iterancestors()}
        if "txbxContent" not in above and not above & _NOT_SHOWN:
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
        elif name == "sym":
            yield symbol(part)
        elif name == "checkBox":
            yield TICKED if _is_ticked(part) else EMPTY
        elif name == "ddList":
            yield _chosen(part)
        elif name in _GONE or depth > DEEPEST:
            continue
        elif name == "r":
            yield from _run(part, depth)
        elif name == "AlternateContent":
            yield from (text for choice in children(part, "Choice") for text in _runs(choice, depth + 1))
        else:
            yield from _runs(part, depth + 1)


def _run(run: Element, depth: int) -> Iterator[str]:
    properties = child(run, "rPr")
    if is_on(child(properties, "vanish")):
        return
    is_raised = attribute(child(properties, "vertAlign"), "val") == "superscript"
    if is_raised:
        yield RAISED
    yield from _runs(run, depth + 1)
    if is_raised:
        yield LEVEL


def _is_ticked(box: Element) -> bool:
    """Whether a box of an old form is ticked."""
    checked = child(box, "checked")
    return is_on(checked if checked is not None else child(box, "default"))


def _chosen(choices: Element) -> str:
    """What is chosen in a list of an old form."""
    entries = [attribute(entry, "val") for entry in children(choices, "listEntry")]
    result = child(choices, "result")
    index = whole(attribute(result if result is not None else child(choices, "default"), "val"))
    return entries[index] if index < len(entries) else ""
