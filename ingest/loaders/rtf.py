"""RTF → Document: paragraphs and the rows of tables, in the order they stand; then notes, text boxes, headers."""

import re

from ingest.loaders.base import LoadOptions, SourceFile, damaged
from ingest.loaders.writer import PageWriter
from ingest.punctuation import begins_list_item
from ingest.types import Document

_INFO = re.compile(r"\{\\(title|author|subject|keywords) ([^{}\\]+)\}")
_GROUPS = re.compile(r"\\[\\{}]|\{\s*(?:\\\*\s*)?\\(?P<name>footnote|shptxt|header|footer)[lrf]?(?![a-z])|[{}]")
_BINARY = re.compile(r"\\bin\d")
_LABELS = {"footnote": "Footnote", "shptxt": "Text box", "header": "Header", "footer": "Footer"}
_BARE_LABEL = re.compile(rf"^(?:{'|'.join(_LABELS.values())}):[ \t]*$", re.MULTILINE)
_MOST_WITHIN = 2
"""A text box in a header is looked for, nothing in that."""

_ROW = re.compile(r".*\|.*\|\s*")


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read an RTF file. Raises DocumentError: `damaged`, `empty`, `too_large`."""
    writer = PageWriter(options)
    write_rtf(writer, rtf_text(file.data))
    head = file.data[:20_000].decode("cp1252", errors="replace")
    return writer.finish(file, dict(_INFO.findall(head)))


def rtf_text(data: bytes) -> str:
    """The text of RTF; cells of tables end with `|`. Raises DocumentError (`damaged`)."""
    from striprtf.striprtf import rtf_to_text

    try:
        # RTF is 7-bit; what a program wrote beyond it is of the code page it names, mostly this one.
        rtf = _with_asides(data.decode("cp1252", errors="replace"))
        return _BARE_LABEL.sub("", str(rtf_to_text(rtf, errors="replace")))
    except (ValueError, IndexError, KeyError, LookupError, TypeError, RecursionError, AttributeError):
        raise damaged("The RTF file is damaged.") from None


def _with_asides(rtf: str) -> str:
    """RTF with its notes, text boxes, headers and footers as paragraphs at its end too: striprtf leaves out what is not
    in the flow of the text."""
    if _BINARY.search(rtf):
        return rtf  # braces are no groups in there
    opened: list[tuple[str, int]] = []
    asides: dict[str, None] = {}
    within = 0
    for token in _GROUPS.finditer(rtf):
        if token[0].startswith("{"):
            opened.append((token["name"] or "", token.end()))
            within += bool(token["name"])
        elif token[0] == "}" and opened:
            name, start = opened.pop()
            if name and within <= _MOST_WITHIN:
                asides[f"{{\\par\\pard {_LABELS[name]}: {rtf[start : token.start()]}}}"] = None
            within -= bool(name)
            if not opened:
                return "".join((rtf[: token.start()], *asides, rtf[token.start() :]))
    return rtf


def write_rtf(writer: PageWriter, text: str) -> None:
    table: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if _ROW.fullmatch(line):
            table.append([cell.strip() for cell in line.strip().rstrip("|").split("|")])
            continue
        if table:
            writer.table(table, headers=int(len(table) > 1))
            table = []
        if begins_list_item(line.strip()):
            writer.item(line, mark="")
        else:
            writer.paragraph(line)
