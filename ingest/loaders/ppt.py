"""PowerPoint up to 2003 (MS-PPT) → Document: a page for each slide, with its text and notes."""

import struct
from collections.abc import Iterator

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.locked_office import unlock
from ingest.loaders.ole import open_ole, properties, stream
from ingest.loaders.writer import PageWriter
from ingest.types import Document

# Record types (MS-PPT 2.13.24).
_SLIDE, _NOTES, _LIST, _PLACE, _PERSIST = 1006, 1008, 4080, 1011, 6002
_HEADER, _CHARACTERS, _BYTES = 3999, 4000, 4008
_TITLES = frozenset({0, 6})
_CONTAINER = 0xF
_SLIDES, _NOTES_LIST = 0, 2
_DEEPEST = 40
_NO_TEXT = frozenset({"*", "Click to edit Master title style"})
_ENCRYPTED_USER = 0xF3D1C4DF

Text = tuple[bool, str]
"""Whether it is a title, and the words."""


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read an old presentation. Raises DocumentError: `locked`, `damaged`, `empty`."""
    ole = open_ole(file.data)
    try:
        if _is_locked(stream(ole, "Current User")):
            ole = open_ole(unlock(file.data, options))
        data = stream(ole, "PowerPoint Document")
        slides, notes = _texts(data)
    except (struct.error, OSError):
        raise DocumentError(
            "The presentation is damaged: its slides cannot be found.",
            "Open it with the program that made it and save it as .pptx.",
            status="damaged",
        ) from None
    writer = PageWriter(options, breaks_pages=False)
    for number, texts in enumerate(slides):
        writer.new_page()
        for is_title, words in texts:
            if is_title:
                writer.heading(words, 1)
            else:
                for line in words.split("\r"):
                    (writer.item if "\r" in words.strip() else writer.paragraph)(line)
        if number < len(notes) and notes[number]:
            writer.paragraph("Notes: " + "\n".join(words for _, words in notes[number]))
    return writer.finish(file, properties(ole), empty="The presentation is empty: no slide holds text.")


def _is_locked(current_user: bytes) -> bool:
    return len(current_user) >= 16 and struct.unpack_from("<I", current_user, 12)[0] == _ENCRYPTED_USER


def _texts(data: bytes) -> tuple[list[list[Text]], list[list[Text]]]:
    """The texts of each slide, and of each slide's notes: those listed in the outline, then those only drawn."""
    places = _places(data)
    outline: dict[int, list[tuple[int, list[Text]]]] = {_SLIDES: [], _NOTES_LIST: []}
    for kind, instance, start, end in _records(data, 0, len(data)):
        if kind == _LIST and instance in outline:
            outline[instance] = list(_listed(data, start, end))
    found = []
    for instance, kind in ((_SLIDES, _SLIDE), (_NOTES_LIST, _NOTES)):
        pages = []
        for identity, texts in outline[instance]:
            place = places.get(identity, -1)
            drawn = list(_drawn(data, place, kind))
            pages.append(texts + [text for text in drawn if text[1] not in {words for _, words in texts}])
        found.append(pages)
    return found[0], found[1]


def _places(data: bytes) -> dict[int, int]:
    """Persist id → where its record stands; later directories replace what earlier ones say."""
    places: dict[int, int] = {}
    for kind, _, start, end in _records(data, 0, len(data)):
        place = start
        while kind == _PERSIST and place + 4 <= end:
            first = struct.unpack_from("<I", data, place)[0]
            identity, count = first & 0xFFFFF, first >> 20
            offsets = struct.unpack_from(f"<{count}I", data, place + 4) if place + 4 + 4 * count <= end else ()
            places.update((identity + index, offset) for index, offset in enumerate(offsets))
            place += 4 + 4 * count
    return places


def _listed(data: bytes, start: int, end: int) -> Iterator[tuple[int, list[Text]]]:
    identity, texts, title = 0, list[Text](), False
    for kind, _, first, last in _records(data, start, end):
        if kind == _PLACE:
            if identity:
                yield identity, texts
            identity, texts = struct.unpack_from("<I", data, first)[0], []
        elif kind == _HEADER:
            title = struct.unpack_from("<I", data, first)[0] in _TITLES
        elif words := _words(data, kind, first, last):
            texts.append((title, words))
    if identity:
        yield identity, texts


def _drawn(data: bytes, place: int, wanted: int) -> Iterator[Text]:
    if not 0 <= place < len(data) - 8:
        return
    _, kind, length = struct.unpack_from("<HHI", data, place)
    if kind != wanted:
        return
    title = False
    for inner, _, first, last in _records(data, place + 8, min(len(data), place + 8 + length)):
        if inner == _HEADER and last - first >= 4:
            title = struct.unpack_from("<I", data, first)[0] in _TITLES
        elif words := _words(data, inner, first, last):
            yield title, words


def _words(data: bytes, kind: int, start: int, end: int) -> str:
    if kind == _CHARACTERS:
        text = data[start:end].decode("utf-16-le", errors="replace")
    elif kind == _BYTES:
        text = data[start:end].decode("latin-1")
    else:
        return ""
    text = text.replace("\x0b", " ").strip()
    return "" if text in _NO_TEXT else text


def _records(data: bytes, start: int, end: int, depth: int = 0) -> Iterator[tuple[int, int, int, int]]:
    """(type, instance, start, end) of each record, those inside containers too."""
    while start + 8 <= end:
        head, kind, length = struct.unpack_from("<HHI", data, start)
        first, last = start + 8, min(end, start + 8 + length)
        yield kind, head >> 4, first, last
        if head & 0xF == _CONTAINER and depth < _DEEPEST:
            yield from _records(data, first, last, depth + 1)
        start = last
