"""What becomes of mails, mailboxes and Outlook messages."""

import base64
import struct
from email.message import EmailMessage
from pathlib import Path

import pytest

from config.errors import DocumentError
from ingest.loaders.compressed_rtf import decompress
from tests.ingest.office import docx, paragraph
from tests.ingest.ole import compound
from tests.ingest.test_loaders_text import load, texts
from tests.ingest.test_loaders_web_and_data import assert_it_can_be_sent


def mail(subject: str = "Late delivery", text: str = "The pumps are late.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ida Höglund <ida@norrvik.example>", "ola@x.example", subject
    message["Date"] = "Fri, 16 Jan 2026 17:04:16 +0100"
    message.set_content(text)
    return message


def test_a_mail_says_who_when_and_what(tmp_path: Path) -> None:
    text = "It is late.\n\n- pumps\n- valves\n\nOn Mon, 12 Jan 2026, Ola <ola@x.example> wrote:\n> When does it come?\n"
    document = load(tmp_path, "a.eml", bytes(mail(text=text)))
    assert texts(document) == [
        "Late delivery",
        "From: Ida Höglund <ida@norrvik.example>\nTo: ola@x.example\nDate: 2026-01-16 17:04 +0100",
        "It is late.",
        "- pumps",
        "- valves",
        "Earlier messages",
        "On Mon, 12 Jan 2026, Ola <ola@x.example> wrote:\nWhen does it come?",
    ]
    assert document.title == "Late delivery"
    assert document.metadata["author"] == "Ida Höglund <ida@norrvik.example>"


def test_attachments_of_a_mail_are_read_by_their_own_loaders(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(docx(paragraph("Terms attached.")), maintype="application", subtype="x", filename="t.docx")
    message.add_attachment(b"\x1aE\xdf\xa3\x00", maintype="video", subtype="x", filename="film.mkv")
    message.add_attachment(mail("Forwarded", "Inner words."))
    document = load(tmp_path, "a.eml", bytes(message))
    found = texts(document)
    assert found[found.index("Attachment: t.docx") + 1] == "Terms attached."
    assert "Attachment: Forwarded.eml" in found
    assert "Inner words." in found
    assert "film.mkv was not read" in document.warnings[0]
    assert_it_can_be_sent(document)


def test_a_mail_with_nothing_but_html_is_read(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Offer"
    message.set_content("<p>The price is <b>12</b> euro.</p>", subtype="html")
    assert "The price is 12 euro." in texts(load(tmp_path, "a.eml", bytes(message)))


def multipart(kind: str, *parts: str) -> str:
    edge = f"edge-{kind}"
    return (
        f"Content-Type: multipart/{kind}; boundary={edge}\n\n"
        + "".join(f"--{edge}\n{part}\n" for part in (*parts, "")).removesuffix("\n\n")
        + "--\n"
    )


PLAIN = "Content-Type: text/plain\n\n{}"
PAGE = "Content-Type: text/html\n\n<p>{}</p>"


def test_all_parts_of_the_text_are_read_each_in_one_form(tmp_path: Path) -> None:
    forms = multipart("alternative", PLAIN.format("The offer."), multipart("related", PAGE.format("Offer in colours")))
    mixed = multipart("mixed", PAGE.format("Dear Ola,"), forms, PLAIN.format("Sent by the list."))
    document = load(tmp_path, "a.eml", f"Subject: x\n{mixed}")
    assert texts(document) == ["x", "Dear Ola,", "The offer.", "Sent by the list."]
    empty = multipart("alternative", PLAIN.format(" "), PAGE.format("Only here."))
    assert texts(load(tmp_path, "b.eml", f"Subject: x\n{empty}")) == ["x", "Only here."]


def test_parts_without_a_name_are_read_or_named(tmp_path: Path) -> None:
    parts = multipart(
        "mixed",
        multipart(
            "alternative",
            PLAIN.format("Please come."),
            "Content-Type: text/enriched\n\n<bold>Please</bold> come.",
            "Content-Type: text/calendar\n\nDTSTART:20260116T170000Z",
        ),
        "Content-Type: image/png\nContent-ID: <logo>\n\n-",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\n",
        "Content-Type: application/x-plans\nContent-Transfer-Encoding: base64\n\nAAECAw==",
    )
    document = load(tmp_path, "a.eml", f"Subject: x\n{parts}")
    found = texts(document)
    assert found[:4] == ["x", "Please come.", "Attachment: invitation.ics", "DTSTART:20260116T170000Z"]
    assert "Action: failed" in found[-2]
    assert found[-1] == "Attachment: attachment.x-plans"
    assert ["x-plans was not read" in warning for warning in document.warnings] == [True]


@pytest.mark.parametrize("name", ["page.mht", "1767000000.M1.host", "export.doc", "7.emlx"])
def test_mails_and_web_archives_are_known_by_their_head(tmp_path: Path, name: str) -> None:
    picture = "Content-Type: image/png\nContent-Location: http://x/a.png\n\n-"
    quoted = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>1 =3D one</p>"
    content = f"Subject: Tides\nMIME-Version: 1.0\n{multipart('related', quoted, picture)}"
    if name.endswith(".emlx"):
        content = f"{len(content)}  \n{content}<?xml version='1.0'?><plist>flags</plist>"
    document = load(tmp_path, name, content)
    assert texts(document) == ["Tides", "1 = one"]
    assert not document.warnings


def test_text_with_a_colon_in_its_first_line_is_no_mail(tmp_path: Path) -> None:
    assert (
        load(tmp_path, "notes", "From: the harbour\nto the town.\nSubject: tides\n").pages[0].text.startswith("From:")
    )


def signed(content: bytes, *, streamed: bool = False) -> bytes:
    """CMS SignedData around this, without certificates and signers; `streamed` with lengths left open, in pieces."""

    def element(tag: int, *parts: bytes) -> bytes:
        inner = b"".join(parts)
        if streamed and tag & 0x20:
            return bytes([tag, 0x80]) + inner + bytes(2)
        return bytes([tag, 0x82]) + struct.pack(">H", len(inner)) + inner

    kinds = [element(6, bytes.fromhex(f"2a864886f70d01070{number}")) for number in (1, 2)]
    pieces = [element(4, content[:9]), element(4, content[9:])]
    octets = element(0x24, *pieces) if streamed else element(4, content)
    fields = element(2, b"\1"), element(0x31), element(0x30, kinds[0], element(0xA0, octets)), element(0x31)
    return element(0x30, kinds[1], element(0xA0, element(0x30, *fields)))


@pytest.mark.parametrize("streamed", [False, True])
def test_a_mail_that_is_only_signed_is_read(tmp_path: Path, streamed: bool) -> None:
    data = signed(PLAIN.format("Words under seal.").encode(), streamed=streamed)
    head = "Subject: x\nContent-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
    assert texts(load(tmp_path, "a.eml", head.encode() + base64.encodebytes(data))) == ["x", "Words under seal."]
    filed = outlook(
        **{
            "__substg1.0_001A001F": "IPM.Note.SMIME".encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_37010102": data.ljust(5000, b"\0"),
        }
    )
    assert texts(load(tmp_path, "a.msg", filed))[-1] == "Words under seal."
    with pytest.raises(DocumentError, match="encrypted"):
        load(tmp_path, "b.eml", head.encode() + base64.encodebytes(data[: len(data) // 2]))


@pytest.mark.parametrize("kind", ["IPM.Note.SMIME.MultipartSigned", "IPM.Note.SMIME"])
def test_a_message_filed_beside_its_signature_is_read_with_its_attachments(tmp_path: Path, kind: str) -> None:
    encoded = "Content-Transfer-Encoding: base64\n\n"
    terms = base64.encodebytes(docx(paragraph("Terms attached."))).decode()
    attached = f"Content-Type: application/x; name=t.docx\n{encoded}{terms}"
    signature = f"Content-Type: application/pkcs7-signature; name=smime.p7s\n{encoded}AAECAw==\n"
    entity = multipart("signed", multipart("mixed", PLAIN.format("Words under seal."), attached), signature)
    data = outlook(
        **{
            "__substg1.0_001A001F": kind.encode("utf-16-le"),
            "__substg1.0_1000001F": "Words under seal.".encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_3707001F": "SMIME.p7m".encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_37010102": entity.encode().ljust(5000, b"\n"),
        }
    )
    document = load(tmp_path, "a.msg", data)
    assert texts(document)[-3:] == ["Words under seal.", "Attachment: t.docx", "Terms attached."]
    assert not document.warnings


@pytest.mark.parametrize(
    ("charset", "encoding", "words"),
    [
        ("iso-8859-1", "cp1252", "1999\N{EN DASH}2003, € 500"),
        ("gb2312", "gb18030", "朱镕基来了"),  # 镕 is none of GB 2312
        ("shift_jis", "cp932", "①番の㈱"),
        ("iso-2022-jp", "iso2022_jp", "契約書"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("us-ascii", "utf-8", "Größe"),
    ],
)
def test_a_character_set_is_what_programs_mean_by_its_name(
    tmp_path: Path, charset: str, encoding: str, words: str
) -> None:
    subject = base64.b64encode(words.encode(encoding)).decode()
    head = f"Subject: =?{charset}?B?{subject}?=\nContent-Type: text/plain; charset={charset}\n\n"
    document = load(tmp_path, "a.eml", head.encode() + words.encode(encoding))
    assert texts(document) == ([words, words] if charset != "us-ascii" else [document.title, words])
    page = f'<meta charset="{charset}"><p>'.encode() + words.encode(encoding)
    assert texts(load(tmp_path, "a.html", page)) == [words]


def test_signs_that_only_windows_has_in_a_japanese_mail(tmp_path: Path) -> None:
    head = b"Subject: x\nContent-Type: text/plain; charset=iso-2022-jp\n\n"
    words = b"\x1b$B-!4X@>\x1b(B \x1b(I6E\x1b(B No. 5"
    assert texts(load(tmp_path, "a.eml", head + words)) == ["x", "①関西 ｶﾅ No. 5"]


def test_one_broken_character_does_not_make_another_character_set(tmp_path: Path) -> None:
    head = b"Subject: x\nContent-Type: text/plain; charset=gb2312\n\n"
    words = "合同自签署之日起生效".encode("gb18030")
    assert texts(load(tmp_path, "a.eml", head + words + b"\xb5"))[1].startswith("合同自签署之日起生效")
    assert texts(load(tmp_path, "a.eml", head + "café".encode("cp1252")))[1] == "café"


def test_mails_within_mails_end(tmp_path: Path) -> None:
    message = mail("0", "Deepest words.")
    for depth in range(1, 8):
        outer = mail(str(depth), "Words.")
        outer.add_attachment(message)
        message = outer
    document = load(tmp_path, "a.eml", bytes(message))
    assert not any("Deepest" in page.text for page in document.pages)
    assert document.warnings


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"This is no mail.", "damaged"),
        (b"From: a@b\nSubject: x\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nMIAGCSqGSIb3", "locked"),
        (b"From: a@b\nSubject: x\n\n-----BEGIN PGP MESSAGE-----\nhIwDY32h\n", "locked"),
    ],
)
def test_mails_that_cannot_be_read_say_why(tmp_path: Path, content: bytes, status: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, "a.eml", content)
    assert caught.value.status == status


def test_each_message_of_a_mailbox_begins_a_page(tmp_path: Path) -> None:
    head = b"From ida@x Fri Jan 16 17:04:16 2026\n"
    data = head + bytes(mail("One", ">From here on.\n")) + b"\n" + head + bytes(mail("Two"))
    document = load(tmp_path, "a.mbox", data)
    assert [page.text.split("\n")[0] for page in document.pages] == ["One", "Two"]
    assert "From here on." in document.pages[0].text


def outlook(**streams: bytes) -> bytes:
    sent = struct.pack("<HHIQ", 0x40, 0x0039, 0, 134_128_512_000_000_000)
    return compound({"__properties_version1.0": bytes(32) + sent, **streams})


def test_an_outlook_message_and_its_attachment(tmp_path: Path) -> None:
    data = outlook(
        **{
            "__substg1.0_0037001F": "Late delivery".encode("utf-16-le"),
            "__substg1.0_0C1A001F": "Ida Höglund".encode("utf-16-le"),
            "__substg1.0_0E04001F": "Ola".encode("utf-16-le"),
            "__substg1.0_1000001F": "The pumps are late.\r\n\r\nIda".encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_3707001F": "note.txt".encode("utf-16-le"),
            "__attach_version1.0_#00000000/__substg1.0_37010102": b"Words attached.".ljust(5000),
        }
    )
    document = load(tmp_path, "a.msg", data)
    assert texts(document) == [
        "Late delivery",
        "From: Ida Höglund\nTo: Ola\nDate: 2026-01-14 08:00 +0000",
        "The pumps are late.",
        "Ida",
        "Attachment: note.txt",
        "Words attached.",
    ]


def test_a_message_in_an_outlook_message_keeps_its_head(tmp_path: Path) -> None:
    inner = "__attach_version1.0_#00000000/__substg1.0_3701000D/"
    sent = struct.pack("<HHIQ", 0x40, 0x0039, 0, 134_128_512_000_000_000)
    data = outlook(
        **{
            "__substg1.0_0037001F": "Outer".encode("utf-16-le"),
            f"{inner}__properties_version1.0": bytes(24) + sent,
            f"{inner}__substg1.0_0037001F": "Inner".encode("utf-16-le"),
            f"{inner}__substg1.0_0E03001F": "Ola; Eva".encode("utf-16-le"),
            f"{inner}__substg1.0_1000001F": "Words.".encode("utf-16-le"),
        }
    )
    found = texts(load(tmp_path, "a.msg", data))
    assert found[-3:] == ["Inner", "Cc: Ola; Eva\nDate: 2026-01-14 08:00 +0000", "Words."]


def test_rich_text_of_outlook_is_unpacked() -> None:
    # The example of MS-OXRTFCP 4.1.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompress(packed).startswith(b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}")
