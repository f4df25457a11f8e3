"""What becomes of web pages, tables in text, JSON, source code, and of files whose name says nothing or lies."""

import json
from pathlib import Path

import pytest

from config.errors import DocumentError
from ingest.exchange import document_from_message, document_to_message
from ingest.loaders import load_document
from ingest.types import BlockKind, Document
from tests.ingest.test_loaders_text import blocks, load, texts

PAGE = """<!DOCTYPE html><html><head><title>Tide tables - Harbour office</title>
<meta name="author" content="Ida Holm"><script>var hidden = "script words";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li>Contact</li></nav><header>Site banner</header>
<main><h1>Tide tables</h1><p>High water is at<br>six <b>o'clock</b>.</p><div>Loose words <span>here</span></div>
<ul><li>Mooring<ul><li>free on <i>Sundays</i></li></ul></li></ul><ol><li>Sign in</li><li>Sign out</li></ol>
<table><thead><tr><th>Harbour</th><th colspan="2">Depth</th></tr></thead>
<tr><td rowspan="2">North</td><td>spring</td><td>$</td><td>4.5</td></tr>
<tr><td>neap</td><td></td><td>3.9</td></tr></table>
<pre>if tide:
    wait()</pre><p style="display: none">secret words</p></main><footer>Imprint</footer></body></html>"""


def test_a_web_page_is_its_main_text(tmp_path: Path) -> None:
    document = load(tmp_path, "tides.html", PAGE)
    assert blocks(document) == [
        (BlockKind.HEADING, "Tide tables"),
        (BlockKind.PARAGRAPH, "High water is at\nsix o'clock."),
        (BlockKind.PARAGRAPH, "Loose words here"),
        (BlockKind.LIST_ITEM, "• Mooring"),
        (BlockKind.LIST_ITEM, "• free on Sundays"),
        (BlockKind.LIST_ITEM, "1. Sign in"),
        (BlockKind.LIST_ITEM, "2. Sign out"),
        (BlockKind.TABLE_ROW, "Harbour | Depth"),
        (BlockKind.TABLE_ROW, "North | spring | $4.5"),
        (BlockKind.TABLE_ROW, "North | neap | 3.9"),
        (BlockKind.CODE, "if tide:\n    wait()"),
    ]
    assert document.title == "Tide tables - Harbour office"
    assert document.metadata == {"author": "Ida Holm"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "koi8-r"])
def test_a_web_page_says_its_encoding(tmp_path: Path, encoding: str) -> None:
    words = "Пристань" if encoding == "koi8-r" else "Größe"
    page = f'<html><head><meta charset="{encoding}"></head><body><p>{words}</p></body></html>'
    assert load(tmp_path, "a.htm", page.encode(encoding)).pages[0].text == words


def test_entities_of_a_web_page_are_not_expanded_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>Words &x; &amp; more</p></body></html>'
    )
    assert "the secret" not in load(tmp_path, "a.html", page).pages[0].text


def test_raised_figures_do_not_run_into_those_before_them(tmp_path: Path) -> None:
    page = (
        "<p>1,234<sup>1</sup> of 10<sup>-6</sup> m<sup>2</sup>, the 4<sup>th</sup> of 2023.<sup>4</sup> "
        "<b>7</b><span style='vertical-align: super'>a</span></p>"
        "<table><tr><td>5<sup>2</sup></td><td><sup>3</sup>2024</td></tr></table>"
    )
    assert texts(load(tmp_path, "a.html", page)) == ["1,234^1 of 10^-6 m2, the 4th of 2023.^4 7a", "5^2 | 3 2024"]
    assert texts(load(tmp_path, "a.html", "<p>4\x0e5 and <b>4\x0f6</b></p><h1>4\x0e7</h1>")) == ["45 and 46", "47"]


