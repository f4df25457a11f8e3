from typing import Any

import pytest

from assistant.ask import AskOptions, find_passages
from assistant.assistant import Assistant
from assistant.scope import paths_matching, scoped_by_name
from config.errors import StrongroomError
from ingest.types import DocumentRecord, FileStatus
from models.fakes import HashEmbedder
from tests.assistant.conftest import Open, answer_to
from tests.assistant.shelf import fill


def record(path: str, status: FileStatus = FileStatus.ADDED) -> DocumentRecord:
    return DocumentRecord(path.rsplit("/", 1)[-1], path, "", status, "", 1, 1, "", "")


RECORDS = [
    record("/d/travel-policy.md"),
    record("/d/minutes/board-2025-03.txt"),
    record("/d/minutes/board-2025-04.txt"),
    record("/d/Price list (2).pdf"),
    record("/d/travel-broken.pdf", FileStatus.DAMAGED),
]


@pytest.mark.parametrize("glob", ["travel*", "TRAVEL-policy.md", "/d/travel*", "*/travel-policy.*"])
def test_a_glob_matches_name_or_path_in_any_case(glob: str) -> None:
    assert paths_matching(RECORDS, glob) == {"/d/travel-policy.md"}


def test_a_folder_is_a_scope() -> None:
    assert len(paths_matching(RECORDS, "*/minutes/*")) == 2


def test_no_match_says_so() -> None:
    with pytest.raises(StrongroomError, match=r"No document in the library matches nothing\*"):
        paths_matching(RECORDS, "nothing*")


def test_what_did_not_get_in_cannot_be_asked() -> None:
    with pytest.raises(StrongroomError):
        paths_matching(RECORDS, "travel-broken.pdf")


@pytest.mark.parametrize(
    ("question", "rest", "paths"),
    [
        ("What is due @travel-policy?", "What is due?", {"/d/travel-policy.md"}),
        (
            "@board-2025 who is chair?",
            "who is chair?",
            {"/d/minutes/board-2025-03.txt", "/d/minutes/board-2025-04.txt"},
        ),
        ("@board-2025-03.txt who?", "who?", {"/d/minutes/board-2025-03.txt"}),
        ('@"Price list" what costs most?', "what costs most?", {"/d/Price list (2).pdf"}),
    ],
)
def test_a_name_in_the_question_is_a_scope(question: str, rest: str, paths: set[str]) -> None:
    assert scoped_by_name(question, RECORDS) == (rest, paths)


@pytest.mark.parametrize("question", ["Who is jane@example.com?", "Is @nobody there?", "What is @ 5 %?", "No name"])
def test_other_at_signs_stay_in_the_question(question: str) -> None:
    assert scoped_by_name(question, RECORDS) == (question, None)


def test_accents_in_one_character_or_two_name_the_same_file() -> None:
    path = "/d/Re\u0301sume\u0301 (2).pdf"
    assert paths_matching([record(path)], "r\u00e9sum\u00e9 (2).pdf") == {path}
    assert paths_matching([record(path)], "R\u00e9sum\u00e9*") == {path}
    for name in ("r\u00e9sum\u00e9", "re\u0301sume\u0301"):
        assert scoped_by_name(f"@{name} who?", [record(path)]) == ("who?", {path})
    assert scoped_by_name("@re\u0301sume\u0301 who?", [record("/d/r\u00e9sum\u00e9.pdf")])[1] is not None


def test_a_file_that_is_called_like_a_glob_can_be_named() -> None:
    records = [record("/d/report [1].pdf"), record("/d/report 1.pdf")]
    assert paths_matching(records, "Report [1].pdf") == {"/d/report [1].pdf"}
    assert paths_matching(records, "report ?.pdf") == {"/d/report 1.pdf"}


LEASES = {f"lease-{place}.md": [f"The rent for {place} is 900 euro until June 2025."] for place in ("one", "two")}


RENT = "@lease-one how high is the rent?"
HOTEL = "Which hotel costs per night in Norway are reimbursed?"


