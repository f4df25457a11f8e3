"""How passages look: the words of the question lit, the telling stretch shown, foreign text harmless."""

from assistant.cli.passages import SNIPPET_CHARACTERS, in_words, ordinal, pages, snippet, title_line
from assistant.types import Passage, Why
from ingest.types import Chunk

FILLER = "Nothing of interest stands in this sentence, nor in the next. " * 20


def lit(text: str, query: str) -> list[str]:
    """The stretches of the snippet that are emphasised."""
    shown = snippet(text, query)
    return [shown.plain[span.start : span.end] for span in shown.spans if "bold" in str(span.style)]


def passage(page: int = 3, page_last: int = 3, page_label: str | None = None) -> Passage:
    chunk = Chunk("id", 0, "text", "", page, page_last, 0, 4)
    return Passage(1, 0.5, chunk, "contract.pdf", "/d/contract.pdf", "Contract", page_label, Why())


def test_words_of_the_query_are_lit_in_any_form() -> None:
    assert lit("Employees may carry over leave. Carried leave expires.", "does carrying leave expire") == [
        "carry",
        "leave",
        "Carried",
        "leave",
        "expires",
    ]


def test_stop_words_are_not_lit() -> None:
    assert lit("The hotel is in the city", "what is the hotel") == ["hotel"]


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("A short text\nin two lines.", "anything").plain == "A short text in two lines."


def test_the_stretch_with_most_words_of_the_query_is_shown() -> None:
    text = f"The penalty alone. {FILLER}The penalty for late delivery is 2 % a week. {FILLER}"
    shown = snippet(text, "penalty for late delivery").plain
    assert "penalty for late delivery is 2 % a week" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= SNIPPET_CHARACTERS + 2


def test_a_given_start_is_where_the_stretch_begins() -> None:
    text = f"{FILLER}Here it begins. {FILLER}"
    assert snippet(text, "nothing", text.index("Here")).plain.startswith("…Here it begins.")


def test_lit_stretches_are_words_of_the_text_even_after_cutting() -> None:
    text = f"{FILLER}Late   delivery\ncosts a penalty. {FILLER}"
    assert lit(text, "late delivery penalty") == ["Late", "delivery", "penalty"]


def test_a_text_without_spaces_is_cut_hard() -> None:
    shown = snippet("x" * 5000, "y").plain
    assert len(shown) <= SNIPPET_CHARACTERS + 2


def test_a_language_without_spaces_is_shown_from_where_it_matters() -> None:
    filler = "这句话没有什么意思。" * 60
    text = f"第 1 条{filler}ISO9001。罚款是每周百分之二。{filler}第 2 条"
    from_start = snippet(text, "罚款", text.index("罚款")).plain
    assert from_start.startswith("…罚款是每周百分之二。")
    assert len(from_start) >= 100
    by_words = snippet(text, "ISO9001").plain
    assert "ISO9001。罚款是每周百分之二。" in by_words
    assert len(snippet(text, "nothing").plain) >= 100


def test_markup_and_escapes_in_a_text_are_shown_or_dropped_never_obeyed() -> None:
    shown = snippet("a [bold]price[/bold] \x1b[2J \u202eof 5", "price")
    assert shown.plain == "a [bold]price[/bold] [2J of 5"


def test_the_title_line_names_document_page_label_and_range() -> None:
    assert title_line(passage(), 1).plain == " 1  contract.pdf, page 3"
    assert pages(passage(page_label="3")) == "page 3"
    assert pages(passage(page_label="iii")) == "page 3 (printed iii)"
    assert pages(passage(page_last=5)) == "pages 3-5"


def test_why_is_said_in_words() -> None:
    assert in_words(Why(lexical_rank=2, dense_rank=None), 1) == (
        "Placed 1st: 2nd by its words, not found by its meaning."
    )
    assert "the reranker gave it 1.25" in in_words(Why(1, 3, 1.25, 4), 11)
    assert "the question names its document by halden, 2021, 1st of those it names" in in_words(
        Why(1, 1, None, 1, "halden, 2021"), 1
    )


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip
