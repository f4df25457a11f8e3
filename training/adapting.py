"""★ A user's questions become an adapter: look up → measure → train → measure → add."""

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import StrongroomError
from models.llama.gguf import read_gguf_header
from training.base import Base, Request, find_base
from training.card import card
from training.figures import Figures, figures
from training.groups import Group
from training.lesson import Lesson, learn, prepare_lesson
from training.measure import MOST_TOKENS, Scored, load, measure
from training.own import LeftOut, Own, read_own
from training.own_groups import SOURCES, as_asked, draw
from training.prepare import made_group
from training.room import require_tools
from training.run import SOURCE, Run, clear_away

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from config.sections import LlamaSettings
    from models.base import LanguageModel
    from models.registry import ModelEntry
    from training.batches import Tokeniser
    from training.train import Progress

FEWEST = 8
"""Questions below which there is nothing to learn from and nothing to measure with."""
HELD_BACK, MOST_HELD_BACK = 0.2, 40
"""Share of the questions that are measured with and not learnt, and how many at most."""
ROUNDS = 4
"""How often each question is learnt, over other sources each time, if there is time."""
MOST_GROUPS = 1000
GENERAL = 0.5
"""Groups from documents made by rules for each group of the user's, against forgetting."""
GENERAL_MEASURED = 30
"""Questions on made documents."""
LEAST_CONTEXT = 4096
"""Tokens that the model sees while it is measured; more if the settings say so."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """How many questions are learnt and held back, and how many groups were made of them; `continued` when an earlier
    run is gone on with."""

    learnt: int
    held_back: int
    groups: int
    continued: bool


@dataclass(frozen=True, slots=True)
class Measuring:
    """So many of the questions for measuring are answered."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Measured:
    """How well the user's own questions are answered that were held back, and others on made documents."""

    own: Figures
    general: Figures


