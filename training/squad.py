"""SQuAD-style files become groups: paragraphs of one article as sources, their questions, and questions that none of
them answers."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.folding import fold
from training.groups import Group, Item, Text, supporting

LONGEST_PARAGRAPH = 900
"""Characters: a longer paragraph is left out, since the program would have cut it."""
LONGEST_ANSWER = 30
"""Words: a longer answer is no short one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, where its answer lies in its paragraph, and what it is about, where the file says so."""

    question: str
    start: int
    end: int
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    asked: list[Asked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    paragraphs: list[Paragraph]


def read_articles(path: Path) -> list[Article]:
    """The articles of a SQuAD-style file, with the paragraphs and questions that are short enough."""
    articles = []
    for raw in json.loads(path.read_text("utf-8"))["data"]:
        paragraphs = [_paragraph(item) for item in raw["paragraphs"] if len(item["context"]) <= LONGEST_PARAGRAPH]
        articles.append(Article(raw["title"].replace("_", " "), paragraphs))
    return articles


def _paragraph(raw: dict[str, Any]) -> Paragraph:
    text = str(raw["context"])
    paragraph = Paragraph(text)
    for question in raw["qas"]:
        answer = question["answers"][0]
        start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
        if text[start:end] == answer["text"] and len(answer["text"].split()) <= LONGEST_ANSWER:
            subject = str(question.get("type", "")).split("|||")[0]
            paragraph.asked.append(Asked(" ".join(question["question"].split()), start, end, subject))
    return paragraph


def split(articles: Sequence[Article], held_out: float, seed: int) -> tuple[list[Article], list[Article]]:
    """Whole articles for training, and whole articles for measuring."""
    order = sorted(articles, key=lambda article: article.title)
    random.Random(seed).shuffle(order)
    count = round(len(order) * held_out)
    return order[count:], order[:count]


def make_group(
    article: Article, others: Sequence[Article], chance: random.Random, *, sources: int, items: int, unanswerable: float
) -> Group | None:
    """A group over `sources` paragraphs of the article, about `items` questions long; None when it has too few."""
    if len(article.paragraphs) < sources:
        return None
    chosen = chance.sample(article.paragraphs, sources)
    texts = tuple(_as_text(article, paragraph) for paragraph in chosen)
    answerable = _answerable(chosen)
    if not answerable:
        return None
    chance.shuffle(answerable)
    answerable = answerable[: max(1, round(items * (1 - unanswerable)))]
    refused = _unanswerable(article, others, chosen, chance)[
        : round(len(answerable) * unanswerable / (1 - unanswerable))
    ]
    mixed = [*answerable, *refused]
    chance.shuffle(mixed)
    return Group(article.title, f"{chance.getrandbits(32):08x}", texts, tuple(mixed))


def _as_text(article: Article, paragraph: Paragraph) -> Text:
    page = 1 + article.paragraphs.index(paragraph)
    return Text(article.title.replace(" ", "_") + ".md", article.title, paragraph.text, page)


def _answerable(chosen: Sequence[Paragraph]) -> list[Item]:
    """Questions that one of the paragraphs answers, and no other is asked as well."""
    times: dict[str, int] = {}
    for paragraph in chosen:
        for question in {fold(asked.question) for asked in paragraph.asked}:
            times[question] = times.get(question, 0) + 1
    items = []
    for number, paragraph in enumerate(chosen, 1):
        for asked in paragraph.asked:
            if times[fold(asked.question)] == 1:
                answer = " ".join(paragraph.text[asked.start : asked.end].split()).rstrip(".,;: ")
                support = supporting(paragraph.text, asked.start, asked.end)
                items.append(Item(asked.question, answer, support, number))
    return items


def _unanswerable(
    article: Article, others: Sequence[Article], chosen: Sequence[Paragraph], chance: random.Random
) -> list[Item]:
    """Questions on other paragraphs of the article, and at the end a few on other articles.

    A question stays out when its answer stands in a chosen paragraph, or when these are asked about the same subject.
    """
    shown = fold(" ".join(paragraph.text for paragraph in chosen))
    subjects = {asked.subject for paragraph in chosen for asked in paragraph.asked if asked.subject}

    def fitting(paragraphs: Sequence[Paragraph]) -> list[Item]:
        found = [
            Item(asked.question)
            for paragraph in paragraphs
            for asked in paragraph.asked
            if fold(paragraph.text[asked.start : asked.end]) not in shown and asked.subject not in subjects
        ]
        chance.shuffle(found)
        return found

    near = fitting([paragraph for paragraph in article.paragraphs if paragraph not in chosen])
    far = fitting(chance.choice(others).paragraphs)[:1] if others else []
    return [*near[:1], *far, *near[1:]]
