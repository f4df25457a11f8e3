"""When something begins and ends, in words that can be found and quoted: `2026-01-16 17:00 to 18:30 Europe/Oslo`."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in a zone, as the zone is called; a whole day when `is_day`."""

    time: datetime.datetime
    is_day: bool = False
    zone: str = ""

    def __str__(self) -> str:
        return f"{self.time:%Y-%m-%d}" if self.is_day else f"{self.time:%Y-%m-%d %H:%M} {self.zone}".strip()


def from_to(begins: Moment, ends: Moment | None) -> str:
    """Both moments, what they have in common once. An end that is a day is the day after the last."""
    if ends is None or ends.time <= begins.time:
        return str(begins)
    if begins.is_day and ends.is_day:
        last = ends.time - datetime.timedelta(days=1)
        return str(begins) if last <= begins.time else f"{begins} to {last:%Y-%m-%d}"
    if begins.zone == ends.zone and begins.time.date() == ends.time.date():
        return f"{begins.time:%Y-%m-%d %H:%M} to {ends.time:%H:%M} {ends.zone}".strip()
    return f"{begins} to {ends}"
