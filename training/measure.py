"""Measure an adapter on held-out groups, greedily, through the program's own model and prompts:
python -m training.measure GROUPS [--adapter FILE]"""

import argparse
import json
import random
import re
import string
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.prompts import is_refusal
from assistant.reply import holding, holds, is_copied, mended, read_reply
from config.sections import LlamaSettings
from models.base import GenerationOptions, LanguageModel
from models.checksums import hash_model
from training.groups import Group, Item, Text, as_source, read_groups
from training.train import starter_path

MOST_TOKENS = 160
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Scored:
    """One reply. For an answerable question: F1 of the short answer with the nearest right one, whether it holds one,
    whether the quote is copied by the model and whether it stands in a source once mended, whether the number is right
    as written and once mended. All zero for a refusal. `sources` are those it was asked over: questions on the same
    ones succeed and fail together."""

    answerable: bool
    refused: bool
    f1: float = 0.0
    contained: float = 0.0
    copied: float = 0.0
    stands: float = 0.0
    cited: float = 0.0
    found: float = 0.0
    shown: float = 0.0
    sources: tuple[Text, ...] = ()


def score(reply: str, item: Item, group: Group) -> Scored:
    if is_refusal(reply):
        return Scored(bool(item.number), refused=True, sources=group.texts)
    read = read_reply(reply)
    answer = read.answer if read else reply
    sources = [as_source(text, number) for number, text in enumerate(group.texts, 1)]
    shown = mended(reply, sources)
    looked_up = read_reply(shown)
    right, numbers = (item.answer, *item.others), (item.number, *item.also)
    return Scored(
        answerable=bool(item.number),
        refused=False,
        f1=max(f1_of(answer, one) for one in right),
        contained=float(bool(item.number) and any(_held(one, answer) for one in right)),
        copied=float(read is not None and bool(holding(read.quoted, sources))),
        stands=float(looked_up is not None and is_copied(looked_up, sources)),
        cited=float(read is not None and read.number in numbers),
        found=float(looked_up is not None and looked_up.number in numbers),
        shown=float(holds(shown, sources, item.question)),
        sources=group.texts,
    )


def _held(right: str, given: str) -> bool:
    return f" {' '.join(_words(right))} " in f" {' '.join(_words(given))} "


def f1_of(given: str, right: str) -> float:
    """Word overlap as SQuAD counts it: case, articles and punctuation aside."""
    mine, gold = _words(given), _words(right)
    same = sum((Counter(mine) & Counter(gold)).values())
    return 2 * same / (len(mine) + len(gold)) if same else 0.0


def _words(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def summarise(scored: Sequence[Scored]) -> dict[str, tuple[float, float, float]]:
    """Each measure as mean, and low and high end of its 95 % interval: a bootstrap over the groups of questions that
    share their sources. A question without any is a group of its own."""
    answerable = [one for one in scored if one.answerable]
    answered = [one for one in answerable if not one.refused]
    passing = [one for one in answerable if one.shown]
    measures = {
        "f1": (answerable, "f1"),
        "contained": (answerable, "contained"),
        "copied, of those answered": (answered, "copied"),
        "copied once mended": (answered, "stands"),
        "cited right, of those answered": (answered, "cited"),
        "cited right by the program": (answered, "found"),
        "passes the check, of those answered": (answered, "shown"),
        "contained, of those that pass": (passing, "contained"),
        "f1, of those that pass": (passing, "f1"),
        "unanswerable refused": ([one for one in scored if not one.answerable], "refused"),
        "answerable refused": (answerable, "refused"),
    }
    return {name: _interval(ones, measure) for name, (ones, measure) in measures.items() if ones}


def _interval(scored: Sequence[Scored], measure: str) -> tuple[float, float, float]:
    groups: dict[object, list[float]] = defaultdict(list)
    for number, one in enumerate(scored):
        groups[one.sources or number].append(float(getattr(one, measure)))
    sums = [(sum(values), len(values)) for values in groups.values()]
    if len(sums) == 1:  # how others would do, one group cannot tell
        return _mean(sums), 0.0, 1.0
    chance = random.Random(0)
    means = sorted(_mean(chance.choices(sums, k=len(sums))) for _ in range(1000))
    return _mean(sums), means[25], means[974]


def _mean(sums: Sequence[tuple[float, int]]) -> float:
    return sum(total for total, _ in sums) / sum(count for _, count in sums)


def measure(model: LanguageModel, groups: Sequence[Group], limit: int = 0, log: Path | None = None) -> list[Scored]:
    """Ask every question (or the first `limit`), a group's one after the other, so that its sources are read once. The
    replies take the place of what `log` holds."""
    scored: list[Scored] = []
    if log is not None:
        log.write_text("")
    for group in groups:
        for item in group.items:
            if limit and len(scored) >= limit:
                return scored
            pieces = model.generate(group.messages(item.question), GenerationOptions(max_tokens=MOST_TOKENS))
            reply = "".join(piece.text for piece in pieces)
            scored.append(score(reply, item, group))
            if log is not None:
                with log.open("a", encoding="utf-8") as file:
                    line = {"question": item.question, "right": item.reply, "reply": reply}
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return scored


def load(
    model: Path, adapter: Path | None, settings: LlamaSettings | None = None, *, sha256: str = ""
) -> LanguageModel:
    """The program's own model process, with the adapter over it. The model is hashed if `sha256` does not say what it
    has."""
    from models.llama.adapter import Adapter
    from models.llama.client import LlamaModel

    over = Adapter("measured", adapter, hash_model(adapter)) if adapter else None
    return LlamaModel(
        model,
        name=model.stem,
        file_hash=sha256 or hash_model(model),
        settings=settings or LlamaSettings(),
        adapter=over,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a model, with an adapter or without, on held-out groups.")
    parser.add_argument("groups", type=Path, help="file of training.prepare: held-out-3.jsonl")
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--model", type=Path, help="GGUF file; the starter's without it")
    parser.add_argument("--limit", type=int, default=0, help="ask only so many questions, of groups in a mixed order")
    parser.add_argument("--log", type=Path, help="write every reply to this file")
    arguments = parser.parse_args()
    model = load(arguments.model or starter_path(), arguments.adapter)
    groups = list(read_groups(arguments.groups))
    random.Random(0).shuffle(groups)
    scored = measure(model, groups, arguments.limit, arguments.log)
    model.close()
    print(f"{len(scored)} questions, {sum(one.answerable for one in scored)} answerable")
    for name, (mean, low, high) in summarise(scored).items():
        print(f"{name:36} {mean:.3f}  ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
