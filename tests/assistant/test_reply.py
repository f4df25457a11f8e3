import pytest

from assistant.reply import Reply, holds, mended, read_reply
from training.groups import Text, as_source

SOURCES = [
    as_source(Text("lease.pdf", "Lease", "The rent is £900 a month.\nIt is due on the first day."), 1),
    as_source(Text("notes.pdf", "Notes", 'The tenant said "no" to the rise of 5 %.'), 2),
]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('£900 a month. "The rent is £900 a month." [1]', Reply("£900 a month.", "The rent is £900 a month.", 1)),
        ("£900. “The rent is £900 a month.” [1].", Reply("£900.", "The rent is £900 a month.", 1)),
        ('5 %. "The tenant said "no" to the rise." [2]', Reply("5 %.", 'The tenant said "no" to the rise.', 2)),
        ('"No". "The tenant said "no" to it." [2]', Reply('"No".', 'The tenant said "no" to it.', 2)),
        ("The rent is £900 a month [1].", None),
        ('"The rent is £900 a month." [1]', None),
        ('£900. "The rent is £900 a month." [1] And more.', None),
        ("", None),
    ],
)
def test_a_reply_is_read_in_its_three_parts(text: str, parts: Reply | None) -> None:
    assert read_reply(text) == parts


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('£900 a month. "The rent is £900 a month. It is due on the first day." [1]', True),
        ('£900 a month. "The rent is £900 a month." [2]', False),
        ('£900 a month. "The rent is £900 each month." [1]', False),
        ('£950 a month. "The rent is £900 a month." [1]', False),
        ('The first day. "The rent is £900 a month." [1]', False),  # stands beside the quote, not in it
        ('Yellow elephants. "The rent is £900 a month." [1]', False),
        ('£900 a month. "The rent is £900 a month." [7]', False),
        ('Yes. "The rent is £900 a month." [1]', False),  # nothing in it can be held against the quote
        ('The rent. "The rent is £900 a month." [1]', False),  # that was asked
    ],
)
def test_a_reply_holds_when_its_quote_is_copied_and_bears_out_the_answer(text: str, good: bool) -> None:
    assert holds(text, SOURCES, "What is the rent?") is good


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('£900. "The rent is £900 a month." [2]', '£900. "The rent is £900 a month." [1]'),
        ('£900. "The rent is £900 a month." [7]', '£900. "The rent is £900 a month." [1]'),
        ('£900. "The rent is £900 a month." [1]', '£900. "The rent is £900 a month." [1]'),
        ('the. "the" [7]', 'the. "the" [7]'),  # it stands in both
        ("£900 a month [2].", "£900 a month [2]."),
    ],
)
def test_a_quote_gets_the_number_of_the_one_source_it_stands_in(text: str, shown: str) -> None:
    assert mended(text, SOURCES) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            '5 %. "The tenant said "no" to a rise of 5 %." [1]',
            '5 %. "The tenant said "no" to the rise of 5 %." [2]',
        ),
        ('5 %. "The tenant said "no" to the rise 5 %." [2]', '5 %. "The tenant said "no" to the rise of 5 %." [2]'),
        ('£900. "The rent was £950 a month." [1]', '£900. "The rent was £950 a month." [1]'),  # two words of six
        ('5 %. "Nobody knows what the tenant said." [2]', '5 %. "Nobody knows what the tenant said." [2]'),
    ],
)
def test_a_quote_with_a_slip_in_it_is_put_as_it_stands(text: str, shown: str) -> None:
    assert mended(text, SOURCES) == shown


def test_a_slip_that_two_sentences_could_have_had_stays() -> None:
    text = "The rent for the flat is £900 a month.\nThe rent for the shop is £900 a month."
    sources = [as_source(Text("lease.pdf", "Lease", text), 1)]
    reply = '£900. "The rent for the house is £900 a month." [1]'
    assert mended(reply, sources) == reply


def test_a_quote_that_begins_or_ends_inside_a_number_does_not_hold() -> None:
    text = "Leave is 28 days, after ten years 30 days. There are 8 public holidays. The profit was £1.42m."
    sources = [as_source(Text("staff.pdf", "Staff", text), 1)]
    for reply in ('8 days. "8 days, after ten years 30 days." [1]', '£1.4. "The profit was £1.4" [1]'):
        assert not holds(mended(reply, sources), sources, "How much is it?")
    assert holds('28 days. "Leave is 28 days, after ten years 30 days." [1]', sources, "How much is it?")


def test_one_of_two_that_the_question_names_is_an_answer() -> None:
    reply = 'The rent. "The rent is £900 a month." [1]'
    assert holds(reply, SOURCES, "Is it the rent or the deposit that is £900?")
    assert holds(reply, SOURCES, "Which is £900 a month, the rent, the deposit?")
