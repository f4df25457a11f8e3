import pytest

from assistant.ask import AskOptions, find_passages
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


def test_a_follow_up_stays_in_the_document_that_was_named(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, HashEmbedder(), LEASES)

    def asked_of(question: str, conversation: str = "last") -> tuple[str, set[str]]:
        answer = answer_to(assistant, question, conversation=conversation, style="quote")
        return answer.text, {source.passage.document for source in answer.evidence}

    assert asked_of("@lease-one how high is the rent?", "new")[1] == {"lease-one.md"}
    assert asked_of("And until when?")[1] == {"lease-one.md"}
    assert asked_of("And in 2025?")[1] == {"lease-one.md"}
    assert asked_of("And @lease-two?")[1] == {"lease-two.md"}
    assert asked_of("And until when?")[1] == {"lease-two.md"}
    assert len(asked_of("How many days of paid vacation do employees accrue per year?")[1]) > 1


def test_the_name_of_a_document_is_not_searched_for_again(open_with: Open) -> None:
    assistant = open_with()
    fill(assistant.library, HashEmbedder(), LEASES)
    answer_to(assistant, '@"lease-one.md" how high is the rent in 2024?', style="quote")
    dialogue = assistant.conversations.open("last")
    found = find_passages(assistant.asker(), "And in 2025?", dialogue, AskOptions())
    assert found.result.query == "And in 2025? how high is the rent in?"