@pytest.mark.parametrize(
    ("attributes", "marks"),
    [
        ("", ["1.", "7.", "8."]),
        ("start=5", ["5.", "7.", "8."]),
        ("type=a", ["a.", "g.", "h."]),
        ("type=I", ["I.", "VII.", "VIII."]),
    ],
)
def test_items_have_the_numbers_that_the_page_gives_them(tmp_path: Path, attributes: str, marks: list[str]) -> None:
    page = f"<ol {attributes}><li>x<li value=7>x<li>x</ol>"
    assert texts(load(tmp_path, "a.html", page)) == [f"{mark} x" for mark in marks]


def test_lines_of_headings_captions_and_code_do_not_run_together(tmp_path: Path) -> None:
    page = (
        "<h1>Annual<br>report</h1><table><caption>Sales<br>by region</caption><tr><td>a</td><td>b</td></tr></table>"
        "<pre>if tide:<br>    wait()</pre>"
    )
    assert texts(load(tmp_path, "a.html", page)) == [
        "Annual report",
        "Sales by region",
        "a | b",
        "if tide:\n    wait()",
    ]


def test_what_is_nested_deeply_is_read(tmp_path: Path) -> None:
    deep = "<div>" * 400 + "<p>Deep</p><p>words<script>no</script></p>" + "</div>" * 400
    assert load(tmp_path, "a.html", f"{deep}<p>After.</p>").pages[0].text == "Deep words\n\nAfter."
    document = load(tmp_path, "b.html", "<p>Before.</p>" + "<div>" * 3000 + "Deep words.")
    assert document.pages[0].text == "Before."
    assert "not read to its end" in document.warnings[0]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_rows_of_a_table_keep_the_header(tmp_path: Path, separator: str) -> None:
    lines = [["Team", "Wins, total", "Share"], ["North", "12", "3.5%"], ["South\ntown", "9", "1.2%"]]
    text = "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    document = load(tmp_path, "a.csv", text)
    page = document.pages[0]
    assert [text for _, text in blocks(document)] == [
        "Team | Wins, total | Share",
        "North | 12 | 3.5%",
        "South town | 9 | 1.2%",
    ]
    assert {block.header for block in page.blocks} == {"Team | Wins, total | Share"}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("2024-01-01;1,5;2,5\n2024-01-02;1,7;2,9\n", ["2024-01-01 | 1,5 | 2,5", "2024-01-02 | 1,7 | 2,9"]),
        ("1,5;2,5;3,5\n-4,5;5,5;6,5\n", ["1,5 | 2,5 | 3,5", "-4,5 | 5,5 | 6,5"]),
        ("1,5\t2,5\n3,5\t4,5\n", ["1,5 | 2,5", "3,5 | 4,5"]),
        ("1,2,3\n4,5,6\n", ["1 | 2 | 3", "4 | 5 | 6"]),
        ("Ida,1;2,3\nOla,4;5,6\n", ["Ida | 1;2 | 3", "Ola | 4;5 | 6"]),
    ],
)
def test_a_comma_between_figures_may_be_a_decimal_one(tmp_path: Path, text: str, rows: list[str]) -> None:
    assert [row for _, row in blocks(load(tmp_path, "a.csv", text))] == rows


def test_several_tables_of_a_sheet_are_told_apart(tmp_path: Path) -> None:
    text = "Sales by region\n\n,2022,,2023\nRegion,Q1,Q2,Q1\nNorth,1,2,3\n\nStaff\nName,Town\nIda,Oslo\nOla,Bergen\n"
    document = load(tmp_path, "a.csv", text)
    found = [(page.text[b.start : b.end], b.header) for page in document.pages for b in page.blocks]
    assert found[0] == ("Sales by region", "")
    assert ("North | 1 | 2 | 3", "Region | 2022 Q1 | 2022 Q2 | 2023 Q1") in found
    assert ("Staff", "") in found
    assert ("Ola | Bergen", "Name | Town") in found


