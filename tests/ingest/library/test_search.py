from pathlib import Path

import pytest

from config.locations import open_home
from ingest.library import search
from ingest.library.library import Library
from ingest.library.search import terms_of
from tests.ingest.library.shelf import found_texts, put


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("What is the notice period?", ["notice", "period"]),
        ("to be or not to be", ["to", "be", "or", "not"]),
        ("the company's 10-K for 2018", ["company", "10 k", "2018"]),
        ("price of 1,234.50 (net)", ["price", "1 234 50", "net"]),
        ('the "notice period" of AT&T', ["notice period", "at t"]),
        ("state-of-the-art", ["state of the art", "state", "art"]),
        ("Kündigungsfrist déjà", ["kündigungsfrist", "déjà"]),
        ("lease lease LEASE", ["lease"]),
        ("", []),
        ('?! " * ( - ^', []),
    ],
)
def test_a_query_becomes_terms(query: str, terms: list[str]) -> None:
    assert [term for term in terms_of(query) if term not in {"at", "of", "the"}] == terms


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '""',
        'a" OR "b',
        "text:*",
        "NEAR(a b)",
        "a AND",
        "NOT",
        "^a",
        "a*",
        "-a",
        "{text}: a",
        "col : x",
        "\x00",
        "'; --",
        "ß" * 500,
    ],
)
def test_nothing_in_a_query_is_syntax(library: Library, query: str) -> None:
    put(library, "/a.txt", "An ordinary sentence.")

    assert found_texts(library, query + " ordinary") == ["An ordinary sentence."]


def test_words_are_found_in_their_other_forms_and_without_accents(library: Library) -> None:
    put(library, "/a.txt", "The tenant terminates the agreement.")
    put(library, "/b.txt", "Le café est fermé.")

    assert found_texts(library, "termination agreements") == ["The tenant terminates the agreement."]
    assert found_texts(library, "cafe") == ["Le café est fermé."]


def test_a_quoted_phrase_is_found_as_a_phrase(library: Library) -> None:
    put(library, "/a.txt", "Period of notice given.")
    put(library, "/b.txt", "A notice period.")

    assert found_texts(library, '"notice period"') == ["A notice period."]


def test_the_title_is_searched_too(library: Library) -> None:
    put(library, "/a.txt", "Nothing special.", title="Handbook of Halvorsen")

    assert found_texts(library, "halvorsen") == ["Nothing special."]


def test_the_order_does_not_depend_on_what_came_first(tmp_path: Path) -> None:
    pages = [f"The same sentence about tides {'again ' * (number % 3)}." for number in range(200)]
    orders = []
    for name, step in (("forth", 1), ("back", -1)):
        library = Library.open(open_home(tmp_path / name))
        for number in range(200)[::step]:
            put(library, f"/{number}.txt", pages[number], f"{number}")
        orders.append(library.search_text("tides sentence", 150))
        library.close()

    assert orders[0] == orders[1]
    assert len(orders[0]) == 150
    assert [hit.score for hit in orders[0]] == sorted((hit.score for hit in orders[0]), reverse=True)


def test_a_search_can_be_narrowed_to_documents(library: Library) -> None:
    put(library, "/a.txt", "Salmon.")
    put(library, "/b.txt", "Salmon, smoked.")

    hits = library.search_text("salmon", 10, ["/b.txt"])

    assert [library.chunks([hit.chunk_id])[hit.chunk_id].path for hit in hits] == ["/b.txt"]
    assert library.search_text("salmon", 10, []) == []
    assert library.search_text("salmon", 10, ["/nowhere.txt"]) == []


def test_common_words_rank_but_do_not_make_candidates(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 3)
    put(library, "/common.txt", *(f"Revenue table {number}." for number in range(20)))
    put(library, "/rare.txt", "Walrus alone, and much else besides on this page.", "Walrus revenue.")

    assert found_texts(library, "walrus revenue") == [
        "Walrus revenue.",
        "Walrus alone, and much else besides on this page.",
    ]
    assert len(found_texts(library, "revenue", 50)) == 21


def test_term_statistics_count_chunks(library: Library) -> None:
    put(library, "/a.txt", "A ship and another ship.", "Ships sail.", "A sailing boat.")

    assert library.term_statistics(["ship", "sails", "boat", "plane", "sailing boat", ""]) == {
        "ship": 2, "sails": 2, "boat": 1, "plane": 0, "sailing boat": 1, "": 0
    }  # fmt: skip


def test_an_empty_library_finds_nothing(library: Library) -> None:
    assert library.search_text("anything", 10) == []
