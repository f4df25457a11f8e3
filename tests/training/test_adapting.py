"""`adapt` at toy size: a random model of two layers, a library filled by hand, a few steps; and what it says no to."""

import contextlib
import errno
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant, open_assistant
from assistant.cli.adapt import print_added
from assistant.cli.main import main
from assistant.cli.output import Output
from config.errors import ModelError, StrongroomError, UsageError
from config.files import replace_file, unwritable
from config.locations import Locations
from config.sections import LlamaSettings
from config.settings import load_settings
from models.fakes import HashEmbedder
from tests.assistant.shelf import fill
from tests.faults import no_file_larger_than
from tests.training.toy import write_model
from training import adapting
from training.adapting import AdaptEvent, Added, Measured, Measuring, Prepared, Stepped, adapt
from training.base import Request
from training.own import LeftOut
from training.start import read_adapter
from training.train import starter_path

pytestmark = [pytest.mark.slow, pytest.mark.models]

TOWERS = {
    f"towers-{town}.md": [
        " ".join(f"Tower {n} of {town} is {n * 7 + 11} feet high." for n in range(first, first + 3))
        for first in range(0, 9, 3)
    ]
    for town in ("Aarle", "Bruck", "Corve")
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("toy") / "base.gguf", starter_path())


@pytest.fixture
def assistant(locations: Locations, base: Path) -> Any:
    opened = open_assistant(locations, load_settings(locations), embedder=HashEmbedder())
    fill(opened.library, opened.embedder, TOWERS)
    opened.registry.add(base, "toy")
    yield opened
    opened.close()


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Eleven that can be learnt, two of them unanswerable."""
    lines = [
        {
            "question": f"How high is tower {n} of {town}?",
            "answers": [f"{n * 7 + 11} feet"],
            "gold_pages": [{"doc": f"towers-{town}.md", "page": n // 3 + 1}],
        }
        for town in ("Aarle", "Bruck", "Corve")
        for n in (0, 4, 8)
    ]
    lines += [{"question": f"Who built tower {n} of Bruck?", "answerable": False} for n in range(2)]
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.lesson.SAVE_EVERY", 0)  # what is done is kept, however quick it was
    monkeypatch.setattr(adapting, "ROUNDS", 1)
    monkeypatch.setattr(adapting, "GENERAL", 0.2)
    monkeypatch.setattr(adapting, "GENERAL_MEASURED", 1)
    monkeypatch.setattr("training.measure.MOST_TOKENS", 8)  # it writes nonsense, and never ends


def test_questions_become_an_adapter_that_the_program_can_use(
    assistant: Assistant, questions: Path, locations: Locations
) -> None:
    events: list[AdaptEvent] = []

    def interrupt(event: AdaptEvent) -> None:
        events.append(event)
        if isinstance(event, Stepped) and event.step == 2:
            raise KeyboardInterrupt

    request = Request(questions, "towers", "toy", minutes=10)
    with pytest.raises(KeyboardInterrupt):
        adapt(assistant, request, interrupt)
    begun = locations.adapting_directory / "towers"
    assert "Tower" not in "".join(path.read_text(errors="replace") for path in begun.iterdir())
    with pytest.raises(UsageError):
        adapt(assistant, Request(questions, "towers", "toy", seed=2), events.append)

    first = [event for event in events if isinstance(event, Measured)]
    events.clear()
    added = adapt(assistant, request, events.append)
    prepared = next(event for event in events if isinstance(event, Prepared))
    assert prepared.continued
    assert (prepared.learnt, prepared.held_back) == (9, 2)
    steps = [event.step for event in events if isinstance(event, Stepped)]
    assert steps == list(range(3, added.steps + 1))  # it went on, it did not begin anew
    assert added.before == first[0]
    assert added.groups == added.prepared.groups
    assert isinstance(events[-1], Added)
    _is_whole(added, assistant, begun)


def test_a_question_that_becomes_of_use_meanwhile_is_not_mixed_in(assistant: Assistant, questions: Path) -> None:
    """Others would then be held back, and those may have been learnt."""
    late = {"question": "How high is tower 1 of Dorn?", "answers": ["18 feet"], "docs": ["towers-Dorn.md"]}
    questions.write_text(questions.read_text() + json.dumps(late) + "\n")

    def interrupt(event: AdaptEvent) -> None:
        if isinstance(event, Stepped) and event.step == 2:
            raise KeyboardInterrupt

    request = Request(questions, "towers", "toy", minutes=10)
    with pytest.raises(KeyboardInterrupt):
        adapt(assistant, request, interrupt)
    fill(assistant.library, assistant.embedder, {"towers-Dorn.md": ["Tower 1 of Dorn is 18 feet high."]})
    with pytest.raises(UsageError, match="other questions or documents"):
        adapt(assistant, request, interrupt)


def _is_whole(added: Added, assistant: Assistant, begun: Path) -> None:
    entry = assistant.registry.find("towers", "adapter")
    assert entry.verified
    assert entry.path.stat().st_mode & 0o777 == 0o600
    assert entry.path.parent.stat().st_mode & 0o777 == 0o700
    card = entry.path.with_suffix(".md").read_text()
    assert entry.sha256 in card
    assert "How high" not in card
    assert not begun.exists()
    assert read_adapter(entry.path).rank == 16
    with pytest.raises(UsageError):
        adapt(assistant, Request(Path("none.jsonl"), "towers", "toy"), lambda _: None)
    flags = {"models.llm": "toy", "llama.adapter": "towers"}
    again = open_assistant(
        assistant.locations, load_settings(assistant.locations, flags=flags), embedder=HashEmbedder()
    )
    try:
        assert again.llm.information.adapter == "towers"
        assert added.after.own.questions == added.prepared.held_back
        list(again.ask("How high is tower 4 of Bruck?", max_tokens=3, style="answer"))
    finally:
        again.close()


@pytest.fixture
def fake_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command uses the embedder that the library was filled with."""
    real = open_assistant
    monkeypatch.setattr(
        "assistant.assistant.open_assistant",
        lambda *given, **options: real(*given, **{**options, "embedder": HashEmbedder()}),
    )


