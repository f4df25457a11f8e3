"""`status`, `config`, `doctor`, `eval` on the fakes."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_status_counts_what_is_there(run: Run, library: Path, home: Path) -> None:
    found = run("status", "--json").json
    assert set(found) >= {"home", "collections", "models", "disk_mb", "seal", "version"}
    assert found["home"] == str(home)
    collection = found["collections"][0]
    assert (collection["name"], collection["documents"], collection["vectors_pending"]) == ("default", 3, 0)
    assert collection["vectors"] == collection["chunks"] > 0
    assert set(found["seal"]) >= {"level", "mechanism"}
    out = run("status").out
    assert str(home) in out
    assert "default" in out


def test_collections_are_apart(run: Run, library: Path) -> None:
    assert run("--collection", "other", "documents", "list", "--json").json["documents"] == []


def test_config_tells_where_a_value_came_from(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("config", "set", "retrieval.top_k", "11").code == 0
    monkeypatch.setenv("STRONGROOM_ANSWER__SEED", "7")
    settings = {item["key"]: item for item in run("config", "show", "--json").json["settings"]}
    assert (settings["retrieval.top_k"]["value"], settings["retrieval.top_k"]["origin"]) == (11, "file")
    assert (settings["answer.seed"]["value"], settings["answer.seed"]["origin"]) == (7, "environment")
    assert settings["models.llm"]["origin"] == "default"
    assert "retrieval.top_k" in run("config", "show").out


def test_a_setting_the_environment_overrules_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRONGROOM_ANSWER__SEED", "7")
    result = run("config", "set", "answer.seed", "8")
    assert result.out == "answer.seed = 7\n"
    assert "environment" in result.err


@pytest.mark.parametrize(
    ("key", "value"), [("llama.gpu_layers", "-1"), ("llama.adapter_scale", "-0.5"), ("server.url", "")]
)
def test_a_value_may_begin_like_an_option_or_be_empty(run: Run, key: str, value: str) -> None:
    result = run("config", "set", key, value, "--json")
    assert result.code == 0
    assert str(result.json["value"]) == value


def test_a_theme_that_there_is_not_is_refused_with_those_that_there_are(run: Run, home: Path) -> None:
    result = run("config", "set", "interface.theme", "drak")
    assert result.code == 2
    assert "'strongroom-dark'" in result.err
    assert not (home / "settings.toml").exists()
    assert run("config", "set", "interface.theme", "nord").code == 0


def test_config_path_is_the_file_in_use(run: Run, home: Path, tmp_path: Path) -> None:
    assert run("config", "path").out == f"{home / 'settings.toml'}\n"
    other = tmp_path / "other.toml"
    other.write_text("[retrieval]\ntop_k = 3\n")
    assert run("--config", str(other), "config", "path").out == f"{other}\n"
    assert run("--config", str(other), "config", "set", "answer.seed", "1").code == 2


def test_an_unknown_setting_is_wrong_usage_and_names_the_nearest(run: Run) -> None:
    result = run("config", "set", "retrieval.topk", "5")
    assert result.code == 2
    assert "retrieval.top_k" in result.err


def test_doctor_prints_checks_with_remedies(run: Run, library: Path) -> None:
    found = run("doctor", "--json").json
    assert set(found) == {"ok", "checks"}
    assert all(set(check) >= {"name", "ok", "detail", "remedy"} for check in found["checks"])
    assert all(check["remedy"] for check in found["checks"] if not check["ok"])


def test_eval_finds_the_page_and_writes_a_line_per_question(run: Run, library: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    line = {
        "question": "What is the limit of hotel costs per night at home?",
        "docs": ["travel-policy.md"],
        "gold_pages": [{"doc": "travel-policy.md", "page": 1}],
        "answers": ["130 euro"],
        "answerable": True,
    }
    questions.write_text(json.dumps(line) + "\n")
    out = tmp_path / "out.jsonl"
    found = run("eval", str(questions), "--scoped", "--out", str(out), "--json").json
    assert found["questions"] == 1
    assert found["page_hit"]["5"] == 1.0
    assert set(found) >= {"page_hit", "document_hit", "mrr", "ndcg_10", "refusal", "latency_ms"}
    assert len(out.read_text().splitlines()) == 1
    assert found["intervals"]["page_hit"]["5"][1] == 1.0
    assert "100" in run("eval", str(questions)).out

    compared = run("eval", str(questions), "--compare", str(out), "--json").json["comparison"]
    assert compared["questions"] == 1
    assert compared["figures"]["page_hit_1"]["p"] == 1.0
    assert "page_hit_5" in run("eval", str(questions), "--compare", str(out)).out


def test_eval_that_cannot_write_its_file_says_so_before_it_measures(run: Run, library: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text("no question at all\n")  # what is wrong with it would be told next
    for out, why in ((tmp_path / "none" / "out.jsonl", "No such file or directory"), (tmp_path, "Is a directory")):
        result = run("eval", str(questions), "--out", str(out), "--json")
        assert (result.code, result.out) == (2, "")
        assert result.err == f"Error: {out} cannot be written: {why}.\nName a file in a folder you may write to.\n"


def test_eval_leaves_its_file_alone_until_it_has_measured(run: Run, library: Path, tmp_path: Path) -> None:
    broken, earlier, new = (tmp_path / name for name in ("broken.jsonl", "earlier.jsonl", "new.jsonl"))
    broken.write_text("no question at all\n")
    earlier.write_text("figures of an earlier run")
    assert run("eval", str(broken), "--out", str(earlier)).code == 1
    assert run("eval", str(broken), "--out", str(new)).code == 1
    assert earlier.read_text() == "figures of an earlier run"
    assert not new.exists()


def test_a_disk_that_is_full_after_an_eval_costs_its_file_only(run: Run, library: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Who was elected chair?", "docs": ["board.txt"]}\n')
    result = run("eval", str(questions), "--out", "/dev/full", "--json")
    assert result.code == 1
    assert result.json["questions"] == 1
    assert "No space left on device" in result.err


def test_what_reads_the_figures_from_a_pipe_gets_them_all(run: Run, library: Path, tmp_path: Path) -> None:
    questions, pipe = tmp_path / "questions.jsonl", tmp_path / "pipe"
    questions.write_text('{"question": "Who was elected chair?", "docs": ["board.txt"]}\n')
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as reader:
        read = reader.submit(pipe.read_text)
        assert run("eval", str(questions), "--out", str(pipe)).code == 0
        assert json.loads(read.result(timeout=60))["question"] == "Who was elected chair?"


def test_eval_of_a_missing_or_broken_file_is_an_error(run: Run, tmp_path: Path) -> None:
    assert run("eval", str(tmp_path / "none.jsonl")).code == 1
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"question": \n')
    result = run("eval", str(broken), "--compare", str(broken))
    assert result.code == 1
    assert "--out" in result.err
    result = run("eval", str(broken))
    assert result.code == 1
    assert "Traceback" not in result.err
