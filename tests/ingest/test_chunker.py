"""Chunks: verbatim, complete, within the embedder's window, along headings, pages and tables."""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from config.sections import ChunkingSettings
from ingest.chunker import chunk_document
from ingest.contexts import PATH_SEPARATOR
from ingest.types import Block, BlockKind, Chunk, Document, Page

HEADING, PARAGRAPH, ITEM, ROW = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW
WINDOW = 100
SETTINGS = ChunkingSettings(max_tokens=60, min_tokens=10)
Part = tuple[BlockKind, str] | tuple[BlockKind, str, int] | tuple[BlockKind, str, int, str]
"""Kind, text, heading level, table header."""


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    """A tokenizer whose counts do not add up: pairs of characters, rounded up."""
    return [-(-len(text) // 2) for text in texts]


def page(number: int, *parts: Part, between: str = "\n", around: tuple[str, str] = ("", "")) -> Page:
    text = around[0]
    blocks = []
    for kind, words, *rest in parts:
        level, header = [*rest, *(0, "")[len(rest) :]]
        if blocks:
            text += between
        blocks.append(Block(kind, len(text), len(text) + len(words), level, header))
        text += words
    return Page(number, text + around[1], tuple(blocks))


def document(*pages: Page, title: str = "Lease of the mill", name: str = "lease-of-the-mill.pdf") -> Document:
    return Document(Path("/papers") / name, "a" * 64, title, pages)


def chunks_of(
    doc: Document,
    settings: ChunkingSettings = SETTINGS,
    window: int = WINDOW,
    count: Callable[[Sequence[str]], list[int]] = count_words,
) -> list[Chunk]:
    return chunk_document(doc, collection="default", settings=settings, count_tokens=count, window=window)


def words(count: int, prefix: str = "w") -> str:
    return " ".join(f"{prefix}{number}" for number in range(count))


def verbatim(doc: Document, chunk: Chunk) -> str:
    """The slice that ingest.types.Chunk promises."""
    texts = [page.text for page in doc.pages[chunk.page - 1 : chunk.page_last]]
    texts[-1] = texts[-1][: chunk.end]
    texts[0] = texts[0][chunk.start :]
    return "\n".join(texts)


# Along the structure --------------------------------------------------------------------------------------------------


def test_small_neighbours_share_a_chunk() -> None:
    doc = document(page(1, (PARAGRAPH, words(5)), (PARAGRAPH, words(6)), (ITEM, "- " + words(4))))
    assert [chunk.text for chunk in chunks_of(doc)] == [doc.pages[0].text]


def test_a_new_section_begins_a_chunk_once_there_is_enough() -> None:
    doc = document(
        page(
            1,
            (HEADING, "1 Fees", 1),
            (PARAGRAPH, words(20)),
            (HEADING, "1.1 Late payment", 2),
            (PARAGRAPH, words(4)),
            (HEADING, "1.2 Early payment", 2),
            (PARAGRAPH, words(20)),
        )
    )
    found = chunks_of(doc)
    assert [chunk.text.split("\n")[0] for chunk in found] == ["1 Fees", "1.1 Late payment"]
    assert [chunk.heading for chunk in found] == ["1 Fees", "1 Fees"]


def test_the_heading_path_is_kept_and_closed() -> None:
    doc = document(
        page(1, (HEADING, "2 Fees", 1), (HEADING, "2.3 Late payment", 2), (PARAGRAPH, words(30))),
        page(2, (PARAGRAPH, words(30))),
        page(3, (HEADING, "3 Term", 1), (PARAGRAPH, words(30))),
    )
    assert [chunk.heading for chunk in chunks_of(doc)] == [PATH_SEPARATOR.join(["2 Fees", "2.3 Late payment"])] * 2 + [
        "3 Term"
    ]


def test_headings_stay_with_what_they_head() -> None:
    doc = document(page(1, (PARAGRAPH, words(8)), (HEADING, "Fees", 1), (HEADING, "Late", 2), (PARAGRAPH, words(59))))
    found = chunks_of(doc)
    assert all(re.search(r"w\d", chunk.text) for chunk in found)
    assert not any(chunk.text.endswith(("Fees", "Late")) for chunk in found)


def test_a_page_is_not_left_without_reason() -> None:
    doc = document(page(1, (PARAGRAPH, words(10) + ".")), page(2, (PARAGRAPH, words(10) + ".")))
    assert [(chunk.page, chunk.page_last) for chunk in chunks_of(doc)] == [(1, 1), (2, 2)]


def test_a_sentence_over_a_page_break_stays_whole() -> None:
    doc = document(
        page(1, (PARAGRAPH, f"Begin {words(20)}. The fee for the old"), around=("", "\n- 1 -")),
        page(2, (PARAGRAPH, f"mill is twelve euro. Then {words(20)}."), around=("Lease\n", "")),
    )
    found = chunks_of(doc)
    over = [chunk for chunk in found if chunk.page != chunk.page_last]
    assert len(over) == 1
    assert "The fee for the old\n- 1 -\nLease\nmill is twelve euro." in over[0].text
    assert over[0].text.endswith("mill is twelve euro.")
    assert found[-1].page == 2


def test_a_table_row_has_its_header_in_the_context_and_not_in_its_text() -> None:
    rows: list[Part] = [(ROW, f"Goods {number} {number}00 {number}50", 0, "2024 2023") for number in range(30)]
    doc = document(page(1, (ROW, "2024 2023"), *rows))
    first, *others = chunks_of(doc)
    assert others
    assert "2024 2023" in first.text
    assert "2024 2023" not in first.context
    for chunk in others:
        assert "2024 2023" in chunk.context
        assert "2024 2023" not in chunk.text


def test_two_tables_do_not_share_a_chunk() -> None:
    doc = document(page(1, (ROW, "Cash 5 6", 0, "2024 2023"), (ROW, "Staff 7 8", 0, "Oslo Bergen")))
    assert [chunk.text for chunk in chunks_of(doc)] == ["Cash 5 6", "Staff 7 8"]


def test_a_long_paragraph_is_cut_at_sentences_into_even_parts() -> None:
    sentences = [f"Sentence {number} {words(12)}." for number in range(6)]
    found = chunks_of(document(page(1, (PARAGRAPH, " ".join(sentences)))))
    assert [chunk.text.count(".") for chunk in found] == [3, 3]
    assert all(chunk.text.startswith("Sentence") for chunk in found)


def test_a_long_sentence_is_cut_at_clauses_then_at_words() -> None:
    clauses = f"If {words(30)}, or {words(30)}; then {words(130)}."
    found = chunks_of(document(page(1, (PARAGRAPH, clauses))))
    assert max(count_words([chunk.text for chunk in found])) <= SETTINGS.max_tokens
    assert found[0].text.endswith(",")
    assert " ".join(chunk.text for chunk in found) == clauses


def test_a_word_longer_than_a_chunk_is_cut_by_characters() -> None:
    word = "ab" * 500
    found = chunks_of(document(page(1, (PARAGRAPH, word))), count=count_characters)
    assert "".join(chunk.text for chunk in found) == word
    assert max(count_characters([chunk.indexed_text for chunk in found])) <= WINDOW


# The context line -----------------------------------------------------------------------------------------------------


def test_a_long_line_may_begin_with_words_that_have_no_tokens() -> None:
    def count(texts: Sequence[str]) -> list[int]:
        return count_words([text.replace("\ufffd", " ") for text in texts])

    text = "\ufffd \ufffd\ufffd " + words(100)
    found = chunks_of(document(page(1, (PARAGRAPH, text))), count=count)
    assert " ".join(chunk.text for chunk in found) == text


def test_the_context_names_document_and_section() -> None:
    doc = document(
        page(1, (HEADING, "2 Fees", 1), (PARAGRAPH, words(30))), page(2, (PARAGRAPH, words(30))), title="Annual report",
        name="HALVORSEN_2024_10K.pdf",
    )  # fmt: skip
    first, second = chunks_of(doc)
    assert first.context.startswith("HALVORSEN 2024 10K")
    assert "Annual report" in first.context
    assert "2 Fees" not in first.context  # it stands in the text
    assert second.context.endswith("2 Fees")


def test_a_file_name_that_says_the_same_as_the_title_is_not_repeated() -> None:
    doc = document(page(1, (PARAGRAPH, words(5))), title="Leave policy", name="leave-policy.md")
    assert chunks_of(doc)[0].context == "Leave policy"


def test_a_long_context_is_shortened_and_the_text_is_not() -> None:
    doc = document(
        page(
            1,
            (HEADING, words(18, "h"), 1),
            (HEADING, words(18, "k"), 2),
            (ROW, words(3), 0, words(200, "t")),
            (ROW, words(60), 0, words(200, "t")),
        ),
        title=words(40, "title"),
    )
    found = chunks_of(doc, window=80)
    assert max(count_words([chunk.indexed_text for chunk in found])) <= 80
    assert "".join(chunk.text for chunk in found).count("w59") == 1


def test_a_word_broken_at_a_line_end_is_found_whole() -> None:
    text = "We sell in inter-\nnational markets, with cloud-\nbased tools, to Smith-\nJones and to cloud-based friends."
    chunk = chunks_of(document(page(1, (PARAGRAPH, text))))[0]
    assert chunk.text == text
    assert chunk.context.endswith("international")  # not cloudbased: the document spells it with a hyphen elsewhere


# What always holds ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [count_words, count_characters])
@pytest.mark.parametrize("seed", range(25))
def test_chunks_of_any_document(seed: int, count: Callable[[Sequence[str]], list[int]]) -> None:
    doc = random_document(random.Random(seed))  # noqa: S311  a seed, not a secret
    settings = ChunkingSettings(max_tokens=500 if seed % 2 else 60, min_tokens=10)
    window = 90
    found = chunks_of(doc, settings, window, count)
    assert found == chunks_of(doc, settings, window, count)
    assert [chunk.ordinal for chunk in found] == list(range(len(found)))
    assert len({chunk.chunk_id for chunk in found}) == len(found)
    for chunk in found:
        assert chunk.text
        assert chunk.text == verbatim(doc, chunk)
        assert chunk.page <= chunk.page_last <= chunk.page + 1
        assert count([chunk.indexed_text])[0] <= window
    assert_everything_is_in_a_chunk(doc, found)


def assert_everything_is_in_a_chunk(doc: Document, found: Sequence[Chunk]) -> None:
    """Every character of every block that is not white space."""
    covered: dict[int, set[int]] = {page.number: set() for page in doc.pages}
    for chunk in found:
        for number in range(chunk.page, chunk.page_last + 1):
            start = chunk.start if number == chunk.page else 0
            end = chunk.end if number == chunk.page_last else len(doc.pages[number - 1].text)
            covered[number].update(range(start, end))
    for one in doc.pages:
        for block in one.blocks:
            lost = [one.text[i] for i in range(block.start, block.end) if i not in covered[one.number]]
            assert not "".join(lost).strip()


def random_document(chance: random.Random) -> Document:
    return document(
        *(
            page(
                number,
                *(random_part(chance) for _ in range(chance.randint(0, 8))),
                between=chance.choice(["\n", "\n\n", "\n## ", "\n<!-- a note -->\n"]),
                around=chance.choice([("", ""), ("Running header\n", "\n- 7 -")]),
            )
            for number in range(1, chance.randint(2, 5))
        ),
        title=words(chance.choice([1, 8, 60]), "title"),
    )


def random_part(chance: random.Random) -> Part:
    kind = chance.choice([HEADING, PARAGRAPH, PARAGRAPH, PARAGRAPH, ITEM, ROW, BlockKind.CODE])
    if kind is HEADING:
        return (kind, words(chance.randint(1, 15), "H"), chance.randint(1, 4))
    length = chance.choice([1, 5, 15, 40, 90])
    ends = chance.choice([".", "", ","])
    text = chance.choice([" ", "\n", ". ", "; "]).join(random_word(chance) for _ in range(length)) + ends
    if kind is ROW:
        return (kind, text, 0, chance.choice(["", "2024 2023", words(90, "t")]))
    return (kind, text)


def random_word(chance: random.Random) -> str:
    return chance.choice(["fee", "the", "mill-", "Größe", "東京", "5,000", "x" * 30, "(a)", "z" * 400])


def test_a_document_without_blocks_has_no_chunks() -> None:
    assert chunks_of(document(page(1))) == []


def test_ids_depend_on_collection_and_content_only() -> None:
    doc = document(page(1, (PARAGRAPH, words(5))))
    elsewhere = Document(Path("/other/place.pdf"), doc.sha256, doc.title, doc.pages)
    assert chunks_of(doc)[0].chunk_id == chunks_of(elsewhere)[0].chunk_id
    other = chunk_document(doc, collection="b", settings=SETTINGS, count_tokens=count_words, window=WINDOW)
    assert other[0].chunk_id != chunks_of(doc)[0].chunk_id
