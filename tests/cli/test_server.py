"""`--server`: the installed command against a server on this machine, and what happens without it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from models.fakes import ScriptedModel
from tests.cli.conftest import Run
from tests.cli.program import Program
from tests.launcher import Launcher

ROOT = Path(__file__).parents[2]
QUESTION = "How many days of paid vacation do employees accrue per year?"


def test_without_the_option_at_the_start_there_is_no_way_out(run: Run) -> None:
    """The relay is started before the seal or not at all."""
    done = run("--server", "ask", QUESTION)
    assert done.code == 2
    assert "server.url" in done.err
    run("config", "set", "server.url", "https://llm.house.test/v1")
    done = run("--server", "ask", QUESTION)
    assert done.code == 2
    assert "no way out" in done.err


def test_an_answer_says_where_its_question_went(
    run: Run, folder: Path, llm: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    run("ingest", str(folder))
    assert run("ask", QUESTION, "--json").json["sent_to"] is None
    assert "left this machine" not in run("ask", QUESTION).out
    monkeypatch.setattr(llm, "information", replace(llm.information, runs_on="llm.house.test:443"))
    assert run("ask", QUESTION, "--json").json["sent_to"] == "llm.house.test:443"
    assert "Written on llm.house.test:443: the question and its passages left this machine" in run("ask", QUESTION).out
    assert run("ask", QUESTION, "--style", "quote", "--json").json["sent_to"] is None
    assert run("ask", "Who painted the ceiling of the chapel?", "--json").json["sent_to"] is None


@pytest.mark.models
def test_a_server_answers_only_when_it_is_asked_for(filled: Program, unsealed: Launcher) -> None:
    commands = [
        ["ask", QUESTION, "--json"],
        ["status", "--json"],
        ["--server", "ask", QUESTION, "--json"],
        ["--server", "status", "--json"],
    ]
    done = unsealed.run(
        [sys.executable, "-m", "tests.cli.served", str(filled.home), json.dumps(commands)],
        environment={"PYTHONPATH": str(ROOT), "HOME": str(filled.user)},
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    report: Any = json.loads(done.stdout)
    results, label = report["results"], f"127.0.0.1:{report['port']}"
    local, sealed, served, opened = results

    assert local["code"] == 0, local["err"]
    assert json.loads(local["out"])["sent_to"] is None
    assert sealed["requests"] == 0
    assert json.loads(sealed["out"])["seal"]["server"] is None

    answer = json.loads(served["out"])
    assert answer["sent_to"] == label
    assert answer["model"] == "house-70b"
    assert "26 days" in answer["answer"]
    assert answer["citations"][0]["document"] == "leave-policy.md"
    assert f"leave this machine for {label}, unencrypted" in served["err"]
    assert len(report["bodies"]) == 1
    assert QUESTION in report["bodies"][0]["messages"][-1]["content"]

    seal = json.loads(opened["out"])["seal"]
    assert seal["server"] == label
    assert seal["level"] == json.loads(sealed["out"])["seal"]["level"]
