import time
from pathlib import Path

import pytest

from ingest.cover import name_tells, read_cover
from ingest.identity import identify, initials_in
from ingest.kinds import kinds_in
from ingest.periods import dates_in, quarters_in, years_asked, years_in
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
        ("FY 22/23", (2023, 2022)),
        ("in 2022/23", (2023, 2022)),
        ("H1'23 and 2H22", (2023, 2022)),
        ("FY98, H1'99 and FY69", (2069, 1999, 1998)),
        ("FY 99/00", (2000, 1999)),
        ("2022-11", (2022,)),
        ("FY2018, 3/4 of it", (2018,)),
        ("am 31.12.2023", (2023,)),
        ("12,018 pieces for 2018.50 euro", ()),
        ("article 20180", ()),
    ],
)
def test_years_in_whatever_form(text: str, years: tuple[int, ...]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("Who approves a purchase of 2000 euro?", ()),
        ("Is €2000, $1,999 or 2050 kg the limit of FY24?", (2024,)),
        ("Did FY24 2000 employees stay?", (2024,)),
        ("How many of 2000 employees left in 2024?", (2024,)),
        ("In 2024 employees got how much?", (2024,)),
        ("FY2018 USD millions, December 2019 people", (2019, 2018)),
        ("Wer kauft 2000 Stück?", ()),
        ("What was the 2024 revenue?", (2024,)),
    ],
)
def test_an_amount_is_no_year_in_a_question(question: str, years: tuple[int, ...]) -> None:
    assert years_asked(question) == years


@pytest.mark.parametrize(
    ("text", "quarters"),
    [
        ("Q2 of FY2023", {2}),
        ("2023Q4", {4}),
        ("3Q22", {3}),
        ("the second quarter", {2}),
        ("Q40 pumps", set()),
        ("H1 2023", {2}),
        ("in the second half", {4}),
        ("im 3. Quartal", {3}),
        ("erstes Halbjahr", {2}),
        ("au deuxième trimestre", {2}),
        ("the first and second quarters", {1, 2}),
        ("from the second to the third quarter", {2, 3}),
        ("F\u0130RST QUARTER 2023", {1}),
        ("f\u0131r\u017ft quarter", {1}),
        ("a half of it", set()),
    ],
)
def test_quarters_in_whatever_form(text: str, quarters: set[int]) -> None:
    assert quarters_in(text) == quarters


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("as of August 30, 2023", {"2023-08", "2023-08-30"}),
        ("on the 3rd of May 2023", {"2023-05", "2023-05-03"}),
        ("14. March 2025", {"2025-03", "2025-03-14"}),
        ("at the end of June 2026", {"2026-06", "2026-06-30"}),
        ("Ende Februar 2024", {"2024-02", "2024-02-29"}),
        ("au 31 mars 2023", {"2023-03", "2023-03-31"}),
        ("minutes-2026-09-16", {"2026-09", "2026-09-16"}),
        ("vom 03.02.2024", {"2024-02", "2024-02-03"}),
        ("30 APR\u0130L 2023", {"2023-04", "2023-04-30"}),
        ("3 Augu\u017ft 1923", {"1923-08", "1923-08-03"}),
        ("F\u00c9VRIER 2024, M\u00c4RZ 2023", {"2024-02", "2023-03"}),
        ("may 2 people", set()),
        ("FY2019 - FY2021", set()),
    ],
)
def test_dates_in_whatever_form(text: str, dates: set[str]) -> None:
    assert dates_in(text) == dates


def test_kinds_by_any_of_their_names() -> None:
    assert kinds_in("the 10-K") == kinds_in("annual report of 2019") == {"annual report"}
    assert kinds_in("Lease agreement") == {"contract"}
    assert kinds_in("price-list-2026") == {"price list"}, "a file name has a hyphen for the space"
    assert kinds_in("how warm is it") == frozenset()
    assert kinds_in("Gesch\u00e4ftsbericht 2023") == kinds_in("rapport annuel") == {"annual report"}
    assert kinds_in("der Mietvertrag") == {"contract"}
    assert (
        kinds_in("Proc\u00e8s-verbal") == kinds_in("Sitzungsprotokoll") == kinds_in("the minutes of May") == {"minutes"}
    )
    assert kinds_in("it takes 20 minutes") == frozenset()


def test_initials_are_told_from_words() -> None:
    assert initials_in("Did JnJ, J & J or J&J buy AWW?") == ["=jj", "=jj", "=jj", "=aww"]
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


def test_a_report_that_says_we_is_known_by_its_cover() -> None:
    pages = ["ANNUAL REPORT 2023\nNordhavn Pumps plc\nThis report is for shareholders."] + ["We sell pumps."] * 60
    pages[20] = pages[40] = "We are called Nordhavn since 1990."
    names = identify(document("2023-AR-final_v2.pdf", *pages)).names
    assert names["nordhavn"] == 0.5
    assert "shareholders" not in names
    assert "pumps" not in names, "its pages have the word in small letters"


