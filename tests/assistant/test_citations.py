from pathlib import Path

import pytest

from assistant.citations import cite, locate, locate_parts, split_marks
from assistant.types import Passage, Source, Why
from ingest.types import Chunk

PAGES = [
    "Rates. Hotel costs are reimbursed up to 155 euro per night.",
    "Reports are due within 30 days. The form is on the",
    "intranet under Finance. Ask the office for help.",
]


def page_texts(path: str, first: int, last: int) -> list[str]:
    assert Path(path).name == "travel.md"
    return PAGES[first - 1 : last]


def source(number: int, text: str, page: int, page_last: int, start: int) -> Source:
    chunk = Chunk(f"c{number}", number, text, "Travel policy", page, page_last, start, start + len(text))
    return Source(number, Passage(number, 1.0, chunk, "travel.md", "/d/travel.md", "Travel", None, Why()))


HOTEL = source(1, PAGES[0][7:], 1, 1, 7)
REPORTS = source(2, f"{PAGES[1]}\n{PAGES[2]}", 2, 3, 0)
SOURCES = [HOTEL, REPORTS]


def test_a_mark_becomes_a_citation_with_page_and_exact_quote() -> None:
    cited = cite("The limit is 155 euro per night [1].", SOURCES, page_texts)
    (citation,) = cited.citations
    assert (citation.number, citation.document, citation.page) == (1, "travel.md", 1)
    assert PAGES[0][citation.start : citation.end] == citation.quote == PAGES[0][7:]
    assert cited.text == "The limit is 155 euro per night [1]."


def test_the_quote_is_the_sentence_that_supports_and_stands_on_its_own_page() -> None:
    cited = cite("Ask the office for help [2].", SOURCES, page_texts)
    (citation,) = cited.citations
    assert (citation.page, citation.quote) == (3, "Ask the office for help.")
    assert PAGES[2][citation.start : citation.end] == citation.quote


def test_a_quote_over_a_page_break_is_cut_to_the_longer_part() -> None:
    chunk = REPORTS.passage.chunk
    start = chunk.text.index("The form")
    citation = locate(2, REPORTS.passage, (start, chunk.text.index("Ask") - 1), page_texts)
    assert citation is not None
    assert citation.page == 3
    assert citation.quote == "intranet under Finance." == PAGES[2][citation.start : citation.end]


def test_a_sentence_over_a_page_break_is_cited_on_both_pages() -> None:
    chunk = REPORTS.passage.chunk
    span = (chunk.text.index("The form"), chunk.text.index("Ask") - 1)
    parts = locate_parts(2, REPORTS.passage, span, page_texts)
    assert [(part.page, part.quote) for part in parts] == [(2, "The form is on the"), (3, "intranet under Finance.")]


def test_marks_in_all_spellings() -> None:
    assert split_marks("Both say so [1, 2].") == ("Both say so.", [1, 2])
    assert split_marks("Both say so [1][2].") == ("Both say so.", [1, 2])
    assert split_marks("Both [2] say so [ 1 ; 2 ].") == ("Both say so.", [2, 1])
    assert split_marks("In [2019a] and [x].") == ("In [2019a] and [x].", [])


@pytest.mark.parametrize("words", ["Le loyer est : 900 € !", "Rent , of .5 %", "Total . . . . 900"])
def test_a_space_before_a_stop_stays_where_no_mark_was(words: str) -> None:
    assert split_marks(words) == (words, [])
    assert split_marks(f"[2] {words} [1]") == (words, [2, 1])
    assert split_marks(f"So [1] : {words}") == (f"So: {words}", [1])


def test_marks_after_the_full_stop_belong_to_the_sentence_before() -> None:
    cited = cite("The limit is 155 euro. [1] Reports are due in 30 days. [2]", SOURCES, page_texts)
    assert [sentence.numbers for sentence in cited.sentences] == [(1,), (2,)]
    assert cited.text == "The limit is 155 euro [1]. Reports are due in 30 days [2]."


def test_numbers_of_unknown_sources_are_dropped() -> None:
    cited = cite("The limit is 155 euro per night [1][7].", SOURCES, page_texts)
    assert cited.text == "The limit is 155 euro per night [1]."
    assert {citation.number for citation in cited.citations} == {1}