@pytest.mark.usefixtures("fake_embedder")
def test_a_full_disk_is_an_error_of_one_sentence_and_the_same_command_goes_on(
    assistant: Assistant, questions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = str(assistant.locations.home)
    command = ["--home", home, "adapt", str(questions), "--model", "toy", "--name", "ours", "--minutes", "10"]
    with no_file_larger_than(200_000):
        assert main(command) == 1
    assert "ours/state.pt cannot be written: File too large. Make room on the disk" in one_line(capsys.readouterr().err)

    def is_full(path: Path, content: bytes) -> None:
        if path.suffix == ".md":
            raise unwritable(path, OSError(errno.ENOSPC, "No space left on device"))
        replace_file(path, content)

    with monkeypatch.context() as patched:
        patched.setattr("models.registry.replace_file", is_full)
        assert main(command) == 1
    assert "ours.md cannot be written: No space left on device." in one_line(capsys.readouterr().err)
    assert "ours" not in {entry.name for entry in assistant.registry.entries()}

    assert main(command) == 0
    assert "Added the adapter ours" in capsys.readouterr().out


def one_line(printed: str) -> str:
    return " ".join(printed.split())


@pytest.mark.usefixtures("fake_embedder")
def test_an_adapter_is_gone_on_from(assistant: Assistant, questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = adapt(assistant, Request(questions, "one", "toy", minutes=0.01), lambda _: None)
    print_added(first, "starter", Output())
    assert "Added the adapter one" in capsys.readouterr().out
    left_by_a_killed_one = assistant.locations.adapting_directory / "one"
    left_by_a_killed_one.mkdir()
    home = str(assistant.locations.home)
    options = ["--model", "toy", "--from", "one", "--minutes", "0.1", "--name", "two"]
    assert main(["--home", home, "adapt", str(questions), *options, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["from"] == "one"
    assert not left_by_a_killed_one.exists()
    assert printed["steps"] > 0
    assert printed["before"]["own"] == asdict(first.after.own)
    before, after = (read_adapter(path).weights for path in (first.entry.path, Path(printed["path"])))
    assert before.keys() == after.keys()
    layers = {name.rpartition(".")[0] for name in before}

    def change(weights: Mapping[str, Any], layer: str) -> Any:
        return weights[f"{layer}.lora_b"] @ weights[f"{layer}.lora_a"]

    moved = max(float((change(before, layer) - change(after, layer)).abs().max()) for layer in layers)
    assert 0 < moved < 0.05  # a few small steps, and not another beginning


def test_lines_that_are_of_no_use_are_named(assistant: Assistant, questions: Path) -> None:
    bad = [
        "no JSON",
        json.dumps({"question": "How high is tower 0 of Aarle?", "answers": ["11 feet"]}),
        json.dumps({"question": "How wide is tower 1 of Aarle?"}),
        json.dumps({"question": "How wide is tower 2 of Aarle?", "answers": ["3 ells"], "docs": ["towers-Aarle.md"]}),
        json.dumps({"question": "How old is tower 2 of Aarle?", "answers": ["3 years"], "docs": ["gone.pdf"]}),
        json.dumps({"question": " ", "answers": ["3 years"]}),
    ]
    questions.write_text(questions.read_text() + "\n".join(bad) + "\n")
    left_out: list[LeftOut] = []

    def stop(event: AdaptEvent) -> None:
        if isinstance(event, LeftOut):
            left_out.append(event)
        if isinstance(event, Prepared):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adapt(assistant, Request(questions, "towers", "toy"), stop)
    assert [each.line for each in left_out] == [12, 13, 14, 15, 16, 17]
    said = [
        "no question",
        "line 1 already",
        "no answer",
        "not found in the documents",
        "not in the library",
        "is empty",
    ]
    for each, words in zip(left_out, said, strict=True):
        assert words in each.reason


def test_what_cannot_be_learnt_is_refused_with_a_sentence(
    assistant: Assistant, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = questions.with_name("few.jsonl")
    few.write_text("".join(questions.read_text().splitlines(keepends=True)[:3]))
    with pytest.raises(StrongroomError, match=r"8 questions .* holds 3\."):
        adapt(assistant, Request(few, "few", "toy"), lambda _: None)
    with pytest.raises(ModelError, match="no language model called"):
        adapt(assistant, Request(questions, "few", "unknown"), lambda _: None)
    with pytest.raises(ModelError, match="no adapter called"):
        adapt(assistant, Request(questions, "few", "toy", start="unknown"), lambda _: None)
    with pytest.raises(ModelError, match="cannot go on from"):
        adapt(assistant, Request(questions, "few", "toy", start="starter"), lambda _: None)
    monkeypatch.setattr("training.room.memory_available", lambda: 300_000_000)
    with pytest.raises(ModelError, match="of memory"):
        adapt(assistant, Request(questions, "few", "toy"), lambda _: None)


def test_what_does_not_fit_into_memory_is_refused_before_anything_is_measured(
    assistant: Assistant, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def does_not_fit(*_: object) -> int:
        raise ModelError("It takes 20 GB of memory.", "Close other programs.")

    monkeypatch.setattr("training.lesson.groups_at_once", does_not_fit)
    events: list[AdaptEvent] = []
    with pytest.raises(ModelError, match="20 GB"):
        adapt(assistant, Request(questions, "towers", "toy"), events.append)
    assert not any(isinstance(event, Measuring) for event in events)


def test_it_is_measured_by_the_settings_of_the_user_over_sources_that_fit(
    locations: Locations, assistant: Assistant, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[LlamaSettings] = []

    def loaded(*_: object, settings: LlamaSettings, **__: object) -> None:
        used.append(settings)
        raise KeyboardInterrupt

    monkeypatch.setattr("models.llama.client.LlamaModel", loaded)
    for context, seen in ((8192, 8192), (512, 4096)):
        flags = {"llama.gpu_layers": 0, "llama.threads": 1, "llama.context": context}
        with (
            contextlib.closing(
                open_assistant(locations, load_settings(locations, flags=flags), embedder=HashEmbedder())
            ) as own,
            pytest.raises(KeyboardInterrupt),
        ):
            adapt(own, Request(questions, "towers", "toy"), lambda _: None)
        assert (used[-1].gpu_layers, used[-1].threads, used[-1].context) == (0, 1, seen)