@dataclass(frozen=True, slots=True)
class Stepped:
    step: int
    loss: float
    minutes: float
    share: float
    """Of the training that is done, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Added:
    """The adapter as it was added; `start` and `model` are names, `start` empty for none."""

    entry: "ModelEntry"
    model: str
    start: str
    prepared: Prepared
    before: Measured
    after: Measured
    steps: int
    groups: int
    """Those learnt, which are fewer than were prepared when the minutes were over before."""
    minutes: float
    seed: int


AdaptEvent = LeftOut | Prepared | Measuring | Measured | Stepped | Added
Tell = Callable[[AdaptEvent], object]


def adapt(assistant: "Assistant", request: Request, tell: Tell) -> Added:
    """Teach a language model the questions of a file, and add the adapter that has learnt them.

    `tell` is told of every event. Interrupted, what was learnt is kept, and the same request goes on with it. Raises
    StrongroomError when too few questions are of use, UsageError for a bad name or another request under the same name,
    ModelError when a model is missing, cannot be trained or does not fit into memory, and HomeError for a full disk.
    """
    require_tools()
    runs, registry = assistant.locations.adapting_directory, assistant.registry
    clear_away(runs, [entry.name for entry in registry.entries() if entry.source == SOURCE and entry.path.exists()])
    registry.require_free(request.name)
    base = find_base(assistant, request)
    usable = _usable(assistant, request.questions, tell)
    with Run.open(runs, request.name, _begun_with(assistant, request, base, usable)) as run:
        return _teach(assistant, request, base, usable, run, tell)


def _teach(assistant: "Assistant", request: Request, base: Base, usable: Sequence[Own], run: Run, tell: Tell) -> Added:
    """Lay out, measure, train, measure again, add."""
    from training.batches import Tokeniser

    learnt, held = _split(usable, random.Random(f"split:{request.seed}"))
    groups = _groups(learnt, request.seed)
    prepared = Prepared(len(learnt), len(held), len(groups), continued=run.is_begun())
    tell(prepared)
    tokeniser = Tokeniser(base.model.path)
    lesson = prepare_lesson(base, groups, tokeniser)  # what does not fit into memory is found out here

    llama = _settings_to_measure_with(assistant.settings.llama)
    own = _as_asked(held, base, assistant.settings.answer.sources, llama.context, tokeniser)
    general = general_questions(random.Random(f"measured:{request.seed}"), GENERAL_MEASURED)

    def measured_with(adapter: Path | None) -> Measured:
        llm = load(base.model.path, adapter, llama, sha256=base.model.sha256)
        try:
            return _measure(llm, own, general, tell)
        finally:
            llm.close()

    asked = _hash([asdict(group) for group in (*own, *general)])
    before = _before(run, asked, lambda: measured_with(base.start_path))
    tell(before)
    progress = learn(base, lesson, request.minutes, request.seed, run.folder, _steps(lesson, request.minutes, tell))
    exported = run.export(request.name, alpha=base.alpha, licence=base.licence, start=base.weights)
    after = measured_with(exported)
    tell(after)

    def added(entry: "ModelEntry") -> Added:
        return Added(
            entry=entry,
            model=base.model.name,
            start=base.start.name if base.start else "",
            prepared=prepared,
            before=before,
            after=after,
            steps=progress.step,
            groups=progress.groups,
            minutes=progress.seconds / 60,
            seed=request.seed,
        )

    done = added(assistant.registry.add(exported, request.name, source=SOURCE, card=lambda entry: card(added(entry))))
    run.remove()
    assistant.registry.verify(request.name, "adapter")  # losing its other name counts as a change to the file
    tell(done)
    return done


def _begun_with(assistant: "Assistant", request: Request, base: Base, usable: Sequence[Own]) -> dict[str, str | int]:
    """What must be the same for a run to be gone on with. With another question of use, which may be one whose document
    was taken in meanwhile, others would be held back, and those may have been learnt."""
    return {
        "questions": _hash([(own.question, own.answer, own.others) for own in usable]),
        "collection": assistant.library.collection,
        "model": base.model.sha256,
        "from": base.start.sha256 if base.start else "",
        "seed": request.seed,
    }


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _usable(assistant: "Assistant", file: Path, tell: Tell) -> list[Own]:
    """The questions that can be learnt. Raises StrongroomError when they are too few."""
    usable: list[Own] = []
    for one in read_own(assistant, file):
        if isinstance(one, LeftOut):
            tell(one)
        else:
            usable.append(one)
    count = sum(one.right is not None for one in usable)
    if count < FEWEST:
        raise StrongroomError(
            f"It takes {FEWEST} questions with an answer that can be learnt, and {file} holds {count or 'none'}.",
            "Write more of them, in the form of `strongroom eval`: a hundred are a good beginning.",
        )
    return usable


def _split(owns: Sequence[Own], chance: random.Random) -> tuple[list[Own], list[Own]]:
    """Those to be learnt, and some to measure with; of both kinds."""
    share = min(HELD_BACK, MOST_HELD_BACK / len(owns))
    learnt: list[Own] = []
    held: list[Own] = []
    for kind in ([one for one in owns if one.right], [one for one in owns if not one.right]):
        mixed = chance.sample(kind, len(kind))
        count = round(share * len(kind))
        held += mixed[:count]
        learnt += mixed[count:]
    return learnt, chance.sample(held, len(held))


def _groups(learnt: Sequence[Own], seed: int) -> list[Group]:
    """What is learnt: each question some times, and made documents between them."""
    chance = random.Random(f"learnt:{seed}")
    groups = list(islice((group for _ in range(ROUNDS) for group in draw(learnt, chance)), MOST_GROUPS))
    groups += [made_group(chance) for _ in range(round(GENERAL * len(groups)))]
    return groups


def general_questions(chance: random.Random, least: int) -> list[Group]:
    """Groups of made documents to measure with, others than are learnt; with `least` questions or a few more."""
    groups: list[Group] = []
    while sum(len(group.items) for group in groups) < least:
        groups.append(made_group(chance))
    return groups


def _before(run: Run, asked: str, measure_now: Callable[[], Measured]) -> Measured:
    """As it was measured when the run was begun, if by the questions and passages that are `asked` now."""
    kept = run.before(asked)
    if kept is not None:
        return Measured(Figures(**kept["own"]), Figures(**kept["general"]))
    measured = measure_now()
    run.keep_before(asked, asdict(measured))
    return measured


def _settings_to_measure_with(llama: "LlamaSettings") -> "LlamaSettings":
    """Those of the user (threads, layers on a GPU), with a window that takes what the training takes."""
    return llama.model_copy(update={"context": max(LEAST_CONTEXT, llama.context)})


def _as_asked(held: Sequence[Own], base: Base, most_sources: int, context: int, tokeniser: "Tokeniser") -> list[Group]:
    """As the program asks them: over fewer sources where the model does not see as many."""
    room = min(context, read_gguf_header(base.model.path).context or context) - MOST_TOKENS

    def fits(group: Group) -> bool:
        return all(len(tokeniser.prompt(group, item.question)) <= room for item in group.items)

    return [as_asked(one, min(most_sources, max(SOURCES)), fits) for one in held]


def _measure(llm: "LanguageModel", own: Sequence[Group], general: Sequence[Group], tell: Tell) -> Measured:
    total = sum(len(group.items) for group in (*own, *general))
    done = 0

    def score(groups: Iterable[Group]) -> Iterator[Scored]:
        nonlocal done
        for group in groups:
            scored = measure(llm, [group])
            done += len(scored)
            tell(Measuring(done, total))
            yield from scored

    return Measured(figures(list(score(own))), figures(list(score(general))))


def _steps(lesson: Lesson, minutes: float, tell: Tell) -> "Callable[[Progress, float], None]":
    """Tells of a step, and how much of the training is done."""

    def stepped(progress: "Progress", loss: float) -> None:
        taken = progress.seconds / 60
        share = max(progress.groups / len(lesson.groups), taken / minutes)
        tell(Stepped(progress.step, loss, taken, min(1.0, share)))

    return stepped
