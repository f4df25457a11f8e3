"""A run on disk: gone on with under the same conditions, never mixed with another."""

from pathlib import Path

import pytest

from config.errors import UsageError
from training.run import Run, clear_away

BEGUN = {"questions": "a", "seed": 1}


def begin(parent: Path, name: str = "ours") -> Path:
    """A run that has learnt something, and then ended."""
    with Run.open(parent, name, BEGUN) as run:
        (run.folder / "state.pt").write_bytes(b"weights")
        run.keep_before("these", {"own": 1})
    return run.folder


def test_the_same_run_is_gone_on_with(tmp_path: Path) -> None:
    with Run.open(tmp_path / "adapting", "ours", BEGUN) as run:
        assert run.before("these") is None
        run.keep_before("these", {"own": 1})
    with Run.open(tmp_path / "adapting", "ours", BEGUN) as run:
        assert run.before("these") == {"own": 1}
        assert run.before("others") is None  # measured by other questions, it is measured again
        assert not run.is_begun()
    assert run.folder.stat().st_mode & 0o777 == 0o700


def test_what_has_learnt_nothing_makes_way_for_other_questions(tmp_path: Path) -> None:
    with Run.open(tmp_path, "ours", BEGUN) as run:
        run.keep_before("these", {"own": 1})
    with Run.open(tmp_path, "ours", {**BEGUN, "questions": "b"}) as run:
        assert run.before("these") is None


def test_what_has_learnt_something_is_not_thrown_away(tmp_path: Path) -> None:
    begin(tmp_path)
    with (
        pytest.raises(UsageError, match="begun with other questions"),
        Run.open(tmp_path, "ours", {**BEGUN, "seed": 2}),
    ):
        pass
    with Run.open(tmp_path, "ours", BEGUN) as run:
        assert run.is_begun()
        run.remove()
    with Run.open(tmp_path, "ours", {**BEGUN, "seed": 2}) as run:
        assert not run.is_begun()


def test_one_process_at_a_time_works_at_a_run_and_another_changes_nothing(tmp_path: Path) -> None:
    with Run.open(tmp_path, "ours", BEGUN) as run:
        run.keep_before("these", {"own": 1})
        before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
        for begun_with in (BEGUN, {**BEGUN, "questions": "b"}):
            with pytest.raises(UsageError, match="by another process"), Run.open(tmp_path, "ours", begun_with):
                pass
        with pytest.raises(UsageError, match="by another process"):
            Run.give_up(tmp_path, "ours")
        assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before
    with Run.open(tmp_path, "ours", BEGUN) as run, Run.open(tmp_path, "theirs", BEGUN):
        run.remove()
    with Run.open(tmp_path, "ours", BEGUN):
        pass


def test_what_a_killed_process_has_half_written_is_cleared_away(tmp_path: Path) -> None:
    folder = begin(tmp_path)
    (folder / ".state.pt.x1y2").write_bytes(b"half")
    with Run.open(tmp_path, "ours", BEGUN):
        assert {path.name for path in folder.iterdir()} == {"begun.json", "before.json", "state.pt", "lock"}


def test_a_run_is_given_up(tmp_path: Path) -> None:
    folder = begin(tmp_path / "adapting")
    outside = tmp_path / "other"
    outside.mkdir()
    assert not Run.give_up(tmp_path / "adapting", "theirs")
    assert not Run.give_up(tmp_path / "adapting", "../other")
    assert not Run.give_up(tmp_path / "nowhere", "ours")
    assert Run.give_up(tmp_path / "adapting", "ours")
    assert not folder.exists()
    assert outside.exists()


def test_runs_whose_adapter_is_there_are_cleared_away_unless_one_works_at_them(tmp_path: Path) -> None:
    done, other = begin(tmp_path), begin(tmp_path, "theirs")
    with Run.open(tmp_path, "busy", BEGUN) as busy:
        clear_away(tmp_path, ["ours", "busy", "never begun"])
        assert busy.folder.exists()
    assert not done.exists()
    assert other.exists()
