"""Reading ahead: from Enter to the first word of a question that was typed, against the same question pasted.

Both go through what the interface uses, the typed one key by key; before each the model has read its instructions only.
The two are taken in turn, so what else the machine does meets both.
"""

import contextlib
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from benchmarks.datasets import EXAMPLES, FINANCEBENCH_WHOLE, DataSet
from benchmarks.large import large_model
from benchmarks.program import markdown_table

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.tui.workers import Workers
    from assistant.types import Answer

KEYS_PER_SECOND = 5.0
QUESTIONS = 5
"""Of a data set, evenly taken."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds from Enter to the first word, and the answer."""

    seconds: float
    answer: "Answer"

    @property
    def read(self) -> int:
        """Tokens that were read after Enter."""
        return self.answer.tokens.prompt - self.answer.tokens.reused


def run() -> str:
    rows = measure(EXAMPLES)
    if FINANCEBENCH_WHOLE.is_there():
        rows += measure(FINANCEBENCH_WHOLE)
    return section([*rows, *measure(EXAMPLES, large_model())])


def section(rows: Sequence[Sequence[str]]) -> str:
    return (
        "## Reading ahead\n\n"
        f"Questions typed at {KEYS_PER_SECOND:.0f} keys a second, Enter the last of them, and pasted, "
        "in turn. Asked: the first word after at most 0.15 of the time that the pasted question takes.\n\n"
        + markdown_table(
            ("Documents, model", "question", "typed, s", "pasted, s", "tokens read after Enter", "ratio"), rows
        )
        + "\n"
    )


def measure(data: DataSet, model: Path | None = None) -> list[list[str]]:
    """With the starter, or another `model` (a GGUF file)."""
    rows, ratios, shares = [], [], []
    name = f"{data.name}, {'1B, random weights' if model else 'starter'}"
    with _open(data, model) as assistant:
        for number, question in enumerate(_questions(data), 1):
            pasted, typed = _ask(assistant, question, typed=False), _ask(assistant, question, typed=True)
            if pasted.answer.refused or typed.answer.refused:  # the model was not asked
                continue
            ratios.append(typed.seconds / pasted.seconds)
            shares.append(typed.read / pasted.read)
            rows.append(
                [
                    name,
                    f"{number} ({len(question)} keys)",
                    f"{typed.seconds:.2f}",
                    f"{pasted.seconds:.2f}",
                    f"{typed.read} of {pasted.read}",
                    f"{ratios[-1]:.2f}",
                ]
            )
            print(rows[-1], file=sys.stderr)
    return [
        *rows,
        [name, "median", "", "", f"{statistics.median(shares):.2f}", f"**{statistics.median(ratios):.2f}**"],
    ]


def _ask(assistant: "Assistant", question: str, *, typed: bool) -> Timed:
    """Ask in a new conversation, of a model that has read what the interface has it read at the start."""
    from assistant.events import Answered, Token
    from models.base import GenerationOptions, Message

    for _ in assistant.llm.generate([Message("user", "x")], GenerationOptions(max_tokens=1)):
        pass
    assistant.read_opening()
    if typed:
        _type(assistant, question)
    begun, first = time.perf_counter(), 0.0
    for event in assistant.ask(question, style="answer", max_tokens=8):
        if isinstance(event, Token):
            first = first or time.perf_counter() - begun
        if isinstance(event, Answered):
            return Timed(first, event.answer)
    raise AssertionError("no answer")


def _type(assistant: "Assistant", question: str) -> None:
    """Key by key, into what the interface tells of every key."""
    from assistant.tui.reading_ahead import ReadingAhead

    reading = ReadingAhead(cast("Workers", _Threads(assistant)))
    begun = time.perf_counter()
    for count in range(1, len(question) + 1):
        reading.typed(question[:count], "new")
        time.sleep(max(0.0, begun + count / KEYS_PER_SECOND - time.perf_counter()))
    reading.end()


class _Threads:
    """The workers of the interface, without an interface."""

    def __init__(self, assistant: "Assistant") -> None:
        self._assistant = assistant

    def start(self, _: str, work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()

    def wait(self) -> "Assistant":
        return self._assistant


@contextlib.contextmanager
def _open(data: DataSet, model: Path | None) -> "Iterator[Assistant]":
    from assistant.assistant import open_assistant
    from config.environment import silence_telemetry
    from config.locations import open_home
    from config.sections import LlamaSettings
    from config.settings import load_settings
    from models.llama.client import LlamaModel

    silence_telemetry()
    locations = open_home(data.home())
    # Without the budget in seconds: on a slow machine it would cut what the pasted question reads.
    flags = {"answer.style": "answer", "answer.max_wait_seconds": 1e6, "llama.states_mb": 0}
    llm = LlamaModel(model, name=model.stem, file_hash=model.stem, settings=LlamaSettings()) if model else None
    assistant = open_assistant(locations, load_settings(locations, flags=flags), llm=llm)
    try:
        assistant.library.hold_index()
        assistant.library.refresh_index()
        assistant.search("warm up")
        yield assistant
    finally:
        assistant.close()


def _questions(data: DataSet) -> list[str]:
    lines = data.questions().read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines if line]
    texts = [each["question"] for each in asked if each.get("answerable", True)]
    return texts[:: max(1, len(texts) // QUESTIONS)][:QUESTIONS]


if __name__ == "__main__":
    print(run())
