import pytest

from assistant.months import months_without_year, with_shared_years
from assistant.versions import versions_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("February and May 2026", "February 2026 and May 2026"),
        ("11 February and 20 May 2026", "11 February 2026 and 20 May 2026"),
        ("February 11 and May 20, 2026", "February 11 2026 and May 20, 2026"),
        ("January, February and March 2026", "January 2026, February 2026 and March 2026"),
        ("the February and the May 2026 minutes", "the February 2026 and the May 2026 minutes"),
        ("February 2025 and May 2026", "February 2025 and May 2026"),
        ("in May and since 2026", "in May and since 2026"),
        ("January to March 2026", "January to March 2026"),
        ("may and june 2026", "may 2026 and june 2026"),
        ("Who may attend and vote at the March 2025 meeting?", "Who may attend and vote at the March 2025 meeting?"),
    ],
)
def test_the_year_after_the_last_month_is_that_of_the_others(text: str, expected: str) -> None:
    assert with_shared_years(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the February and the May minutes", {2, 5}),
        ("the minutes of June, July and August", {6, 7, 8}),
        ("in june or in july", {6, 7}),
        ("February and May 2026", set()),
        ("what was decided in May", set()),
        ("in August, may I", {8}),
    ],
)
def test_months_side_by_side_are_months_without_a_year(text: str, expected: set[int]) -> None:
    assert months_without_year(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version 1 and version 2", {"1", "2"}),
        ("V1 vs v2.1", {"1", "2.1"}),
        ("versions 1, 2 and 3", {"1", "2", "3"}),
        ("version 1 or 2?", {"1", "2"}),
        ("between version 1 and 2 of the lease", {"1", "2"}),
        ("the first and the second draft", {"1", "2"}),
        ("rev. 02 and version 2.0", {"2"}),
        ("version 2 and 3 months", {"2"}),
        ("the lease vs 2 others", set()),
    ],
)
def test_versions_are_numbers_after_a_word_for_them(text: str, expected: set[str]) -> None:
    assert versions_in(text) == expected
