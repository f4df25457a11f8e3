"""OpenDocument files: pages, numbers, and what stands within tables and boxes."""

from pathlib import Path

import pytest

from ingest.loaders.writer import PAGE_CHARACTERS
from ingest.types import BlockKind, Document
from tests.ingest.office import zipped
from tests.ingest.test_loaders_text import blocks, load

SPACES = 'xmlns:o="o" xmlns:t="t" xmlns:table="b" xmlns:d="d" xmlns:s="s" xmlns:fo="f"'
SOFT = "<t:soft-page-break/>"


def opendocument(body: str, *, automatic: str = "", named: str = "", kind: str = "text") -> bytes:
    """`automatic`: the styles beside the text; `named`: those that have names, in a part of their own."""
    automatic = f"<o:automatic-styles>{automatic}</o:automatic-styles>"
    content = f"{automatic}<o:body><o:{kind}>{body}</o:{kind}></o:body>"
    stray = "<s:style s:name='P1' s:family='paragraph'><s:paragraph-properties fo:break-before='page'/></s:style>"
    styles = f"<o:styles>{named}</o:styles><o:automatic-styles>{stray}</o:automatic-styles>"
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<o:document-content {SPACES}>{content}</o:document-content>",
            "styles.xml": f"<o:document-styles {SPACES}>{styles}</o:document-styles>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def read(tmp_path: Path, body: str, **styles: str) -> Document:
    suffix = "ods" if styles.get("kind") == "spreadsheet" else "odt"
    return load(tmp_path, f"a.{suffix}", opendocument(body, **styles))


def texts(document: Document) -> list[str]:
    return [text for _, text in blocks(document)]


def pages(document: Document) -> list[str]:
    return [page.text for page in document.pages]


def p(text: str, style: str = "") -> str:
    return f'<t:p t:style-name="{style}">{text}</t:p>'


def items(*inside: str, more: str = "") -> str:
    return f"<t:list {more}>{''.join(f'<t:list-item>{item}</t:list-item>' for item in inside)}</t:list>"


def row(*cells: str) -> str:
    inside = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
    return f"<table:table-row>{inside}</table:table-row>"


def table(*rows: str, more: str = "") -> str:
    return f"<table:table {more}>{''.join(rows)}</table:table>"


# Numbers --------------------------------------------------------------------------------------------------------------


def level(depth: int, form: str = "1", *, shown: int = 1, more: str = "") -> str:
    attributes = f't:level="{depth}" s:num-format="{form}" t:display-levels="{shown}" {more}'
    return f"<t:list-level-style-number {attributes}/>"


NUMBERED = f"""<t:list-style s:name="L1">{level(1, more='s:num-suffix="."')}{level(2, shown=2)}
    {level(3, "a", more='s:num-prefix="(" s:num-suffix=")"')}</t:list-style>
    <t:list-style s:name="L2">{level(1, "I")}</t:list-style>"""
L1 = 't:style-name="L1"'


def test_numbers_of_nested_lists(tmp_path: Path) -> None:
    body = items(
        p("Rent") + items(p("It is due.") + items(p("monthly"), p("in advance")), p("It is fixed.")),
        p("Term"),
        more=L1,
    )
    expected = ["1. Rent", "1.1 It is due.", "(a) monthly", "(b) in advance", "1.2 It is fixed.", "2. Term"]
    assert texts(read(tmp_path, body, automatic=NUMBERED)) == expected
    assert texts(read(tmp_path, body, named=NUMBERED)) == expected


def test_an_item_has_its_number_once(tmp_path: Path) -> None:
    body = items(p("Rent") + p("It is due monthly."), "<t:h>Term</t:h>", more=L1)
    assert blocks(read(tmp_path, body, automatic=NUMBERED)) == [
        (BlockKind.LIST_ITEM, "1. Rent"),
        (BlockKind.LIST_ITEM, "It is due monthly."),
        (BlockKind.HEADING, "2. Term"),
    ]


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ("", "1."),
        ('t:continue-numbering="true"', "3."),
        ('t:continue-list="first"', "3."),
        ('t:continue-list="other"', "2."),
    ],
)
def test_a_list_that_is_gone_on_with(tmp_path: Path, more: str, number: str) -> None:
    first = items(p("One"), p("Two"), more=f'{L1} xml:id="first"')
    other = items(p("Other"), more='t:style-name="L2" xml:id="other"')
    document = read(tmp_path, first + p("Between.") + other + items(p("On"), more=f"{L1} {more}"), automatic=NUMBERED)
    assert texts(document) == ["1. One", "2. Two", "Between.", "I Other", f"{number} On"]


