"""PowerPoint → Document: a page for each slide, with its title, text, tables, charts, notes and comments."""

from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.markup import Element, attribute, child, children, descendants, local
from ingest.loaders.ooxml import Package, drawing_text, paragraph_text, relation_of, write_charts, write_diagram
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_TITLES = frozenset({"title", "ctrTitle"})
_FRAME = frozenset({"sldNum", "dt", "ftr", "hdr"})
_DEEPEST = 30
MAX_COLUMNS = 200


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a presentation. A slide that cannot be read is named in the warnings.

    Raises DocumentError: `damaged`, `empty`, `too_large`.
    """
    package = Package(file, options)
    part = package.main_part("ppt/presentation.xml")
    writer = PageWriter(options, breaks_pages=False)
    authors = _authors(package, part)
    for number, slide in enumerate(_slides(package, part), start=1):
        writer.new_page()
        root = package.optional(slide)
        if root is None:
            writer.warn(f"Slide {number} is damaged and was not read.")
            continue
        _write_slide(writer, package, slide, root, authors)
    return writer.finish(file, package.properties(), empty="The presentation is empty: no slide holds text.")


def _slides(package: Package, part: str) -> list[str]:
    """The slides' parts in the order of the show; where the order is lost, those that are there, by their names."""
    shown = [
        package.target(part, relation_of(slide))
        for listed in children(package.optional(part), "sldIdLst")
        for slide in children(listed, "sldId")
    ]
    if any(shown):
        return [slide or "?" for slide in shown]
    found = [name for name in package.archive.names if name.startswith("ppt/slides/slide") and name.endswith(".xml")]
    return sorted(found, key=lambda name: (len(name), name))


def _authors(package: Package, part: str) -> dict[str, str]:
    roots = [package.related(part, kind) for kind in ("commentAuthors", "authors")]
    return {
        attribute(author, "id"): attribute(author, "name")
        for root in roots
        if root is not None
        for author in descendants(root, "cmAuthor", "author")
    }


def _write_slide(writer: PageWriter, package: Package, slide: str, root: Element, authors: dict[str, str]) -> None:
    tree = child(root, "cSld", "spTree")
    shapes = [] if tree is None else _shapes(tree, 0)
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    for shape in titles:
        words = " ".join(drawing_text(shape))
        writer.heading(f"{words} (hidden slide)" if attribute(root, "show") == "0" else words, 1)
    for shape in shapes:
        if shape not in titles and _placeholder(shape) not in _FRAME:
            _write_shape(writer, package, slide, shape)
    for notes in package.targets(slide, "notesSlide"):
        _write_notes(writer, package.optional(notes))
    for comments in package.targets(slide, "comments"):
        _write_comments(writer, package.optional(comments), authors)


def _shapes(tree: Element, depth: int) -> list[Element]:
    """Shapes and frames in the order they are drawn; groups opened."""
    found: list[Element] = []
    for shape in tree:
        name = local(shape)
        if name in ("sp", "graphicFrame", "cxnSp", "pic"):
            found.append(shape)
        elif name == "grpSp" and depth < _DEEPEST:
            found.extend(_shapes(shape, depth + 1))
        elif name == "AlternateContent":
            choice = next(children(shape, "Choice", "Fallback"), None)
            found.extend(_shapes(choice, depth + 1) if choice is not None and depth < _DEEPEST else [])
    return found


def _placeholder(shape: Element) -> str:
    for properties in shape:
        if local(properties).startswith("nv"):
            return attribute(child(properties, "nvPr", "ph"), "type")
    return ""


def _write_shape(writer: PageWriter, package: Package, slide: str, shape: Element) -> None:
    for table in descendants(shape, "tbl"):
        writer.table(_table_rows(table))
        return
    for chart in descendants(shape, "chart"):
        write_charts(writer, package.optional(package.target(slide, relation_of(chart))))
        return
    for diagram in descendants(shape, "relIds"):
        write_diagram(writer, package.optional(package.target(slide, attribute(diagram, "dm"))))
        return
    body = child(shape, "txBody")
    paragraphs = [paragraph for paragraph in children(body, "p") if paragraph_text(paragraph).strip()]
    is_body = _placeholder(shape) in ("", "body", "obj") and len(paragraphs) > 1
    for paragraph in paragraphs:
        (writer.item if is_body else writer.paragraph)(paragraph_text(paragraph))


def _table_rows(table: Element) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in children(table, "tr"):
        above = rows[-1] if rows else []
        cells: list[str] = []
        for cell in list(children(row, "tc"))[:MAX_COLUMNS]:
            goes_on = attribute(cell, "vMerge") in ("1", "true") and len(cells) < len(above)
            cells.append(above[len(cells)] if goes_on else " ".join(drawing_text(cell)))
        rows.append(cells)
    return rows


def _write_notes(writer: PageWriter, root: Element | None) -> None:
    tree = child(root, "cSld", "spTree")
    shapes = [] if tree is None else _shapes(tree, 0)
    words = [line for shape in shapes if _placeholder(shape) in ("body", "") for line in drawing_text(shape)]
    if words:
        writer.paragraph("Notes: " + "\n".join(words))


def _write_comments(writer: PageWriter, root: Element | None, authors: dict[str, str]) -> None:
    for comment in descendants(root, "cm") if root is not None else ():
        author = authors.get(attribute(comment, "authorId"), "")
        words = " ".join(drawing_text(comment)) or " ".join(part.text or "" for part in children(comment, "text"))
        if words.strip():
            writer.paragraph(f"Comment{f' by {author}' if author else ''}: {words}")
