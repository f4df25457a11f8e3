from assistant.quoting import quote
from assistant.sentences import score_passages
from assistant.types import Passage, Source, Why
from assistant.words import Weights
from ingest.types import Chunk


def ask(question: str, *texts: str) -> tuple[str, list[str]]:
    sources = [
        Source(n, Passage(n, 1.0, Chunk(f"c{n}", n, text, "", n, n, 0, len(text)), "d.md", "/d.md", "", None, Why()))
        for n, text in enumerate(texts, 1)
    ]
    weights = Weights(question, {}, 10)
    cited = quote(
        sources,
        score_passages(question, weights, [source.passage for source in sources]),
        weights,
        lambda _, first, last: texts[first - 1 : last],
    )
    for citation in cited.citations:
        assert texts[citation.page - 1][citation.start : citation.end] == citation.quote
    return cited.text, [citation.quote for citation in cited.citations]


def test_the_sentence_that_answers_is_copied_word_for_word() -> None:
    text, quotes = ask(
        "Who was elected chair?", "Minutes of May.\n\nIngrid Solheim was elected chair. The meeting closed at nine."
    )
    assert text == "“Ingrid Solheim was elected chair.” [1]"
    assert quotes == ["Ingrid Solheim was elected chair."]


def test_a_second_sentence_is_added_when_it_holds_what_the_first_lacks() -> None:
    _, quotes = ask(
        "How many vacation days are there and when do they expire?",
        "There are 23 vacation days.\n\nUnused vacation expires on 31 March.",
    )
    assert quotes == ["There are 23 vacation days.", "Unused vacation expires on 31 March."]


def test_the_better_passage_wins_between_equal_sentences() -> None:
    _, quotes = ask(
        "How long is the notice period?", "The notice period is one month.", "The notice period is two months."
    )
    assert quotes == ["The notice period is one month."]


def test_a_table_row_comes_with_its_header() -> None:
    text, quotes = ask(
        "What does the Aquila valve cost?", "Prices for 2025\n\nItem | Price\nPump | 120\nAquila valve | 35"
    )
    assert quotes == ["Item | Price", "Aquila valve | 35"]
    assert text == "“Item | Price” [1]\n“Aquila valve | 35” [1]"


def test_lines_of_a_sentence_are_joined_in_what_is_shown_and_kept_in_what_is_quoted() -> None:
    text, quotes = ask("When are the reports due?", "The reports are due at the very latest within\nthirty days.")
    assert text == "“The reports are due at the very latest within thirty days.” [1]"
    assert quotes == ["The reports are due at the very latest within\nthirty days."]


def test_no_source_gives_no_quote() -> None:
    assert ask("What?") == ("", [])
