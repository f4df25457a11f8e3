import json
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from assistant import calibration
from assistant.assistant import Assistant, open_assistant
from assistant.calibration import calibrate, calibrate_if_due, load_calibration
from assistant.evidence import HIGHEST_FLOOR, Calibration
from config.locations import Locations
from config.settings import load_settings
from ingest.events import Finished
from ingest.library.library import Library
from models.fakes import HashEmbedder, ScriptedModel
from tests.assistant.shelf import fill

_SYLLABLES = "ba ce di fo gu ha ki lo me nu pa ri so ta vu".split()  # noqa: SIM905


def word(number: int) -> str:
    """A word of its own for each number below 3375."""
    return "".join(_SYLLABLES[number // 15**place % 15] for place in range(3)) + "n"


def documents(number: int, shared: bool) -> dict[str, Sequence[str]]:
    """Documents of one sentence, each on matters of its own; or, if `shared`, each saying the same of another town."""
    said = [[word(12 * document + place) for place in range(12)] for document in range(number)]
    if shared:
        said = [[*said[0], word(3000 + document)] for document in range(number)]
    return {f"d{document}.md": [f"{' '.join(words)}."] for document, words in enumerate(said)}


class Narrow(HashEmbedder):
    """Gives unrelated texts a cosine of 0.7, as some embedders do."""

    def embed_documents(self, texts: Sequence[str]) -> np.ndarray:
        vectors = super().embed_documents(texts)
        common = np.full((len(texts), 1), np.sqrt(0.7), np.float32)
        return np.hstack([common, np.sqrt(np.float32(0.3)) * vectors[:, 1:], np.zeros((len(texts), 0), np.float32)])


@pytest.fixture(autouse=True)
def few_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "QUESTIONS", calibration.LEAST_QUESTIONS)


@pytest.fixture
def assistant(locations: Locations) -> Iterator[Assistant]:
    opened = open_assistant(locations, load_settings(locations), embedder=HashEmbedder(), llm=ScriptedModel())
    yield opened
    opened.close()


def measured(assistant: Assistant) -> Calibration:
    return calibrate(assistant.retriever, assistant.embedder)


def test_where_documents_speak_of_different_things_little_evidence_will_do(assistant: Assistant) -> None:
    fill(assistant.library, assistant.embedder, documents(24, shared=False))
    found = measured(assistant)
    assert found.floor < HIGHEST_FLOOR
    assert (found.questions, found.chunks) == (20, 24)


def test_where_documents_repeat_each_other_the_highest_floor_is_left(assistant: Assistant) -> None:
    fill(assistant.library, assistant.embedder, documents(24, shared=True))
    assert measured(assistant).floor == HIGHEST_FLOOR


def test_a_library_too_small_to_be_measured_gets_the_lowest_floor(assistant: Assistant) -> None:
    fill(assistant.library, assistant.embedder)
    found = measured(assistant)
    assert found.floor == calibration.LOWEST_FLOOR
    assert "too few to measure" in calibration.describe(found)


def test_where_the_floor_comes_from_is_said() -> None:
    assert "default" in calibration.describe(Calibration())
    assert "0.83, measured with 40 questions made from 1,200 passages" in calibration.describe(
        Calibration(0.83, 0.0, 40, 1200)
    )
    assert "the highest allowed" in calibration.describe(Calibration(HIGHEST_FLOOR, 0.0, 40, 1200))


def test_an_embedder_that_finds_everything_alike_gets_the_same_floor(locations: Locations) -> None:
    found = []
    for collection, embedder in (("plain", HashEmbedder()), ("narrow", Narrow())):
        opened = open_assistant(
            locations, load_settings(locations), collection=collection, embedder=embedder, llm=ScriptedModel()
        )
        fill(opened.library, embedder, documents(24, shared=False))
        found.append(measured(opened))
        opened.close()
    plain, narrow = found
    assert plain.background < 0.1
    assert narrow.background == pytest.approx(0.7, abs=0.05)
    assert narrow.floor == pytest.approx(plain.floor, abs=0.05)


def test_an_ingest_ends_with_a_measurement_that_is_kept(assistant: Assistant, locations: Locations) -> None:
    fill(assistant.library, assistant.embedder, documents(24, shared=False))
    assert load_calibration(assistant.library) == Calibration()
    assert isinstance(list(assistant.ingest([]))[-1], Finished)
    other = Library.open(locations)
    assert load_calibration(other) == measured(assistant)
    other.close()


def test_what_is_kept_are_numbers(assistant: Assistant) -> None:
    fill(assistant.library, assistant.embedder, documents(24, shared=False))
    calibrate_if_due(assistant.retriever, assistant.embedder)
    kept = json.loads(assistant.library.calibration() or "")
    assert all(isinstance(value, (int, float)) for value in kept.values())


def test_only_a_library_that_has_grown_much_is_measured_again(assistant: Assistant) -> None:
    fill(assistant.library, assistant.embedder, documents(24, shared=False))
    calibrate_if_due(assistant.retriever, assistant.embedder)
    known = load_calibration(assistant.library)
    fill(assistant.library, assistant.embedder, {"one-more.md": ["Something else."]})
    calibrate_if_due(assistant.retriever, assistant.embedder)
    assert load_calibration(assistant.library) == known
    fill(assistant.library, assistant.embedder, documents(40, shared=False))
    calibrate_if_due(assistant.retriever, assistant.embedder)
    assert load_calibration(assistant.library).chunks == 41


def test_what_an_older_rule_found_is_not_used(assistant: Assistant) -> None:
    fill(assistant.library, assistant.embedder)
    assistant.library.keep_calibration(json.dumps({"rule": 0, "threshold": 0.4}))
    assert load_calibration(assistant.library) == Calibration()


def test_the_floor_of_the_library_decides(assistant: Assistant) -> None:
    fill(assistant.library, assistant.embedder)
    question = "What is the hotel limit in Norway?"
    for floor in (0.5, 3.0):
        assistant.library.keep_calibration(json.dumps({"rule": 1, "floor": floor}))
        assert assistant.search(question).fits is (floor < 1)
