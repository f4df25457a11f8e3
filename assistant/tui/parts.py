"""The parts of the assistant that take time to load, and the index, which is one of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def slow_parts(assistant: "Assistant") -> list[tuple[str, Callable[[], str | None]]]:
    """What to load, in the order in which it is needed; loading the language model gives its name."""

    def embedder() -> None:
        _ = assistant.embedder

    def index() -> None:
        refresh_index(assistant, at_start=True)

    def language_model() -> str:
        return assistant.llm.information.name

    return [("the embedder", embedder), ("the index", index), ("the language model", language_model)]


def refresh_index(assistant: "Assistant", *, at_start: bool = False) -> None:
    """Bring the index up to date if this process holds it or can have it; at the start it is opened in any case."""
    library = assistant.library
    holds = library.holds_index or library.hold_index()
    if holds and (at_start or library.index_changes_waiting()):
        library.refresh_index()
