import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from assistant.assistant import open_assistant
from config.errors import ModelError
from config.locations import Locations
from config.settings import LoadedSettings, load_settings
from ingest.library import database
from models.fakes import HashEmbedder, ScriptedModel
from models.registry import ModelEntry
from tests.assistant.conftest import Open, answer_to


def test_status_has_the_fields_of_the_contract(open_with: Open, locations: Locations) -> None:
    status = open_with().status()
    assert set(status) == {"home", "collections", "refusal", "models", "speed", "tuning", "disk_mb", "seal", "version"}
    assert status["home"] == str(locations.home)
    (collection,) = status["collections"]
    assert collection == {
        "name": "default",
        "documents": 3,
        "pages": 4,
        "chunks": 9,
        "vectors": 9,
        "vectors_pending": 0,
        "full_text": 9,
        "indexed": 0,
        "embedder": "hash",
    }
    named = {"llm": "scripted", "embedder": "hash", "reranker": None, "adapter": None}
    assert status["models"] == {**named, "adapter_trouble": None}
    assert status["disk_mb"]["library"] > 0


def test_opening_and_searching_do_not_wait_for_what_another_process_writes(
    open_with: Open, locations: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_with()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(locations.library_file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        other = open_assistant(
            locations, load_settings(locations), embedder=HashEmbedder(), llm=ScriptedModel(["Nothing to say."])
        )
        assert len(other.library.documents()) == 3
        assert other.search("vacation").passages
        assert other.status()["collections"]
        other.close()


def test_status_counts_what_each_index_holds(open_with: Open) -> None:
    assistant = open_with()
    assert assistant.library.hold_index()
    assistant.library.refresh_index()
    (collection,) = assistant.status()["collections"]
    assert collection["chunks"] == collection["full_text"] == collection["vectors"] == collection["indexed"] == 9
    assert assistant.library.index_count() == 9


def test_opening_loads_no_model(
    locations: Locations, settings: LoadedSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = open_assistant(locations, settings)

    def never() -> None:
        raise AssertionError("a model was loaded")

    for part in ("_load_embedder", "_load_llm"):
        monkeypatch.setattr(assistant.parts, part, never)
    assert assistant.search("anything").passages == ()
    assert assistant.status()["collections"] == []
    assert answer_to(assistant, "anything?", style="quote").refused
    assistant.close()


def test_bytes_that_are_no_utf_8_are_left_out_of_a_question(open_with: Open) -> None:
    assistant = open_with()
    answer = answer_to(assistant, "How many days of paid vacation\udce9 do employees accrue per year?", style="quote")
    assert answer.question == "How many days of paid vacation do employees accrue per year?"
    assert assistant.conversations.load(answer.conversation).turns[0].question == answer.question
    assert assistant.search("vacation\udce9").query == "vacation"


def test_a_part_is_made_once_whatever_the_number_of_threads(
    locations: Locations, settings: LoadedSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = open_assistant(locations, settings)
    made: list[HashEmbedder] = []
    barrier = threading.Barrier(4)

    def load() -> HashEmbedder:
        made.append(HashEmbedder())
        return made[-1]

    def use() -> None:
        barrier.wait()
        _ = assistant.embedder

    monkeypatch.setattr(assistant.parts, "_load_embedder", load)
    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assistant.close()
    assert made[0].closed


def test_a_part_that_could_not_be_made_is_tried_again(
    locations: Locations, settings: LoadedSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = open_assistant(locations, settings)
    outcomes = iter([ModelError("It is missing.", "Add it."), HashEmbedder()])

    def load() -> HashEmbedder:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(assistant.parts, "_load_embedder", load)
    with pytest.raises(ModelError):
        _ = assistant.embedder
    assert assistant.embedder.identity.name == "hash"
    assistant.close()


def test_a_collection_goes_on_with_the_embedder_it_was_built_with(
    locations: Locations, settings: LoadedSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_with = HashEmbedder(name="house").identity
    house = ModelEntry("house", "embedder", Path("house"), built_with.file_hash, 1, "mit", "", verified=True)
    assistant = open_assistant(locations, settings)
    monkeypatch.setattr(assistant.registry, "entries", lambda: [house])
    assistant.library.require_embedder(built_with)
    assert settings.settings.models.embedder == "starter"
    assert assistant.status()["models"]["embedder"] == "house"
    checks = {check.name: check for check in assistant.doctor(measure=False)}
    assert "house" in checks["embedder file"].detail
    with pytest.raises(ModelError, match="The files of the model house are gone"):
        _ = assistant.embedder
    assistant.close()


def test_closing_ends_the_model(open_with: Open) -> None:
    model = ScriptedModel(["Employees accrue 23 days [1]."])
    assistant = open_with(llm=model)
    answer_to(assistant, "How many vacation days do employees accrue?", style="answer")
    assistant.close()
    assert model.closed


def test_questions_can_be_asked_from_several_threads(open_with: Open) -> None:
    assistant = open_with()
    answers: list[str] = []

    def ask() -> None:
        answers.append(answer_to(assistant, "Who was elected chair of the board?", style="quote").text)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["“Ingrid Solheim was elected chair for two years.” [1]"] * 6
    assert len(assistant.conversations.list()) == 6


def test_a_folder_is_ingested_and_asked(locations: Locations, settings: LoadedSettings, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "keys.md").write_text("# Keys\n\nThe harbour master keeps the keys of the lighthouse.\n")
    assistant = open_assistant(locations, settings, embedder=HashEmbedder(), llm=ScriptedModel())
    events = list(assistant.ingest([folder]))
    assert events
    answer = answer_to(assistant, "Who keeps the keys of the lighthouse?", style="quote")
    assert "harbour master" in answer.text
    assert answer.citations[0].path == str(folder / "keys.md")
    assistant.close()
