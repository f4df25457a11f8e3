"""`strongroom search` and `strongroom ask`: the contract's fields, and what a person reads."""

from pathlib import Path

import pytest

from assistant.compare import Contender
from ingest.library.database import PRAGMAS
from models.fakes import ScriptedModel
from tests.cli.conftest import Run

HIT_FIELDS = {
    "rank", "score", "document", "path", "page", "page_last", "page_label", "heading", "text", "chunk_id", "why",
}  # fmt: skip
ASK_FIELDS = {
    "question", "answer", "style", "refused", "citations", "evidence", "grounding", "model", "embedder", "tokens",
    "timings_ms", "conversation", "unkept",
}  # fmt: skip
REFUSAL = "I could not find that in these documents."


def test_search_finds_the_document_and_prints_every_field(run: Run, library: Path) -> None:
    found = run("search", "hotel costs per night", "-k", "2", "--json").json
    assert set(found) >= {"query", "mode", "hits", "timings_ms"}
    assert set(found["timings_ms"]) >= {"embed", "lexical", "dense", "fuse", "rerank", "total"}
    hit = found["hits"][0]
    assert set(hit) >= HIT_FIELDS
    assert set(hit["why"]) >= {"lexical_rank", "dense_rank", "rerank_score", "document_rank"}
    assert (hit["rank"], hit["page"], hit["document"]) == (1, 1, "travel-policy.md")
    assert hit["path"] == str(library / "travel-policy.md")


def test_an_empty_collection_beside_one_with_documents_is_told_apart(run: Run, library: Path) -> None:
    result = run("--collection", "defualt", "search", "notice period")
    assert "The collection defualt is empty. The collection with documents is default." in result.err


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_every_mode_finds(mode: str, run: Run, library: Path) -> None:
    found = run("search", "chair of the board", "--mode", mode, "--json").json
    assert found["mode"] == mode
    assert found["hits"][0]["document"] == "board.txt"


def test_doc_narrows_and_a_glob_without_a_match_is_an_error(run: Run, library: Path) -> None:
    found = run("search", "policy", "--doc", "travel*", "--json").json
    assert {hit["document"] for hit in found["hits"]} == {"travel-policy.md"}
    missing = run("search", "policy", "--doc", "nothing*", "--json")
    assert (missing.code, missing.out) == (1, "")
    assert "nothing*" in missing.err


def test_a_person_reads_numbered_passages(run: Run, library: Path) -> None:
    lines = run("search", "hotel costs per night", "-k", "1", "--explain").out.splitlines()
    assert lines[0].startswith(" 1  travel-policy.md, page 1  ")
    assert "Hotel costs are reimbursed up to 130 euro" in lines[1]
    assert lines[2].startswith("    Placed 1st: 1st by its words, 1st by its meaning")


def test_an_empty_library_says_what_to_do(run: Run) -> None:
    result = run("search", "anything")
    assert (result.code, result.out) == (0, "")
    assert "strongroom documents list" in result.err


def test_a_quoted_answer_cites_word_for_word(run: Run, library: Path) -> None:
    answer = run("ask", "Who was elected chair of the board?", "--style", "quote", "--json").json
    assert set(answer) >= ASK_FIELDS
    assert set(answer["tokens"]) == {"prompt", "reused", "generated", "drafted_accepted"}
    assert set(answer["timings_ms"]) == {"retrieve", "first_evidence", "first_token", "total", "reading", "writing"}
    assert set(answer["grounding"]) == {"supported", "sentences", "unsupported"}
    assert answer["refused"] is False
    assert "Bergland" in answer["answer"]
    citation = answer["citations"][0]
    assert set(citation) == {"number", "document", "path", "page", "quote", "start", "end"}
    assert citation["quote"] in Path(citation["path"]).read_text()
    assert set(answer["evidence"][0]) >= HIT_FIELDS


def test_a_sentence_with_a_broken_word_is_not_printed_again_as_its_own_proof(run: Run, tmp_path: Path) -> None:
    document = tmp_path / "taxis.txt"
    document.write_text("Taxis to the airport are only reim-\nbursed after ten in the evening.\n")
    assert run("--quiet", "ingest", str(document)).code == 0
    out = run("ask", "When are taxis to the airport paid?", "--style", "quote").out
    assert out.splitlines() == [
        "“Taxis to the airport are only reim-bursed after ten in the evening.” [1]",
        "",
        "[1] taxis.txt, page 1",
    ]


def test_a_written_answer_streams_and_its_sources_follow(run: Run, library: Path) -> None:
    result = run("ask", "How many days of paid vacation do employees accrue per year?", "--style", "answer")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].startswith("Employees accrue 26 days of paid vacation per year")
    assert any(line.startswith("[1] ") and ", page 1: " in line for line in lines)
    assert "Not borne out by the sources:" not in lines


def test_a_sentence_without_support_is_listed(run: Run, library: Path, llm: ScriptedModel) -> None:
    llm._replies = ["Employees accrue 40 days of paid vacation per year [1]."]
    lines = run("ask", "How many days of paid vacation per year?", "--style", "answer").out.splitlines()
    at = lines.index("Not borne out by the sources:")
    assert "40 days" in lines[at + 1]


def test_a_citation_found_for_a_forgetful_model_is_shown(run: Run, library: Path, llm: ScriptedModel) -> None:
    llm._replies = ["Employees accrue 26 days of paid vacation per year."]
    out = run("ask", "How many days of paid vacation per year?", "--style", "answer").out
    assert "Checked against the sources:\nEmployees accrue 26 days of paid vacation per year [" in out


