from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from ingest.side_by_side import side_by_side


class _AtOnce(Executor):
    """All work is done before anybody looks."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_what_is_ready_comes_in_its_order() -> None:
    taken = list(side_by_side(_AtOnce(), lambda item: item, range(40), at_most=16))
    assert [outcome for outcome, _ in taken] == list(range(40))
    assert max(left for _, left in taken) <= 16
