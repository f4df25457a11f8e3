"""The starter model with its adapter: a short answer, the sentence that says so, its number, or the refusal."""

from collections.abc import Iterator

import pytest

from assistant.prompts import is_refusal, question_prompt, system_prompt
from assistant.reply import holds, mended, read_reply
from assistant.types import Passage, Source, Why
from config.locations import Locations
from config.sections import Settings
from ingest.types import Chunk
from models.base import GenerationOptions, LanguageModel, Message
from models.loading import load_llm
from models.registry import ModelRegistry

pytestmark = pytest.mark.models

TEXTS = (
    "Opening hours\nThe reading room is open from nine to five on weekdays. It is closed in August.",
    "Fees\nA reader's card costs 24 pounds a year. Students pay half. Lost cards are replaced for 6 pounds.",
    "The library was founded by Edith Farrow in 1887. It moved to Canal Street after the flood.",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageModel]:
    registry = ModelRegistry(Locations(tmp_path_factory.mktemp("home")))
    model = load_llm(registry, Settings())
    yield model
    model.close()


def sources() -> list[Source]:
    chunks = [Chunk(f"c{i}", 0, text, "Guide to the library", i, i, 0, len(text)) for i, text in enumerate(TEXTS, 1)]
    return [
        Source(i, Passage(i, 1.0, chunk, "guide.pdf", "guide.pdf", "Guide", None, Why()))
        for i, chunk in enumerate(chunks, 1)
    ]


def ask(model: LanguageModel, question: str) -> str:
    messages = [
        Message("system", system_prompt("f3nce")),
        Message("user", question_prompt(question, sources(), "f3nce")),
    ]
    return "".join(piece.text for piece in model.generate(messages, GenerationOptions(max_tokens=120)))


@pytest.mark.parametrize(
    ("question", "answer", "number"),
    [("Who founded the library?", "Edith Farrow", 3), ("How much does a reader's card cost?", "24 pounds", 2)],
)
def test_it_answers_copies_and_cites(model: LanguageModel, question: str, answer: str, number: int) -> None:
    reply = mended(ask(model, question), sources())  # as the program does

    assert holds(reply, sources(), question), reply
    read = read_reply(reply)
    assert read is not None
    assert answer in read.answer
    assert read.number == number


def test_it_refuses_what_the_sources_do_not_hold(model: LanguageModel) -> None:
    assert is_refusal(ask(model, "Which architect drew the plans of the town hall?"))
