"""Office files as small as they can be, made by hand."""

import io
import zipfile
from collections.abc import Mapping, Sequence

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = f'xmlns:r="{_RELATIONS}"'
_KINDS = {"word": "wordprocessingml.document", "ppt": "presentationml.presentation", "xl": "spreadsheetml.sheet"}
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/{part}" '
    'ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
)
CORE = (
    '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:title>{title}</dc:title>'
    "<dc:creator>Ida Holm</dc:creator><dcterms:created>2026-03-01T08:00:00Z</dcterms:created></cp:coreProperties>"
)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relations(**targets: str) -> str:
    """`footnotes="footnotes.xml"`, or `rId1_slide=` when the id matters."""
    items = "".join(
        f'<Relationship Id="{name.partition("_")[0]}" Type="{_RELATIONS}/{name.rpartition("_")[2]}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
    )


def _package(main: str, members: Mapping[str, str | bytes], title: str = "") -> bytes:
    core = {"docProps/core.xml": CORE.format(title=title)} if title else {}
    core_relation = {"core_core-properties": "docProps/core.xml"} if title else {}
    return zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES.format(part=main, kind=_KINDS[main.partition("/")[0]]),
            "_rels/.rels": relations(officeDocument=main, **core_relation),
            **core,
            **members,
        }
    )


def docx(body: str, *, title: str = "", **parts: str) -> bytes:
    """`parts`: `footnotes=`, `comments=`, `styles=`, `numbering=`, `header=`: what stands inside the part's root."""
    members: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {_W} {_R}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(**{name: f"{name}.xml" for name in parts}),
    }
    for name, content in parts.items():
        members[f"word/{name}.xml"] = f"<w:{name} {_W}>{content}</w:{name}>"
    return _package("word/document.xml", members, title)


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def shape(text: str, kind: str = "") -> str:
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    role = f'<p:ph type="{kind}"/>' if kind else ""
    return f"<p:sp><p:nvSpPr><p:nvPr>{role}</p:nvPr></p:nvSpPr><p:txBody>{lines}</p:txBody></p:sp>"


def pptx(slides: Sequence[str], *, notes: Mapping[int, str] | None = None, lost: Sequence[int] = ()) -> bytes:
    """`slides`: what stands in each slide's tree. `notes` by slide number; those in `lost` are left out of the file."""
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in range(1, len(slides) + 1))
    members: dict[str, str | bytes] = {
        "ppt/presentation.xml": f"<p:presentation {_P} {_R}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            **{f"rId{n}_slide": f"slides/slide{n}.xml" for n in range(1, len(slides) + 1)}
        ),
    }
    for number, tree in enumerate(slides, start=1):
        if number not in lost:
            members[f"ppt/slides/slide{number}.xml"] = _slide("sld", tree)
        if words := (notes or {}).get(number):
            members[f"ppt/notesSlides/notes{number}.xml"] = _slide("notes", shape(words, "body") + shape("7", "sldNum"))
            target = f"../notesSlides/notes{number}.xml"
            members[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations(notesSlide=target)
    return _package("ppt/presentation.xml", members)


def _slide(root: str, tree: str) -> str:
    return f"<p:{root} {_P} {_A} {_R}><p:cSld><p:spTree>{tree}</p:spTree></p:cSld></p:{root}>"


def xlsx(sheets: Mapping[str, str], *, strings: Sequence[str] = (), formats: Sequence[str] = ("General",)) -> bytes:
    """`sheets`: name → the `<row>` elements of its data; hidden if the name ends in `!`. `formats` by style number."""
    hidden = {name: 'state="hidden"' if name.endswith("!") else "" for name in sheets}
    listed = "".join(
        f'<sheet name="{name.rstrip("!")}" sheetId="{n}" r:id="rId{n}" {hidden[name]}/>'
        for n, name in enumerate(sheets, start=1)
    )
    codes = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    members: dict[str, str | bytes] = {
        "xl/workbook.xml": f"<workbook {_S} {_R}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            **{f"rId{n}_worksheet": f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)},
            s_sharedStrings="sharedStrings.xml",
            t_styles="styles.xml",
        ),
        "xl/sharedStrings.xml": f"<sst {_S}>{''.join(f'<si><t>{text}</t></si>' for text in strings)}</sst>",
        "xl/styles.xml": f"<styleSheet {_S}><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>",
    }
    for number, rows in enumerate(sheets.values(), start=1):
        members[f"xl/worksheets/sheet{number}.xml"] = f"<worksheet {_S}><sheetData>{rows}</sheetData></worksheet>"
    return _package("xl/workbook.xml", members)


def row(number: int, *cells: str | float, style: int = 0) -> str:
    """A row of texts and numbers, from column A on."""
    written = (
        f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        if isinstance(cell, str)
        else f'<c r="{chr(65 + column)}{number}" s="{style}"><v>{cell}</v></c>'
        for column, cell in enumerate(cells)
    )
    return f'<row r="{number}">{"".join(written)}</row>'
