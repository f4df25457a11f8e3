"""Months with their days, as they are written."""

import re

import pytest

from ingest.periods import MONTH, with_day


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("due on 30 August 2023", "30 August"),
        ("due on the 30th of August", "30th of August"),
        ("fällig am 30. August", "30. August"),
        ("due on Aug. 3rd, 2023", "Aug. 3rd"),
        ("August 30\n2022 2023", "August 30"),
        ("31 December 45 50", "31 December"),
        ("in August 2023", None),
        ("room 130 August", None),
        ("30 Augusta Street", None),
    ],
)
def test_a_month_is_found_with_its_day(text: str, found: str | None) -> None:
    match = re.search(with_day(f"(?:{MONTH})"), text, re.IGNORECASE)
    assert (match and match[0]) == found
