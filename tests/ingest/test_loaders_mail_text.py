"""What of a mail's text is read: the form that says more, what is forwarded, and answers between quoted lines."""

from pathlib import Path

import pytest

from ingest.loaders.mail_text import LONGEST_QUOTE
from tests.ingest.test_loaders_mail import PAGE, PLAIN, mail, multipart
from tests.ingest.test_loaders_text import load, texts

WROTE = "On Mon, 12 Jan 2026, Ola <ola@x.example> wrote:"
LONG = "The pumps of the harbour are old and leak.\n\n" * (2 * LONGEST_QUOTE // 40)
LAST = "This is the last sentence."


@pytest.mark.parametrize(
    ("plain", "page", "read"),
    [
        ("This message needs a program that shows HTML.", "The invoice is due. " * 50, "page"),
        (
            "The invoice is due.",
            "The <b>invoice</b> is due.<style>p {color: red; margin: 0; padding: 0}</style>",
            "plain",
        ),
        ("The invoice is due. " * 30, "The invoice is due. " * 200, "plain"),
    ],
)
def test_a_plain_form_that_only_stands_in_for_the_page_gives_way(
    tmp_path: Path, plain: str, page: str, read: str
) -> None:
    forms = multipart("alternative", PLAIN.format(plain), PAGE.format(page))
    found = texts(load(tmp_path, "a.eml", f"Subject: x\n{forms}"))
    assert found == ["x", {"plain": plain, "page": page}[read].strip()]


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("Pumps", "---------- Forwarded message ----------"),
        ("Fwd: Pumps", "-----Original Message-----"),
        ("WG: Pumps", "-----Ursprüngliche Nachricht-----"),
        ("TR : Pumps", WROTE),
    ],
)
def test_what_is_forwarded_is_read_to_its_end(tmp_path: Path, subject: str, line: str) -> None:
    document = load(tmp_path, "a.eml", bytes(mail(subject, f"For you.\n\n{line}\n{LONG}{LAST}\n")))
    assert texts(document)[2:4] == ["For you.", "Earlier messages"]
    assert texts(document)[-1] == LAST
    assert not document.warnings


def test_of_what_is_answered_the_beginning_is_read(tmp_path: Path) -> None:
    document = load(tmp_path, "a.eml", bytes(mail("Re: Pumps", f"Yes.\n\n-----Original Message-----\n{LONG}{LAST}\n")))
    quoted = texts(document)[4:]
    assert 0.9 * LONGEST_QUOTE < sum(map(len, quoted)) <= LONGEST_QUOTE
    assert ["first 6,000 characters" in warning for warning in document.warnings] == [True]


def test_answers_between_quoted_lines_are_all_read_and_told_from_them(tmp_path: Path) -> None:
    quoted = "".join(f"> {line}\n" for line in LONG.split("\n"))
    text = f"Dear Ola,\n\n{WROTE}\n> Is it 5 %\n> or more?\nNo, 4 %.\n{quoted}\n{LAST}\n"
    document = load(tmp_path, "a.eml", bytes(mail("Re: Pumps", text)))
    found = texts(document)[2:]
    assert found[:5] == [
        "Dear Ola,",
        WROTE,
        "> Is it 5 %\nor more?",
        "No, 4 %.",
        "> The pumps of the harbour are old and leak.",
    ]
    assert found[-1] == LAST
    assert 0.9 * LONGEST_QUOTE < sum(len(line) for line in found if line.startswith(">")) < 1.1 * LONGEST_QUOTE
    assert ["first 6,000 characters" in warning for warning in document.warnings] == [True]


def test_marks_within_a_message_quoted_without_them_are_no_answers(tmp_path: Path) -> None:
    text = f"Yes.\n\n-----Original Message-----\nFrom: Ola\n\nMay I?\n\n> {WROTE}\n{LONG}"
    document = load(tmp_path, "a.eml", bytes(mail("Re: Pumps", text)))
    assert texts(document)[3] == "Earlier messages"
    assert sum(map(len, texts(document))) < LONGEST_QUOTE + 200
