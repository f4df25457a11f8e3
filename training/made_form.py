"""What a made section is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """Ways to put a question, its answer, and words of the same line from which on the answer is looked for."""

    questions: tuple[str, ...]
    answer: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A section: its heading, lines of text (rows of a table under `header`, items of a list with their mark), what is
    asked of it, and `missing`, which is like that and not answered. Sections of one `subject` may answer each other's
    questions."""

    heading: str
    lines: tuple[str, ...]
    asked: tuple[Ask, ...]
    missing: tuple[str, ...] = ()
    header: str = ""
    subject: str = ""
