from pathlib import Path

import pytest

from ingest.identity import dates_in, identify, initials_in, kinds_in, quarters_in, years_in
from ingest.types import Document, Page


def document(name: str, *pages: str, title: str = "", author: str = "") -> Document:
    numbered = tuple(Page(number, text) for number, text in enumerate(pages, 1))
    return Document(Path("/documents") / name, "0" * 64, title, numbered, {"author": author} if author else {})


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("the annual report 2018", (2018,)),
        ("in 2025, scope 1. In 2024.", (2025, 2024)),
        ("FY18 and fiscal 2016", (2018, 2016)),
        ("Q2\u201923", (2023,)),
        ("Q22023", (2023,)),
        ("in 2Q23", (2023,)),
        ("2023Q2", (2023,)),
        ("FY2019 - FY2021", (2021, 2019)),
        ("12,018 pieces for 2018.50 euro", ()),
        ("article 20180", ()),
    ],
)
def test_years_in_whatever_form(text: str, years: tuple[int, ...]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(
    ("text", "quarters"),
    [("Q2 of FY2023", {2}), ("2023Q4", {4}), ("3Q22", {3}), ("the second quarter", {2}), ("Q40 pumps", set())],
)
def test_quarters_in_whatever_form(text: str, quarters: set[int]) -> None:
    assert quarters_in(text) == quarters


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("as of August 30, 2023", {"2023-08", "2023-08-30"}),
        ("on the 3rd of May 2023", {"2023-05", "2023-05-03"}),
        ("14. March 2025", {"2025-03", "2025-03-14"}),
        ("at the end of June 2026", {"2026-06"}),
        ("minutes-2026-09-16", {"2026-09", "2026-09-16"}),
        ("may 2 people", set()),
        ("FY2019 - FY2021", set()),
    ],
)
def test_dates_in_whatever_form(text: str, dates: set[str]) -> None:
    assert dates_in(text) == dates


def test_kinds_by_any_of_their_names() -> None:
    assert kinds_in("the 10-K") == kinds_in("annual report of 2019") == {"annual report"}
    assert kinds_in("Lease agreement") == {"contract"}
    assert kinds_in("how warm is it") == frozenset()


def test_initials_are_told_from_words() -> None:
    assert initials_in("Did JnJ or J&J buy AWW?") == ["=jj", "=jj", "=aww"]
    assert initials_in("an ordinary Question") == []


def test_the_file_name_names_the_document() -> None:
    names = identify(document("NordhavnPumps_Lease-2021.pdf", "Some text.")).names
    assert names["nordhavn"] == names["pumps"] == names["lease"] == 1.0
    assert names["=np"] == 1.0
    assert "text" not in names, "a word of one page names nothing"


def test_a_word_on_many_pages_names_the_document_and_a_word_on_few_does_not() -> None:
    pages = [f"Nordhavn makes pumps. Page {number}." for number in range(9)] + ["A valve."] * 2
    names = identify(document("scan0001.pdf", *pages)).names
    assert names["nordhavn"] == 1.0
    assert "valve" not in names or names["valve"] < 0.2


def test_a_name_of_several_words_gives_its_initials() -> None:
    pages = ["Johnson & Hansen sells. Johnson & Hansen buys."] * 4
    assert identify(document("x.pdf", *pages)).names["=jh"] > 0.5


def test_the_period_is_that_of_the_file_name_then_the_title_then_the_cover() -> None:
    cover = "For the fiscal year ended September 30, 2019"
    assert identify(document("report_2018.pdf", cover, title="Report 2017")).period.years == (2018,)
    assert identify(document("report.pdf", cover, title="Report 2017")).period.years == (2017,)
    assert identify(document("report.pdf", cover)).period.years == (2019,)
    assert identify(document("report.pdf", "Nothing said")).period.years == ()


def test_a_year_that_ends_on_new_year_s_day_is_the_one_before() -> None:
    assert identify(document("r.pdf", "for the fiscal year ended January 1, 2023")).period.years == (2022,)


def test_marks_are_one_mapping() -> None:
    marks = identify(document("Halden_10-K_2021_Q3.pdf", "x")).marks()
    assert marks["halden"] == marks["2021"] == marks["quarter:3"] == marks["kind:annual report"] == 1.0