@pytest.fixture
def leases(open_with: Open) -> Assistant:
    assistant = open_with()
    fill(assistant.library, HashEmbedder(), LEASES)
    return assistant


def asked_of(assistant: Assistant, question: str, conversation: str = "last", **how: Any) -> set[str]:
    """The documents whose passages were found for the question."""
    answer = answer_to(assistant, question, conversation=conversation, style="quote", **how)
    return {source.passage.document for source in answer.evidence}


def test_a_follow_up_stays_in_the_document_that_was_named(leases: Assistant) -> None:
    assert asked_of(leases, RENT, "new") == {"lease-one.md"}
    for question in ("And until when?", "And in 2025?", "And until June?", "And now?"):
        assert asked_of(leases, question) == {"lease-one.md"}
    assert asked_of(leases, "And @lease-two?") == {"lease-two.md"}
    assert asked_of(leases, "And until when?") == {"lease-two.md"}
    assert len(asked_of(leases, "How many days of paid vacation do employees accrue per year?")) > 1
    assert len(asked_of(leases, "And per year?")) > 1


def test_a_follow_up_stays_in_the_documents_of_a_glob(leases: Assistant) -> None:
    assert asked_of(leases, "How high is the rent?", "new", document="lease-*") == {"lease-one.md", "lease-two.md"}
    assert asked_of(leases, "And until when?") == {"lease-one.md", "lease-two.md"}
    assert asked_of(leases, "And until when?", document="lease-two.md") == {"lease-two.md"}


def test_a_follow_up_finds_a_document_that_was_renamed_not_the_one_that_took_its_name(leases: Assistant) -> None:
    asked_of(leases, RENT, "new")
    leases.library.move_document("/documents/lease-one.md", "/documents/agreement.md")
    assert asked_of(leases, "And until when?") == {"agreement.md"}
    fill(leases.library, HashEmbedder(), {"lease-one.md": ["The rent for the boat is 90 euro until May 2031."]})
    assert asked_of(leases, "And until when?") == {"agreement.md"}


def test_a_follow_up_finds_a_document_that_was_changed(leases: Assistant) -> None:
    asked_of(leases, RENT, "new")
    fill(leases.library, HashEmbedder(), {"lease-one.md": ["The rent for one is 950 euro until June 2026."]})
    assert asked_of(leases, "And until when?") == {"lease-one.md"}
    leases.library.move_document("/documents/lease-one.md", "/documents/agreement.md")
    assert asked_of(leases, "And in 2026?") == {"agreement.md"}


def test_a_follow_up_to_a_document_that_cannot_be_found_any_more_says_so(leases: Assistant) -> None:
    asked_of(leases, RENT, "new")
    leases.library.move_document("/documents/lease-one.md", "/documents/agreement.md")
    fill(leases.library, HashEmbedder(), {"agreement.md": ["The rent for one is 950 euro until June 2026."]})
    with pytest.raises(StrongroomError, match="put to are gone from the library, or were renamed and changed"):
        asked_of(leases, "And until when?")
    assert len(asked_of(leases, HOTEL)) > 1
    assert asked_of(leases, "And @agreement?") == {"agreement.md"}


def test_a_follow_up_stays_in_what_is_left_when_one_of_its_documents_is_forgotten(leases: Assistant) -> None:
    assert asked_of(leases, "How high is the rent in lease two?", "new", document="lease-*", k=1) == {"lease-two.md"}
    assert leases.forget("lease-one.md").verified_absent
    kept = leases.library.database.rows("SELECT path FROM conversation_scopes ORDER BY path")
    assert kept == [("",), ("/documents/lease-two.md",)]
    assert asked_of(leases, "And until when?") == {"lease-two.md"}


def test_the_name_of_a_document_is_not_searched_for_again(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, HashEmbedder(), LEASES)
    answer_to(assistant, '@"lease-one.md" how high is the rent in 2024?', style="quote")
    dialogue = assistant.conversations.open("last")
    found = find_passages(assistant.asker(), "And in 2025?", dialogue, AskOptions())
    assert found.result.query == "And in 2025? how high is the rent in?"
