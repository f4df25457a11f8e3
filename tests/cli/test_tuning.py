"""`strongroom models tune` on a machine that is made up: what it prints, what it keeps, and how it is forgotten."""

import stat
from pathlib import Path
from typing import Any

import pytest

import assistant.tuning
from models.hardware import physical_cores
from models.starter import STARTERS
from tests.cli.conftest import Run
from tests.models.test_tuner import Machine

pytestmark = pytest.mark.models  # the starter's checksum is part of what a measurement holds for


class MadeUp(Machine):
    trouble = "the machine is made up"

    def close(self) -> None:
        """Nothing was started."""


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    machine = MadeUp(writing=lambda plan: 30.0 if plan.flash_attention == "off" else 20.0, guessed=1.5)
    monkeypatch.setattr(assistant.tuning, "ProcessBench", lambda *_: machine)
    return machine


def starter_in(listed: Any) -> dict[str, Any]:
    return next(model for model in listed["models"] if model["kind"] == "llm")


def test_a_model_is_tuned_listed_as_tuned_and_forgotten(run: Run, home: Path, machine: MadeUp) -> None:
    assert starter_in(run("models", "list", "--json").json)["tuned"] is False

    found = run("models", "tune", "--json").json

    assert set(found) >= {"model", "chosen", "why", "reading", "writing", "reading_before", "writing_before"}
    assert found["model"] == "starter"
    assert found["chosen"]["flash_attention"] == "off"
    assert found["chosen"]["drafting"] is True
    assert 1 <= found["chosen"]["threads"] <= physical_cores()
    assert all(sentence.endswith(".") for sentence in found["why"])
    assert stat.S_IMODE((home / "tuning.json").stat().st_mode) == 0o600
    assert starter_in(run("models", "list", "--json").json)["tuned"] is True
    assert starter_in(run("models", "list", "--json").json)["sha256"] in {starter.sha256 for starter in STARTERS}

    assert run("models", "tune", "--forget", "--json").json == {"forgotten": True}
    assert starter_in(run("models", "list", "--json").json)["tuned"] is False


def test_people_read_what_was_chosen_and_why(run: Run, machine: MadeUp) -> None:
    done = run("models", "tune", "starter")

    assert done.code == 0
    assert "Flash attention is off: reads" in done.out
    assert "1.50 times as fast" in done.out
    assert "as it is: reads" in done.err
    assert "Used from the model's next start on" in done.err


def test_a_model_that_does_not_run_is_an_error_that_says_why(run: Run, home: Path, machine: MadeUp) -> None:
    machine.loads = lambda _: False

    done = run("models", "tune")

    assert done.code == 4
    assert "could not be tried: the machine is made up" in done.err
    assert not (home / "tuning.json").exists()


def test_a_model_that_is_not_there_is_an_error(run: Run) -> None:
    assert run("models", "tune", "nobody").code == 4
    assert run("models", "tune", "nobody", "--forget").code == 4
