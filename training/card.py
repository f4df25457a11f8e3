"""What an adapter says about itself: a page that lies beside its file."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.adapting import Added

FIGURES = {
    "contained": "right answer given",
    "f1": "F1 of the short answer",
    "cited": "right source cited",
    "passes": "right, and passes the program's check",
    "refused": "refused, wrongly",
    "refused_rightly": "refused, rightly",
}
"""What each figure is called."""

_CARD = """# {name}

A LoRA adapter over the model {model}, made on this machine on {date} by `strongroom adapt`.
It is of use with Strongroom's prompts only.

SHA-256: `{sha256}`

* **Goes on from**: {start}.
* **Learnt from**: {learnt} of the user's own questions, in {steps} steps over {seen} of {groups} groups of passages, a
  third of them made by rules against forgetting; {minutes:.0f} minutes, seed {seed}.
* **Held back**, to measure with: {held_back} questions.

| | own questions, before | after | made documents, before | after |
| --- | --- | --- | --- | --- |
{rows}

Measured on {own} own questions that were held back and {general} on documents made by rules. The own ones were asked
over the passages that the program finds; where it misses the one that answers, that one was put in the last place. So
few questions tell large differences only.

**Licence**: {licence}.

What it has learnt from your documents is yours, and stands in its weights: whoever gets this file may get words of
them out of it. Taking a document out of the library (`strongroom documents forget`) does not
take it out of an adapter; `strongroom models remove {name}` deletes this one.
"""


def card(added: "Added") -> str:
    prepared = added.prepared
    licence = (
        f"{added.entry.licence or 'unknown'}, that of the adapter it goes on from"
        if added.start
        else "none; nobody else's work is in it"
    )
    return _CARD.format(
        name=added.entry.name,
        model=added.model,
        date=datetime.now().astimezone().date().isoformat(),
        sha256=added.entry.sha256,
        start=f"the adapter {added.start}, and ends half way to what was learnt" if added.start else "the bare model",
        learnt=prepared.learnt,
        steps=added.steps,
        seen=added.groups,
        groups=prepared.groups,
        minutes=added.minutes,
        seed=added.seed,
        held_back=prepared.held_back,
        rows="\n".join(f"| {' | '.join(row)} |" for row in rows(added)),
        own=added.after.own.questions,
        general=added.after.general.questions,
        licence=licence,
    )


def rows(added: "Added") -> Iterator[tuple[str, ...]]:
    """Each figure with its name: own before, after, general before, after."""
    measured = (added.before.own, added.after.own, added.before.general, added.after.general)
    for figure, title in FIGURES.items():
        values = [getattr(each, figure) for each in measured]
        yield title, *("" if value is None else f"{value:.2f}" for value in values)
