"""A file of questions with the pages that answer them."""

import json
from collections.abc import Iterable, Mapping
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


class NoQuestion(StrongroomError):
    """A line that is not a question; `why` is what is wrong with it, without its place."""

    def __init__(self, number: int, file: Path, why: str) -> None:
        super().__init__(
            f"Line {number} of {file} is no question ({why}).",
            'Write it as {"question": "…", "docs": ["a.pdf"], "gold_pages": [{"doc": "a.pdf", "page": 1}]}.',
        )
        self.why = why


def load_questions(file: Path) -> list[Question]:
    """Raises StrongroomError when the file is missing, a line is not a question (named by its number), or there is
    none."""
    questions = [question_in(line, number, file) for number, line in enumerate(read_lines(file), 1) if line.strip()]
    if not questions:
        raise StrongroomError(f"The question file {file} holds no question.", "Put one JSON object on each line.")
    return questions


def read_lines(file: Path) -> list[str]:
    """The lines of UTF-8 text, without the mark that editors on Windows put before it. Raises StrongroomError when the
    file cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise StrongroomError(
            f"The file {file} cannot be read: {reason}.", "Name a file with one JSON object on each line."
        ) from error


def question_in(line: str, number: int, file: Path) -> Question:
    """Raises NoQuestion when the line is not one."""
    try:
        fields = json.loads(line)
        return Question(
            text=_text(fields["question"]),
            docs=tuple(_text(name) for name in _one_or_more(fields.get("docs"))),
            gold=tuple((_text(gold["doc"]), int(gold["page"])) for gold in fields.get("gold_pages") or ()),
            answers=tuple(str(answer) for answer in _one_or_more(fields.get("answers"))),
            answerable=bool(fields.get("answerable", True)),
            type=_type(fields),
            sentence=_text(fields.get("sentence") or ""),
        )
    except KeyError as error:
        raise NoQuestion(number, file, f"it has no {error}") from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise NoQuestion(number, file, f"{type(error).__name__}: {error}") from error


def _one_or_more(value: Any) -> Iterable[Any]:
    """A list, or one thing that stands there by itself."""
    return [value] if isinstance(value, str) and value else value or ()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    value.encode()  # a ValueError for half of a character, as JSON can have it
    return value


def _type(fields: Mapping[str, Any]) -> str | None:
    return next((str(fields[name]) for name in TYPE_FIELDS if fields.get(name)), None)
