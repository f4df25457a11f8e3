"""What a PDF holds besides its print, as pdfium gives it: values of form fields, comments, attached files.

Each field and each comment becomes one line, sanitised. What is hidden from the reader, and passwords, are left out.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingest.loaders.lines import Attachment, clean

MAX_ANNOTATIONS = 5_000
"""Read of one page, links included. The fullest tax form at hand has 200."""

MAX_NOTE_CHARACTERS = 20_000
"""Kept of one field or comment: a form's text boxes hold a page or two."""

MAX_ATTACHMENTS = 100
MAX_ATTACHED_BYTES = 128 * 1024 * 1024
"""Of all attached files together, unpacked: an eighth of what a reading process may take (`ingest.memory_mb`)."""

_HIDDEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_PASSWORD_FLAG = 1 << 13  # ISO 32000-1, table 228
_WITHOUT_COMMENT = frozenset(
    {raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_MOVIE, raw.FPDF_ANNOT_SCREEN, raw.FPDF_ANNOT_WATERMARK}
)
_CHOICES = frozenset({raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX})
_MAX_OPTIONS = 1_000
_SAYS_NO_MORE_THAN_YES = re.compile(r"yes|on|true|ja|oui|x|\d*", re.IGNORECASE)
_BY_DESIGNERS = re.compile(r"\[\d+\]|#\w+|\b(?:topmostsubform|form\d*|page\d+)\b", re.IGNORECASE)
"""Parts of a field's name that its form's designer made up by itself: `topmostSubform[0].Page1[0].City[0]`."""


@contextmanager
def form_of(document: pdfium.PdfDocument) -> Iterator[raw.FPDF_FORMHANDLE | None]:
    """The document's form, None if it has none. No script of it is run."""
    if raw.FPDF_GetFormType(document) == raw.FORMTYPE_NONE:
        yield None
        return
    settings = raw.FPDF_FORMFILLINFO(version=2)
    form = raw.FPDFDOC_InitFormFillEnvironment(document, settings)
    try:
        yield form or None
    finally:
        if form:
            raw.FPDFDOC_ExitFormFillEnvironment(form)


class AttachedFiles:
    """The files attached to a document or to one of its pages, as far as the bounds allow."""

    def __init__(self) -> None:
        self.found: list[Attachment] = []
        self.left_out = 0
        self._spent = 0

    def add_all_of(self, document: pdfium.PdfDocument) -> None:
        for index in range(max(0, raw.FPDFDoc_GetAttachmentCount(document))):
            self.add(raw.FPDFDoc_GetAttachment(document, index))

    def add(self, handle: raw.FPDF_ATTACHMENT) -> None:
        """Read one, or count it as left out: past the bounds, or without content that can be unpacked."""
        is_one_more = bool(handle) and len(self.found) < MAX_ATTACHMENTS
        data = _content(handle, MAX_ATTACHED_BYTES - self._spent) if is_one_more else None
        if data is None:
            self.left_out += 1
            return
        self._spent += len(data)
        name = clean(_string(partial(raw.FPDFAttachment_GetName, handle)))
        self.found.append(Attachment(name or "attachment", data))


