"""What a reader sees of a web page's elements, as text."""

import re
from collections.abc import Iterator, Sequence

from ingest.loaders.markup import Element, local, names
from ingest.loaders.raised import LEVEL, RAISED, show_raised, unmarked

_UNSEEN = names(
    "head script style noscript template svg canvas iframe object embed audio video map nav menu button select option"
    " datalist input textarea dialog"
)
_ROLES_UNSEEN = frozenset({"navigation", "banner", "search", "menu", "menubar", "toolbar", "contentinfo"})
FRAME = frozenset({"header", "footer", "aside"})
BLOCKS = names(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hr"
    " html li main ol p pre section summary table ul h1 h2 h3 h4 h5 h6"
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE)


def seen_text(element: Element, without: Sequence[Element] = ()) -> str:
    """The text of an element on one line, without what is hidden and without these elements in it."""
    return re.sub(r"\s+", " ", show_raised("".join(_pieces(element, without, edge=" "))))


def set_text(element: Element) -> str:
    """The text of an element with its lines and spaces as they stand (`pre`)."""
    return show_raised("".join(_pieces(element, (), edge="")))


def is_unseen(element: Element, name: str) -> bool:
    if name in _UNSEEN or element.get("hidden") is not None or element.get("role") in _ROLES_UNSEEN:
        return True
    if name in FRAME and _is_of_the_page(element):
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))


def marks_around(element: Element) -> tuple[str, str]:
    """What stands before and behind the text of an element until `show_raised`."""
    is_raised = local(element) == "sup" or _RAISED_STYLE.search(element.get("style") or "")
    return (RAISED, LEVEL) if is_raised else ("", "")


def _pieces(root: Element, without: Sequence[Element], *, edge: str) -> Iterator[str]:
    """The texts in an element, with `edge` on both sides of a block; not by recursion, for pages nest deeply."""
    waiting: list[Element | str] = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
            continue
        name = local(part)
        if part is not root and (not name or part in without or is_unseen(part, name)):
            continue
        around = edge if name in BLOCKS and part is not root else ""
        before, behind = marks_around(part)
        inner: list[Element | str] = [around, "\n" if name == "br" else before, unmarked(part.text or "")]
        for child in part:
            inner += [child, unmarked(child.tail or "")]
        waiting += [around, behind, *reversed(inner)]


def _is_of_the_page(element: Element) -> bool:
    """Whether a header, footer or aside is the page's, not an article's."""
    return not any(local(above) in ("article", "main", "section", "blockquote") for above in element.iterancestors())
