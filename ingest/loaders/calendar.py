"""Calendars (iCalendar, RFC 5545), as files and as the invitations in mails → Document: what, when, where and who."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.loaders import plain_text
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.moments import Moment, from_to
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_ENTRIES = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
_ANSWERS = frozenset({"accepted", "declined", "tentative"})
_FOLD = re.compile(rb"\r?\n[ \t]")
_LINE = re.compile(r'([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^";:])*)*):(.*)')
_PARAMETER = re.compile(r';([\w-]+)=((?:"[^"]*"|[^";:])*)')
_ESCAPED = re.compile(r'\\([nN,;:"\\])')
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
_LENGTH = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?"
)


@dataclass(frozen=True, slots=True)
class _Value:
    text: str
    parameters: Mapping[str, str]


_Entry = dict[str, list[_Value]]
"""Name of a property → its values."""


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a calendar. What has no entries, as a list of busy times, is read as plain text.

    Raises DocumentError: `empty`, `damaged` for bytes that are no text.
    """
    # Lines are folded at bytes, in the middle of a character too.
    calendar, entries = _read(plain_text.decode(_FOLD.sub(b"", file.data)))
    if not entries:
        return plain_text.load(file, options)
    writer = PageWriter(options)
    for entry in entries:
        _write(writer, entry, is_cancelled=_words(calendar, "METHOD").upper() == "CANCEL")
    attached = [value for entry in entries for value in entry.get("ATTACH", ())]
    if inline := sum(value.parameters.get("ENCODING", "").upper() == "BASE64" for value in attached):
        writer.warn(f"Files attached in the calendar were not read: {inline}.")
    return writer.finish(file, {"title": _words(calendar, "X-WR-CALNAME")})


def _read(text: str) -> tuple[_Entry, list[_Entry]]:
    """What is said of the calendar itself, and its entries; what lies within these, as alarms do, is left out."""
    calendar: _Entry = {}
    entries: list[_Entry] = []
    inside: list[str] = []
    for name, value in _lines(text):
        if name == "BEGIN":
            inside.append(value.text.strip().upper())
            if inside[-1] in _ENTRIES:
                entries.append({})
        elif name == "END":
            del inside[-1:]
        elif inside and inside[-1] in _ENTRIES:
            entries[-1].setdefault(name, []).append(value)
        elif inside == ["VCALENDAR"]:
            calendar.setdefault(name, []).append(value)
    return calendar, [entry for entry in entries if entry]


def _lines(text: str) -> Iterator[tuple[str, _Value]]:
    for line in re.split(r"\r\n|\r|\n", text):
        if found := _LINE.match(line):
            parameters = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(found[2])}
            yield found[1].upper(), _Value(found[3], parameters)


def _write(writer: PageWriter, entry: _Entry, *, is_cancelled: bool) -> None:
    writer.heading(_words(entry, "SUMMARY") or "(no subject)", 1)
    facts = {
        "When": _when(entry),
        "Due": _times(entry, "DUE"),
        "Repeats": ", ".join(_rule(value.text) for value in entry.get("RRULE", ())),
        "Also on": _times(entry, "RDATE"),
        "Not on": _times(entry, "EXDATE"),
        "Instead of": _times(entry, "RECURRENCE-ID"),
        "Where": ", ".join(_words(entry, "LOCATION").split("\n")),
        "Status": _words(entry, "STATUS").lower() or ("cancelled" if is_cancelled else ""),
        "Organiser": _people(entry, "ORGANIZER"),
        "Attendees": _people(entry, "ATTENDEE"),
    }
    writer.paragraph("\n".join(f"{name}: {fact}" for name, fact in facts.items() if fact.strip()))
    for name in ("DESCRIPTION", "COMMENT"):
        for paragraph in re.split(r"\n\s*\n", _words(entry, name)):
            writer.paragraph(paragraph)


def _words(entry: _Entry, name: str) -> str:
    return "\n".join(_ESCAPED.sub(_meant, value.text) for value in entry.get(name, ())).strip()


def _meant(escaped: re.Match[str]) -> str:
    return "\n" if escaped[1] in "nN" else escaped[1]


def _people(entry: _Entry, name: str) -> str:
    return ", ".join(_person(value) for value in entry.get(name, ()))


def _person(value: _Value) -> str:
    """`Ola Nes <ola@x.example> (accepted)`."""
    address, name = re.sub(r"(?i)^mailto:", "", value.text.strip()), value.parameters.get("CN", "")
    shown = f"{name} <{address}>" if name and "@" in address and name != address else name or address
    answer = value.parameters.get("PARTSTAT", "").lower()
    return f"{shown} ({answer})" if answer in _ANSWERS else shown


def _when(entry: _Entry) -> str:
    """As `from_to` writes it: an end that is a day alone is the day after the last here, too (3.6.1)."""
    start, end = _first(entry, "DTSTART"), _first(entry, "DTEND")
    begins, ends = _time(start), _time(end)
    if begins is None:
        return " to ".join(value.text for value in (start, end) if value.text)
    if ends is None:
        ends = _later(begins, _first(entry, "DURATION").text)
    return from_to(begins, ends)


def _times(entry: _Entry, name: str) -> str:
    each = (_Value(text, value.parameters) for value in entry.get(name, ()) for text in value.text.split(","))
    return ", ".join(str(_time(value) or value.text) for value in each)


def _rule(text: str) -> str:
    """`FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231` → `weekly, byday MO, until 2026-12-31`."""
    parts = [(name.lower(), value) for name, _, value in (part.partition("=") for part in text.split(";")) if value]
    return ", ".join(
        value.lower() if name == "freq" else f"{name} {_time(_Value(value, {})) or value}" for name, value in parts
    )


def _first(entry: _Entry, name: str) -> _Value:
    return next(iter(entry.get(name, ())), _Value("", {}))


def _time(value: _Value) -> Moment | None:
    """None when it is none."""
    found = _TIME.fullmatch(value.text.strip())
    if not found:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in found.groups()[:5])
    try:
        moment = datetime.datetime(year, month, day, hour, minute)
    except ValueError:
        return None
    zone = "UTC" if found[6] else value.parameters.get("TZID", "")
    return Moment(moment, found[4] is None, zone)


def _later(begins: Moment, length: str) -> Moment | None:
    found = _LENGTH.fullmatch(length.strip())
    if not found:
        return None
    try:
        ends = begins.time + datetime.timedelta(**{unit: int(count or 0) for unit, count in found.groupdict().items()})
    except OverflowError:
        return None
    return Moment(ends, begins.is_day, begins.zone)
