"""The assistant over a library filled by hand, on the shipped fakes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assistant.assistant import Assistant, open_assistant
from assistant.events import Answered
from assistant.types import Answer
from config.locations import Locations
from config.settings import load_settings
from models.fakes import HashEmbedder, ScriptedModel
from tests.assistant.shelf import fill

Open = Callable[..., Assistant]


@pytest.fixture
def open_with(locations: Locations) -> Iterator[Open]:
    """`open_with(replies, **flags)`: an assistant over the policies; dotted settings are written with `__`."""
    opened: list[Assistant] = []

    def open_it(replies: Any = "Nothing to say.", *, llm: ScriptedModel | None = None, **flags: object) -> Assistant:
        replies = [replies] if isinstance(replies, str) else replies
        loaded = load_settings(locations, flags={key.replace("__", "."): value for key, value in flags.items()})
        assistant = open_assistant(locations, loaded, embedder=HashEmbedder(), llm=llm or ScriptedModel(replies))
        fill(assistant.library, assistant.embedder)
        opened.append(assistant)
        return assistant

    yield open_it
    for assistant in opened:
        assistant.close()


def answer_to(assistant: Assistant, question: str, **options: Any) -> Answer:
    events = list(assistant.ask(question, **options))
    assert isinstance(events[-1], Answered)
    return events[-1].answer