def test_json_values_have_their_path(tmp_path: Path) -> None:
    value = {"order": {"id": 7, "lines": [{"part": "valve", "sizes": [1, 2]}, {"part": "pump"}]}, "open": True}
    document = load(tmp_path, "a.json", json.dumps(value))
    lines = document.pages[0].text.split("\n")
    assert "order.id: 7" in lines
    assert "order.lines[1].part: valve" in lines
    assert "order.lines[1].sizes: 1, 2" in lines
    assert "open: true" in lines
    assert "[2].a: y" in load(tmp_path, "b.jsonl", '{"a": "x"}\n{"a": "y"}\n').pages[0].text


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_whole_number_of_json_may_have_any_length(tmp_path: Path, name: str) -> None:
    number = "7" * 5_000  # more than Python takes for a number
    assert number in load(tmp_path, name, number).pages[0].text
    assert f"key: {number}" in load(tmp_path, name, f'{{"key": {number}}}').pages[0].text


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize("text", ["{not json", "[" * 100_000, '{\n"a": 1,\n"b": [2,\n3\n'])
def test_broken_json_is_damaged(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, name, text)
    assert caught.value.status == "damaged"


def test_a_line_separator_in_a_string_ends_no_json_line(tmp_path: Path) -> None:
    document = load(tmp_path, "a.jsonl", '{"a": "x\u2028y\x85z"}\r\n{"a": "second"}\r\n')
    assert "[2].a: second" in document.pages[0].text
    assert document.warnings == ()


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_broken_json_line_costs_itself(tmp_path: Path, name: str) -> None:
    document = load(tmp_path, name, '{"a": "first"}\n\n{"a": "second"}\n{"a": "cut o')
    assert "[2].a: second" in document.pages[0].text
    assert document.warnings == ("Line 4 is broken and was left out.",)
    document = load(tmp_path, name, '{"a": 1}\n{"a": \n{"a": 3}\n}\n')
    assert document.warnings == ("2 lines are broken and were left out, the first of them line 2.",)


def test_definitions_head_their_code(tmp_path: Path) -> None:
    text = "import os\n\n\ndef weigh(anchor):\n    if anchor:\n        return 12\n    else:\n        return 0\n"
    assert blocks(load(tmp_path, "a.py", text)) == [
        (BlockKind.CODE, "import os"),
        (BlockKind.HEADING, "def weigh(anchor):"),
        (BlockKind.CODE, "    if anchor:\n        return 12\n    else:\n        return 0"),
    ]


def test_text_without_a_known_suffix_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, "README", "Read me first.\n").pages[0].text.strip() == "Read me first."
    assert load(tmp_path, "a.strange", "Words über alles.\n").pages[0].text.strip() == "Words über alles."


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("film.mkv", b"\x1aE\xdf\xa3\x00\x00" * 900, "unsupported"),
        ("a.png", b"\x89PNG\r\n\x1a\n0000", "damaged"),
        ("photo", b"\xff\xd8\xff\xe0....", "damaged"),
        ("a.html", b"<html><body><script>1</script></body></html>", "empty"),
        ("a.csv", b"\n\n , ,\n", "empty"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, status: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, name, content)
    assert caught.value.status == status
    assert caught.value.message


def test_long_text_is_cut_into_pages_and_a_heading_goes_with_what_it_heads(tmp_path: Path) -> None:
    sections = "".join(f"<h2>Section {i}</h2><p>{'Words of it. ' * 60}</p>" for i in range(12))
    document = load(tmp_path, "a.html", f"<html><body>{sections}</body></html>")
    assert len(document.pages) > 2
    assert all(page.blocks[-1].kind is not BlockKind.HEADING for page in document.pages)
    assert_it_can_be_sent(document)


def assert_it_can_be_sent(document: Document) -> None:
    """What a reading process answers is checked: blocks in order, inside their page."""
    message = json.loads(json.dumps(document_to_message(document)))
    assert document_from_message(document.path, message) == document


def test_a_web_page_under_another_name_is_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_text("<html><body><table><tr><th>Part</th><th>Price</th></tr><tr><td>Valve</td><td>12</td></tr></table>")
    assert load_document(path).pages[0].text == "Part | Price\nValve | 12"
