"""The chat template of a model: messages become the model's own text around them, and their contents apart.

A template is a small program that came with the model file. It runs in Jinja's sandbox and sees stand-ins instead of
the contents, so what a document says can neither be read as template nor as one of the model's special tokens.
"""

import datetime
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from models.base import Message

# What templates are told when they ask for today. Llama 3.2's writes it at the front of the prompt: with the true day,
# nothing that was read yesterday could be used today, and the same question would get another answer. This is the day
# that its template takes where there is no clock.
_A_DAY = datetime.date(2024, 7, 26)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the prompt: the template's own text, in which special tokens count, or a message's content."""

    text: str
    is_content: bool


class ChatTemplate:
    """`source` is the Jinja template of the model file, empty when it has none. `bos` and `eos` are token texts."""

    def __init__(self, source: str, *, bos: str = "", eos: str = "", stop: Sequence[str] = ()) -> None:
        self._template = _compile(source)
        self._stop = tuple(stop)
        self._variables = {"bos_token": bos, "eos_token": eos, "add_generation_prompt": True, "enable_thinking": False}

    @property
    def text_before_answer(self) -> str:
        """What the template puts right before the model's answer; empty for a plain dialogue."""
        parts = self.render([Message("user", "x")])
        return "" if self._template is None or parts[-1].is_content else parts[-1].text

    @property
    def stop(self) -> tuple[str, ...]:
        """Strings that end an answer besides the model's own end tokens: the plain form has no such token."""
        return self._stop or (("\nUser:",) if self._template is None else ())

    def render(self, messages: Sequence[Message]) -> list[Part]:
        """The prompt up to where the model's answer starts.

        A template that knows no system message gets it in front of the first user message; one that still loses a
        message or fails, or a model without one, gets a plain dialogue.
        """
        stripped = [replace(message, content=message.content.strip()) for message in messages]
        for attempt in (stripped, fold_system(stripped)):
            if (parts := self._try(attempt)) is not None:
                return parts
        return plain_dialogue(stripped)

    def opening(self, messages: Sequence[Message]) -> list[Part]:
        """The prompt up to the end of the last message, which is still growing."""
        parts = self.render(messages)
        last = max((index for index, part in enumerate(parts) if part.is_content), default=-1)
        return parts[: last + 1]

    def _try(self, messages: Sequence[Message]) -> list[Part] | None:
        """The parts, None when the template refuses or does not show every content."""
        if self._template is None:
            return None
        secret = secrets.token_hex(16)
        stand_ins = [
            {"role": message.role, "content": f"x{secret}n{number}x"} for number, message in enumerate(messages)
        ]
        try:
            text = self._template.render(messages=stand_ins, **self._variables)
        except Exception:  # noqa: BLE001  # a template can fail in any way a program can
            return None
        pieces = re.split(rf"x{secret}n(\d+)x", text)
        if {int(number) for number in pieces[1::2]} != set(range(len(messages))):
            return None
        parts = [
            Part(messages[int(piece)].content if index % 2 else piece, is_content=bool(index % 2))
            for index, piece in enumerate(pieces)
        ]
        return [part for part in parts if part.text]


def fold_system(messages: Sequence[Message]) -> list[Message]:
    """The system messages put in front of the first user message."""
    instructions = [message.content for message in messages if message.role == "system"]
    others = [message for message in messages if message.role != "system"]
    if instructions and others and others[0].role == "user":
        others[0] = replace(others[0], content="\n\n".join([*instructions, others[0].content]))
    return others


def plain_dialogue(messages: Sequence[Message]) -> list[Part]:
    """What models without a template of their own were mostly trained on."""
    labels = {"system": "", "user": "User: ", "assistant": "Assistant: "}
    parts: list[Part] = []
    for message in messages:
        parts += [Part(labels[message.role], False), Part(message.content, True), Part("\n\n", False)]
    return [part for part in [*parts, Part("Assistant:", False)] if part.text]


def _compile(source: str) -> Any:
    """A jinja2.Template, None when there is no source or it does not compile."""
    if not source:
        return None
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # The same dialect as transformers' apply_chat_template, which the templates are written for.
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", _make_generation_tag()]
    )
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _A_DAY.strftime
    try:
        return environment.from_string(source)
    except (jinja2.TemplateError, RecursionError):
        return None


def _make_generation_tag() -> Any:
    """`{% generation %}…{% endgeneration %}` marks for training what the assistant said; here it does nothing."""
    from jinja2.ext import Extension
    from jinja2.parser import Parser

    class GenerationTag(Extension):
        tags = {"generation"}

        def parse(self, parser: Parser) -> Any:
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    return GenerationTag


def _refuse(message: str) -> NoReturn:
    raise ValueError(message)
