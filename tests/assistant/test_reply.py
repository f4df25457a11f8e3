import pytest

from assistant.reply import Reply, holds, mended, read_reply
from training.groups import Text, as_source

BROKEN = "Costs are reim-\nbursed within ten days, short- and long-\nterm ones to a third-\nparty."
DUE = "Invoices are issued on readiness for collection and are due 45 days after the date of the invoice."

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


@pytest.mark.parametrize(
    ("quoted", "shown"),
    [
        ("The rent is £900 a month. Pets stay outside.", "The rent is £900 a month."),
        ("Pets stay outside. The rent is £900 a month. The rent is £900 a month.", "The rent is £900 a month."),
        ("The rent is £900 a month. Last year £900 were due.", None),  # both bear it out
        ("Pets stay outside. Last year there were two.", None),
    ],
)
def test_of_several_sentences_the_one_that_bears_out_the_answer_is_quoted(quoted: str, shown: str | None) -> None:
    text = "The rent is £900 a month. It is paid early. Pets stay outside. They bark. Last year £900 were due."
    sources = [as_source(Text("lease.pdf", "Lease", text), 1)]
    assert mended(f'£900. "{quoted}" [2]', sources) == f'£900. "{shown or quoted}" [{1 if shown else 2}]'


def test_a_quote_that_begins_or_ends_inside_a_number_does_not_hold() -> None:
    text = "Leave is 28 days, after ten years 30 days. There are 8 public holidays. The profit was £1.42m."
    sources = [as_source(Text("staff.pdf", "Staff", text), 1)]
    for reply in ('8 days. "8 days, after ten years 30 days." [1]', '£1.4. "The profit was £1.4" [1]'):
        assert not holds(mended(reply, sources), sources, "How much is it?")
    assert holds('28 days. "Leave is 28 days, after ten years 30 days." [1]', sources, "How much is it?")


@pytest.mark.parametrize(("answer", "good"), [("2. Obergeschoss.", True), ("3. Obergeschoss.", False)])
def test_a_number_that_a_short_answer_begins_with_is_no_list_item(answer: str, good: bool) -> None:
    quoted = "Das Lager liegt im 2. Obergeschoss."
    sources = [as_source(Text("haus.pdf", "Haus", quoted), 1)]
    assert holds(f'{answer} "{quoted}" [1]', sources, "Wo liegt das Lager?") is good


def test_one_of_two_that_the_question_names_is_an_answer() -> None:
    reply = 'The rent. "The rent is £900 a month." [1]'
    assert holds(reply, SOURCES, "Is it the rent or the deposit that is £900?")
    assert holds(reply, SOURCES, "Which is £900 a month, the rent, the deposit?")


@pytest.mark.parametrize(
    ("reply", "question"),
    [
        ('Calderwick. "{}" [1]', "Which bank lends Calderwick its long-term loan and at what interest rate?"),
        ('Calderwick. "{}" [1]', "Which bank lends to Calderwick, and is it the rent or the deposit?"),
        ('The firm. "{}" [1]', "Which firm audits Calderwick?"),
        ('The deposit. "{}" [1]', "Is it the rent or the deposit that is £900?"),
        ('The rent or the deposit. "{}" [1]', "Is it the rent or the deposit that is £900?"),
        ('The rent. "{}" [1]', "How many days of delay of the rent or the deposit are there?"),
    ],
)
def test_words_of_the_question_that_choose_nothing_it_names_are_no_answer(reply: str, question: str) -> None:
    assert not holds(reply.format("The rent is £900 a month."), SOURCES, question)


@pytest.mark.parametrize(
    ("quoted", "shown"),
    [
        ("and are due 45 days.", "and are due 45 days"),
        ("Invoices are issued on readiness for collection and are due 45 days.", DUE.split(" after")[0]),
        ("invoices are issued on readiness for collection, and are due", DUE.split(" 45")[0]),
    ],
)
def test_a_part_of_a_sentence_that_is_closed_with_a_stop_keeps_its_last_word(quoted: str, shown: str) -> None:
    sources = [as_source(Text("terms.pdf", "Terms", DUE), 1)]
    assert mended(f'45 days. "{quoted}" [1]', sources) == f'45 days. "{shown}" [1]'


def test_dashes_and_apostrophes_drawn_otherwise_are_no_slips() -> None:
    sources = [as_source(Text("lease.pdf", "Lease", "Two months\u2019 notice \u2013 in writing."), 1)]
    shown = mended('Two months. "Two months\' notice - in writing." [1]', sources)
    assert shown == 'Two months. "Two months\u2019 notice \u2013 in writing." [1]'


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ('Reimbursed. "Costs are reimbursed within ten days" [1]', "Costs are reimbursed within ten days"),
        ('Reimbursed. "Costs are reim- bursed within ten days" [1]', "Costs are reimbursed within ten days"),
        ('Reimbursed. "The costs are reim- bursed in ten days" [1]', "The costs are reim- bursed in ten days"),
        ('Reimbursed. "Costs are always reimbursed within ten days" [1]', "Costs are reimbursed within ten days"),
        ('Ten days. "Costs are reim- bursed within ten days" [1]', "Costs are reim-bursed within ten days"),
        ('A third-party. "long-term ones to a third-party" [1]', "long-term ones to a third-party"),
    ],
)
def test_a_word_that_is_broken_over_lines_is_copied_in_one_piece(reply: str, shown: str) -> None:
    sources = [as_source(Text("travel.pdf", "Travel", BROKEN), 1)]
    repaired = mended(reply, sources)
    assert shown in repaired
    assert holds(repaired, sources, "What becomes of them?") is ("The costs" not in shown)
