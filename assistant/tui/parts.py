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
        refresh_index(assistant, in_any_case=True)

    def language_model() -> str:
        return assistant.llm.information.name

    return [("the embedder", embedder), ("the index", index), ("the language model", language_model)]


def refresh_index(assistant: "Assistant", *, in_any_case: bool = False) -> None:
    """Bring the index up to date if this process holds it or can have it, when there are changes; or `in_any_case`, for
    it is not open yet, or was removed."""
    library = assistant.library
    holds = library.holds_index or library.hold_index()
    if holds and (in_any_case or library.index_changes_waiting()):
        library.refresh_index()
