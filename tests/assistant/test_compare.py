"""Two models side by side, on the shipped fakes."""

from dataclasses import replace

import pytest

from assistant.assistant import Assistant, open_assistant
from assistant.compare import Compared, ComparisonEvent, Contender, ModelBegins
from assistant.events import EvidenceFound, Token
from config.errors import ModelError, UsageError
from config.locations import Locations
from config.sections import Settings
from config.settings import LoadedSettings, load_settings
from models.base import LanguageModel
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open

QUESTION = "How many vacation days do employees accrue?"


@pytest.fixture
def models() -> dict[str, ScriptedModel]:
    return {
        "small": ScriptedModel(["Employees accrue 23 days [1]."], name="small", writes_well=False),
        "large": ScriptedModel(["They accrue 23 days of paid vacation [1]."], name="large"),
    }


@pytest.fixture
def assistant(open_with: Open, models: dict[str, ScriptedModel], monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """Over two models; while one is loaded the other must not be."""
    opened = open_with()
    loaded: list[ScriptedModel] = []

    def contender(name: str) -> Contender:
        if name not in models:
            raise ModelError(f"There is no language model called {name}.", "See the list.")

        def load() -> LanguageModel:
            assert all(model.closed for model in loaded)
            loaded.append(models[name])
            return models[name]

        return Contender(name, load)

    monkeypatch.setattr(opened.parts, "contender", contender)
    return opened


def answers(events: list[ComparisonEvent]) -> list[Compared]:
    return [event for event in events if isinstance(event, Compared)]


def test_both_answer_from_the_same_passages_one_after_the_other(
    assistant: Assistant, models: dict[str, ScriptedModel]
) -> None:
    events = list(assistant.compare(QUESTION, ("small", "large")))
    assert [event.name for event in events if isinstance(event, ModelBegins)] == ["small", "large"]
    assert sum(isinstance(event, EvidenceFound) for event in events) == 1
    small, large = (event.answer for event in answers(events))
    assert (small.model, large.model) == ("small", "large")
    assert small.text == "Employees accrue 23 days [1]."
    assert large.text == "They accrue 23 days of paid vacation [1]."
    assert [source.passage.chunk.chunk_id for source in small.evidence] == [
        source.passage.chunk.chunk_id for source in large.evidence
    ]
    assert all(model.closed and len(model.messages) == 1 for model in models.values())


def test_a_slow_model_gets_as_many_passages_as_a_fast_one(
    assistant: Assistant, models: dict[str, ScriptedModel]
) -> None:
    """However long it would take to read them."""
    speeds = assistant.asker().speeds
    models["small"].words_per_second = 0.1
    list(assistant.compare(QUESTION, ("small", "large")))
    assert speeds.of("small").reading is not None
    list(assistant.compare(QUESTION, ("small", "large")))

    small, large = (len(model.messages[-1][-1].content.split()) for model in models.values())
    assert small == large


def test_words_come_while_they_are_written(assistant: Assistant) -> None:
    events = assistant.compare(QUESTION, ("small", "large"))
    kinds = [type(event) for _, event in zip(range(3), events, strict=False)]
    assert kinds == [ModelBegins, EvidenceFound, Token]
    events.close()  # type: ignore[attr-defined]


def test_no_conversation_gets_a_comparison(assistant: Assistant) -> None:
    list(assistant.compare(QUESTION, ("small", "large")))
    assert assistant.conversations.list() == []


def test_a_refusal_loads_no_model(assistant: Assistant, models: dict[str, ScriptedModel]) -> None:
    compared = answers(list(assistant.compare("Who painted the ceiling of the chapel?", ("small", "large"))))
    assert [one.answer.refused for one in compared] == [True, True]
    assert not any(model.messages for model in models.values())


def test_the_model_in_use_makes_room(open_with: Open, assistant: Assistant) -> None:
    del open_with
    in_use = assistant.llm
    assert isinstance(in_use, ScriptedModel)
    list(assistant.compare(QUESTION, ("small", "large")))
    assert in_use.closed


def test_a_model_that_is_not_there_is_told_before_the_first_answers(
    assistant: Assistant, models: dict[str, ScriptedModel]
) -> None:
    with pytest.raises(ModelError, match="none"):
        assistant.compare(QUESTION, ("small", "none"))
    assert not models["small"].messages


def test_a_model_is_not_compared_with_itself(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="with itself"):
        assistant.compare(QUESTION, ("small", "small"))


def test_another_model_is_loaded_without_the_adapter_of_the_one_in_use(
    locations: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []

    def load(_: object, settings: Settings) -> LanguageModel:
        seen.append((settings.models.llm, settings.llama.adapter))
        return ScriptedModel()

    monkeypatch.setattr("models.registry.ModelRegistry.find", lambda *_: None)
    monkeypatch.setattr("models.loading.load_llm", load)
    flags = {"models.llm": "large", "llama.adapter": "contracts"}
    assistant = open_assistant(locations, load_settings(locations, flags=flags))
    for name in ("large", "small"):
        contender = assistant.parts.contender(name)
        assert contender.name == name
        contender.load()
    assert seen == [("large", "contracts"), ("small", "auto")]
    assistant.close()


def test_the_server_of_a_run_can_be_compared_with_a_local_model(locations: Locations, settings: LoadedSettings) -> None:
    model = ScriptedModel(name="house-70b")
    model.information = replace(model.information, runs_on="llm.house.test:443")
    served = open_assistant(locations, settings, llm=model)
    assert served.parts.contender("server").load() is model
    assert served.parts.contender("server").name == "house-70b"
    with pytest.raises(ModelError, match="no language model called nobody"):
        served.parts.contender("nobody")
    served.close()
    local = open_assistant(locations, settings, llm=ScriptedModel())
    with pytest.raises(ModelError, match="no language model called server"):
        local.parts.contender("server")
    local.close()
