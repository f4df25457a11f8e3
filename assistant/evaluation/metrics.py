"""Figures for rankings and for runs: where the first right one stands, how sure a rate is, whether a difference is
chance."""

import math
from collections.abc import Collection, Hashable, Sequence

Interval = tuple[float, float]

CONFIDENCE = 0.95
RESAMPLES = 2_000
_SEED = 20_190_521
_Z = 1.959964
"""The normal distribution's quantile for CONFIDENCE, both sides together."""


def first_rank(found: Sequence[Hashable], wanted: Collection[Hashable]) -> int | None:
    """1-based rank of the first of `found` that is wanted; None when there is none."""
    return next((rank for rank, item in enumerate(found, 1) if item in wanted), None)


def ndcg(found: Sequence[Hashable], wanted: Collection[Hashable], depth: int) -> float:
    """Normalised discounted cumulative gain with gain 1 for each of `wanted` (Järvelin and Kekäläinen, 2002)."""
    gained = sum(1 / math.log2(rank + 1) for rank, item in enumerate(found[:depth], 1) if item in wanted)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(wanted), depth) + 1))
    return gained / ideal if ideal else 0.0


def mean(values: Sequence[float]) -> float | None:
    """None over no values."""
    return sum(values) / len(values) if values else None


def percentile(ascending: Sequence[float], share: float) -> float | None:
    """Nearest rank; None over no values."""
    return ascending[max(math.ceil(share * len(ascending)) - 1, 0)] if ascending else None


def rate_interval(values: Sequence[float]) -> Interval | None:
    """The score interval of a rate over values of 0 and 1 (Wilson, 1927); None over no values."""
    if not values:
        return None
    n, rate, z2 = len(values), sum(values) / len(values), _Z * _Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def mean_interval(values: Sequence[float], weights: Sequence[float] | None = None) -> Interval | None:
    """The percentile bootstrap of a mean over questions (Efron, 1979), the same every time; None over no values.

    With `weights` it is of the ratio of their sums: `values` are, for instance, right citations and `weights` all.
    """
    import numpy as np

    if not values:
        return None
    counts = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    chosen = np.random.default_rng(_SEED).integers(0, len(values), (RESAMPLES, len(values)))
    totals = counts[chosen].sum(axis=1)
    means = np.asarray(values, dtype=float)[chosen].sum(axis=1)[totals > 0] / totals[totals > 0]
    if not len(means):
        return None
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def sign_test(better: int, worse: int) -> float:
    """The chance of a split as uneven as this one or more if better and worse were equally likely (two-sided, exact).

    On values of 0 and 1 this is McNemar's exact test.
    """
    n = better + worse
    tail = sum(math.comb(n, count) for count in range(min(better, worse) + 1))
    return float(min(1.0, 2 * tail / 2**n))
