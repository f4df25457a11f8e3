import pytest

from assistant.aboutness import DocumentScore
from assistant.assistant import Assistant
from assistant.sides import find_sides, take_turns
from tests.assistant.conftest import Open
from tests.assistant.shelf import fill

CONTRACTS = {
    "Halden_supply_contract.pdf": ["Halden delivers pumps.", "The notice period of Halden is six months."],
    "Brekke_supply_contract.pdf": ["Brekke delivers valves.", "The notice period of Brekke is three weeks."],
    "Report_2021.pdf": ["The year 2021 against 2020.", "Revenue of 2020 and 2021."],
    "Report_2020.pdf": ["The year 2020.", "Revenue of 2020."],
    "Report_2017.pdf": ["The year 2017.", "Revenue of 2017."],
}


def shelf(open_with: Open) -> Assistant:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, CONTRACTS)
    return assistant


def sides(assistant: Assistant, question: str) -> list[str]:
    about = assistant.retriever.documents_named(question)
    found = find_sides(question, about, assistant.library)
    return ["+".join(sorted(path.rsplit("/", 1)[1] for path in side)) for side in found]


def test_two_names_are_two_sides(open_with: Open) -> None:
    found = sides(shelf(open_with), "Which contract has the longer notice period, Halden or Brekke?")
    assert sorted(found) == ["Brekke_supply_contract.pdf", "Halden_supply_contract.pdf"]


def test_each_side_gets_its_passages(open_with: Open) -> None:
    found = shelf(open_with).search("Is the notice period of Halden longer than that of Brekke?", k=4)
    assert [p.document.split("_")[0] for p in found.passages].count("Halden") == 2
    assert {p.document.split("_")[0] for p in found.passages[:2]} == {"Halden", "Brekke"}


def test_one_name_has_no_sides(open_with: Open) -> None:
    assert sides(shelf(open_with), "What is the notice period of Halden?") == []


def test_a_report_that_has_both_years_is_enough(open_with: Open) -> None:
    assert sides(shelf(open_with), "How did revenue change from 2020 to 2021?") == []


def test_years_that_no_report_has_together_are_two_sides(open_with: Open) -> None:
    found = sides(shelf(open_with), "How did revenue change between 2017 and 2021?")
    assert found == ["Report_2021.pdf", "Report_2017.pdf"]


def test_a_question_that_names_nothing_has_no_sides(open_with: Open) -> None:
    assert find_sides("Who?", {}, shelf(open_with).library) == []
    assert find_sides("A", {"/a": DocumentScore(1.0, {"a": 1.0})}, shelf(open_with).library) == []


def test_passages_take_turns_and_none_is_lost() -> None:
    order = ["a1", "a2", "x1", "b1", "a3"]
    turned = take_turns(order, {chunk_id: f"/{chunk_id[0]}" for chunk_id in order}, [{"/a"}, {"/b"}])
    assert turned == ["a1", "b1", "a2", "a3", "x1"]


def test_reports_of_a_company_share_a_side_when_no_year_is_named(open_with: Open) -> None:
    reports = {f"{company}_{year}.pdf": ["Its debt."] for company in ("Halden", "Brekke") for year in (2019, 2020)}
    assistant = open_with()
    fill(assistant.library, assistant.embedder, {**reports, "Vestby_Marine_2020.pdf": ["Its debt."]})
    found = sides(assistant, "Which company has more debt, Brekke or Vestby Marine?")
    assert sorted(found) == ["Brekke_2019.pdf+Brekke_2020.pdf", "Vestby_Marine_2020.pdf"]
    hits = assistant.search("Which company has more debt, Brekke or Vestby Marine?", k=2).passages
    assert {hit.document.split("_")[0] for hit in hits} == {"Brekke", "Vestby"}


def test_names_are_sides_beside_a_year_too(open_with: Open) -> None:
    reports = {f"{company}_{year}.pdf": ["Its debt."] for company in ("Halden", "Brekke") for year in (2019, 2020)}
    assistant = open_with()
    fill(assistant.library, assistant.embedder, {**reports, **{f"other_{n}.pdf": ["x"] for n in range(6)}})
    found = sides(assistant, "Did Halden or Brekke have more debt in 2020?")
    assert sorted(found) == ["Brekke_2020.pdf", "Halden_2020.pdf"]


def test_the_two_contracts_are_two_sides(open_with: Open) -> None:
    found = sides(shelf(open_with), "Which of the two contracts has the longer notice period?")
    assert sorted(found) == ["Brekke_supply_contract.pdf", "Halden_supply_contract.pdf"]
    assert sides(shelf(open_with), "What does the contract say about notice?") == []


