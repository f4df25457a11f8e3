"""E-books (EPUB) → Document: the chapters in the order of reading."""

import posixpath
from urllib.parse import unquote

from config.errors import DocumentError
from ingest.loaders.archive import Archive
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.html import decode_html, html_to
from ingest.loaders.markup import Element, attribute, child, children, descendants, local, parse_xml, text_of
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_META = {
    "title": "title",
    "creator": "author",
    "subject": "subject",
    "description": "description",
    "date": "created",
    "publisher": "publisher",
    "language": "language",
}
_PAGES = (".xhtml", ".html", ".htm")


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a book. A chapter that cannot be read is named in the warnings.

    Raises DocumentError: `damaged`, `locked` for a book with copy protection, `empty`, `too_large`.
    """
    archive = Archive(file.data, options.passwords)
    writer = PageWriter(options)
    package = _package(archive)
    for name in _chapters(archive, package):
        writer.new_page()
        try:
            html_to(writer, decode_html(archive.read(name)))
        except DocumentError as error:
            if error.status == "too_large":
                raise
            writer.warn(f"The chapter {name} was not read: {error.message}")
    if not writer.has_text and "META-INF/encryption.xml" in archive:
        raise DocumentError(
            "The book is copy-protected: its text is encrypted.", "Ask its seller for a copy without.", status="locked"
        )
    metadata = child(package[1], "metadata") if package else None
    found: dict[str, str] = {}
    for item in children(metadata, *_META):
        found.setdefault(_META[local(item)], text_of(item))
    return writer.finish(file, found)


def _package(archive: Archive) -> tuple[str, Element] | None:
    """The package file's name and root, None when there is none that can be read."""
    names = [name for name in archive.names if name.endswith(".opf")]
    try:
        container = parse_xml(archive.read("META-INF/container.xml"))
        names = [attribute(root, "full-path") for root in descendants(container, "rootfile")] + names
    except DocumentError:
        pass
    for name in names:
        try:
            return name, parse_xml(archive.read(name))
        except DocumentError:
            continue
    return None


def _chapters(archive: Archive, package: tuple[str, Element] | None) -> list[str]:
    """The pages in the order of the spine; by name where that is lost."""
    if package:
        name, root = package
        items = {attribute(item, "id"): attribute(item, "href") for item in descendants(root, "item")}
        order = (items.get(attribute(item, "idref"), "") for item in descendants(root, "itemref"))
        folder = posixpath.dirname(name)
        paths = [posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0]))) for href in order if href]
        if found := [path for path in paths if path in archive]:
            return found
    return sorted(name for name in archive.names if name.lower().endswith(_PAGES))
