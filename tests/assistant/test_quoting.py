from assistant.quoting import quote
from assistant.sentences import score_passages
from assistant.types import Passage, Source, Why
from assistant.words import Weights
from ingest.types import Chunk


def ask(question: str, *texts: str, apart: bool = False) -> tuple[str, list[str]]:
    """With `apart` each text is a document of its own, and the question needs them together."""
    paths = [f"/d{n}.md" if apart else "/d.md" for n in range(len(texts))]
    sources = [
        Source(n, Passage(n, 1.0, Chunk(f"c{n}", n, text, "", n, n, 0, len(text)), "d.md", path, "", None, Why()))
        for n, (text, path) in enumerate(zip(texts, paths, strict=True), 1)
    ]
    weights = Weights(question, {}, 10)
    cited = quote(
        sources,
        score_passages(question, weights, [source.passage for source in sources]),
        weights,
        lambda _, first, last: texts[first - 1 : last],
        [frozenset({path}) for path in paths] if apart else (),
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


def test_a_comparison_quotes_each_side_and_what_only_it_says() -> None:
    returned = "The deposit is returned after the end of the lease."
    _, quotes = ask(
        "Compare the deposit of the two leases.",
        f"{returned} The lease asks for a deposit of 12,600.",
        f"{returned} The lease asks for a deposit of 13,950.",
        "The shop floor is cleaned daily.",
        apart=True,
    )
    assert quotes == ["The lease asks for a deposit of 12,600.", "The lease asks for a deposit of 13,950."]


def test_a_comparison_puts_what_corresponds_side_by_side() -> None:
    both = "Whether the tenant or the landlord pays for the heating is stated below."
    _, quotes = ask(
        "Who pays for the heating, the tenant or the landlord?",
        f"{both} The tenant pays for the heating and the water in winter.",
        f"{both} The owner pays for the cooling and the water in winter.",
        apart=True,
    )
    assert quotes == [
        "The tenant pays for the heating and the water in winter.",
        "The owner pays for the cooling and the water in winter.",
    ]


def test_a_comparison_that_one_side_alone_knows_of_is_quoted_like_any_question() -> None:
    _, quotes = ask("Compare the deposit.", "The deposit is 12,600.", "The shop floor is cleaned daily.", apart=True)
    assert quotes == ["The deposit is 12,600."]


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


def test_a_word_broken_over_lines_is_shown_without_a_gap() -> None:
    text, quotes = ask("When are travel costs paid?", "All travel costs are to be reim-\nbursed and paid in May.")
    assert text == "“All travel costs are to be reim-bursed and paid in May.” [1]"
    assert quotes == ["All travel costs are to be reim-\nbursed and paid in May."]


def test_a_sentence_over_a_page_break_is_shown_whole() -> None:
    pages = ["The rent is due monthly. The deposit is not", "refunded when the tenant leaves early."]
    text = "\n".join(pages)
    chunk = Chunk("c", 0, text, "", 1, 2, 0, len(text))
    source = Source(1, Passage(1, 1.0, chunk, "d.md", "/d.md", "", None, Why()))
    question = "Is the deposit refunded?"
    weights = Weights(question, {}, 10)
    scored = score_passages(question, weights, [source.passage])
    cited = quote([source], scored, weights, lambda _, first, last: pages[first - 1 : last])
    assert cited.text == "“The deposit is not refunded when the tenant leaves early.” [1]"
    assert [(citation.page, citation.quote) for citation in cited.citations] == [
        (1, "The deposit is not"),
        (2, "refunded when the tenant leaves early."),
    ]


def test_no_source_gives_no_quote() -> None:
    assert ask("What?") == ("", [])


def test_a_row_is_quoted_with_what_introduces_it_and_not_that_alone() -> None:
    _, quotes = ask(
        "What were the gains of the equity fund in 2024?",
        "The gains of each fund are as follows (in millions):\n2024 2025\nEquity fund 12.5 13.1\nReserve 2.2 3.4",
    )
    assert quotes == ["The gains of each fund are as follows (in millions):", "2024 2025", "Equity fund 12.5 13.1"]


def test_a_sentence_that_refers_back_is_quoted_with_the_one_before_it() -> None:
    _, quotes = ask(
        "Who takes over as chair of the audit committee?",
        "The board appointed Ingrid Sandvik as director. She will take over as chair of the audit committee.",
    )
    assert quotes == [
        "The board appointed Ingrid Sandvik as director.",
        "She will take over as chair of the audit committee.",
    ]


def test_the_second_quote_may_be_the_one_with_the_kind_of_thing_asked_for() -> None:
    _, quotes = ask(
        "Which firm audits the accounts?",
        "Mr Brandt presented the accounts of all audits. The accounts audits of Marlowe Finch LLP are done.",
    )
    assert "The accounts audits of Marlowe Finch LLP are done." in quotes


def test_what_is_quoted_with_the_first_is_no_second_quote() -> None:
    _, quotes = ask(
        "Do parties keep drawings, plans, prices and forecasts secret after projects end?",
        "The parties keep drawings, plans, prices and forecasts secret. This duty lasts beyond the end.",
        "Parties keep drawings, plans, prices and forecasts of projects.",
    )
    assert quotes == [
        "The parties keep drawings, plans, prices and forecasts secret.",
        "This duty lasts beyond the end.",
        "Parties keep drawings, plans, prices and forecasts of projects.",
    ]
