"""The tuner with llama.cpp, in a process of its own, and models that run by what it found."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Timer

import pytest

from assistant.tuning import Tried, Tuned, forget_tuning, tune, tuning_of
from config.errors import ModelError
from config.locations import open_home
from config.sections import LlamaSettings, ModelSettings, Settings
from models.base import GenerationOptions, Message
from models.llama import tuner
from models.llama.bench import ProcessBench
from models.llama.client import LlamaModel
from models.llama.drafting import even_costs
from models.llama.plan import Plan, default_plan
from models.loading import load_llm, settings_for
from models.registry import ModelRegistry
from tests.models.tiny_models import write_tiny_model

pytestmark = pytest.mark.models

TEXT = "The supplier delivers the goods within thirty days. Invoices are payable within two weeks. " * 2
QUESTION = [Message("user", TEXT + "When does the supplier deliver?")]
SETTINGS = Settings(models=ModelSettings(llm="tiny"))
WITHOUT_GUESSES = Settings(models=SETTINGS.models, llama=LlamaSettings(drafting="off"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    return write_tiny_model(folder / "tiny.gguf", "llama", special=("<|im_start|>", "<|im_end|>"), context=2048)


@pytest.fixture
def bench(tiny: Path) -> Iterator[ProcessBench]:
    bench = ProcessBench(tiny, None, 2048, QUESTION, TEXT)
    yield bench
    bench.close()


@pytest.fixture
def registry(tmp_path: Path, tiny: Path) -> ModelRegistry:
    registry = ModelRegistry(open_home(tmp_path / "home"))
    registry.add(tiny, "tiny")
    return registry


def test_plans_are_tried(bench: ProcessBench) -> None:
    plan = default_plan(2, on_gpu=False)
    for changed in (plan, replace(plan, flash_attention="off"), replace(plan, batch=64)):
        trial = bench.speeds(changed, 200, 8, 10)
        assert trial is not None, bench.trouble
        assert trial.reading > trial.writing > 0
    found = bench.guessing(plan, 24, 10, brief=True)

    assert found is not None, bench.trouble
    assert len(found.costs) == 16
    assert list(found.costs) == sorted(found.costs)
    assert min(found.plain, found.guessed) > 0
    assert bench.layers_that_fit() is None


def test_a_measurement_that_was_disturbed_makes_the_others_no_dearer() -> None:
    from models.llama.trials import costs_of

    quiet = costs_of([(1, 10.0), (2, 12.0), (4, 16.0), (6, 20.0)])
    disturbed = costs_of([(1, 10.0), (2, 70.0), (4, 16.0), (6, 20.0)])

    assert quiet == (1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
    assert disturbed == (1.0, 1.6, 1.6, 1.6, 1.8, 2.0)


def test_a_plan_that_does_not_run_costs_itself_only(bench: ProcessBench) -> None:
    impossible = Plan(1, 1, flash_attention="off", kv_type="q8_0")

    assert bench.speeds(impossible, 32, 2, 10) is None
    assert bench.trouble
    assert bench.speeds(default_plan(2, on_gpu=False), 32, 2, 10) is not None


def test_a_plan_that_kills_its_process_costs_itself_only(bench: ProcessBench) -> None:
    assert bench.speeds(default_plan(2, on_gpu=False), 32, 2, 10) is not None
    assert bench._process.pid is not None
    os.kill(bench._process.pid, signal.SIGKILL)

    assert bench.speeds(default_plan(2, on_gpu=False), 32, 2, 10) is None
    assert "SIGKILL" in bench.trouble
    assert bench.speeds(default_plan(2, on_gpu=False), 32, 2, 10) is not None


def test_without_time_nothing_is_tried_and_the_process_stays(bench: ProcessBench) -> None:
    assert bench.speeds(default_plan(2, on_gpu=False), 32, 2, 10) is not None
    running = bench._process.pid

    assert bench.guessing(default_plan(2, on_gpu=False), 24, -1.0, brief=True) is None
    assert "no time" in bench.trouble
    assert bench._process.pid == running


def test_a_measurement_that_ends_as_its_time_is_up_does_not_break_off_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    from models.llama import trials
    from models.llama.native import StopFlag

    monkeypatch.setattr(trials, "Timer", LateTimer)
    flag = StopFlag()
    trials.Trials(NotImplemented, flag)._rate_of(Quick(), [[1], [2]], 60.0, time.monotonic)  # type: ignore[arg-type]
    time.sleep(3 * LateTimer.LATE)

    assert not flag.is_set()


class LateTimer(Timer):
    """Its time was up as it was cancelled: it sets what it is to set a moment later."""

    LATE = 0.05

    def run(self) -> None:
        self.finished.wait()
        time.sleep(self.LATE)
        self.function()


class Quick:
    """Stands in for an engine."""

    def compute(self, tokens: list[int]) -> None:
        """At once."""


def test_a_model_runs_by_what_was_found_and_can_be_made_to_forget_it(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuner, "SECONDS", 8.0)

    *tried, last = tune(registry, SETTINGS)

    assert tried
    assert all(isinstance(event, Tried) for event in tried)
    assert isinstance(last, Tuned)
    assert last.tuning.why
    assert tuning_of(registry, SETTINGS) == last.tuning
    assert answer_of(load_llm(registry, SETTINGS))[0] == answer_of(load_llm(registry, WITHOUT_GUESSES))[0]
    assert forget_tuning(registry, SETTINGS)
    assert tuning_of(registry, SETTINGS) is None


def test_a_model_that_is_missing_is_an_error_and_not_tuned(registry: ModelRegistry) -> None:
    with pytest.raises(ModelError, match="no language model called other"):
        list(tune(registry, SETTINGS, "other"))
    assert tuning_of(registry, settings_for(SETTINGS, "other")) is None


@pytest.mark.parametrize(("kv_type", "flash_attention"), [("f16", "on"), ("f16", "off"), ("q8_0", "off")])
def test_a_model_answers_however_it_is_arranged(starter_llm: Path, kv_type: str, flash_attention: str) -> None:
    settings = LlamaSettings.model_validate({"kv_type": kv_type, "flash_attention": flash_attention, "batch": 64})
    text, _ = answer_of(LlamaModel(starter_llm, name="starter", file_hash="", settings=settings))
    assert "deliver" in text


def test_a_model_that_cannot_keep_8_bits_says_so(tiny: Path) -> None:
    """Its heads are smaller than a block of such numbers."""
    with pytest.raises(ModelError, match="q8_0"):
        answer_of(LlamaModel(tiny, name="tiny", file_hash="", settings=LlamaSettings(kv_type="q8_0")))


def test_the_starter_writes_the_same_with_guesses_and_says_how_many_were_right(starter_llm: Path) -> None:
    """With attention in one step: otherwise batches are rounded differently, and of two words as good one is chance."""
    plan = replace(default_plan(2, on_gpu=True), draft_costs=even_costs(0.1))
    texts = []
    for drafting in ("off", "auto"):
        settings = LlamaSettings.model_validate({"drafting": drafting})
        model = LlamaModel(starter_llm, name="starter", file_hash="", settings=settings, tuned=plan)
        texts.append(answer_of(model, most=48))

    assert texts[0][0] == texts[1][0]
    assert texts[0][1] == 0
    assert texts[1][1] > 0


@pytest.fixture
def guessing(starter_llm: Path) -> Iterator[LlamaModel]:
    """Guesses cost it nothing, so it makes as many as it can."""
    plan = replace(default_plan(2, on_gpu=False), draft_costs=even_costs(0.0))
    model = LlamaModel(starter_llm, name="starter", file_hash="", settings=LlamaSettings(), tuned=plan)
    yield model
    model.close()


def test_an_answer_with_guesses_is_stopped_at_once_and_leaves_the_model_as_it_was(guessing: LlamaModel) -> None:
    options = GenerationOptions(max_tokens=40)
    expected = [piece.text for piece in guessing.generate(QUESTION, options)]
    for pieces_seen in (1, 4, 9):
        stop = Event()
        pieces = guessing.generate(QUESTION, options, stop)
        for _ in range(pieces_seen):
            next(pieces)
        stop.set()
        stopped = time.monotonic()
        list(pieces)

        assert time.monotonic() - stopped < 0.2
        assert [piece.text for piece in guessing.generate(QUESTION, options)] == expected


def test_the_next_turn_goes_on_from_an_answer_with_guesses(guessing: LlamaModel) -> None:
    pieces = list(guessing.generate(QUESTION, GenerationOptions(max_tokens=30)))
    before, answer = pieces[-1].usage, "".join(piece.text for piece in pieces)
    further = [*QUESTION, Message("assistant", answer), Message("user", "And when are invoices payable?")]
    after = list(guessing.generate(further, GenerationOptions(max_tokens=2)))[-1].usage

    assert before is not None
    assert after is not None
    assert before.drafted_accepted > 0
    assert after.reused >= before.prompt + before.generated - 2


def answer_of(model: object, most: int = 24) -> tuple[str, int]:
    assert isinstance(model, LlamaModel)
    try:
        pieces = list(model.generate(QUESTION, GenerationOptions(max_tokens=most)))
    finally:
        model.close()
    assert pieces[-1].usage is not None
    return "".join(piece.text for piece in pieces), pieces[-1].usage.drafted_accepted