def test_a_word_of_the_file_name_that_the_text_uses_too_tells_less() -> None:
    names = identify(document("halden-final.pdf", "The final dividend of Halden.")).names
    assert (names["halden"], names["final"]) == (1.0, 0.5)


def test_an_address_does_not_make_a_name_an_ordinary_word() -> None:
    assert identify(document("halden.pdf", "Halden: see www.halden.com or ask info@halden.com")).names["halden"] == 1.0


def test_a_long_run_beside_an_address_takes_no_time() -> None:
    started = time.process_time()
    identify(document("dump.sql", "x@y " + "a1" * 100_000))
    assert time.process_time() - started < 1


def test_a_company_goes_by_its_ticker_and_its_initials_as_written() -> None:
    assert identify(document("r.pdf", "Nordhavn Pumps (NYSE: NHP)")).names["nhp"] == 1.0
    assert identify(document("r.pdf", "Common Stock, $1 par value NHP New York Stock Exchange")).names["nhp"] == 1.0
    assert identify(document("r.pdf", *["AT&T sells. Then AT&T buys."] * 6)).names["=att"] > 0.5


def test_the_quarter_of_a_report_that_only_its_pages_name() -> None:
    pages = [
        "Form 10-Q for the quarterly period ended August 31, 2023",
        "First quarter revenue",
        "In the first quarter",
    ]
    found = identify(document("r.pdf", *pages, "the second quarter"))
    assert found.period.quarters == {1}
    assert {"2023-08", "2023-08-31"} <= found.dates


# Where the file name says nothing -------------------------------------------------------------------------------------

FILING = "FORM 10-K\nFor the fiscal year ended June 30, 2021\nAdvanced Micro Works, Inc.\n(Exact name of registrant as"
CONTRACT = "MIETVERTRAG\nzwischen der Nordhavn Pumpen GmbH\nund der Halden Marine AG\nvom 3. M\u00e4rz 2024"
INVOICE = "Fjell Energi AS\nStorgata 4\nInvoice no. 2207\nDate: 14 May 2024\nTotal 1,200"


@pytest.mark.parametrize(
    ("name", "page", "fields"),
    [
        (
            "7f3a9c2e-11d4-4e0b-9c55-0242ac120002.pdf",
            FILING,
            {"issuer": "Advanced Micro Works, Inc.", "kind": "annual report", "period": "2021"},
        ),
        ("scan0007.pdf", CONTRACT, {"issuer": "Nordhavn Pumpen GmbH", "kind": "contract", "period": "2024-03-03"}),
        ("2207.pdf", INVOICE, {"issuer": "Fjell Energi AS", "kind": "invoice", "period": "2024-05-14"}),
        ("2023-AR-final_v2.pdf", "Our year", {"kind": "annual report", "period": "2023"}),
        ("notes.pdf", "Nothing that says what it is.", {}),
    ],
)
def test_the_cover_says_who_issued_what_for_when(name: str, page: str, fields: dict[str, str]) -> None:
    assert read_cover(document(name, page)).fields() == fields


def test_organisations_on_the_cover_name_a_document() -> None:
    names = identify(document("scan0007.pdf", CONTRACT)).names
    assert min(names["nordhavn"], names["pumpen"], names["halden"], names["=np"]) >= 0.5
    assert "gmbh" not in names
    assert identify(document("0007.pdf", FILING)).names["=amw"] >= 0.5


def test_what_a_program_made_up_names_nothing() -> None:
    assert identify(document("3f9ac01b-77aa.pdf", "Text.", title="The old mill")).names == {}


def test_a_year_or_a_kind_in_a_sentence_is_one_it_talks_about() -> None:
    abstract = (
        "Mills\nBACKGROUND In 1990 a policy of closing old mills was begun in all of the northern\ncountries by 1992.\n"
    )
    spoken_of = identify(document("40871.txt", abstract))
    assert (spoken_of.kinds, spoken_of.period.years) == (frozenset(), ())
    assert read_cover(document("40871.txt", abstract)).fields() == {}
    minutes = identify(document("40871.txt", "Minutes of 1990\n" + abstract))
    assert (minutes.kinds, minutes.period.years) == ({"minutes"}, (1990,))


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("3M_2018_10K.pdf", True),
        ("Halden_lease.pdf", True),
        ("2023-AR-final_v2.pdf", False),
        ("annual report 2023.pdf", False),
        ("IMG_20240115.pdf", False),
        ("Rechnung M\u00e4rz 2024.pdf", False),
        ("7f3a9c2e-11d4-4e0b-9c55-0242ac120002.pdf", False),
    ],
)
def test_whether_a_file_name_tells_whose_document_it_is(name: str, tells: bool) -> None:
    assert name_tells(Path("/documents") / name) is tells
