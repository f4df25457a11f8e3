"""Numbers of lists and headings in Word files: counted as Word counts, in the final text of tracked changes."""

from pathlib import Path

from tests.ingest.office import paragraph
from tests.ingest.test_loaders_word import cell, read, table

DELETED = '<w:rPr><w:del w:id="1"/></w:rPr>'


def numbered(text: str = "", depth: int = 0, number: int = 1, mark: str = "") -> str:
    """A paragraph of the list `number`; `mark`: the properties of its mark."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>{mark}')


def level(depth: int, pattern: str, form: str = "decimal", more: str = "") -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{pattern}"/></w:lvl>'


def abstract(number: int, inside: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{inside}</w:abstractNum>'


def num(number: int, abstract: int, inside: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{inside}</w:num>'


NUMBERING = abstract(5, level(0, "%1.")) + num(1, 5)


def test_numbers_in_cells_are_read_and_counted(tmp_path: Path) -> None:
    body = table(
        cell(paragraph("No.")) + cell(paragraph("Claim")),
        cell(numbered()) + cell(paragraph("It is dry.")),
        cell(numbered()) + cell(numbered("It is light.")),
    ) + numbered("It is cheap.")
    assert read(tmp_path, body, numbering=NUMBERING) == [
        "No. | Claim",
        "1. | It is dry.",
        "2. | 3. It is light.",
        "4. It is cheap.",
    ]


def test_an_empty_paragraph_of_a_list_is_counted_unless_it_is_deleted(tmp_path: Path) -> None:
    body = numbered("One.") + numbered() + numbered(mark=DELETED) + numbered("Three.")
    assert read(tmp_path, body, numbering=NUMBERING) == ["1. One.", "3. Three."]


def test_numbers_of_a_list_style(tmp_path: Path) -> None:
    numbering = (
        abstract(1, '<w:numStyleLink w:val="Clauses"/>')
        + abstract(2, '<w:styleLink w:val="Clauses"/>' + level(0, "§ %1") + level(1, "%1.%2"))
        + num(1, 1)
    )
    body = numbered("Rent") + numbered("It is due.", 1) + numbered("Term")
    assert read(tmp_path, body, numbering=numbering) == ["§ 1 Rent", "1.1 It is due.", "§ 2 Term"]


def test_a_level_that_was_left_out_counts_as_begun(tmp_path: Path) -> None:
    levels = "".join(
        level(depth, f"%{depth + 1}.", form) for depth, form in enumerate(("decimal", "upperLetter", "lowerRoman"))
    )
    body = numbered("one") + numbered("two deeper", 2) + numbered("one deeper", 1)
    assert read(tmp_path, body, numbering=abstract(5, levels) + num(1, 5)) == [
        "1. one",
        "i. two deeper",
        "B. one deeper",
    ]


def test_a_list_that_begins_again_does_so_where_it_is_told_to(tmp_path: Path) -> None:
    override = '<w:lvlOverride w:ilvl="{}"><w:startOverride w:val="{}"/></w:lvlOverride>'
    again = override.format(0, 5) + override.format(1, 3)  # the second level is none of the list's
    numbering = abstract(5, level(0, "%1.")) + num(1, 5) + num(2, 5, again)
    body = numbered("a") + numbered("b", number=2) + numbered("c", number=2) + numbered("d", 1, number=2)
    assert read(tmp_path, body, numbering=numbering) == ["1. a", "5. b", "6. c", "• d"]


def test_a_level_in_figures_shows_all_numbers_in_figures(tmp_path: Path) -> None:
    levels = level(0, "Article %1", "upperRoman") + level(1, "Section %1.%2", "decimalZero", "<w:isLgl/>")
    body = numbered("Rent") + numbered("It is due.", 1) + numbered("Term") + numbered("It ends.", 1)
    assert read(tmp_path, body, numbering=abstract(5, levels) + num(1, 5)) == [
        "Article I Rent",
        "Section 1.01 It is due.",
        "Article II Term",
        "Section 2.01 It ends.",
    ]


def test_a_level_begins_again_behind_the_levels_that_it_names(tmp_path: Path) -> None:
    levels = (
        level(0, "Part %1")
        + level(1, "Section %2")
        + level(2, "§ %3", more='<w:lvlRestart w:val="0"/>')
        + level(3, "(%4)", more='<w:lvlRestart w:val="1"/>')
    )
    body = "".join(numbered(depth=depth, text=f"{depth}") for depth in (0, 1, 2, 3, 2, 3, 1, 2, 3, 0, 1, 2, 3))
    assert read(tmp_path, body, numbering=abstract(5, levels) + num(1, 5)) == [
        *("Part 1 0", "Section 1 1", "§ 1 2", "(1) 3", "§ 2 2", "(2) 3"),
        *("Section 2 1", "§ 3 2", "(3) 3"),
        *("Part 2 0", "Section 1 1", "§ 4 2", "(1) 3"),
    ]


# Tracked changes ------------------------------------------------------------------------------------------------------


def test_a_paragraph_whose_mark_is_deleted_goes_on_in_the_next_one(tmp_path: Path) -> None:
    gone = "<w:del><w:r><w:delText>{}</w:delText></w:r></w:del>"
    emptied = numbered().replace("</w:pPr>", "</w:pPr>" + gone.format("Two."))
    body = numbered("One.", mark=DELETED) + emptied + numbered("Three.")
    assert read(tmp_path, body, numbering=NUMBERING) == ["1. One.", "2. Three."]
    joined = numbered("Rent is ", mark=DELETED) + numbered("due.") + numbered("Next.")
    assert read(tmp_path, joined, numbering=NUMBERING) == ["1. Rent is due.", "2. Next."]
    in_cells = table(cell(joined) + cell(paragraph("Ola")), cell(numbered("Last.")) + cell(paragraph("Eva")))
    assert read(tmp_path, in_cells, numbering=NUMBERING) == ["1. Rent is due. 2. Next. | Ola", "3. Last. | Eva"]


def test_a_paragraph_joined_to_nothing_keeps_its_words(tmp_path: Path) -> None:
    moved = numbered("Rent.", mark='<w:rPr><w:moveFrom w:id="1"/></w:rPr>')
    rows = table(cell(paragraph("A")) + cell(paragraph("B")))
    wrapped = f"<w:sdt><w:sdtContent>{moved}</w:sdtContent></w:sdt>"
    assert read(tmp_path, moved + rows + wrapped, numbering=NUMBERING) == ["1. Rent.", "A | B", "2. Rent."]
    within = wrapped + numbered(" It is due.")
    assert read(tmp_path, within, numbering=NUMBERING) == ["1. Rent. It is due."]
    nothing = numbered(mark=DELETED) + rows + numbered("Term.")
    assert read(tmp_path, nothing, numbering=NUMBERING) == ["A | B", "1. Term."]
