"""Prepare groups for training and measuring: python -m training.prepare OUT FILE…"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from training import made, squad
from training.groups import Group, Item, unanswerable_share, write_groups
from training.renaming import names_in, renamed
from training.squad import Article

SOURCES = (2, 3, 3, 3, 4, 5, 5)
"""How many sources a group for training has; one of these each."""
ITEMS = 10
UNANSWERABLE = 0.25
EARLIER = 0.12
"""Share of the groups that follow an earlier turn."""
RENAMED = 0.4
"""Share of the groups on articles whose names and numbers are changed."""


def prepare(
    files: Sequence[Path],
    out: Path,
    *,
    seed: int,
    split: int = 1,
    held_out: float,
    groups: int,
    made_share: float,
    questions: int,
    unanswerable: Sequence[float] = (UNANSWERABLE,),
) -> dict[str, int]:
    """Write train.jsonl, and held-out groups with three and with five sources; returns the questions in each.

    Each file is split by article: `split` says which are held out and what is asked of them, so that trainings of any
    `seed` are measured by the same questions. `groups` are drawn for training, the `made_share` of them from made
    documents, the others evenly from articles, those of the first files most often: each file has twice the share of
    the next. `questions` are kept for measuring, about evenly from each file. `unanswerable` is the share for each
    file; the last one holds for the files after it, too.
    """
    out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    training = [made_group(chance) for _ in range(round(groups * made_share))]
    held: dict[int, list[Group]] = {3: [], 5: []}
    halves = [squad.split(squad.read_articles(path), held_out, split) for path in files]
    shares = [2.0**-place for place in range(len(files))]
    refused = [unanswerable[min(place, len(unanswerable) - 1)] for place in range(len(files))]
    for (learnt, measured), share, open_ in zip(halves, shares, refused, strict=True):
        training += _drawn(learnt, round(groups * (1 - made_share) * share / sum(shares)), open_, chance)
        for sources in held:
            held[sources] += _held_out(measured, sources, questions // len(files), random.Random(split))
    training = [_after_a_turn(group, chance) if chance.random() < EARLIER else group for group in training]
    chance.shuffle(training)
    written = {"train": write_groups(out / "train.jsonl", training)}
    for sources, drawn in held.items():
        written[f"held-out-{sources}"] = write_groups(out / f"held-out-{sources}.jsonl", drawn)
    print(f"unanswerable: {unanswerable_share(training):.2f} of {written['train']} in {len(training)} groups")
    return written


def made_group(chance: random.Random) -> Group:
    """A group for training, from documents made by rules."""
    while True:
        group = made.make_group(chance, sources=chance.choice(SOURCES), items=ITEMS, unanswerable=UNANSWERABLE)
        if group is not None:
            return group


def _drawn(articles: Sequence[Article], count: int, unanswerable: float, chance: random.Random) -> Iterator[Group]:
    """`count` groups, each article in its turn; fewer when the articles have too few questions."""
    names = names_in(paragraph.text for article in articles for paragraph in article.paragraphs)
    for turn in range(4 * count):
        if count <= 0:
            return
        article = articles[turn % len(articles)]
        others = [other for other in articles if other is not article]
        sources = chance.choice(SOURCES)
        group = squad.make_group(article, others, chance, sources=sources, items=ITEMS, unanswerable=unanswerable)
        if group is not None:
            count -= 1
            yield renamed(group, names, chance) if chance.random() < RENAMED else group


def _after_a_turn(group: Group, chance: random.Random) -> Group:
    """The first source, with a question on it, becomes an earlier turn."""
    asked = [item for item in group.items if item.number == 1]
    if not asked or len(group.items) - len(asked) < 1:
        return group
    earlier: Item = chance.choice(asked)
    rest = tuple(item for item in group.items if item is not earlier)
    return replace(group, items=rest, earlier=earlier, earlier_texts=1)


def _held_out(articles: Sequence[Article], sources: int, questions: int, chance: random.Random) -> list[Group]:
    """Groups over each article in turn, until there are enough questions; no question twice."""
    seen: set[str] = set()
    groups: list[Group] = []
    for _ in range(20):
        for article in articles:
            others = [other for other in articles if other is not article]
            group = squad.make_group(article, others, chance, sources=sources, items=12, unanswerable=0.25)
            if group is None or len(seen) >= questions:
                continue
            fresh = tuple(item for item in group.items if f"{group.origin}\0{item.question}" not in seen)
            if fresh:
                groups.append(replace(group, items=fresh))
                seen |= {f"{group.origin}\0{item.question}" for item in fresh}
    return groups


def main() -> None:
    parser = argparse.ArgumentParser(description="Prepare groups of questions for training and measuring.")
    parser.add_argument("out", type=Path)
    parser.add_argument("files", type=Path, nargs="+", help="SQuAD-style JSON files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", type=int, default=1, help="which articles are kept for measuring")
    parser.add_argument("--held-out", type=float, default=0.16, help="share of the articles kept for measuring")
    parser.add_argument("--groups", type=int, default=500, help="groups for training")
    parser.add_argument("--made-share", type=float, default=0.3, help="share of them from made documents")
    parser.add_argument("--questions", type=int, default=320)
    parser.add_argument(
        "--unanswerable",
        type=float,
        nargs="+",
        default=[UNANSWERABLE],
        help="share of the questions that the sources do not answer, one for each file",
    )
    arguments = parser.parse_args()
    written = prepare(
        arguments.files,
        arguments.out,
        seed=arguments.seed,
        split=arguments.split,
        held_out=arguments.held_out,
        groups=arguments.groups,
        made_share=arguments.made_share,
        questions=arguments.questions,
        unanswerable=arguments.unanswerable,
    )
    print(", ".join(f"{name}: {count} questions" for name, count in written.items()))


if __name__ == "__main__":
    main()