def test_a_list_within_is_gone_on_with(tmp_path: Path) -> None:
    first = items(p("Rent") + items(p("It is due.")), more=L1)
    on = items(items(p("It is fixed.")), p("Term"), more=f'{L1} t:continue-numbering="true"')
    document = read(tmp_path, first + p("Between.") + on, automatic=NUMBERED)
    assert texts(document) == ["1. Rent", "1.1 It is due.", "Between.", "1.2 It is fixed.", "2. Term"]


def test_lists_of_their_own_within_an_item(tmp_path: Path) -> None:
    styles = "".join(f"""<t:list-style s:name="L{n}">{level(1)}{level(2, "A")}</t:list-style>""" for n in (4, 5))
    inner = items(p("Oslo"), more='t:style-name="L4"') + items(p("Bergen"), more='t:style-name="L5"')
    body = items(p("Places") + inner, more=L1)
    assert texts(read(tmp_path, body, automatic=NUMBERED + styles)) == ["1. Places", "A Oslo", "A Bergen"]


def test_lists_that_begin_elsewhere(tmp_path: Path) -> None:
    styles = f"""<t:list-style s:name="L3">{level(1, "i", more='t:start-value="4"')}</t:list-style>"""
    body = items(p("Four"), p("Five"), more='t:style-name="L3"').replace(
        "</t:list>", f'<t:list-item t:start-value="9">{p("Nine")}</t:list-item></t:list>'
    )
    assert texts(read(tmp_path, body, automatic=styles)) == ["iv Four", "v Five", "ix Nine"]


def test_numbers_as_the_program_wrote_them(tmp_path: Path) -> None:
    styles = f"""<t:list-style s:name="L3">{level(1, more='s:num-list-format="§ %1%:"')}</t:list-style>"""
    body = items(p("Rent"), f"<t:number>12b</t:number>{p('Term')}", more='t:style-name="L3"')
    assert texts(read(tmp_path, body, automatic=styles)) == ["§ 1: Rent", "12b Term"]


def test_numbers_in_cells_are_read_and_counted(tmp_path: Path) -> None:
    on = f'{L1} t:continue-numbering="true"'
    rows = (
        row(p("No."), p("Claim")),
        row(items(p(""), more=L1), p("It is dry.")),
        row(items(p(""), more=on), p("Light.")),
    )
    body = table(*rows) + items(p("It is cheap."), more=on)
    document = read(tmp_path, body, automatic=NUMBERED)
    assert texts(document) == ["No. | Claim", "1. | It is dry.", "2. | Light.", "3. It is cheap."]


# Pages ----------------------------------------------------------------------------------------------------------------


def style(name: str, properties: str = "", *, family: str = "paragraph", more: str = "") -> str:
    inside = f"<s:{family}-properties {properties}/>"
    return f'<s:style s:name="{name}" s:family="{family}" {more}>{inside}</s:style>'


def test_pages_that_the_author_began(tmp_path: Path) -> None:
    automatic = (
        style("P1", more='s:master-page-name="First"')
        + style("P2", 'fo:break-after="page"')
        + style("P3", more='s:parent-style-name="Chapter" s:master-page-name=""')
        + style("T1", 'fo:break-before="page"', family="table")
    )
    named = style("Chapter", 'fo:break-before="page"') + style("Body", 'fo:break-before="auto"')
    body = (
        p("Cover.", "P1")
        + p("One.", "P3")
        + p(f"Also one, then {SOFT}two.", "Body")
        + p("Still two.", "P2")
        + p("Three.")
        + table(row(p("Part"), p("Price")), more='table:style-name="T1"')
        + SOFT
        + p("Five.", "P3")
        + p("The end.", "P2")
    )
    assert pages(read(tmp_path, body, automatic=automatic, named=named)) == [
        "Cover.",
        "One.\n\nAlso one, then",
        "two.\n\nStill two.",
        "Three.",
        "Part | Price",
        "Five.\n\nThe end.",
    ]


