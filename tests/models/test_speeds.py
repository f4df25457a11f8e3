"""What is learned of the machine's speed, and what becomes of a file that cannot be believed."""

from pathlib import Path

import pytest

from models.base import TokenUsage
from models.speeds import Speed, Speeds


def turn(read: int, reading_ms: float, written: int = 0, writing_ms: float = 0.0) -> TokenUsage:
    return TokenUsage(prompt=read + 50, reused=50, generated=written, reading_ms=reading_ms, writing_ms=writing_ms)


def test_speeds_are_learned_and_kept(tmp_path: Path) -> None:
    Speeds(tmp_path / "speeds.json").learn("small", turn(600, 3000, 40, 2000))

    assert Speeds(tmp_path / "speeds.json").of("small") == Speed(reading=200.0, writing=20.0)
    assert Speeds(tmp_path / "speeds.json").of("large") == Speed()
    assert Speed(reading=200.0).seconds_to_read(900) == 4.5
    assert Speed().seconds_to_read(900) is None


def test_a_slow_turn_counts_but_not_for_all(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "speeds.json")
    speeds.learn("small", turn(600, 3000))
    speeds.learn("small", turn(600, 30_000))

    assert speeds.of("small").reading == pytest.approx(0.7 * 200 + 0.3 * 20)


@pytest.mark.parametrize("usage", [turn(20, 100, 3, 50), turn(600, 0), TokenUsage(prompt=900, generated=40)])
def test_turns_that_tell_nothing_are_left_out(tmp_path: Path, usage: TokenUsage) -> None:
    speeds = Speeds(tmp_path / "speeds.json")
    speeds.learn("small", usage)

    assert speeds.of("small") == Speed()
    assert not (tmp_path / "speeds.json").exists()


@pytest.mark.parametrize("content", ["", "[1]", '{"small": 3}', '{"small": {"reading": "fast", "writing": -1}}', "{"])
def test_a_damaged_file_is_no_speed(tmp_path: Path, content: str) -> None:
    (tmp_path / "speeds.json").write_text(content)
    speeds = Speeds(tmp_path / "speeds.json")

    assert speeds.of("small") == Speed()
    speeds.learn("small", turn(600, 3000))
    assert speeds.of("small").reading == 200.0


def test_a_file_that_cannot_be_written_costs_nothing_but_the_speed(tmp_path: Path) -> None:
    Speeds(tmp_path / "gone" / "speeds.json").learn("small", turn(600, 3000))
