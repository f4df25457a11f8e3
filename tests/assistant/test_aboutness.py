from assistant.aboutness import score_documents
from config.sections import RetrievalSettings
from ingest.library.library import Library
from models.fakes import HashEmbedder
from tests.assistant.conftest import Open
from tests.assistant.shelf import fill

SETTINGS = RetrievalSettings()
REPORTS = {
    f"{company}_{year}_10K.pdf": [f"{company} sells {product}.", f"{company} in {year}.", f"Risks of {company}."]
    for company, product in (("Halden", "pumps"), ("Brekke", "valves"), ("AmericanTideWorks", "turbines"))
    for year in (2019, 2021, 2022)
}


def best(library: Library, question: str) -> list[str]:
    scores = score_documents(question, library, SETTINGS)
    top = max((document.score for document in scores.values()), default=0.0)
    return sorted(path.rsplit("/", 1)[1] for path, document in scores.items() if document.score > 0.95 * top)


def shelf(open_with: Open) -> Library:
    library = open_with().library
    fill(library, HashEmbedder(), REPORTS)
    return library


def test_name_and_year_find_the_one_report(open_with: Open) -> None:
    library = shelf(open_with)
    assert best(library, "What was Halden's revenue in FY2021?") == ["Halden_2021_10K.pdf"]
    assert best(library, "American Tide Works revenue 2019") == ["AmericanTideWorks_2019_10K.pdf"]


def test_initials_stand_for_the_name(open_with: Open) -> None:
    assert best(shelf(open_with), "ATW revenue in 2022") == ["AmericanTideWorks_2022_10K.pdf"]


def test_the_newest_year_named_counts_most_as_its_report_has_the_earlier_ones(open_with: Open) -> None:
    assert best(shelf(open_with), "How did Brekke grow from 2021 to 2022?") == ["Brekke_2022_10K.pdf"]


def test_a_later_report_is_the_next_best_for_a_year_without_one(open_with: Open) -> None:
    assert best(shelf(open_with), "Halden revenue in 2020") == ["Halden_2021_10K.pdf"]


def test_a_question_that_names_no_document_scores_none(open_with: Open) -> None:
    assert score_documents("Who signs for the company?", shelf(open_with), SETTINGS) == {}


def test_only_documents_asked_for_are_scored(open_with: Open) -> None:
    library = shelf(open_with)
    within = ["/documents/Halden_2019_10K.pdf", "/documents/Brekke_2019_10K.pdf"]
    assert set(score_documents("Halden 2021", library, SETTINGS, within)) == {"/documents/Halden_2019_10K.pdf"}


def test_it_says_by_what_a_document_was_known(open_with: Open) -> None:
    scores = score_documents("Halden's 10-K for 2021", shelf(open_with), SETTINGS)
    assert scores["/documents/Halden_2021_10K.pdf"].marks.keys() == {"halden", "2021", "annual report"}


def test_the_named_document_is_searched_and_comes_first(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, REPORTS)
    found = assistant.search("What does Brekke say about risks in 2021?", k=3)
    assert found.passages[0].document == "Brekke_2021_10K.pdf"
    assert found.passages[0].why.document_rank == 1
    assert found.passages[0].why.named_by == "2021, brekke"


def test_a_name_that_is_its_own_initials_counts_once(open_with: Open) -> None:
    library = open_with().library
    fill(library, HashEmbedder(), {"atw.pdf": ["American Tide Works."], "American_Tide_Works.pdf": ["Turbines."]})
    scores = score_documents("ATW", library, SETTINGS)
    assert scores["/documents/atw.pdf"].marks.keys() == {"atw"}
    assert scores["/documents/American_Tide_Works.pdf"].marks.keys() == {"atw"}


def test_words_of_a_period_are_no_names(open_with: Open) -> None:
    library = open_with().library
    fill(library, HashEmbedder(), {"Q1-first-quarter.pdf": ["x"], "other.pdf": ["y"]})
    assert score_documents("What was ordered by the end of the second quarter, Q2?", library, SETTINGS) == {}


def test_a_word_in_small_letters_tells_less_where_capitals_are_used(open_with: Open) -> None:
    library = shelf(open_with)
    with_capitals, without = "What does the halden report say?", "what does the halden report say?"
    path = "/documents/Halden_2019_10K.pdf"
    assert score_documents(with_capitals, library, SETTINGS)[path].score < 0.5 * (
        score_documents(without, library, SETTINGS)[path].score
    )


def test_a_date_within_the_quarter_finds_the_quarter_s_report(open_with: Open) -> None:
    library = open_with().library
    reports = {
        "report-2026-q2.pdf": ["For the three months. Balance on 30 June 2026."],
        "minutes-2026.pdf": ["Minutes."],
        "report-2026-q3.pdf": ["For the three months. Balance on 30 September 2026."],
    }
    fill(library, HashEmbedder(), reports)
    assert best(library, "How large was the order book at the end of June 2026?") == ["report-2026-q2.pdf"]
