"""`strongroom models use`: what it writes must have an effect, or it says what has."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_model_is_not_put_to_use_where_another_file_has_the_settings(run: Run, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("")
    result = run("--config", str(other), "models", "use", "starter")
    assert result.code == 2
    assert "Leave --config out." in result.err
    assert not (home / "settings.toml").exists()


def test_what_has_the_last_word_over_the_model_in_use_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "last word" not in run("models", "use", "starter").err
    monkeypatch.setenv("STRONGROOM_MODELS__LLM", "mine")
    result = run("models", "use", "starter")
    assert result.code == 0
    assert "The environment has the last word: models.llm is still mine." in result.err
