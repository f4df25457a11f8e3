"""A run on disk: gone on with under the same conditions, never mixed with another."""

from pathlib import Path

import pytest

from config.errors import UsageError
from training.run import Run

BEGUN = {"questions": "a", "seed": 1}


def test_the_same_run_is_gone_on_with(tmp_path: Path) -> None:
    Run.open(tmp_path / "adapting", "ours", BEGUN).keep_before({"own": 1})
    again = Run.open(tmp_path / "adapting", "ours", BEGUN)
    assert again.before() == {"own": 1}
    assert not again.is_begun()
    assert (tmp_path / "adapting" / "ours").stat().st_mode & 0o777 == 0o700


def test_what_has_learnt_nothing_makes_way_for_other_questions(tmp_path: Path) -> None:
    Run.open(tmp_path, "ours", BEGUN).keep_before({"own": 1})
    assert Run.open(tmp_path, "ours", {**BEGUN, "questions": "b"}).before() is None


def test_what_has_learnt_something_is_not_thrown_away(tmp_path: Path) -> None:
    run = Run.open(tmp_path, "ours", BEGUN)
    (run.folder / "state.pt").write_bytes(b"weights")
    with pytest.raises(UsageError, match="begun with other questions"):
        Run.open(tmp_path, "ours", {**BEGUN, "seed": 2})
    assert Run.open(tmp_path, "ours", BEGUN).is_begun()
    run.remove()
    assert not Run.open(tmp_path, "ours", {**BEGUN, "seed": 2}).is_begun()


def test_one_process_at_a_time_works_at_a_run(tmp_path: Path) -> None:
    run = Run.open(tmp_path, "ours", BEGUN)
    with run.alone(), pytest.raises(UsageError, match="by another process"), Run.open(tmp_path, "ours", BEGUN).alone():
        pass
    with run.alone(), Run.open(tmp_path, "theirs", BEGUN).alone():
        run.remove()
    with Run.open(tmp_path, "ours", BEGUN).alone():
        pass