def test_an_empty_page_of_the_author_counts(tmp_path: Path) -> None:
    automatic = style("P1", 'fo:break-before="page"')
    body = p("") + p("Contents.", "P1") + p(f"On{SOFT}and on.")
    assert pages(read(tmp_path, body, automatic=automatic)) == ["", "Contents.\n\nOn", "and on."]


def test_styles_begin_no_page_within_a_cell(tmp_path: Path) -> None:
    automatic = style("P1", 'fo:break-before="page" fo:break-after="page"')
    body = p("Above.") + table(row(p("One.", "P1") + p("Two."))) + p(f"Below{SOFT}that.")
    assert pages(read(tmp_path, body, automatic=automatic)) == ["Above.\n\nOne.\n\nTwo.\n\nBelow", "that."]


def test_pages_go_on_through_a_list(tmp_path: Path) -> None:
    assert pages(read(tmp_path, items(p("One"), SOFT + p("Two"), more=L1), automatic=NUMBERED)) == ["1. One", "2. Two"]


def test_pages_go_on_through_a_table(tmp_path: Path) -> None:
    rows = [row(p("Part"), p("Price")), SOFT, row(p("Valve"), p("12")), row(p("Pump"), p(f"7, from May{SOFT}on"))]
    document = read(tmp_path, table(*rows) + p("Below."))
    assert pages(document) == ["Part | Price", "Valve | 12\nPump | 7, from May on", "Below."]
    assert document.pages[1].blocks[0].header == "Part | Price"


def test_a_text_that_was_never_laid_out_is_cut_by_length_too(tmp_path: Path) -> None:
    long = "Words of a report. " * (PAGE_CHARACTERS // 30)
    automatic = style("P1", 'fo:break-before="page"')
    document = read(tmp_path, p("Cover.") + p(long, "P1") + p(long) + p(long), automatic=automatic)
    assert document.pages[0].text == "Cover."
    assert len(document.pages) == 4


# Text that came twice, or in the wrong place --------------------------------------------------------------------------


def test_comments_of_a_sheet_stay_out_of_its_cells(tmp_path: Path) -> None:
    comment = f"<o:annotation>{p('Checked by Ola.')}</o:annotation>"
    body = table(row(p("Part"), p("Price")), row(p("Valve"), comment + p("12")), more='table:name="Prices"')
    document = read(tmp_path, body, kind="spreadsheet")
    assert texts(document) == ["Prices", "Part | Price", "Valve | 12", "Comment: Checked by Ola."]


def note(text: str) -> str:
    return f"<t:note t:note-class='footnote'><t:note-body>{p(text)}</t:note-body></t:note>"


def test_notes_of_a_table_stand_below_it(tmp_path: Path) -> None:
    body = table(row(p("Part"), p("Price")), row(p("Valve"), p(f"12{note('From May on.')}")))
    assert texts(read(tmp_path, body)) == ["Part | Price", "Valve | 12", "Footnote: From May on."]


def test_a_table_within_a_table_of_one_column_is_read_once(tmp_path: Path) -> None:
    inner = table(row(p("Part"), p("Price")), row("<t:h>Valve</t:h>", p("12")))
    assert texts(read(tmp_path, table(row(p("Above.") + inner)))) == ["Above.", "Part | Price", "Valve | 12"]


def test_a_note_in_a_box_is_read_once(tmp_path: Path) -> None:
    box = f"<d:frame><d:text-box>{p('In a box.' + note('Proof.'))}</d:text-box></d:frame>"
    assert texts(read(tmp_path, p(f"Beside it.{box}"))) == ["Beside it.", "In a box.", "Footnote: Proof."]