def test_a_sentence_without_a_mark_gets_its_source_found() -> None:
    cited = cite("Reports are due within 30 days.", SOURCES, page_texts)
    assert cited.text == "Reports are due within 30 days [2]."
    assert cited.citations[0].quote == "Reports are due within 30 days."


def test_a_sentence_that_no_source_supports_stays_without_a_mark() -> None:
    cited = cite("Penguins cannot fly over Antarctica.", SOURCES, page_texts)
    assert cited.text == "Penguins cannot fly over Antarctica."
    assert not cited.citations
    assert cited.sentences[0].numbers == ()


CAMERAS = source(3, "Recordings are kept for 30 days.", 1, 1, 0)


def test_a_short_answer_gets_the_mark_of_the_sentence_that_follows_it() -> None:
    texts = {"c1": PAGES[1], "c2": CAMERAS.passage.chunk.text}
    cameras, reports = (source(number, text, 1, 1, 0) for number, text in enumerate((texts["c2"], texts["c1"]), 1))
    cited = cite(
        '30 days. "Reports are due within 30 days." [2]',
        [cameras, reports],
        lambda *_: [reports.passage.chunk.text],
    )
    assert [sentence.numbers for sentence in cited.sentences] == [(2,), (2,)]
    assert {citation.number for citation in cited.citations} == {2}


def test_numbers_in_brackets_that_a_source_has_stay_in_its_quote() -> None:
    paper = source(1, "The firm was founded in 1990 [3] in Oslo.", 1, 1, 0)
    other = source(3, "Something else was founded in 1990.", 1, 1, 0)
    reply = '1990. "The firm was founded in 1990 [3] in Oslo." [1]'
    cited = cite(reply, [paper, other], lambda *_: [paper.passage.chunk.text])
    assert '"The firm was founded in 1990 [3] in Oslo."' in cited.text
    assert {citation.number for citation in cited.citations} == {1}
    assert '"The firm was founded in 1990 [3] in Oslo."' in [sentence.text for sentence in cited.sentences]


def test_they_stay_in_a_quote_of_words_that_are_broken_over_lines() -> None:
    paper = source(1, "Costs are reim-\nbursed as in [3] by a third-\nparty.", 1, 1, 0)
    other = source(3, "Costs are something else.", 1, 1, 0)
    reply = 'Costs. "Costs are reimbursed as in [3] by a third-party." [1]'
    cited = cite(reply, [paper, other], lambda *_: [paper.passage.chunk.text])
    assert '"Costs are reimbursed as in [3] by a third-party."' in cited.text


def test_a_mark_that_the_model_put_into_its_own_quotation_is_a_mark() -> None:
    cited = cite('It says "155 euro per night [1]".', SOURCES, page_texts)
    assert cited.sentences[0].numbers == (1,)


def test_a_source_that_the_library_does_not_hold_any_more_is_not_cited() -> None:
    shifted = [f"New. {PAGES[0]}"]
    cited = cite("The limit is 155 euro per night [1].", [HOTEL], lambda *_: shifted)
    assert cited.citations == ()
    assert cited.sentences[0].numbers == ()


def test_only_an_unknown_mark_is_replaced_by_the_right_one() -> None:
    assert (
        cite("Reports are due within 30 days [9].", SOURCES, page_texts).text == "Reports are due within 30 days [2]."
    )


def test_the_same_citation_is_listed_once() -> None:
    cited = cite("The limit is 155 euro per night [1]. Hotel costs are reimbursed [1].", SOURCES, page_texts)
    assert len(cited.citations) == 1


def test_line_breaks_of_the_answer_are_kept() -> None:
    cited = cite("- 155 euro per night [1]\n- due within 30 days [2]", SOURCES, page_texts)
    assert cited.text == "- 155 euro per night [1]\n- due within 30 days [2]"


def test_a_text_that_changed_in_the_library_is_not_quoted() -> None:
    assert locate(1, HOTEL.passage, (0, 20), lambda *_: ["Something else stands here now, and it is long."]) is None
    assert locate(1, HOTEL.passage, (0, 20), lambda *_: []) is None


def test_nothing_said_nothing_cited() -> None:
    assert cite("", SOURCES, page_texts).text == ""
    assert cite("[1]", SOURCES, page_texts).sentences == ()
