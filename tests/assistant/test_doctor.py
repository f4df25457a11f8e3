from collections.abc import Callable
from typing import Any

import pytest

from assistant import doctor
from assistant.assistant import Assistant
from assistant.doctor import Check
from config.errors import LibraryError, ModelError
from ingest.library.types import Problem
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open
from tests.assistant.shelf import fill


def look(assistant: Assistant, **options: Any) -> dict[str, Check]:
    return {check.name: check for check in assistant.doctor(**options)}


def test_a_healthy_home_passes(open_with: Open) -> None:
    checks = look(open_with())
    for name in ("home", "library", "vectors", "embedder", "language model"):
        assert checks[name].ok, checks[name]
    assert "3 documents and 9 passages" in checks["library"].detail
    assert "tokens/s" in checks["language model"].detail


def test_speed_is_measured_only_when_asked_for(open_with: Open) -> None:
    model = ScriptedModel(["word " * 8])
    assert "language model" not in look(open_with(llm=model), measure=False)
    assert model.messages == []


def test_every_failed_check_says_what_to_do(open_with: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = open_with()
    monkeypatch.setattr(
        assistant.library, "check", lambda: [Problem("full text", "3 rows too many", "Rebuild it.")] * 2
    )
    monkeypatch.setattr(doctor, "LEAST_FREE_DISK", 1 << 70)
    monkeypatch.setattr(doctor, "LEAST_MEMORY", 1 << 70)
    fill(assistant.library, None, {"late.md": ["No vector yet."]})
    assistant.locations.home.chmod(0o755)
    failed = {name: check for name, check in look(assistant).items() if not check.ok}
    assert {"home", "disk", "hardware", "library", "vectors"} <= set(failed)
    assert all(check.remedy for check in failed.values())
    assert failed["library"].detail == "full text: 3 rows too many (and 1 more)"
    assert "1 passages wait" in failed["vectors"].detail


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def test_what_cannot_be_looked_at_is_a_failed_check(open_with: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = open_with()
    monkeypatch.setattr(assistant.parts, "llm", raising(ModelError("The model is gone.", "Add it again.")))
    monkeypatch.setattr(assistant.parts, "embedder", raising(RuntimeError("boom")))
    monkeypatch.setattr(assistant.library, "check", raising(LibraryError("It is damaged.", "Put back a copy.")))
    checks = look(assistant)
    assert checks["language model"] == Check("language model", False, "The model is gone.", "Add it again.")
    assert checks["library"] == Check("library", False, "It is damaged.", "Put back a copy.")
    assert not checks["embedder"].ok
    assert "RuntimeError" in checks["embedder"].detail


def test_a_model_that_writes_nothing_fails(open_with: Open) -> None:
    assert not look(open_with(""))["language model"].ok


def test_a_check_that_fails_itself_is_logged(
    open_with: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = open_with()
    monkeypatch.setattr(assistant.parts, "embedder", raising(RuntimeError("boom")))
    assert look(assistant, measure=False)["embedder"].remedy == "See the log for more."
    [record] = [record for record in caplog.records if record.name == doctor.__name__]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], RuntimeError)
