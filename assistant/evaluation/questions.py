"""A file of questions with the pages that answer them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import StrongroomError

TYPE_FIELDS = ("type", "reasoning")
"""Fields that say what type a question is of, the first that is there."""

Place = tuple[str, int]
"""File name and page."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the file. `docs` are file names; `gold` the pages that hold the answer."""

    text: str
    docs: tuple[str, ...]
    gold: tuple[Place, ...]
    answers: tuple[str, ...]
    answerable: bool
    type: str | None
    sentence: str = ""
    """The words of a document that say so, for `adapt`."""


def load_questions(file: Path) -> list[Question]:
    """Raises StrongroomError when the file is missing, a line is not a question (named by its number), or there is
    none."""
    questions = [question_in(line, number, file) for number, line in enumerate(read_lines(file), 1) if line.strip()]
    if not questions:
        raise StrongroomError(f"The question file {file} holds no question.", "Put one JSON object on each line.")
    return questions


def read_lines(file: Path) -> list[str]:
    """Raises StrongroomError when the file cannot be read."""
    try:
        return file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise StrongroomError(
            f"The file {file} cannot be read: {reason}.", "Name a file with one JSON object on each line."
        ) from error


def question_in(line: str, number: int, file: Path) -> Question:
    """Raises StrongroomError when the line is not a question."""
    try:
        fields = json.loads(line)
        answers = fields.get("answers") or ()
        return Question(
            text=_text(fields["question"]),
            docs=tuple(_text(name) for name in fields.get("docs") or ()),
            gold=tuple((_text(gold["doc"]), int(gold["page"])) for gold in fields.get("gold_pages") or ()),
            answers=tuple(str(answer) for answer in ([answers] if isinstance(answers, str) else answers)),
            answerable=bool(fields.get("answerable", True)),
            type=_type(fields),
            sentence=_text(fields.get("sentence") or ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StrongroomError(
            f"Line {number} of {file} is no question ({type(error).__name__}: {error}).",
            'Write it as {"question": "…", "docs": ["a.pdf"], "gold_pages": [{"doc": "a.pdf", "page": 1}]}.',
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _type(fields: Mapping[str, Any]) -> str | None:
    return next((str(fields[name]) for name in TYPE_FIELDS if fields.get(name)), None)
