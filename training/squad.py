"""SQuAD-style files become groups: the texts of one article as sources, as the program cuts them, their questions, and
questions that none of them answers."""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.types import BlockKind
from training import choosing
from training.cutting import Asked, Cut, Part, cut
from training.groups import Group, supporting

LONGEST_ANSWER = 12
"""Words: a longer answer is no short one."""
LONGEST_SUPPORT = 75
"""Words of the sentence that holds the answer: of a longer one only a part could be copied."""

_SAYS_NOTHING = re.compile(
    r"(?:(?:we|you|they|it|this|these|our|us|may|will|can|do|does|not|also|is|are|be|to|collects?|shares?|uses?|any|"
    r"all|other|others|such|information|data|sites?|websites?|services?)\W*)+",
    re.IGNORECASE,
)
_VAGUE_KINDS = ("Does/Does Not", "Choice Scope", "|||Other", "|||Unspecified", "Access Scope")


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    paragraphs: list[Paragraph]


def read_articles(path: Path) -> list[Article]:
    """The articles of a SQuAD-style file, with the questions that have a sensible short answer."""
    articles = []
    for raw in json.loads(path.read_text("utf-8"))["data"]:
        paragraphs = [_paragraph(item) for item in raw["paragraphs"]]
        articles.append(Article(raw["title"].replace("_", " "), paragraphs))
    return articles


def _paragraph(raw: dict[str, Any]) -> Paragraph:
    """The paragraph in one line: two spaces would look like the gap between the cells of a table."""
    text = str(raw["context"])
    asked = []
    for question in raw["qas"]:
        kind = str(question.get("type", ""))
        right = [answer for answer in question["answers"] if _is_sensible(answer, text, picky=bool(kind))]
        if right and not any(vague in kind for vague in _VAGUE_KINDS):
            best = min(right, key=lambda answer: abs(len(answer["text"].split()) - 4)) if kind else right[0]
            words = _in_one_line(best["text"])
            start = len(_in_one_line(text[: best["answer_start"]] + "|")) - 1
            others = tuple(dict.fromkeys(answer["text"] for answer in question["answers"] if answer is not best))
            asked.append(
                Asked(_in_one_line(question["question"]), start, start + len(words), others, kind, kind.split("|||")[0])
            )
    return Paragraph(_in_one_line(text), tuple(asked))


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _is_sensible(answer: dict[str, Any], text: str, *, picky: bool) -> bool:
    """Whether an answer stands where the file says, in whole words, is short, has no quotation mark (the reply has its
    own), and its sentence is not too long. `picky` wants more of it than words that say nothing: spans that were marked
    for another purpose often are such."""
    words, start = answer["text"], answer["answer_start"]
    if (
        text[start : start + len(words)] != words
        or words != words.strip()
        or not 1 <= len(words.split()) <= LONGEST_ANSWER
    ):
        return False
    end = start + len(words)
    cut_off = text[max(start - 1, 0) : start + 1].isalnum() and start > 0
    if cut_off or (text[end - 1 : end + 1].isalnum() and end < len(text)) or '"' in words:
        return False
    if picky and (_SAYS_NOTHING.fullmatch(words) or len(words) < 5):
        return False
    return len(supporting(text, start, start + len(words), most=1000).split()) <= LONGEST_SUPPORT


def split(articles: Sequence[Article], held_out: float, seed: int) -> tuple[list[Article], list[Article]]:
    """Whole articles for training, and whole articles for measuring."""
    order = sorted(articles, key=lambda article: article.title)
    random.Random(seed).shuffle(order)
    count = round(len(order) * held_out)
    return order[count:], order[:count]


def make_group(
    article: Article, others: Sequence[Article], chance: random.Random, *, sources: int, items: int, unanswerable: float
) -> Group | None:
    """A group over `sources` texts of the article, about `items` questions long; None when it has too few."""
    foreign = cut_article(chance.choice(others), chance) if others else []
    return choosing.make_group(
        article.title,
        cut_article(article, chance),
        foreign,
        chance,
        sources=sources,
        items=items,
        unanswerable=unanswerable,
    )


def cut_article(article: Article, chance: random.Random) -> list[Cut]:
    parts = [Part(article.title, kind=BlockKind.HEADING)]
    parts += [Part(paragraph.text, paragraph.asked) for paragraph in article.paragraphs]
    name = re.sub(r"\W+", chance.choice("_- "), article.title).strip("_- ")
    return cut(chance.choice((name, name.lower())), article.title, parts, chance)
