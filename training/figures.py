"""A few figures on how well questions are answered, for people and to compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from training.measure import Scored


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1, of the answerable questions: an accepted answer is `contained` in the short answer, `f1` of
    its words, the right source is `cited` (as the program finds it), the right answer `passes` the program's check and
    so is shown, `refused`; of the others, `refused_rightly` (None when there are none)."""

    questions: int
    contained: float
    f1: float
    cited: float
    passes: float
    refused: float
    refused_rightly: float | None


def figures(scored: Sequence[Scored]) -> Figures:
    answerable = [one for one in scored if one.answerable]
    others = [one for one in scored if not one.answerable]

    def share(values: list[float]) -> float:
        return round(fmean(values), 4) if values else 0.0

    return Figures(
        questions=len(scored),
        contained=share([one.contained for one in answerable]),
        f1=share([one.f1 for one in answerable]),
        cited=share([one.found for one in answerable]),
        passes=share([one.contained * one.shown for one in answerable]),
        refused=share([float(one.refused) for one in answerable]),
        refused_rightly=share([float(one.refused) for one in others]) if others else None,
    )
