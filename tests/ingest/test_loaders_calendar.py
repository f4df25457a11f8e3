"""What becomes of calendars and invitations."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import pytest

from tests.ingest.ole import compound
from tests.ingest.test_loaders_mail import PLAIN, multipart
from tests.ingest.test_loaders_text import load, texts

ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Oslo\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
REVIEW = (
    "BEGIN:VEVENT\r\nSUMMARY:Annual review\\; part 1\r\nDTSTART;TZID=Europe/Oslo:20260116T170000\r\n"
    "DTEND;TZID=Europe/Oslo:20260116T183000\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20261231T000000Z\r\n"
    "EXDATE;TZID=Europe/Oslo:20260202T170000,20260216T170000\r\nLOCATION:Room 4\\, east\\nHarbour house\r\n"
    'ORGANIZER;CN="Nes: Ola":MAILTO:ola@x.example\r\n'
    "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=Ida:mailto:ida@x.example\r\n"
    "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:eva@x.example\r\n"
    "DESCRIPTION:Bring the annual rep\r\n ort.\\n\\nAnd the\\nplans: C:\\\\plans.\r\n"
    "BEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nATTENDEE:mailto:clock@x.example\r\nEND:VALARM\r\nEND:VEVENT\r\n"
)


def calendar(*parts: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(parts)}END:VCALENDAR\r\n"


def event(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VEVENT", "SUMMARY:Board", *lines, "END:VEVENT", ""))


def test_an_entry_says_what_when_where_and_who(tmp_path: Path) -> None:
    assert texts(load(tmp_path, "a.ics", calendar(ZONE, REVIEW))) == [
        "Annual review; part 1",
        "When: 2026-01-16 17:00 to 18:30 Europe/Oslo\n"
        "Repeats: weekly, interval 2, byday MO,WE, until 2026-12-31 00:00 UTC\n"
        "Not on: 2026-02-02 17:00 Europe/Oslo, 2026-02-16 17:00 Europe/Oslo\n"
        "Where: Room 4, east, Harbour house\n"
        "Organiser: Nes: Ola <ola@x.example>\n"
        "Attendees: Ida <ida@x.example> (declined), eva@x.example",
        "Bring the annual report.",
        "And the\nplans: C:\\plans.",
    ]


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (["DTSTART:20260116T170000Z", "DTEND:20260117T080000Z"], "2026-01-16 17:00 UTC to 2026-01-17 08:00 UTC"),
        (["DTSTART:20260116T170000Z", "DURATION:PT1H30M"], "2026-01-16 17:00 to 18:30 UTC"),
        (["DTSTART:20260116T170000Z", "DURATION:P99999D"], "2026-01-16 17:00 UTC to 2299-10-31 17:00 UTC"),
        (["DTSTART:99991231T170000Z", "DURATION:P1W"], "9999-12-31 17:00 UTC"),
        (["DTSTART;VALUE=DATE:20260116", "DTEND;VALUE=DATE:20260117"], "2026-01-16"),
        (["DTSTART;VALUE=DATE:20260116", "DTEND;VALUE=DATE:20260119"], "2026-01-16 to 2026-01-18"),
        (["DTSTART:20260116T1700", "DTEND:20260116T170000"], "2026-01-16 17:00"),
        (["DTSTART:20261316T170000Z", "DTEND:soon"], "20261316T170000Z to soon"),
    ],
)
def test_when_an_entry_is(tmp_path: Path, lines: list[str], when: str) -> None:
    assert texts(load(tmp_path, "a.ics", calendar(event(*lines)))) == ["Board", f"When: {when}"]


def test_lines_folded_in_the_middle_of_a_character(tmp_path: Path) -> None:
    data = calendar(event("LOCATION:Møterom")).encode().replace(b"\xc3\xb8", b"\xc3\r\n \xb8")
    assert texts(load(tmp_path, "a.ics", data))[-1] == "Where: Møterom"


def test_a_calendar_of_several_entries(tmp_path: Path) -> None:
    cancelled = event("DTSTART:20260116T170000Z", "ATTACH;ENCODING=BASE64;VALUE=BINARY:AAECAw==")
    task = "BEGIN:VTODO\r\nSUMMARY:Order pumps\r\nDUE;VALUE=DATE:20260301\r\nSTATUS:IN-PROCESS\r\nEND:VTODO\r\n"
    broken_off = "BEGIN:VEVENT\r\nSUMMARY:Launch\r\nDTSTART:2026"
    head = "METHOD:CANCEL\r\nX-WR-CALNAME:Harbour works\r\n"
    document = load(tmp_path, "a.ics", calendar(head, cancelled, task, broken_off).removesuffix("END:VCALENDAR\r\n"))
    assert texts(document) == [
        "Board",
        "When: 2026-01-16 17:00 UTC\nStatus: cancelled",
        "Order pumps",
        "Due: 2026-03-01\nStatus: in-process",
        "Launch",
        "When: 2026\nStatus: cancelled",
    ]
    assert document.title == "Harbour works"
    assert document.warnings == ("Files attached in the calendar were not read: 1.",)


def test_what_holds_no_entry_is_read_as_text(tmp_path: Path) -> None:
    busy = calendar("BEGIN:VFREEBUSY\r\nFREEBUSY:20260116T170000Z/PT3H\r\nEND:VFREEBUSY\r\n")
    assert "FREEBUSY:20260116T170000Z/PT3H" in texts(load(tmp_path, "a.ics", busy))[0]


@pytest.mark.parametrize("name", ["", "meeting"])
def test_an_invitation_in_a_mail(tmp_path: Path, name: str) -> None:
    named = f"; name={name}" if name else ""
    part = f"Content-Type: text/calendar; method=REQUEST{named}\n\n" + calendar(ZONE, REVIEW).replace("\r\n", "\n")
    mail = f"Subject: x\n{multipart('alternative', PLAIN.format('Please come.'), part)}"
    document = load(tmp_path, "a.eml", mail)
    found = texts(document)
    assert found[1:4] == ["Please come.", f"Attachment: {name or 'invitation.ics'}", "Annual review; part 1"]
    assert "Bring the annual report." in found


TICKS = 36_000_000_000
"""Of an hour; times count from 1601."""
SENT = 134_128_512_000_000_000
"""2026-01-14 08:00 UTC."""
TIME, YES = 0x40, 0x0B
APPOINTMENT, TASK = (UUID(f"0006200{number}-0000-0000-C000-000000000046").bytes_le for number in (2, 3))


def meeting(
    kind: str,
    numbers: Sequence[tuple[int, int, int]],
    words: Mapping[str, str] = {},
    names: Sequence[tuple[int, int, int]] = (),
    inside: str = "",
) -> bytes:
    """An Outlook message (MS-OXMSG): `numbers` are (form, tag, value), `names` (name, kind and set, index)."""
    properties = b"".join(struct.pack("<HHIQ", form, tag, 0, value) for form, tag, value in numbers)
    streams = {"001A": kind, "0037": "Board", "1000": "Please come.", **words}
    return compound(
        {
            "__nameid_version1.0/__substg1.0_00020102": TASK + APPOINTMENT,
            "__nameid_version1.0/__substg1.0_00030102": b"".join(struct.pack("<IHH", *name) for name in names),
            "__properties_version1.0": bytes(32),
            f"{inside}__properties_version1.0": bytes(24 if inside else 32) + properties,
            **{f"{inside}__substg1.0_{tag}001F": text.encode("utf-16-le") for tag, text in streams.items()},
        }
    )


@pytest.mark.parametrize(("kind", "is_meeting"), [("IPM.Schedule.Meeting.Request", True), ("IPM.Note", False)])
def test_a_meeting_of_outlook_says_when_it_is(tmp_path: Path, kind: str, is_meeting: bool) -> None:
    times = [(TIME, 0x0039, SENT), (TIME, 0x0060, SENT + 49 * TICKS), (TIME, 0x0061, SENT + 50 * TICKS)]
    when = ["When: 2026-01-16 09:00 to 10:00 UTC"] if is_meeting else []
    found = texts(load(tmp_path, "a.msg", meeting(kind, times)))
    assert found == ["Board", "Date: 2026-01-14 08:00 +0000", *when, "Please come."]


OF_TASKS, OF_APPOINTMENTS, IN_WORDS = 3 << 1, 4 << 1, 1
NAMED = [
    (0x820D, OF_TASKS, 0),
    (0x8208, OF_APPOINTMENTS | IN_WORDS, 1),
    (0x820D, OF_APPOINTMENTS, 2),
    (0x820E, OF_APPOINTMENTS, 3),
    (0x8215, OF_APPOINTMENTS, 4),
    (0x8208, OF_APPOINTMENTS, 5),
    (0x8232, OF_APPOINTMENTS, 6),
]


@pytest.mark.parametrize("inside", ["", "__attach_version1.0_#00000000/__substg1.0_3701000D/"])
def test_a_meeting_of_outlook_says_where_it_is_and_how_it_repeats(tmp_path: Path, inside: str) -> None:
    times = [(TIME, 0x8000, SENT), (TIME, 0x8002, SENT + 49 * TICKS), (TIME, 0x8003, SENT + 50 * TICKS)]
    words = {"8001": "Nowhere", "8005": "Room 4,\r\nHarbour house", "8006": "every Friday from 10:00 to 11:00"}
    data = meeting("IPM.Appointment", times, words, NAMED, inside)
    assert texts(load(tmp_path, "a.msg", data))[-2:] == [
        "When: 2026-01-16 09:00 to 10:00 UTC\nRepeats: every Friday from 10:00 to 11:00\nWhere: Room 4, Harbour house",
        "Please come.",
    ]


@pytest.mark.parametrize(
    ("hours_from_utc", "days", "when"),
    [(1, 1, "2026-01-16"), (-10, 1, "2026-01-16"), (13, 1, "2026-01-16"), (0, 3, "2026-01-16 to 2026-01-18")],
)
def test_a_meeting_of_outlook_may_last_whole_days(tmp_path: Path, hours_from_utc: int, days: int, when: str) -> None:
    begins = SENT + (40 - hours_from_utc) * TICKS
    times = [(TIME, 0x8002, begins), (TIME, 0x8003, begins + 24 * days * TICKS), (YES, 0x8004, 1)]
    assert f"When: {when}" in texts(load(tmp_path, "a.msg", meeting("IPM.Appointment", times, names=NAMED)))
