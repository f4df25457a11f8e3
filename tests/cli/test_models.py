"""`strongroom models`: what `use` writes must have an effect, or it says what has; what is in use is marked."""

import os
import time
from pathlib import Path

import pytest

from models.registry import ModelEntry, ModelRegistry
from tests.cli.conftest import Run
from tests.models.gguf_writer import write_adapter, write_gguf


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


def test_what_was_written_is_printed(run: Run, home: Path) -> None:
    result = run("models", "use", "starter")
    assert result.out.splitlines() == ["models.llm = starter", "models.embedder = starter", "llama.adapter = auto"]
    written = run("models", "use", "starter", "--json").json["settings"]
    assert written == {"models.llm": "starter", "models.embedder": "starter", "llama.adapter": "auto"}
    assert 'adapter = "auto"' in (home / "settings.toml").read_text()


def test_an_adapter_that_was_begun_is_given_up(run: Run, home: Path) -> None:
    begun = home / "adapting" / "ours"
    begun.mkdir(parents=True)
    (begun / "state.pt").write_bytes(b"weights")
    assert run("models", "remove", "theirs").code == 4
    assert begun.exists()
    result = run("models", "remove", "ours")
    assert (result.code, result.out) == (0, "Gave up ours, which was not finished.\n")
    assert not begun.exists()
    assert run("models", "remove", "ours").code == 4


def test_a_model_from_elsewhere_does_not_take_what_was_begun_with_it(run: Run, home: Path, tmp_path: Path) -> None:
    begun = home / "adapting" / "ours"
    begun.mkdir(parents=True)
    model = write_gguf(tmp_path / "any.gguf")
    assert run("models", "add", str(model), "--as", "ours").code == 0
    assert run("models", "remove", "ours").out == "Removed ours.\n"
    assert begun.exists()


def test_a_model_whose_download_was_deleted_is_unread_until_it_is_verified(run: Run, tmp_path: Path) -> None:
    def checked() -> str:
        row = next(line for line in run("models", "list").out.splitlines() if "downloaded" in line)
        return next(word for word in ("yes", "unread", "no") if f" {word} " in row)

    downloaded = write_gguf(tmp_path / "downloaded.gguf")
    run("models", "add", str(downloaded))
    assert checked() == "yes"
    time.sleep(0.02)  # a file system tells times apart from a few milliseconds on
    downloaded.unlink()
    assert checked() == "unread"
    assert run("models", "verify", "downloaded").code == 0
    assert checked() == "yes"


def test_the_adapter_in_use_is_removed_with_the_way_back(run: Run, tmp_path: Path) -> None:
    run("models", "add", str(write_gguf(tmp_path / "base.gguf")))
    run("models", "add", str(write_adapter(tmp_path / "ours.gguf", {"output.weight": (8, 8)})))
    run("models", "use", "base")
    run("models", "use", "ours")
    run("config", "set", "llama.adapters", "finance=ours, legal=none")
    told = run("models", "remove", "ours").err
    assert "llama.adapter auto` goes back" in told
    assert "It was the adapter of finance: `strongroom config set llama.adapters …` names another." in told
    assert "There is no adapter called ours." in run("models", "list").err


def test_the_adapter_of_a_single_collection_is_in_use_too(run: Run, tmp_path: Path) -> None:
    run("models", "add", str(write_gguf(tmp_path / "base.gguf")))
    for name in ("ours", "theirs"):
        run("models", "add", str(write_adapter(tmp_path / f"{name}.gguf", {"output.weight": (8, 8)})))
    run("models", "use", "base")

    def adapters_in_use() -> list[str]:
        listed = run("models", "list", "--json").json["models"]
        return [model["name"] for model in listed if model["kind"] == "adapter" and model["in_use"]]

    assert adapters_in_use() == []
    run("config", "set", "llama.adapters", "finance=ours, legal=none")
    assert adapters_in_use() == ["ours"]
    told = run("models", "list").err
    assert "The collection finance has the adapter ours (llama.adapters)." in told
    assert "legal" not in told
    run("models", "use", "theirs")
    assert adapters_in_use() == ["ours", "theirs"]


def test_every_model_is_verified_though_one_is_not_intact(run: Run, home: Path, tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        run("models", "add", str(write_gguf(tmp_path / f"{name}.gguf")))
    for name in ("first", "second"):
        os.truncate(next((home / "models" / "files").rglob(f"{name}.gguf")), 100)
    result = run("models", "verify")
    assert result.code == 4
    assert "third (language model): intact" in result.out
    assert "first" not in result.out
    assert [name for name in ("first", "second") if f"The language model {name} is not what it was" in result.err] == [
        "first",
        "second",
    ]
    result = run("models", "verify", "--json")
    assert result.code == 4
    verified = {model["name"]: model["verified"] for model in result.json["models"]}
    assert (verified["first"], verified["second"], verified["third"]) == (False, False, True)


@pytest.mark.usefixtures("library")
def test_the_embedder_that_a_collection_was_built_with_is_in_use_and_missed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = ModelEntry("hash", "embedder", Path("hash"), "ab" * 32, 1, "mit", "", verified=True)
    monkeypatch.setattr(ModelRegistry, "entries", lambda _: [entry])
    monkeypatch.setattr(ModelRegistry, "remove", lambda *_: None)
    listed = run("models", "list")
    assert listed.out.splitlines()[-1].split()[:2] == ["*", "hash"]
    assert "The collection default has the embedder hash, which it was built with." in listed.err
    result = run("models", "remove", "hash")
    assert result.out == "Removed hash.\n"
    assert "default cannot be searched by meaning until it is added again under this name." in result.err
