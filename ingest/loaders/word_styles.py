"""What Word's paragraph styles say: which are headings and how deep, and which are in a list."""

from dataclasses import dataclass

from ingest.loaders.markup import Element, attribute, child, children, whole

_HEADING = "heading "


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: its heading level (0 for none), and its list with the depth in it."""

    name: str = ""
    level: int = 0
    list_id: str = ""
    depth: int = 0


def read_styles(root: Element | None) -> dict[str, Style]:
    """The styles by their ids."""
    elements = {attribute(style, "styleId"): style for style in children(root, "style")}
    return {key: _style(elements, key) for key in elements}


def outline_level(properties: Element | None) -> int:
    """1 to 9, 0 for body text."""
    written = attribute(child(properties, "outlineLvl"), "val")
    return whole(written, 9) + 1 if whole(written, 9) < 9 else 0


def _style(elements: dict[str, Element], key: str) -> Style:
    """What a style says, or the nearest one that it is based on."""
    name, level, list_id, depth = "", 0, "", 0
    seen: set[str] = set()
    while key in elements and key not in seen:
        seen.add(key)
        element = elements[key]
        called = attribute(child(element, "name"), "val").lower()
        name = name or called
        properties = child(element, "pPr")
        level = level or outline_level(properties) or _level_by_name(called)
        listed = child(properties, "numPr")
        if not list_id and listed is not None:
            list_id = attribute(child(listed, "numId"), "val")
            written = attribute(child(listed, "ilvl"), "val")
            depth = whole(written)
        key = attribute(child(element, "basedOn"), "val")
    return Style(name, level, list_id, depth)


def _level_by_name(name: str) -> int:
    if name == "title":
        return 1
    digits = name.removeprefix(_HEADING)
    return whole(digits) if name.startswith(_HEADING) and whole(digits) <= 9 else 0
