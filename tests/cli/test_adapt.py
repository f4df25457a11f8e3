"""`adapt` from outside: what it refuses, and with which exit code, before anything is computed."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import assistant.assistant
from config.environment import pip_install
from config.locations import Locations
from config.settings import LoadedSettings
from tests.cli.conftest import Run
from tests.training.test_adapted import ADDED
from training.room import GGUF

QUESTION = {"question": "How many days?", "answers": ["26 days"], "docs": ["leave-policy.md"]}


def write(folder: Path, count: int) -> str:
    file = folder / "questions.jsonl"
    file.write_text("".join(json.dumps(QUESTION | {"question": f"How many days, {n}?"}) + "\n" for n in range(count)))
    return str(file)


@pytest.mark.usefixtures("library")
def test_too_few_questions_are_not_enough(run: Run, tmp_path: Path) -> None:
    done = run("adapt", write(tmp_path, 3), "--name", "ours", "--json")
    assert done.code == 1
    assert done.out == ""
    assert "8 questions with an answer" in done.err
    assert "holds 3." in done.err


@pytest.mark.usefixtures("library")
def test_lines_of_no_use_are_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "How many ells?", "answers": ["nine ells"]}\nnonsense\n')
    done = run("adapt", str(file), "--name", "ours")
    assert done.code == 1
    assert "Line 1 is left out. The answer “nine ells” is not found in the library." in done.err
    assert "Line 2 is left out. It is no question (JSONDecodeError: " in done.err
    assert "holds none." in done.err


def test_a_file_that_is_not_there(run: Run) -> None:
    done = run("adapt", "gone.jsonl", "--name", "ours")
    assert done.code == 1
    assert "gone.jsonl cannot be read" in done.err


def test_a_model_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert run("adapt", write(tmp_path, 9), "--name", "ours", "--model", "unknown").code == 4
    assert run("adapt", write(tmp_path, 9), "--name", "ours", "--from", "unknown").code == 4


def test_a_name_that_cannot_be(run: Run, tmp_path: Path) -> None:
    for name in ("starter", "none", "two words", "../up", "ours.gguf"):
        assert run("adapt", write(tmp_path, 9), "--name", name).code == 2


def test_without_the_package_for_model_files_it_says_what_to_install(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "gguf" else real(name, *rest))
    done = run("adapt", write(tmp_path, 9), "--name", "ours")
    assert done.code == 1
    assert f"`{pip_install(GGUF)}`" in done.err


@pytest.mark.usefixtures("library")
def test_an_adapter_for_one_question_is_that_of_the_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[LoadedSettings] = []
    fake = assistant.assistant.open_assistant

    def watched(locations: Locations, settings: LoadedSettings, **options: Any) -> Any:
        opened.append(settings)
        return fake(locations, settings, **options)

    monkeypatch.setattr(assistant.assistant, "open_assistant", watched)
    assert run("ask", "How many days of vacation?", "--adapter", "ours").code == 0
    assert run("ask", "How many days of vacation?").code == 0
    assert [each.settings.llama.adapter for each in opened] == ["ours", "auto"]


def test_in_a_collection_with_an_adapter_of_its_own_that_setting_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.adapting.adapt", lambda *_: replace(ADDED, model="starter"))
    run("config", "set", "llama.adapters", "finance=ledger, legal = none")
    own = run("--collection", "finance", "adapt", "questions.jsonl", "--name", "ours").err
    assert 'Use it with `strongroom config set llama.adapters "finance=ours, legal=none"`' in " ".join(own.split())
    assert "Use it with `strongroom models use ours`" in run("adapt", "questions.jsonl", "--name", "ours").err
