"""Where the author of an OpenDocument text begins pages: it stands in the styles of paragraphs and tables."""

from dataclasses import dataclass

from ingest.loaders.markup import Element, attribute, child, children, local, names

_APART = names("table-cell text-box custom-shape annotation note")
"""Programs begin no page within these, whatever the style."""
_FAMILIES = {"p": "paragraph", "h": "paragraph", "table": "table"}


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says itself: None for what the one that it is based on says."""

    parent: str
    page: str | None
    before: str | None
    after: str | None


class PageBreaks:
    """`groups`: elements that hold styles; the first that knows a name has the word."""

    def __init__(self, *groups: Element | None) -> None:
        self._styles: dict[tuple[str, str], _Style] = {}
        for group in groups:
            for style in children(group, "style"):
                key = attribute(style, "family"), attribute(style, "name")
                self._styles.setdefault(key, _read_style(style, key[0]))

    def before(self, block: Element) -> bool:
        """Whether the paragraph or table begins a page. So does one that changes the kind of page."""
        found = self._chain(block)
        is_broken = next((style.before for style in found if style.before is not None), "") == "page"
        changes_kind = bool(next((style.page for style in found if style.page is not None), ""))
        return (is_broken or changes_kind) and not _stands_apart(block)

    def after(self, block: Element) -> bool:
        """Whether what follows the paragraph or table begins a page."""
        is_broken = next((style.after for style in self._chain(block) if style.after is not None), "") == "page"
        return is_broken and not _stands_apart(block)

    def _chain(self, block: Element) -> list[_Style]:
        """The block's style, and those that it is based on."""
        family = _FAMILIES[local(block)]
        name = attribute(block, "style-name")
        chain: dict[str, _Style] = {}
        while (family, name) in self._styles and name not in chain:
            chain[name] = self._styles[family, name]
            name = chain[name].parent
        return list(chain.values())


def _stands_apart(block: Element) -> bool:
    return any(local(above) in _APART for above in block.iterancestors())


def _read_style(style: Element, family: str) -> _Style:
    properties = child(style, f"{family}-properties")
    return _Style(
        parent=attribute(style, "parent-style-name"),
        page=_value(style, "master-page-name"),
        before=_value(properties, "break-before"),
        after=_value(properties, "break-after"),
    )


def _value(element: Element | None, name: str) -> str | None:
    """An attribute, None where it is missing: an empty one takes back what the style below says."""
    if element is None or not any(key.rpartition("}")[2] == name for key in element.attrib):
        return None
    return attribute(element, name)
