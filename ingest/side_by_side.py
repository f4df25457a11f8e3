"""Work done on several threads, a little ahead of whoever takes what comes of it."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def side_by_side(
    executor: Executor, work: Callable[[Item], Outcome], items: Iterable[Item], at_most: int
) -> Iterator[tuple[Outcome, int]]:
    """What `work` makes of the items as it is ready, of several that are ready in their order, and how many others are
    in work or wait to be taken: no more than `at_most`."""
    waiting = iter(items)
    futures = [executor.submit(work, item) for item in islice(waiting, at_most)]
    while futures:
        finished = wait(futures, return_when=FIRST_COMPLETED).done
        done = [future for future in futures if future in finished]
        futures = [future for future in futures if future not in finished]
        for taken, future in enumerate(done, start=1):
            yield future.result(), len(futures) + len(done) - taken
            futures += [executor.submit(work, item) for item in islice(waiting, 1)]
