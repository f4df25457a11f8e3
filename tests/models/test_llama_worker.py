"""The worker process of the language model: it starts late, may die or hang, and is sealed."""

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from config.child import Child
from config.errors import ModelDied, ModelError
from config.sections import LlamaSettings, ModelSettings, Settings
from models.base import GenerationOptions, GenerationPiece, LanguageModel, TokenUsage
from models.llama.client import LlamaModel
from models.llama.process import ModelClosed
from models.llama.states import StateStore
from models.loading import load_llm
from models.registry import ModelRegistry
from tests.config.test_seal import assert_all_refused
from tests.models.starter_questions import QUESTION, SHORT, generate, stop_after
from tests.models.tiny_models import write_tiny_model

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.models


@pytest.fixture
def model(starter_llm: Path) -> Iterator[LlamaModel]:
    """One for each test: most do it harm."""
    model = LlamaModel(starter_llm, name="starter", file_hash="ab" * 32, settings=LlamaSettings())
    yield model
    model.close()


def test_what_it_says_of_itself_needs_no_worker(model: LlamaModel) -> None:
    assert isinstance(model, LanguageModel)
    assert (model.information.architecture, model.information.context) == ("llama", 4096)
    assert not model.information.writes_well
    assert model.worker_pid is None


def test_a_worker_that_is_killed_is_an_error_and_the_next_question_works(model: LlamaModel) -> None:
    pieces = model.generate(QUESTION, GenerationOptions(max_tokens=1000))
    next(pieces)
    assert model.worker_pid is not None
    os.kill(model.worker_pid, signal.SIGKILL)

    with pytest.raises(ModelDied, match="SIGKILL") as caught:
        list(pieces)
    assert caught.value.remedy
    assert model.worker_pid is None
    assert generate(model, QUESTION)[1].generated == 12


def test_a_worker_that_hangs_is_stopped_in_time_and_replaced(model: LlamaModel) -> None:
    stop = Event()
    pieces = model.generate(QUESTION, GenerationOptions(max_tokens=1000), stop)
    next(pieces)
    hanging = model.worker_pid
    assert hanging is not None
    os.kill(hanging, signal.SIGSTOP)
    stop.set()
    stopped = time.monotonic()

    list(pieces)

    assert time.monotonic() - stopped < 0.2
    assert generate(model, QUESTION)[1].generated == 12
    assert model.worker_pid != hanging


def test_loading_can_be_stopped_and_goes_on_for_the_next_question(model: LlamaModel) -> None:
    stop = Event()
    times = stop_after(0.01, stop)

    assert list(model.generate(QUESTION, SHORT, stop)) == [GenerationPiece("", TokenUsage())]
    assert time.monotonic() - times[0] < 0.2
    assert generate(model, QUESTION)[1].generated == 12


def test_getting_ready_can_be_stopped_too(model: LlamaModel) -> None:
    stop = Event()
    times = stop_after(0.01, stop)

    assert not model.prepare(stop)
    assert time.monotonic() - times[0] < 0.2
    assert model.prepare(Event())
    assert model.count_tokens("ready") > 0


def test_a_worker_that_was_killed_while_nothing_was_asked_is_not_noticed(model: LlamaModel) -> None:
    generate(model, QUESTION)
    assert model.worker_pid is not None
    killed = model.worker_pid
    os.kill(killed, signal.SIGKILL)
    os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)

    assert generate(model, QUESTION)[1].generated == 12
    assert model.worker_pid != killed


def test_a_model_that_was_changed_is_not_started_again(registry: ModelRegistry, tmp_path: Path) -> None:
    file = write_tiny_model(tmp_path / "tiny.gguf", "llama")
    registry.add(file, "tiny")
    model = load_llm(registry, Settings(models=ModelSettings(llm="tiny")))
    assert isinstance(model, LlamaModel)
    assert model.count_tokens("contract") == 8
    model.forget()
    with file.open("ab") as more:
        more.write(b"x")

    with pytest.raises(ModelError, match="is not what it was"):
        model.count_tokens("contract")
    assert model.worker_pid is None


