"""What was read of a conversation is not read again: with llama.cpp, on a model with random weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.sections import LlamaSettings
from models.base import GenerationOptions, Message, TokenUsage
from models.llama.client import LlamaModel
from models.llama.states import SavedState, StateStore
from tests.models.tiny_models import write_tiny_model

pytestmark = pytest.mark.models

STORY = [Message("user", "The supplier delivers the goods within thirty days. " * 6)]
OTHER = [Message("user", "Something else, of which much is to be said, too. " * 6)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    return write_tiny_model(folder / "tiny.gguf", "llama", special=("<|im_start|>", "<|im_end|>"), context=2048)


@pytest.fixture
def store(tmp_path: Path) -> StateStore:
    return StateStore(tmp_path / "states", limit_mb=1)


@pytest.fixture
def models(tiny: Path, store: StateStore) -> Iterator[list[LlamaModel]]:
    models = [LlamaModel(tiny, name="tiny", file_hash="00", settings=LlamaSettings(), states=store) for _ in range(2)]
    yield models
    for model in models:
        model.close()


def answer(model: LlamaModel, messages: list[Message], conversation: str) -> tuple[str, TokenUsage]:
    options = GenerationOptions(max_tokens=8, conversation=conversation)
    pieces = list(model.generate(messages, options))
    return "".join(piece.text for piece in pieces), pieces[-1].usage or TokenUsage()


def test_a_conversation_goes_on_after_a_restart_where_it_was(models: list[LlamaModel]) -> None:
    first, second = models
    before, usage = answer(first, STORY, "c1")
    first.close()

    after, restored = answer(second, STORY, "c1")

    assert usage.reused == 0
    assert restored.reused == restored.prompt - 1
    assert after == before


def test_switching_between_conversations_reads_none_of_them_again(models: list[LlamaModel]) -> None:
    model = models[0]
    answer(model, STORY, "c1")
    answer(model, OTHER, "c2")
    _, again = answer(model, STORY, "c1")
    _, and_again = answer(model, OTHER, "c2")

    assert again.reused == again.prompt - 1
    assert and_again.reused == and_again.prompt - 1


def test_a_question_outside_any_conversation_keeps_nothing(models: list[LlamaModel], tmp_path: Path) -> None:
    answer(models[0], STORY, "")
    models[0].close()

    assert not (tmp_path / "states").exists()


def test_a_model_that_forgets_has_read_nothing_and_saves_nothing(models: list[LlamaModel], store: StateStore) -> None:
    model = models[0]
    answer(model, STORY, "c1")
    store.clear()
    model.forget()

    assert answer(model, STORY, "")[1].reused == 0
    assert store.find("c1", "model") is None


def test_a_conversation_that_was_deleted_is_not_kept_once_more(models: list[LlamaModel], store: StateStore) -> None:
    model = models[0]
    answer(model, STORY, "c1")
    model.forget("c1")
    store.remove("c1")
    answer(model, OTHER, "c2")
    model.close()

    assert store.find("c1", "model") is None


def test_a_state_that_another_process_deleted_meanwhile_is_read_again(
    models: list[LlamaModel], store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = models
    before, _ = answer(first, STORY, "c1")
    first.close()
    find = StateStore.find

    def find_and_lose(self: StateStore, conversation: str, fingerprint: str) -> SavedState | None:
        saved = find(self, conversation, fingerprint)
        self.clear()
        return saved

    monkeypatch.setattr(StateStore, "find", find_and_lose)
    assert answer(second, STORY, "c1")[0] == before


def test_what_is_read_ahead_is_not_read_again_and_a_change_of_mind_is_rolled_back(models: list[LlamaModel]) -> None:
    model = models[0]
    assert model.read_ahead([Message("user", f"{STORY[0].content}Question:")])
    _, usage = answer(model, [Message("user", f"{STORY[0].content}Question: When?")], "")
    assert model.read_ahead(OTHER)
    fresh, after = answer(model, STORY, "")

    assert usage.prompt - usage.reused < 40
    assert after.reused < 40
    assert fresh == answer(models[1], STORY, "")[0]
