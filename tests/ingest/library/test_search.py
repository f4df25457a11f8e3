from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from config.locations import Locations, open_home
from ingest.library import schema, search
from ingest.library.library import Library
from ingest.library.schema import _FULL_TEXT
from tests.ingest.library.shelf import found_texts, put


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


def test_scores_are_those_of_fts5_for_all_terms_together(library: Library) -> None:
    put(library, "/a.txt", *(f"Revenue table {number}, {'net ' * (number % 4)}sales." for number in range(20)))
    put(library, "/b.txt", "Walrus alone, and much else besides on this page.", "Walrus revenue, net of walruses.")
    expected = library.database.rows(
        "SELECT chunk_id, -bm25(chunks_text) FROM chunks_text JOIN chunks ON chunks.id = chunks_text.rowid"
        " WHERE chunks_text MATCH ?",
        ('"walrus" OR "revenue" OR "net sales" OR "net" OR "sales"',),
    )

    hits = library.search_text('walrus revenue "net sales" net sales', 50)

    assert {hit.chunk_id: hit.score for hit in hits} == pytest.approx(dict(expected))


def test_of_two_ways_to_write_a_thing_the_better_counts(library: Library) -> None:
    put(library, "/a.txt", "BMI of whales.", "Body mass index (BMI) of seals.", "Mass of a body of water.", "Nothing.")
    words, other = "body mass index", {"body mass index": "bmi"}

    def scores(query: str, forms: dict[str, str]) -> dict[str, float]:
        hits = library.search_text(query, 10, None, forms)
        texts = library.chunks([hit.chunk_id for hit in hits])
        return {texts[hit.chunk_id].chunk.text: hit.score for hit in hits}

    short, long, both = scores("bmi", {}), scores(words, {}), scores(words, other)
    assert set(both) == set(short) | set(long)
    assert both == pytest.approx({text: max(short.get(text, 0.0), long.get(text, 0.0)) for text in both})


def test_what_comes_and_goes_is_seen_by_a_library_that_has_searched_before(library: Library) -> None:
    put(library, "/a.txt", "A walrus.")
    assert found_texts(library, "walrus") == ["A walrus."]
    elsewhere = Library.open(library.locations)

    put(elsewhere, "/b.txt", "The other walrus is larger.")
    assert len(found_texts(library, "walrus")) == 2
    assert library.term_statistics(["walrus"]) == {"walrus": 2}
    put(elsewhere, "/b.txt", "No such animal.", "None at all.")
    assert found_texts(library, "walrus") == ["A walrus."]
    elsewhere.forget("a.txt")
    assert found_texts(library, "walrus") == []
    elsewhere.close()


def test_forgetting_terms_to_make_room_changes_no_result(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    put(library, "/a.txt", "Salmon and trout.", "Trout and eel.", "Eel, salmon, trout.")
    before = [library.search_text(query, 10) for query in ("salmon eel", "trout eel")]
    monkeypatch.setattr(search, "MOST_KEPT", 2)
    put(library, "/b.txt", "Herring.")
    library.forget("b.txt")

    assert [library.search_text(query, 10) for query in ("salmon eel", "trout eel")] == before


def test_threads_may_search_at_once(library: Library) -> None:
    words = ["salmon", "trout", "eel", "herring", "cod", "perch"]
    put(library, "/a.txt", *(f"{word} and {other}." for word in words for other in words))
    queries = [f"{word} {other}" for word in words for other in words]
    alone = [found_texts(library, query) for query in queries]
    shared = Library.open(library.locations)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda query: found_texts(shared, query), queries))
    shared.close()

    assert together == alone


def test_term_statistics_count_chunks(library: Library) -> None:
    put(library, "/a.txt", "A ship and another ship.", "Ships sail.", "A sailing boat.")

    assert library.term_statistics(["ship", "sails", "boat", "plane", "sailing boat", ""]) == {
        "ship": 2, "sails": 2, "boat": 1, "plane": 0, "sailing boat": 1, "": 0
    }  # fmt: skip


def test_an_empty_library_finds_nothing(library: Library) -> None:
    assert library.search_text("anything", 10) == []


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("本公司二零二三年的营业收入为五亿元。", "营业收入"),
        ("本公司的营业\n收入为五亿元。", "营业收入是多少"),
        ("株式会社の売上高は前年比で増加しました。", "売上高"),
        ("임대차계약은 삼년간 유효합니다.", "임대차계약"),
        ("ผู้เช่าต้องชำระค่าเช่าทุกเดือน", "ค่าเช่า"),
        ("第7章资信状况", "资信"),
        ("付款期限为30天", '"付款期限"'),
    ],
)
def test_words_are_found_in_scripts_without_spaces(library: Library, page: str, query: str) -> None:
    put(library, "/a.txt", page)
    put(library, "/b.txt", "今天天气很好。 今日は雨です。 날씨가 좋다. อากาศดี")

    assert found_texts(library, query)[0] == page
    library.forget("a.txt")
    assert page not in found_texts(library, query)
    assert library.check() == []


def test_what_came_in_before_words_of_such_scripts_could_be_found_is_found_now(
    locations: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Library.open(locations)) as library:
        put(library, "/a.txt", "本公司的营业收入为五亿元。")
        for statement in (
            "DROP TRIGGER chunks_text_insert",
            "DROP TRIGGER chunks_text_delete",
            "DROP TABLE chunks_text",
            "DROP VIEW chunks_spaced",
            *_FULL_TEXT,
            "INSERT INTO chunks_text (chunks_text) VALUES ('rebuild')",
            "PRAGMA user_version = 4",
        ):
            library.database.rows(statement)
        assert found_texts(library, "营业收入") == []
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:5])  # what later steps add is there already

    with closing(Library.open(locations)) as library:
        assert found_texts(library, "营业收入") == ["本公司的营业收入为五亿元。"]
