"""What needs no terminal: progress, foreign text, the answer's Markdown."""

from pathlib import Path

import pytest

from assistant.tui.foreign import excerpt, lit, merged
from assistant.tui.progress import IngestProgress, count, duration, news_of
from assistant.tui.widgets.conversation.cited_markdown import NOT_BORNE_OUT, answer_parser, mark_sentences
from assistant.tui.widgets.sources.passage import card, key_ranges, pages, reasons
from assistant.tui.widgets.status_line import ingest_words
from assistant.types import Citation, Why
from ingest.events import Compared, Discovered, Embedded, FileDone, Finished
from ingest.types import FileStatus
from tests.tui.made_up import make_source

# progress


def done(status: FileStatus = FileStatus.ADDED, pages: int = 10) -> FileDone:
    return FileDone(Path("a.pdf"), status, pages=pages, chunks=3 * pages)


def test_the_news_of_a_run_name_what_came_and_what_was_left_out() -> None:
    progress = IngestProgress(started=0, now=0).after(Discovered(5, 1, 1), 0)
    progress = progress.after(done(FileStatus.UNCHANGED), 1).after(FileDone(Path("old.pdf"), FileStatus.DAMAGED), 1)
    assert news_of(progress) == ""
    progress = progress.after(FileDone(Path("lease.pdf"), FileStatus.ADDED, pages=1, ms=9), 1)
    progress = progress.after(FileDone(Path("broken.pdf"), FileStatus.DAMAGED, ms=9), 1)
    assert news_of(progress) == (
        "lease.pdf is in the library, read just now. broken.pdf was left out; the library says why."
    )
    progress = progress.after(done(), 1).after(FileDone(Path("x.pdf"), FileStatus.LOCKED, ms=9), 1)
    assert news_of(progress) == (
        "2 documents are in the library, read just now. 2 files were left out; the library says why."
    )


def test_files_that_are_compared_with_the_library_are_counted() -> None:
    progress = IngestProgress(started=0, now=0)
    assert ingest_words(progress) == "Looking for documents"
    progress = progress.after(Compared(done=3, files=40), 1)
    assert ingest_words(progress) == "Comparing 3 of 40 files"
    assert progress.seconds_left is None
    progress = progress.after(Discovered(files=40, unchanged=0, bytes=1), 2)
    assert (progress.looking, progress.done, progress.seconds_of_reading) == (False, 0, 0)


def test_progress_counts_pages_from_when_the_files_were_known() -> None:
    progress = IngestProgress(started=0, now=0)
    assert progress.looking
    assert progress.seconds_left is None
    progress = progress.after(Discovered(files=4, unchanged=0, bytes=1), 60)
    progress = progress.after(done(), 61).after(done(), 62)
    assert progress.pages_per_second == pytest.approx(10)
    assert progress.seconds_left == pytest.approx(2)
    assert progress.files_share == 0.5


def test_unchanged_files_are_no_pages_read() -> None:
    progress = IngestProgress(started=0, now=0).after(Discovered(2, 1, 1), 0)
    progress = progress.after(done(FileStatus.UNCHANGED), 1).after(done(FileStatus.DAMAGED, 0), 1)
    assert (progress.done, progress.read, progress.pages, progress.left_out) == (2, 0, 0, 1)
    assert progress.seconds_left is None


def test_the_slower_of_reading_and_embedding_decides_the_time_left() -> None:
    progress = IngestProgress(started=0, now=0).after(Discovered(2, 0, 1), 0).after(done(), 1)
    progress = progress.after(Embedded(done=1, pending=99), 1).after(Embedded(done=10, pending=90), 11)
    assert progress.seconds_left == pytest.approx(90)
    assert progress.vectors_share == pytest.approx(0.1)


def test_the_summary_has_the_last_word() -> None:
    progress = IngestProgress(started=0, now=0).after(Discovered(9, 0, 1), 0)
    progress = progress.after(Finished(9, 7, 0, 0, 0, 1, 1, 70, 210, 2.0, 35.0, 100.0, 0), 2)
    assert progress.finished
    assert progress.files_share == 1
    assert (progress.left_out, progress.pages) == (2, 70)
    assert progress.seconds_left is None


