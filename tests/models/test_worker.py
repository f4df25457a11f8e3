"""What the worker hears while it computes."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from models.llama.worker import Inbox


class Flag:
    """As a StopFlag, without llama.cpp."""

    def __init__(self) -> None:
        self.is_on = False

    def set(self) -> None:
        self.is_on = True

    def clear(self) -> None:
        self.is_on = False


def messages(*contents: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": content} for content in contents]


SOURCES = "Sources:\n[1] The lease ends after twelve months, and the deposit is returned within thirty days of that.\n"
READ = messages("Answer.", f"{SOURCES}\nQuestion: how")


@pytest.mark.parametrize(
    ("following", "ends"),
    [
        ({"do": "generate", "messages": messages("Answer.", f"{SOURCES}\nQuestion: how long is it?")}, False),
        ({"do": "generate", "messages": messages("Answer.", f"{SOURCES}[2] More.\n\nQuestion: how long?")}, False),
        ({"do": "read", "messages": messages("Answer.", "Sources:\n[1] Another passage.\n\nQuestion: how")}, True),
        ({"do": "generate", "messages": messages("Do something else with what comes.", "Question: how")}, True),
    ],
)
def test_what_is_read_ahead_ends_at_once_when_the_next_prompt_does_not_go_on_from_it(
    following: dict[str, Any], ends: bool
) -> None:
    flag = Flag()
    inbox = Inbox(cast("Any", flag))
    inbox.start(1, READ)
    heard: list[bool] = []

    def requests() -> Iterator[dict[str, Any]]:
        yield {"id": 2, **following}
        heard.append(flag.is_on)

    inbox.listen(requests())

    assert heard == [ends]


def test_a_generation_is_not_ended_by_what_waits_behind_it() -> None:
    flag = Flag()
    inbox = Inbox(cast("Any", flag))
    inbox.start(1, READ)
    inbox.start(2)
    heard: list[bool] = []

    def requests() -> Iterator[dict[str, Any]]:
        yield {"id": 3, "do": "generate", "messages": messages("Another.")}
        heard.append(flag.is_on)

    inbox.listen(requests())

    assert heard == [False]