def test_a_mention_of_the_other_is_no_comparison(open_with: Open) -> None:
    assistant = shelf(open_with)
    fill(assistant.library, assistant.embedder, {"Vestby_contract.pdf": ["Vestby delivers, as Brekke did before."]})
    found = sides(assistant, "Compare the prices of Vestby and Brekke.")
    assert sorted(found) == ["Brekke_supply_contract.pdf", "Vestby_contract.pdf"]


def test_two_quarters_and_two_kinds_are_sides(open_with: Open) -> None:
    assistant = open_with()
    reports = {"report-2026-q2.pdf": ["Orders."], "report-2026-q3.pdf": ["Orders."], "price-list.pdf": ["Prices."]}
    fill(assistant.library, assistant.embedder, {**reports, "lease.pdf": ["Terms."]})
    found = sides(assistant, "How did orders change between the second and the third quarter of 2026?")
    assert sorted(found) == ["report-2026-q2.pdf", "report-2026-q3.pdf"]
    assert sorted(sides(assistant, "Does the price list or the lease say so?")) == ["lease.pdf", "price-list.pdf"]


SHOP = {
    "lease-v1.pdf": ["The rent is 900 euro. The notice period is three months."],
    "lease-v2.pdf": ["The rent is 950 euro. The notice period is six months."],
    "cleaning-contract.pdf": ["The notice period is one month."],
    "supply-agreement.pdf": ["The notice period is two weeks."],
    "minutes-2026-02-11.pdf": ["The budget is 4,000 euro."],
    "minutes-2026-05-20.pdf": ["The budget is 5,500 euro. May the next one be larger."],
    "minutes-2026-08-19.pdf": ["The budget is spent."],
    "handbook.pdf": ["Staff get 25 days of leave."],
}
VERSIONS = ["lease-v1.pdf", "lease-v2.pdf"]
ALL_CONTRACTS = ["cleaning-contract.pdf", *VERSIONS, "supply-agreement.pdf"]
"""A lease is a contract too, and only one document has the word in its name."""
MEETINGS = ["minutes-2026-02-11.pdf", "minutes-2026-05-20.pdf"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What changed between version 1 and version 2 of the lease?", VERSIONS),
        ("lease v1 vs v2", VERSIONS),
        ("How do versions 1 and 2 of the lease differ?", VERSIONS),
        ("Is the rent of the first or of the second version higher in the lease?", VERSIONS),
        ("Do both versions of the lease have the same rent?", VERSIONS),
        ("What is the notice period in the two leases?", VERSIONS),
        ("Which of the two contracts has the longer notice period?", ALL_CONTRACTS),
        ("How did the budget change between the February and the May minutes?", MEETINGS),
        ("What do the minutes of February and those of May say of the budget?", MEETINGS),
        ("What do the minutes of February and May 2026 say of the budget?", MEETINGS),
        ("Compare the meetings of 11 February and 20 May 2026.", MEETINGS),
    ],
)
def test_versions_months_and_kinds_are_sides(open_with: Open, question: str, expected: list[str]) -> None:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, SHOP)
    assert sorted(sides(assistant, question)) == expected
    assert {hit.document for hit in assistant.search(question, k=len(expected)).passages} == set(expected)


@pytest.mark.parametrize(
    "question",
    [
        "What is the rent in version 2 of the lease?",
        "Does version 2 of the lease and 3 months of notice go together?",
        "What was the budget in the minutes of May 2026?",
        "What do the minutes of February say?",
        "May staff take leave in February or in May?",
        "Do the minutes of February say who may, and who must, come?",
        "What did both parties to the lease agree on?",
    ],
)
def test_what_names_one_thing_has_no_sides(open_with: Open, question: str) -> None:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, SHOP)
    assert sides(assistant, question) == []


def test_versions_of_different_documents_are_not_compared(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, {"lease-v1.pdf": ["Rent."], "handbook-v2.pdf": ["Leave."]})
    assert sides(assistant, "What changed between version 1 and version 2?") == []
    fill(assistant.library, assistant.embedder, {"lease-v2.pdf": ["Rent."], "lease-v3.pdf": ["Rent."]})
    assert sides(assistant, "What changed between version 1 and version 2?") == VERSIONS
    assert sides(assistant, "What changed between version 1 and version 2 of the handbook?") == []


def test_sides_stay_within_the_documents_asked(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, assistant.embedder, SHOP)
    question = "What changed between version 1 and version 2 of the lease?"
    found = assistant.search(question, document="*v2*")
    assert {hit.document for hit in found.passages} == {"lease-v2.pdf"}


def test_the_ends_of_two_years_are_no_sides_of_a_report_that_has_both(open_with: Open) -> None:
    assistant = open_with()
    reports = {f"report-{year}-12-31.pdf": [f"Debt of {year} and {year - 1}."] for year in (2020, 2021)}
    fill(assistant.library, assistant.embedder, reports)
    assert sides(assistant, "How did debt change from 31 December 2020 to 31 December 2021?") == []