def test_an_empty_folder_is_no_division_by_zero() -> None:
    progress = IngestProgress(started=0, now=0).after(Discovered(0, 0, 0), 0)
    assert (progress.files_share, progress.vectors_share, progress.pages_per_second) == (0, 0, 0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (40, "40 s"), (59.6, "60 s"), (61, "1 min"), (179, "3 min"), (7500, "2 h 5 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_counts() -> None:
    assert count(1, "page") == "1 page"
    assert count(2104, "page") == "2,104 pages"


# foreign text


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([], []),
        ([(5, 2)], []),
        ([(0, 3), (2, 5)], [(0, 5)]),
        ([(8, 99), (-4, 2)], [(0, 2), (8, 10)]),
    ],
)
def test_ranges_are_merged_and_cut(ranges: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert merged(ranges, 10) == expected


def test_lit_ranges_hold_when_characters_before_them_are_dropped() -> None:
    content = lit("\x1b\x1bbefore key after", [(9, 12)])
    assert content.plain == "before key after"
    assert [content.plain[span.start : span.end] for span in content.spans] == ["key"]


def test_an_excerpt_is_cut_between_words_around_its_focus() -> None:
    text = "one two three four five six seven eight nine ten"
    start = text.index("five")
    shown, (first, last) = excerpt(text, (start, start + 4), around=8)
    assert shown == "…four five six…"
    assert shown[first:last] == "five"
    assert excerpt(text, (0, 3), around=500) == (text, (0, 3))


def test_an_excerpt_of_one_endless_word_is_cut_all_the_same() -> None:
    shown, (first, last) = excerpt("x" * 1000, (500, 510), around=20)
    assert shown == "…" + "x" * 50 + "…"
    assert shown[first:last] == "x" * 10


# the answer's Markdown


def links(markdown: str) -> list[str]:
    return [
        str(token.attrs["href"])
        for block in answer_parser().parse(markdown)
        for token in block.children or []
        if token.type == "link_open"
    ]


def text(markdown: str) -> str:
    tokens = answer_parser().parse(markdown)
    return "".join(child.content for block in tokens for child in block.children or [])


def test_citations_are_the_only_links() -> None:
    assert links("A [1] and [2][3].") == ["source:1", "source:2", "source:3"]
    assert links("[x](http://e.example) <http://e.example> http://e.example ![i](x.png) [y][1]\n\n[1]: http://e") == [
        "source:1",
        "source:1",
    ]
    assert links("`[1]`") == []
    assert links("[12345]") == []


def test_what_would_be_a_link_stands_there_as_written() -> None:
    assert text("[x](http://e.example)") == "[x](http://e.example)"
    assert text("<b>&#x202e;</b>") == "<b>&#x202e;</b>"


def kinds(markdown: str) -> set[str]:
    return {token.type for token in answer_parser().parse(markdown)}


@pytest.mark.parametrize(
    "answer", ["> 93 °C [1].", "- 412 [1].", "+ 3.4 %", "- £5 [1]. “A loss of £5” [1]", "- 412\n“b”"]
)
def test_the_sign_of_a_short_answer_stays(answer: str) -> None:
    assert kinds(answer) == {"paragraph_open", "inline", "paragraph_close"}
    assert text(answer).startswith(answer[:3])


def test_a_list_is_a_list_though_it_begins_with_a_number() -> None:
    assert "bullet_list_open" in kinds("- 5 pears\n- 6 apples")
    assert "bullet_list_open" in kinds("- pears")


@pytest.mark.parametrize(
    "answer",
    [
        "One. Two is **bold and** wrong. Three.",
        "- One.\n- Two is wrong.\n",
        "| a | b |\n|---|---|\n| Two is wrong. | x |",
        "```\nTwo is wrong.\n```",
        "`Two is wrong.`",
        "Two is\nwrong.",
        "*Two is wrong.* **Two",
    ],
)
def test_marks_never_break_the_text_and_never_show(answer: str) -> None:
    for sentence in ("Two is wrong.", "Two is\nwrong.", "Two is **bold and** wrong.", "bold and** wrong", "Two"):
        marked, _ = mark_sentences(answer, [sentence])
        shown = "".join(token.content for token in answer_parser().parse(marked)) + text(marked)
        assert "\ue000" not in shown
        assert "\ue001" not in shown
        assert text(marked).replace(NOT_BORNE_OUT, "").replace("*", "") == text(answer).replace("*", "")


def test_a_sentence_that_does_not_stand_in_the_answer_is_given_back() -> None:
    assert mark_sentences("One.", ["Two.", ""]) == ("One.", ["Two.", ""])


def test_a_sentence_that_stands_twice_is_marked_twice() -> None:
    marked, missing = mark_sentences("Yes. It is so. Yes.", ["Yes.", "Yes."])
    assert missing == []
    once, _ = mark_sentences("Yes.", ["Yes."])
    assert marked == f"{once} It is so. {once}"
    assert mark_sentences("One. Two.", ["Two.", "One."])[1] == [], "found in front of the last one, too"


# sources


def test_a_card_names_document_and_place() -> None:
    assert card(make_source(3), is_cited=True).plain.startswith(
        " 3  lease-halden.pdf\npage 12 · 7 Term and termination > 7.2 Notice\n"
    )


def test_a_quote_of_the_answer_is_lit_too() -> None:
    source = make_source(1)
    chunk = source.passage.chunk.text
    quote = "Notice must be given in writing"
    ranges = key_ranges(source, [Citation(1, "", "", 12, quote, 0, 0), Citation(2, "", "", 12, "Either party", 0, 0)])
    assert [chunk[start:end] for start, end in ranges] == ["The notice period is six months.", quote]


def test_pages_and_reasons_in_words() -> None:
    passage = make_source(1).passage
    assert pages(passage) == "page 12"
    assert reasons(Why(), None) == ""
    assert reasons(Why(lexical_rank=2), 0.5) == "Found as number 2 by its words, similarity 0.50"
