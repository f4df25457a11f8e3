"""What becomes of Markdown and plain text files."""

from pathlib import Path

import pytest

from config.errors import DocumentError
from ingest.loaders import load_document
from ingest.loaders.base import LoadOptions
from ingest.loaders.writer import PAGE_CHARACTERS
from ingest.types import BlockKind, Document


def load(tmp_path: Path, name: str, content: str | bytes) -> Document:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_document(path)


def blocks(document: Document) -> list[tuple[BlockKind, str]]:
    return [(block.kind, page.text[block.start : block.end]) for page in document.pages for block in page.blocks]


def texts(document: Document) -> list[str]:
    return [text for _, text in blocks(document)]


MARKDOWN = """---
title: "House rules"
author: Ida Holm
---
# Rules of the house

Be quiet after
ten o'clock.

## Waste

* Paper on Mondays
* Glass on Fridays
  - not in the rain

1. Rinse it.
2. Put it out.

| Day | Bin |
|-----|-----|
| Mon | Paper |
| Fri | Glass |

```sh
take --out bin
```

Setext heading
--------------

> A word from the owner.
"""


def test_markdown_blocks_are_what_stands_in_the_file(tmp_path: Path) -> None:
    document = load(tmp_path, "rules.md", MARKDOWN)
    assert blocks(document) == [
        (BlockKind.HEADING, "Rules of the house"),
        (BlockKind.PARAGRAPH, "Be quiet after\nten o'clock."),
        (BlockKind.HEADING, "Waste"),
        (BlockKind.LIST_ITEM, "* Paper on Mondays"),
        (BlockKind.LIST_ITEM, "* Glass on Fridays"),
        (BlockKind.LIST_ITEM, "- not in the rain"),
        (BlockKind.LIST_ITEM, "1. Rinse it."),
        (BlockKind.LIST_ITEM, "2. Put it out."),
        (BlockKind.TABLE_ROW, "| Day | Bin |"),
        (BlockKind.TABLE_ROW, "| Mon | Paper |"),
        (BlockKind.TABLE_ROW, "| Fri | Glass |"),
        (BlockKind.CODE, "take --out bin"),
        (BlockKind.HEADING, "Setext heading"),
        (BlockKind.PARAGRAPH, "> A word from the owner."),
    ]


def test_markdown_levels_headers_and_metadata(tmp_path: Path) -> None:
    document = load(tmp_path, "rules.md", MARKDOWN)
    page = document.pages[0]
    assert [block.level for block in page.blocks if block.kind is BlockKind.HEADING] == [1, 2, 2]
    assert [block.header for block in page.blocks if block.kind is BlockKind.TABLE_ROW] == ["Day | Bin"] * 3
    assert document.title == "House rules"
    assert document.metadata == {"author": "Ida Holm"}
    assert "author" not in page.text


def test_markdown_title_is_the_first_heading_then_the_file_name(tmp_path: Path) -> None:
    assert load(tmp_path, "a.md", "Intro.\n\n# The *old* [mill](http://mill)\n").title == "The old mill"
    assert load(tmp_path, "old_mill.md", "Just words.\n").title == "old mill"


def test_a_ruler_at_the_top_is_no_front_matter(tmp_path: Path) -> None:
    document = load(tmp_path, "a.md", "---\nNothing like fields here.\n---\nMore.\n")
    assert "Nothing like fields here." in document.pages[0].text


def test_comments_are_left_out_and_code_without_end_is_kept(tmp_path: Path) -> None:
    document = load(tmp_path, "a.md", "<!-- hidden\nnote -->\n\nSeen.\n\n```\nno end\n")
    assert blocks(document) == [(BlockKind.PARAGRAPH, "Seen."), (BlockKind.CODE, "no end")]


def test_text_paragraphs_headings_and_lists(tmp_path: Path) -> None:
    text = (
        "MINUTES\n\nPresent: all.\nAbsent: none.\n\n2. The mill\n\nIt was decided:\n- to sell it\n- to buy\n  another\n"
    )
    assert blocks(load(tmp_path, "a.txt", text)) == [
        (BlockKind.HEADING, "MINUTES"),
        (BlockKind.PARAGRAPH, "Present: all.\nAbsent: none."),
        (BlockKind.HEADING, "2. The mill"),
        (BlockKind.PARAGRAPH, "It was decided:"),
        (BlockKind.LIST_ITEM, "- to sell it"),
        (BlockKind.LIST_ITEM, "- to buy\n  another"),
    ]


def test_an_underlined_line_is_a_heading(tmp_path: Path) -> None:
    document = load(tmp_path, "a.txt", "The mill\n========\n\nThe owner\n---------\n\nWords of it.\n")
    levels = [(block.kind, block.level) for block in document.pages[0].blocks]
    assert levels == [(BlockKind.HEADING, 1), (BlockKind.HEADING, 2), (BlockKind.PARAGRAPH, 0)]
    assert document.title.startswith("The mill")


def test_a_table_of_figures_in_text(tmp_path: Path) -> None:
    text = "Sales in thousands\n              2023   2022\nFlour          120    110\nBread           80     95\n"
    rows = [block for block in load(tmp_path, "a.txt", text).pages[0].blocks if block.header]
    assert [row.header for row in rows] == ["Sales in thousands 2023   2022"] * 3


def test_a_form_feed_begins_a_page(tmp_path: Path) -> None:
    document = load(tmp_path, "a.txt", "Page one.\n\fPage two.\n\f")
    assert [page.text.strip() for page in document.pages] == ["Page one.", "Page two."]
    with pytest.raises(DocumentError) as caught:
        load_document(tmp_path / "a.txt", LoadOptions(max_pages=1))
    assert caught.value.status == "too_large"