def test_an_answer_that_gets_the_same_mark_once_more_is_not_shown_twice(
    run: Run, library: Path, llm: ScriptedModel
) -> None:
    llm._replies = ['26 days. "Employees accrue 26 days of paid vacation per year." [1]']
    out = run("ask", "How many days of paid vacation per year?", "--style", "answer").out
    assert "Checked against the sources:" not in out
    assert out.startswith("26 days.")


def test_a_question_outside_the_documents_is_refused_without_the_model(
    run: Run, library: Path, llm: ScriptedModel
) -> None:
    answer = run("ask", "boiling point tungsten hexafluoride", "--json").json
    assert (answer["refused"], answer["answer"], answer["citations"]) == (True, REFUSAL, [])
    assert llm.messages == []
    out = run("ask", "boiling point tungsten hexafluoride").out
    assert out.startswith(f"{REFUSAL}\n")


def test_a_conversation_goes_on(run: Run, library: Path) -> None:
    first = run("ask", "How many vacation days?", "--style", "answer", "--conversation", "new", "--json").json
    second = run("ask", "How many are carried over?", "--style", "answer", "--conversation", "last", "--json").json
    assert second["conversation"] == first["conversation"]
    assert run("ask", "How many hotels?", "--json").json["conversation"] != first["conversation"]


def test_an_answer_that_cannot_be_kept_is_printed_and_says_so(
    run: Run, library: Path, llm: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "Employees accrue 26 days of paid vacation per year [1]. "
    llm._replies = [words * 1000]
    question = ("ask", "How many vacation days?", "--style", "answer", "--max-tokens", "2000")
    kept = run(*question, "--json")
    assert (kept.json["unkept"], kept.err) == (None, "")

    # no connection opened from here on has room beyond what the library has now, as on a full disk
    monkeypatch.setattr("ingest.library.database.PRAGMAS", (*PRAGMAS, "PRAGMA max_page_count = 1"))
    lost = run("--quiet", *question, "--json")
    assert (lost.code, lost.json["answer"]) == (0, kept.json["answer"])
    assert lost.json["citations"][0]["document"] == "leave-policy.md"
    assert lost.json["unkept"].startswith("This turn is not kept. The disk is full: ")
    assert kept.json["conversation"]
    assert lost.json["conversation"] == "", "it has not begun"
    assert lost.err == f"{lost.json['unkept']}\n"

    read = run("--quiet", *question)
    assert (read.code, read.err) == (0, lost.err)
    assert "\n[1] leave-policy.md, page 1: " in read.out
    assert "This turn is not kept" not in read.out


def test_an_unknown_conversation_is_wrong_usage(run: Run, library: Path) -> None:
    result = run("ask", "How many?", "--conversation", "no-such-id", "--json")
    assert (result.code, result.out) == (2, "")
    assert "Start a new one (without --conversation; Ctrl+N)" in result.err


def test_a_model_that_dies_is_an_error_and_the_next_question_works(run: Run, library: Path, llm: ScriptedModel) -> None:
    llm.dies_after = 2
    question = ("ask", "How many days of paid vacation per year?", "--style", "answer", "--json")
    died = run(*question)
    assert (died.code, died.out) == (1, "")
    assert "stopped in the middle" in died.err
    assert run(*question).code == 0


def test_escapes_that_a_model_writes_never_reach_the_terminal(run: Run, library: Path, llm: ScriptedModel) -> None:
    llm._replies = ["Employees accrue \x1b]52;c;cGF5\x07 26 \x9b2Jdays of paid [bold]vacation[/bold] per year [1]."]
    out = run("ask", "How many days of paid vacation per year?", "--style", "answer").out
    assert not {"\x1b", "\x07", "\x9b"} & set(out)
    assert "[bold]vacation[/bold]" in out


def test_an_empty_question_is_wrong_usage(run: Run, library: Path) -> None:
    assert run("ask", "   ").code == 2
    assert run("search", "").code == 2


def test_two_models_are_compared(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = {"small": "Employees accrue 26 days [1].", "large": "26 days of paid vacation [1]."}

    def contender(_: object, name: str) -> Contender:
        return Contender(name, lambda: ScriptedModel([replies[name]], name=name))

    monkeypatch.setattr("assistant.parts.Parts.contender", contender)
    run("ingest", str(folder))
    words = ("ask", "How many days of paid vacation do employees accrue?", "--compare", "small", "large")
    compared = run(*words, "--json").json
    assert set(compared) == {"question", "evidence", "answers"}
    assert compared["evidence"][0]["document"] == "leave-policy.md"
    small, large = compared["answers"]
    assert (small["model"], small["answer"]) == ("small", replies["small"])
    assert (large["model"], large["answer"]) == ("large", replies["large"])
    assert small["evidence"] == large["evidence"] == compared["evidence"]
    assert small["conversation"] is None
    assert small["load_ms"] >= 0

    text = run(*words).out
    assert text.index("small") < text.index(replies["small"]) < text.index("large\n") < text.index(replies["large"])
    last = text.splitlines()[-3:]
    assert [line.split()[0] for line in last] == ["Model", "small", "large"]
    assert "First word" in last[0]
    assert "1 of 1" in last[1]


@pytest.mark.parametrize("command", ["search", "ask"])
def test_an_empty_library_is_told_to_whom_asks_it(run: Run, command: str) -> None:
    result = run(command, "notice period")
    assert "The library is empty. Take a folder in with `strongroom ingest FOLDER`." in result.err


@pytest.mark.parametrize("command", ["search", "ask"])
def test_a_library_with_documents_is_not_called_empty(run: Run, library: Path, command: str) -> None:
    assert "is empty" not in run(command, "notice period").err
