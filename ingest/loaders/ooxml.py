"""Office Open XML (ECMA-376): parts of the package, how they are related, what the document says about itself."""

import posixpath
from collections.abc import Iterator

from config.errors import DocumentError
from ingest.loaders.archive import Archive
from ingest.loaders.base import LoadOptions, SourceFile, damaged
from ingest.loaders.markup import Element, attribute, child, children, descendants, local, parse_xml, text_of, whole
from ingest.loaders.writer import PageWriter

_PROPERTIES = {
    "title": "title",
    "creator": "author",
    "subject": "subject",
    "description": "description",
    "keywords": "keywords",
    "created": "created",
    "modified": "modified",
    "category": "category",
}


class Package:
    """An Office file's parts by name. Parts are found by relations; where those are broken, by their usual names."""

    def __init__(self, file: SourceFile, options: LoadOptions) -> None:
        """Raises DocumentError: `damaged`, `too_large`."""
        self.archive = Archive(file.data, options.passwords)
        self._relations: dict[str, dict[str, tuple[str, str]]] = {}

    def main_part(self, usual: str) -> str:
        for kind, target in self._related("").values():
            if kind == "officeDocument" and target in self.archive:
                return target
        if usual not in self.archive:
            raise damaged(f"The file is damaged: its main part {usual} is missing.")
        return usual

    def root(self, part: str) -> Element:
        """Raises DocumentError (`damaged`) when the part is missing or unreadable."""
        return parse_xml(self.archive.read(part))

    def optional(self, part: str) -> Element | None:
        """The part's root, None when it is missing or unreadable."""
        try:
            return self.root(part) if part in self.archive else None
        except DocumentError as error:
            if error.status == "too_large":
                raise
            return None

    def target(self, part: str, relation: str) -> str:
        """The part that `part` refers to by this id, empty if there is none."""
        return self._related(part).get(relation, ("", ""))[1]

    def targets(self, part: str, kind: str) -> list[str]:
        """The parts of this kind that `part` refers to (`footnotes`, `notesSlide`, …)."""
        return [target for found, target in self._related(part).values() if found == kind]

    def related(self, part: str, kind: str) -> Element | None:
        return next((root for target in self.targets(part, kind) if (root := self.optional(target)) is not None), None)

    def properties(self) -> dict[str, str]:
        """Title, author and so on, from the core properties."""
        root = self.related("", "core-properties")
        if root is None:
            root = self.optional("docProps/core.xml")
        found = {_PROPERTIES[local(item)]: text_of(item) for item in children(root, *_PROPERTIES)}
        return {name: value for name, value in found.items() if value.strip()}

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id → (kind, part)."""
        if part not in self._relations:
            folder, name = posixpath.split(part)
            root = self.optional(posixpath.join(folder, "_rels", f"{name}.rels"))
            self._relations[part] = {
                relation.get("Id", ""): (
                    relation.get("Type", "").rpartition("/")[2],
                    posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
                )
                for relation in children(root, "Relationship")
                if relation.get("TargetMode") != "External"
            }
        return self._relations[part]


def write_charts(writer: PageWriter, root: Element | None) -> None:
    """A chart's title and the figures it shows, as a table: categories down, series across."""
    chart = child(root, "chart")
    if chart is None:
        return
    title = " ".join(text_of(run) for part in children(chart, "title") for run in descendants(part, "t"))
    writer.paragraph(f"Chart: {title}" if title.strip() else "")
    series = [serial for plot in descendants(chart, "plotArea") for serial in descendants(plot, "ser")]
    names = [" ".join(_points(child(serial, "tx")).values()) for serial in series]
    values = [
        _points(child(serial, "val") if child(serial, "val") is not None else child(serial, "yVal"))
        for serial in series
    ]
    categories: dict[int, str] = {}
    for serial in series:
        found = child(serial, "cat") if child(serial, "cat") is not None else child(serial, "xVal")
        categories = {**_points(found), **categories}
    rows = [[categories.get(index, ""), *(column.get(index, "") for column in values)] for index in sorted(categories)]
    if rows and any(any(row[1:]) for row in rows):
        writer.table([["", *names], *rows])


def write_diagram(writer: PageWriter, data: Element | None) -> None:
    """The words of a SmartArt, from the part that holds its data."""
    for words in drawing_text(data) if data is not None else ():
        writer.item(words)


def _points(element: Element | None) -> dict[int, str]:
    if element is None:
        return {}
    return {whole(point.get("idx", "")): text_of(child(point, "v")) for point in descendants(element, "pt")}


def drawing_text(element: Element) -> Iterator[str]:
    """The paragraphs of a DrawingML text (shapes, tables' cells, SmartArt)."""
    for paragraph in descendants(element, "p"):
        words = paragraph_text(paragraph)
        if words.strip():
            yield words


def paragraph_text(paragraph: Element) -> str:
    parts: list[str] = []
    for part in paragraph.iter():
        name = local(part)
        if name == "t":
            parts.append(part.text or "")
        elif name == "br":
            parts.append("\n")
        elif name == "tab":
            parts.append("\t")
    return "".join(parts)


def relation_of(element: Element) -> str:
    """The id of the relation an element names: its attribute `id` that has a namespace."""
    return next((str(value) for key, value in element.attrib.items() if key.endswith("}id")), "")


def is_on(element: Element | None) -> bool:
    """Whether a switch (`<w:vanish/>`, `w:val="0"`) is there and on."""
    return element is not None and attribute(element, "val", "1") not in ("0", "false", "off", "none")
