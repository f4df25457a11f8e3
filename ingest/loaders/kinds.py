"""What a file is: by its content where that can be told, by its suffix where not."""

import io
import itertools
import re
import zipfile

PDF_HEADER = b"%PDF-"
PDF_HEADER_WITHIN = 1024
"""Readers accept junk before the header if it stands within the first 1024 bytes (Adobe's implementation note to
ISO 32000, 7.5.2)."""

START_BYTES = 4096
"""So much of a file's beginning tells whether it is worth reading."""

ZIP_HEADER = b"PK\x03\x04"
OLE_HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""OLE compound file, MS-CFB 2.2: Office up to 2003, Outlook messages, and newer Office files that are encrypted."""

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_CALENDAR = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:VCALENDAR\s", re.IGNORECASE)
_MBOX = re.compile(rb"From \S+.*\d\d:\d\d(?::\d\d)?.*\r?\n[\w-]+:")

_FIELD = re.compile(rb"[!-9;-~]+")
_MAIL_FIELDS = ({b"mime-version"}, {b"from", b"subject"}, {b"received", b"return-path"})
"""What begins with fields among which are all of one of these is a mail or a web archive (MHTML)."""

_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_OOXML_FOLDERS = {"word": "docx", "ppt": "pptx", "xl": "xlsx"}
_OLE_STREAMS = {
    "EncryptedPackage": "locked_office",
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "ppt",
    "__properties_version1.0": "msg",
}
_BINARY_KINDS = frozenset(
    "pdf docx pptx xlsx xls doc ppt locked_office odf epub rtf msg zip image".split()  # noqa: SIM905
)
"""Kinds whose content is always told by its first bytes: other content under their suffix is something else."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(suffix: str, data: bytes, by_suffix: str | None) -> str | None:
    """The kind (a loader's module) of a file whose bytes, or first START_BYTES, are `data`.

    `by_suffix` is the kind its suffix stands for. None when it cannot be read: neither its content nor its suffix is
    known, or it is not what its suffix says.
    """
    if told := _by_content(suffix, data):
        return told
    if by_suffix and by_suffix not in _BINARY_KINDS:
        return by_suffix
    if _is_mail(data):
        return "eml"
    return _kind_of_text(suffix, data, by_suffix) if looks_like_text(data) else None


def looks_like_text(data: bytes) -> bool:
    """Whether the first bytes are UTF-8 or UTF-16 text without control characters."""
    start = data[:START_BYTES]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if _CONTROL.search(start):
        return False
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(start) - 4 and len(data) >= START_BYTES  # a character cut at the end
    return bool(start.strip())


def _by_content(suffix: str, data: bytes) -> str | None:
    start = data[:START_BYTES]
    if start.startswith(PDF_HEADER) or (suffix == ".pdf" and PDF_HEADER in start[:PDF_HEADER_WITHIN]):
        return "pdf"
    if start.startswith(ZIP_HEADER):
        return zip_kind(data)
    if start.startswith(OLE_HEADER):
        return ole_kind(data)
    if start.startswith(b"{\\rtf"):
        return "rtf"
    is_bitmap = suffix == ".bmp" and start.startswith(b"BM")
    is_webp = start.startswith(b"RIFF") and start[8:12] == b"WEBP"
    return "image" if start.startswith(_PICTURES) or is_bitmap or is_webp else None


def _kind_of_text(suffix: str, data: bytes, by_suffix: str | None) -> str | None:
    """Text without a known suffix, or under the name of an Office file: programs export web pages and tables like
    that, and Office opens them."""
    if _HTML.match(data):
        return "html" if suffix != ".pdf" else None
    if by_suffix is None and _CALENDAR.match(data):
        return "calendar"
    if by_suffix is None:
        return "mbox" if _MBOX.match(data) else "plain_text"
    if suffix == ".xls" and re.search(rb"[\t;,]", data[:START_BYTES]):
        return "csv"
    return "plain_text" if suffix == ".doc" else None


def _is_mail(data: bytes) -> bool:
    """Whether it begins with the head of a mail: mails without a suffix, and what programs save under another one."""
    lines = data[:START_BYTES].lstrip().splitlines()
    if len(data) >= START_BYTES:
        del lines[-1:]  # cut in the middle
    if lines and lines[0].strip().isdigit():
        del lines[0]  # the length, in the files of Apple's Mail
    fields: set[bytes] = set()
    for line in itertools.takewhile(bytes.strip, lines):
        if line.startswith((b" ", b"\t")):
            continue
        name, colon, _ = line.partition(b":")
        if not colon or not _FIELD.fullmatch(name):
            return False
        fields.add(name.lower())
    return any(needed <= fields for needed in _MAIL_FIELDS)


def zip_kind(data: bytes) -> str:
    """What a ZIP file holds: an Office document, a book, or files (`zip`)."""
    names, mimetype = _zip_names(data)
    if mimetype.startswith(_OPEN_DOCUMENT):
        return "odf"
    if mimetype.startswith(b"application/epub+zip") or "META-INF/container.xml" in names:
        return "epub"
    folders = {name.partition("/")[0] for name in names}
    if "[Content_Types].xml" in names or "_rels/.rels" in names:
        if "xl/workbook.bin" in names:
            return "xls"
        return next((kind for folder, kind in _OOXML_FOLDERS.items() if folder in folders), "zip")
    return "odf" if {"content.xml", "META-INF/manifest.xml"} <= names else "zip"


def _zip_names(data: bytes) -> tuple[set[str], bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            return names, archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        heads = re.findall(rb"PK\x03\x04.{22}(..)..", data, re.DOTALL)
        starts = (match.end() for match in re.finditer(rb"PK\x03\x04.{26}", data, re.DOTALL))
        names = {
            data[start : start + int.from_bytes(length, "little")].decode("utf-8", errors="replace")
            for start, length in zip(starts, heads, strict=False)
        }
        found = re.search(rb"mimetype(application/[\w.+-]+)", data[:200])
        return names, found.group(1) if found else b""


def ole_kind(data: bytes) -> str | None:
    """What an OLE compound file holds, by the names of its streams."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return next((kind for name, kind in _OLE_STREAMS.items() if ole.exists(name)), None)
    except (OSError, ValueError, IndexError, TypeError, AttributeError):
        return None
