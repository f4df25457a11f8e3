"""Prepare groups for training and measuring: python -m training.prepare OUT FILE…"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from training import made, squad
from training.groups import Group, Item, unanswerable_share, write_groups
from training.squad import Article

SOURCES = (2, 3, 3, 3, 4, 5)
"""How many sources a group for training has; one of these each."""
ITEMS = 9
UNANSWERABLE = 0.27
EARLIER = 0.15
"""Share of the groups that follow an earlier turn."""


def prepare(
    files: Sequence[Path], out: Path, *, seed: int, held_out: float, rounds: int, made_groups: int, questions: int
) -> dict[str, int]:
    """Write train.jsonl, and held-out groups with three and with five sources; returns the questions in each.

    Each file is split by article. `rounds` is how often each article for training is drawn with other paragraphs,
    `questions` about how many are kept for measuring, evenly from each file.
    """
    out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    training: list[Group] = [
        made.make_group(chance, sources=chance.choice(SOURCES[:4]), unanswerable=UNANSWERABLE)
        for _ in range(made_groups)
    ]
    held: dict[int, list[Group]] = {3: [], 5: []}
    for path in files:
        learnt, measured = squad.split(squad.read_articles(path), held_out, seed)
        for _ in range(rounds):
            training += _groups(learnt, chance)
        for sources in held:
            held[sources] += _held_out(measured, sources, questions // len(files), random.Random(seed))
    chance.shuffle(training)
    written = {"train": write_groups(out / "train.jsonl", training)}
    for sources, groups in held.items():
        written[f"held-out-{sources}"] = write_groups(out / f"held-out-{sources}.jsonl", groups)
    print(f"unanswerable: {unanswerable_share(training):.2f} of {written['train']} in {len(training)} groups")
    return written


def _groups(articles: Sequence[Article], chance: random.Random) -> Iterator[Group]:
    for article in articles:
        others = [other for other in articles if other is not article]
        sources = chance.choice(SOURCES)
        group = squad.make_group(article, others, chance, sources=sources, items=ITEMS, unanswerable=UNANSWERABLE)
        if group is not None:
            yield _after_a_turn(group, chance) if chance.random() < EARLIER else group


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
    parser.add_argument("--held-out", type=float, default=0.25, help="share of the articles kept for measuring")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--made-groups", type=int, default=80)
    parser.add_argument("--questions", type=int, default=320)
    arguments = parser.parse_args()
    written = prepare(
        arguments.files,
        arguments.out,
        seed=arguments.seed,
        held_out=arguments.held_out,
        rounds=arguments.rounds,
        made_groups=arguments.made_groups,
        questions=arguments.questions,
    )
    print(", ".join(f"{name}: {count} questions" for name, count in written.items()))


if __name__ == "__main__":
    main()