def test_closing_ends_the_worker_in_the_middle_of_an_answer(model: LlamaModel) -> None:
    pieces = model.generate(QUESTION, GenerationOptions(max_tokens=1000))
    next(pieces)
    pid = model.worker_pid
    model.close()

    with pytest.raises(ModelDied):
        list(pieces)
    assert not Path(f"/proc/{pid}").exists()


def test_closing_while_the_model_is_loaded_says_nothing_against_its_file(model: LlamaModel) -> None:
    """As `documents forget` does it while a question is asked."""
    caught: list[ModelError] = []

    def load() -> None:
        try:
            model.count_tokens("x")
        except ModelError as error:
            caught.append(error)

    thread = threading.Thread(target=load)
    thread.start()
    while model.worker_pid is None and thread.is_alive():
        time.sleep(0.001)
    time.sleep(0.05)  # by now it waits for the answer
    model.forget()
    thread.join()

    assert [type(error) for error in caught] == [ModelClosed]
    assert caught[0].message == "The language model was closed."
    assert model.count_tokens("x") > 0


def test_after_an_interrupt_closing_waits_for_nothing(starter_llm: Path, tmp_path: Path) -> None:
    """Ctrl-C comes out of the middle of a generation; what is saved on closing must not wait for its end."""
    states = StateStore(tmp_path / "states", limit_mb=512)
    model = LlamaModel(starter_llm, name="starter", file_hash="ab" * 32, settings=LlamaSettings(), states=states)
    pieces = model.generate(QUESTION, GenerationOptions(max_tokens=1000, conversation="7"))
    next(pieces)
    hanging = model.worker_pid
    assert hanging is not None
    os.kill(hanging, signal.SIGSTOP)  # as in the middle of a long computation

    with pytest.raises(KeyboardInterrupt):
        pieces.throw(KeyboardInterrupt())
    started = time.monotonic()
    model.close()

    assert time.monotonic() - started < 1
    assert not Path(f"/proc/{hanging}").exists()


def test_a_file_that_is_cut_off_never_reaches_the_worker(starter_llm: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(starter_llm.read_bytes()[:-1000])

    with pytest.raises(ModelError, match="is cut off"):
        LlamaModel(cut, name="cut", file_hash="", settings=LlamaSettings())


def test_a_file_that_llama_cpp_refuses_is_an_error_that_says_why(starter_llm: Path, tmp_path: Path) -> None:
    """Whole and well formed, but of an architecture that does not exist."""
    content = bytearray(starter_llm.read_bytes())
    start = content.index(b"llama")
    content[start : start + 5] = b"xxxxx"
    odd = tmp_path / "odd.gguf"
    odd.write_bytes(content)
    model = LlamaModel(odd, name="odd", file_hash="", settings=LlamaSettings())

    with pytest.raises(ModelError, match=r"odd cannot be loaded: .*unknown model architecture: 'xxxxx'") as caught:
        model.count_tokens("x")
    assert caught.value.exit_code == 4
    assert model.worker_pid is None


def test_a_file_may_have_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / os.fsdecode(b"caf\xe9.gguf"), "llama")
    model = LlamaModel(path, name="tiny", file_hash="", settings=LlamaSettings())
    try:
        assert model.count_tokens("contract") == 8
    finally:
        model.close()


def test_the_worker_is_sealed_and_may_write_nothing(model: LlamaModel) -> None:
    model.count_tokens("x")
    process = Path(f"/proc/{model.worker_pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    limits = (process / "limits").read_text()

    assert status["Seccomp"].strip() == "2"
    assert status["NoNewPrivs"].strip() == "1"
    assert "Max file size             0                    0" in limits
    assert re.search(r"Max core file size +([01]) +\1 ", limits)


def test_from_inside_the_worker_there_is_no_way_out(starter_llm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    load = {"path": str(starter_llm), "context": 256, "threads": 1, "batch": 64, "gpu_layers": 0}

    with Child("tests.models.planted_worker") as child:
        child.send({"do": "load", "id": 1, "load": load})
        child.send({"do": "count", "id": 2, "text": "x"})
        assert child.receive(60)["loaded"]
        assert_all_refused(child.receive(60)["outcomes"])
