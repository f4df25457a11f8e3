"""Questions to the starter model that take it a moment, and a stop in the middle of one."""

import threading
import time
from threading import Event

from models.base import GenerationOptions, Message, TokenUsage
from models.llama.client import LlamaModel

QUESTION = [Message("system", "You answer in one sentence."), Message("user", "What is a contract?")]
SHORT = GenerationOptions(max_tokens=12)


def generate(model: LlamaModel, messages: list[Message], options: GenerationOptions = SHORT) -> tuple[str, TokenUsage]:
    pieces = list(model.generate(messages, options))
    assert pieces[-1].usage is not None
    return "".join(piece.text for piece in pieces), pieces[-1].usage


def stop_after(seconds: float, stop: Event) -> list[float]:
    """Set `stop` in a while, and note when that was."""
    times: list[float] = []

    def set_stop() -> None:
        times.append(time.monotonic())
        stop.set()

    threading.Timer(seconds, set_stop).start()
    return times