def test_a_long_text_without_form_feeds_is_cut_between_its_paragraphs(tmp_path: Path) -> None:
    chapters = [f"{n}. Chapter\n\n" + "\n\n".join(f"Word {n} {m}," * 40 for m in range(15)) for n in range(1, 4)]
    pages = load(tmp_path, "a.txt", "\n\n".join(chapters)).pages
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert len(pages) == 6
    assert all(len(page.text) <= PAGE_CHARACTERS for page in pages)
    assert "\n\n".join(page.text for page in pages) == "\n\n".join(chapters)
    assert all(page.blocks[-1].kind is BlockKind.PARAGRAPH for page in pages)
    headings = [page.text.partition("\n")[0] for page in pages if page.blocks[0].kind is BlockKind.HEADING]
    assert headings == ["1. Chapter", "2. Chapter", "3. Chapter"]
    with pytest.raises(DocumentError) as caught:
        load_document(tmp_path / "a.txt", LoadOptions(max_pages=2))
    assert caught.value.status == "too_large"


def test_a_long_text_without_blank_lines_is_cut_between_its_lines(tmp_path: Path) -> None:
    lines = [f"12:{n // 60:02}:{n % 60:02} the pump of station {n} was switched off" for n in range(300)]
    pages = load(tmp_path, "a.log", "\n".join(lines)).pages
    assert len(pages) > 4
    assert [line for page in pages for line in page.text.split("\n")] == lines
    assert all(len(page.text) <= PAGE_CHARACTERS for page in pages)


def test_a_long_line_and_a_text_with_form_feeds_stay_whole(tmp_path: Path) -> None:
    line = "word " * 2_000
    assert [page.text for page in load(tmp_path, "a.txt", line).pages] == [line.strip()]
    pages = load(tmp_path, "b.txt", f"One.\n\n{line}\f{line}\n\nTwo.").pages
    assert len(pages) == 2


def test_what_follows_a_long_line_is_cut_as_before(tmp_path: Path) -> None:
    lines = ["x" * 4_000, *(f"pump {n} was switched off" for n in range(400)), "y" * 3_001]
    pages = load(tmp_path, "a.log", "\n".join(lines)).pages
    assert [line for page in pages for line in page.text.split("\n")] == lines
    assert pages[0].text == lines[0]
    assert all(len(page.text) <= PAGE_CHARACTERS for page in pages[1:-1])


SENTENCE = "Größe und Übermut, „zwölf“ € genug."


@pytest.mark.parametrize(
    "data",
    [
        SENTENCE.encode(),
        SENTENCE.encode("utf-8-sig"),
        SENTENCE.encode("utf-16"),
        SENTENCE.encode("utf-16-le"),
        SENTENCE.encode("utf-16-be"),
        SENTENCE.encode("utf-32"),
        SENTENCE.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 with mark", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_encodings_that_are_known(tmp_path: Path, data: bytes) -> None:
    document = load(tmp_path, "a.txt", data)
    assert document.pages[0].text == SENTENCE
    assert document.warnings == ()


RUSSIAN, JAPANESE = "Общество ограниченной ответственности", "東京都の契約書です。カタカナのデータも"


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.md", "a.sql"])
@pytest.mark.parametrize(("words", "encoding"), [(RUSSIAN, "cp1251"), (JAPANESE, "cp932")])
def test_letters_that_are_wrong_for_want_of_the_encoding_are_warned_of(
    tmp_path: Path, name: str, words: str, encoding: str
) -> None:
    [warning] = load(tmp_path, name, words.encode(encoding)).warnings
    assert "encoding is not known" in warning
    assert load(tmp_path, name, words.encode()).warnings == ()


def test_signs_in_windows_1252_are_no_wrong_letters(tmp_path: Path) -> None:
    rows = "".join(f"{n},50 €;{n} ºC;5 µm\n" for n in range(20))
    assert load(tmp_path, "a.csv", rows.encode("cp1252")).warnings == ()
    assert load(tmp_path, "a.txt", "20 º\n30 º\n".encode("cp1252")).warnings == ()


def test_a_bad_byte_costs_itself_and_not_every_umlaut(tmp_path: Path) -> None:
    words = "Größenmaßstäbe für Türöffner, südöstlich geführte Straßenbahnlinie: fünf Füße. " * 2
    document = load(tmp_path, "a.txt", words.encode() + b"Broken \xe2\x80 here.")
    assert document.pages[0].text == words + "Broken \ufffd here."


def test_windows_1252_with_a_pair_that_would_be_utf8_stays_what_it_is(tmp_path: Path) -> None:
    text = "Der Maßstab für die Öffnung der Größe Ã¼ steht im Füllhorn."
    assert load(tmp_path, "a.txt", text.encode("cp1252")).pages[0].text == text


def test_control_and_invisible_characters_are_dropped(tmp_path: Path) -> None:
    document = load(tmp_path, "a.txt", "Fee:\x1b]52;c;aGk=\x07 12\u202e euro\u200b.\r\nNext line.\u2028Third.")
    assert document.pages[0].text == "Fee:]52;c;aGk= 12 euro.\nNext line.\nThird."


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    ("content", "status"), [(b"", "empty"), (b" \n\t\n\f\n", "empty"), (bytes(range(256)) * 40, "damaged")]
)
def test_files_that_hold_no_text(tmp_path: Path, name: str, content: bytes, status: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, name, content)
    assert caught.value.status == status