def read_notes(
    page: pdfium.PdfPage, form: raw.FPDF_FORMHANDLE | None, attached: AttachedFiles
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A page's form fields, as `label: value`, and its comments, each once; files pinned to it go to `attached`."""
    filled: dict[str, bool] = {}
    comments: dict[str, None] = {}
    for annotation in _annotations(page):
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind == raw.FPDF_ANNOT_WIDGET:
            line, is_filled = _field(annotation, form)
            if line:
                filled[line] = is_filled
            continue
        if kind == raw.FPDF_ANNOT_FILEATTACHMENT:
            attached.add(raw.FPDFAnnot_GetFileAttachment(annotation))
        if kind not in _WITHOUT_COMMENT and (line := _comment(annotation)):
            comments[line] = None
    # In a form that nobody filled in, boxes without a cross say nothing.
    return tuple(filled) if any(filled.values()) else (), tuple(comments)


def _annotations(page: pdfium.PdfPage) -> Iterator[raw.FPDF_ANNOTATION]:
    """Those that are shown; each is closed when the next one is asked for."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if not raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
                yield annotation
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _field(annotation: raw.FPDF_ANNOTATION, form: raw.FPDF_FORMHANDLE | None) -> tuple[str, bool]:
    """`label: value`, empty if there is nothing to say, and whether somebody filled it in."""
    if form is None or raw.FPDFAnnot_GetFormFieldType(form, annotation) < 0:
        return _field_without_form(annotation)
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        return _box(annotation, form, kind)
    if kind == raw.FPDF_FORMFIELD_TEXTFIELD:
        if raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD_FLAG:
            return "", False
        value = _of_field(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    elif kind in _CHOICES:
        value = _chosen(annotation, form) or _of_field(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    else:  # push buttons and signatures hold no words
        return "", False
    return (f"{_label(annotation, form)}: {value}", True) if _says_something(value) else ("", False)


def _says_something(value: str) -> bool:
    return any(map(str.isalnum, value))


def _field_without_form(annotation: raw.FPDF_ANNOTATION) -> tuple[str, bool]:
    """A field that is on the page and in no form, as a page cut out of a form has them."""
    value = _entry(annotation, b"V") if _entry(annotation, b"FT") in ("Tx", "Ch") else ""
    label = _choose_label(_entry(annotation, b"TU"), _entry(annotation, b"T"))
    return (f"{label}: {value}", True) if _says_something(value) else ("", False)


def _box(annotation: raw.FPDF_ANNOTATION, form: raw.FPDF_FORMHANDLE, kind: int) -> tuple[str, bool]:
    """A check box or radio button. Its appearance says whether it has its cross, and is named for what that means."""
    label = _label(annotation, form)
    appearance = _entry(annotation, b"AS")
    if appearance in ("", "Off"):
        return (f"{label}: not checked", False) if kind == raw.FPDF_FORMFIELD_CHECKBOX else ("", False)
    means = _of_field(raw.FPDFAnnot_GetFormFieldValue, form, annotation) if appearance.isdecimal() else appearance
    if kind == raw.FPDF_FORMFIELD_RADIOBUTTON and means:
        return f"{label}: {means}", True
    return f"{label}: checked" + ("" if _SAYS_NO_MORE_THAN_YES.fullmatch(means) else f" ({means})"), True


def _chosen(annotation: raw.FPDF_ANNOTATION, form: raw.FPDF_FORMHANDLE) -> str:
    """The options chosen, as the form shows them."""
    chosen = (
        _string(partial(raw.FPDFAnnot_GetOptionLabel, form, annotation, i))
        for i in range(min(raw.FPDFAnnot_GetOptionCount(form, annotation), _MAX_OPTIONS))
        if raw.FPDFAnnot_IsOptionSelected(form, annotation, i)
    )
    return ", ".join(filter(None, map(clean, chosen)))


def _label(annotation: raw.FPDF_ANNOTATION, form: raw.FPDF_FORMHANDLE) -> str:
    """What the form calls the field to its reader, else its name."""
    shown = _of_field(raw.FPDFAnnot_GetFormFieldAlternateName, form, annotation)
    return _choose_label(shown, _of_field(raw.FPDFAnnot_GetFormFieldName, form, annotation))


def _choose_label(shown: str, name: str) -> str:
    return shown.rstrip(" .:") or _without_designers_parts(name) or "Field"


def _without_designers_parts(name: str) -> str:
    return ".".join(part for part in _BY_DESIGNERS.sub("", name).split(".") if part.strip())


def _comment(annotation: raw.FPDF_ANNOTATION) -> str:
    words = _entry(annotation, b"Contents")
    author = _entry(annotation, b"T")
    return f"Comment by {author}: {words}" if words and author else f"Comment: {words}" if words else ""


def _entry(annotation: raw.FPDF_ANNOTATION, key: bytes) -> str:
    return clean(_string(partial(raw.FPDFAnnot_GetStringValue, annotation, key)))


def _of_field(read: Callable[..., int], form: raw.FPDF_FORMHANDLE, annotation: raw.FPDF_ANNOTATION) -> str:
    return clean(_string(partial(read, form, annotation)))


def _string(read: Callable[[object, int], int]) -> str:
    """What a function of pdfium writes as UTF-16 into a buffer, whose size in bytes it names when asked with none."""
    size = read(None, 0)
    if not 2 < size < 1 << 30:
        return ""
    buffer = ctypes.create_string_buffer(size)
    written = read(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: min(size, written)].decode("utf-16-le", errors="ignore").rstrip("\0")[:MAX_NOTE_CHARACTERS]


def _content(handle: raw.FPDF_ATTACHMENT, most: int) -> bytes | None:
    """The file's bytes; None when there are more than `most`, or it cannot be unpacked."""
    size = ctypes.c_ulong()
    if not raw.FPDFAttachment_GetFile(handle, None, 0, size) or not 0 < size.value <= most:
        return None
    buffer = ctypes.create_string_buffer(size.value)
    if not raw.FPDFAttachment_GetFile(handle, buffer, size.value, size):
        return None
    return buffer.raw[: size.value]
