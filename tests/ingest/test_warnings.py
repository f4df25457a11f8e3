"""What is missing from a document, or doubtful in it, is said: whatever else there is to say."""

from pathlib import Path

import pytest

from ingest.loaders.base import LoadOptions, as_source
from ingest.loaders.writer import MAX_WARNINGS, PageWriter
from ingest.types import MOST_REMARKS, Document
from tests.ingest.test_loaders_mail import PAGE, PLAIN, multipart, outlook
from tests.ingest.test_loaders_text import load, texts

PNG = "iVBORw0KGgo="
UNREADABLE = "Content-Type: application/x; name=Contract.zz\n\n\0\1"


def document(warnings: list[str]) -> Document:
    writer = PageWriter(LoadOptions())
    writer.paragraph("Words.")
    for warning in warnings:
        writer.warn(warning)
    return writer.finish(as_source(Path("a"), b""))


def letter(subject: str, *more: str, logos: int = 12) -> str:
    """A mail whose page shows logos, each a file with a name."""
    logo = (
        "Content-Type: image/png; name=image{0}.png\nContent-ID: <image{0}@x>\nContent-Transfer-Encoding: base64\n\n{1}"
    )
    page = PAGE.format("Words." + "".join(f'<img src="cid:image{number}%40x">' for number in range(logos)))
    pictures = [logo.format(number, PNG) for number in range(logos)]
    return f"Subject: {subject}\n{multipart('mixed', multipart('related', page, *pictures), *more)}"


def test_logos_do_not_hide_what_was_not_read(tmp_path: Path) -> None:
    found = load(tmp_path, "a.eml", letter("x", UNREADABLE))
    assert texts(found) == ["x", "Words.", "Attachment: Contract.zz"]
    assert found.remarks.startswith("Pictures in the text were not read. The attachment Contract.zz was not read: ")
    head = "From ida@x Fri Jan 16 17:04:16 2026\n"
    letters = [head + letter(str(number), logos=1) for number in range(MAX_WARNINGS)]
    mailbox = load(tmp_path, "a.mbox", "\n".join([*letters, head + letter("last", UNREADABLE, logos=1)]))
    assert len(mailbox.pages) == MAX_WARNINGS + 1
    assert "Contract.zz" in mailbox.remarks


def test_a_picture_that_is_attached_or_not_shown_in_the_text_is_named(tmp_path: Path) -> None:
    attached = letter("x").replace("Content-ID: <image3", "Content-Disposition: attachment\nContent-ID: <image3")
    found = texts(load(tmp_path, "a.eml", attached.replace("cid:image5", "cid:other")))
    assert found == ["x", "Words.", "Attachment: image3.png", "Attachment: image5.png"]


def test_logos_of_an_outlook_message_are_not_named_either(tmp_path: Path) -> None:
    place = "__attach_version1.0_#0000000{}/__substg1.0_{}"
    png = b"\x89PNG\r\n\x1a\n".ljust(5000, b"\0")
    data = outlook(
        **{
            "__substg1.0_10130102": b'<p>Words.</p><img src="cid:a@x">'.ljust(5000),
            **{place.format(number, "37010102"): png for number in range(2)},
            **{place.format(number, "3707001F"): f"{name}.png".encode("utf-16-le") for number, name in enumerate("ab")},
            **{place.format(number, "3712001F"): f"{name}@x".encode("utf-16-le") for number, name in enumerate("ab")},
        }
    )
    found = load(tmp_path, "a.msg", data)
    assert texts(found)[-2:] == ["Words.", "Attachment: b.png"]
    assert found.warnings[0] == "Pictures in the text were not read."


def test_more_warnings_than_are_kept_are_counted() -> None:
    found = document([f"Member {number} was not read." for number in range(MAX_WARNINGS + 7)])
    assert found.warnings[-2:] == (f"Member {MAX_WARNINGS - 1} was not read.", "And 7 more.")
    assert document(["Pictures were not read."] * 3).warnings == ("Pictures were not read.",)


def test_remarks_end_with_a_whole_warning() -> None:
    found = document([f"Member {number} was not read: it is locked with a password." for number in range(40)])
    assert found.remarks.endswith("it is locked with a password. … and more.")
    assert MOST_REMARKS - 70 < len(found.remarks) <= MOST_REMARKS
    assert document(["x" * 2 * MOST_REMARKS]).remarks == "x" * (MOST_REMARKS - 12) + " … and more."


def test_messages_too_deep_within_an_outlook_message_are_named(tmp_path: Path) -> None:
    inner = "__attach_version1.0_#00000000/__substg1.0_3701000D/"
    subjects = {f"{inner * depth}__substg1.0_0037001F": f"Letter {depth}".encode("utf-16-le") for depth in range(6)}
    found = load(tmp_path, "a.msg", outlook(**subjects))
    assert [text for text in texts(found) if text.startswith("Letter")] == [f"Letter {depth}" for depth in range(4)]
    assert texts(found)[-1] == "Attachment: Letter 4.msg"
    assert len(found.warnings) == 1
    assert "Letter 4.msg was not read: It lies more than 3 files deep" in found.warnings[0]


def test_a_link_in_an_outlook_message_is_named(tmp_path: Path) -> None:
    link = {"__attach_version1.0_#00000000/__substg1.0_3707001F": "plans.dwg".encode("utf-16-le")}
    found = load(tmp_path, "a.msg", outlook(**{"__substg1.0_1000001F": "Words.".encode("utf-16-le")}, **link))
    assert texts(found)[-1] == "Attachment: plans.dwg"
    assert ["plans.dwg was not read" in warning for warning in found.warnings] == [True]


def test_parts_of_a_mail_that_are_left_out_are_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.loaders.eml.MAX_PARTS", 3)
    parts = [PLAIN.format(f"Part {number}.") for number in range(4)]
    assert not load(tmp_path, "a.eml", f"Subject: x\n{multipart('mixed', *parts[:-1])}").warnings
    found = load(tmp_path, "a.eml", f"Subject: x\n{multipart('mixed', *parts)}")
    assert texts(found)[-1] == "Part 2."
    assert ["more parts" in warning for warning in found.warnings] == [True]
