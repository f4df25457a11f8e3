import pytest

from assistant.citations import CitedSentence
from assistant.grounding import check, is_supported
from assistant.prompts import REFUSAL
from tests.assistant.test_citations import HOTEL, REPORTS

PASSAGE = "Purchases of property cost $1,577 million in 2018, or 4.8 % of sales. Three directors resigned in May."


@pytest.mark.parametrize(
    "sentence",
    [
        "Purchases of property were 1577 million in 2018.",
        "Purchases of property cost $1,577.00 million.",
        "It was 4.8% of sales.",
        "3 directors resigned in May.",
        'The report says "Three directors resigned in May".',
        "The report says “Three   directors\nresigned in May.”",
        "1. Purchases of property cost 1,577 million.",
    ],
)
def test_what_the_passage_says_is_supported(sentence: str) -> None:
    assert is_supported(sentence, [PASSAGE], "What does the report say?")


@pytest.mark.parametrize(
    "sentence",
    [
        "Purchases of property cost 1,578 million in 2018.",
        "Purchases of property cost 1,577 million in 2019.",
        'The report says "Four directors resigned in May".',
        "The chairman was arrested for fraud in Oslo.",
        "Purchases of property rose to 15.77 million.",
    ],
)
def test_what_the_passage_does_not_say_is_not(sentence: str) -> None:
    assert not is_supported(sentence, [PASSAGE], "What does the report say?")


LEASE = (
    "The notice period is three months, one unpaid. The deposit is returned within 30 days, or 2 million euro are "
    "due. The managing director of Halden signs it. Payment takes 14 business days, three at most in May."
)
ABOUT_LEASE = "Who is the managing director of Halden, and what is the notice period?"


@pytest.mark.parametrize(
    "sentence",
    [
        "The notice period is 3 months.",
        "The deposit is returned within thirty (30) days.",
        "Payment takes 14 days.",
        "There are two reasons: the deposit is returned and payment takes 14 days.",
        "The Managing Director of Halden signs.",
        "Halden's managing director signs it.",
        "No, the notice period is three months.",
        "Die Mietkaution von Halden ist deposit, notice period und managing director.",
    ],
)
def test_what_is_put_in_other_words_is_supported(sentence: str) -> None:
    assert is_supported(sentence, [LEASE], ABOUT_LEASE)


@pytest.mark.parametrize(
    "sentence",
    [
        "The notice period is five months.",
        "The deposit is returned within 30 weeks.",
        "2 billion euro are due within 30 days.",
        "The managing director of Halden is Anna Foss.",
        "Anna Foss is the managing director of Halden.",
        "The managing director of Halden is Foss.",
        "The managing director of Halden is unmarried.",
        "One managing director of Halden is unmarried.",
    ],
)
def test_another_name_number_or_unit_is_not(sentence: str) -> None:
    assert not is_supported(sentence, [LEASE], ABOUT_LEASE)


@pytest.mark.parametrize(
    "sentence",
    [
        "A six-month notice period applies.",
        "Notice is (six) months.",
        "A five-year plan of 12 months was adopted.",
        "A one-time fee is due.",
        "“Two weeks of notice” are given.",
        "Article five: payment.",
        "It is due after twenty-one days.",
        "The fee is 12\u00a0500 kroner.",
        "Column 5\n250 300 120\n7 400",
        "2018 | 12 500 | 700 | 13 200 100 300 200 500",
        "Der Preis beträgt 1.500 Euro.",
        "Use version 4.2.1, by 15.03.2024.",
        "All backups use AES-256.",
        "Error E-07 means a weak signal.",
        "See invoice NC-26-1183.",
        "Ask Siobhan O'Brien.",
        "It was bought by L\u2019Oréal.",
        "The week has 37½ hours.",
    ],
)
def test_a_copy_is_supported(sentence: str) -> None:
    in_one_line = " ".join(sentence.split())
    assert is_supported(sentence, [sentence])
    assert is_supported(in_one_line, [f"In Note 5\n{sentence}\n12 and more."])


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Within 30 days of receipt.", "Invoices are payable within thirty days of receipt."),
        ("Within thirty days of receipt.", "Invoices are payable within 30 days of receipt."),
        ("Six months.", "A six-month notice period applies."),
        ("Within 25 days.", "Within twenty-five days."),
        ("Within twenty five days.", "Within 25 days."),
        ("120 seats.", "There are one hundred and twenty seats."),
        ("Five hundred seats.", "There are 500 seats."),
        ("The fee is 12,500 kroner.", "The fee is 12 500 kroner."),
        ("The fee is 12 500,50 kroner.", "The fee is 12,500.50 kroner."),
        ("Der Preis beträgt 1500 Euro.", "Der Preis beträgt 1.500 Euro."),
        ("Costs: 250 and 300.", "Costs | 250 300"),
        ("It ends on 15.3.2024.", "It ends on 15 March 2024."),
        ("Due in 30 Tagen.", "Due in thirty days."),
        ("A profit of 2.4 million.", "A profit of £2.4m."),
        ("The week has 37.5 hours.", "The week has 37½ hours."),
        ("The invoice is dated 14 August 2026.", "Invoice date: 2026-08-14"),
        ("The invoice is dated 14 August 2026.", "Invoice date: 14.08.2026"),
        ("14 August 2026.", "Invoice date: 14.08.2026"),
        ("14. August 2026.", "Rechnungsdatum: 2026-08-14"),
    ],
)
def test_a_number_in_another_form_is_supported(sentence: str, passage: str) -> None:
    assert is_supported(sentence, [passage], sentence.rsplit(" ", 1)[-1] + " Tage million profit")


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Within sixty days of receipt.", "Invoices are payable within thirty days of receipt."),
        ("Within twenty-six days.", "Within twenty-five days."),
        ("Within five days.", "Within twenty-five days."),
        ("Two hundred days.", "One hundred days, two at most."),
        ("The fee is 12 700 kroner.", "The fee is 12 500 kroner in room 700."),
        ("It ends automatically on 15.03.2024.", "It ends automatically on 15.04.2024."),
        ("See section 4.2.1.", "See section 4.2.3."),
        ("Use version v1.2.3.", "Use version v1.2.4."),
        ("The week has 37 hours.", "The week has 37½ hours."),
        ("The week has 37½ hours.", "The week has 37 hours."),
        ("31. März 2024.", "Der Vertrag endet am 30. März 2024."),
        ("3. Quartal 2024", "2. Quartal 2024"),
        ("30 Wochen.", "Zahlbar in 30 Tagen."),
        ("30 weeks.", "Zahlbar in 30 Tagen."),
        ("A profit of 2.4 million.", "A profit of 2.4bn, a million less than before."),
        ("Ein Gewinn von 2,4 Mrd. Euro", "Ein Gewinn von 2,4 Mio. Euro"),
    ],
)
def test_another_number_date_section_or_unit_is_not(sentence: str, passage: str) -> None:
    assert not is_supported(sentence, [passage], sentence)
    assert is_supported(passage, [passage], sentence)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("14 September 2026.", "Invoice date: 2026-08-14, paid on 2026-09-30"),
        ("15 August 2026.", "Invoice date: 14.08.2026"),
        ("“14 August 2026” is the date.", "Invoice date: 14.08.2026"),
        ("Use AES-128 everywhere.", "Use AES-256 everywhere, for 128 users."),
        ("Ask Siobhan O'Neill.", "Ask Siobhan O'Brien."),
        ("Ask about Halden's O'Brien.", "Ask about the Halden."),
        ('It is "8 days, after ten years 30 days".', "Leave is 28 days, after ten years 30 days. 8 are public."),
        ('A profit of "£1.4" is shown.', "A profit of £1.42m, 1.4 of it from rents, is shown."),
    ],
)
def test_another_date_or_name_and_half_a_number_are_not(sentence: str, passage: str) -> None:
    assert not is_supported(sentence, [passage], "What is the date of the invoice, and who is asked?")


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Halden has an ISO-9001 certificate.", "Halden has a certificate for ISO 9001."),
        ("Halden has an ISO 9001 certificate.", "Halden has a certificate for ISO-9001."),
        ("Halden has an ISO\u20119001 certificate.", "Halden has a certificate for ISO-\n9001."),
        ("The pump is an HC-2.", "The pump is of type HC2."),
        ("Error E 07 means a weak signal.", "E-07: weak signal"),
    ],
)
def test_a_code_with_another_sign_in_it_is_the_same(sentence: str, passage: str) -> None:
    about = "What is it that Halden has, and what does the pump or the error mean?"
    assert is_supported(sentence, [passage], about)
    assert is_supported(passage, [sentence], f"{about} What is the type, for which certificate?")


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("It has ISO-14001.", "It has ISO 9001, in 14001 copies."),
        ("It has an HC 2.", "It has an HC-20, 2 of them."),
        ("It has an HC-2.", "It has an HD 2."),
        ("It has version V 1.2.", "It has version V-1.3, of 1.2 MB."),
    ],
)
def test_another_code_is_not(sentence: str, passage: str) -> None:
    assert not is_supported(sentence, [passage], "What does it have, in which version?")


def test_a_number_in_words_that_nothing_is_counted_with_counts_as_a_word() -> None:
    assert not is_supported("The notice period is seven weeks.", ["The notice period is long."], "How long?")
    assert is_supported("The notice period has two parts.", ["The notice period is in parts."], "How long?")


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("Costs in Halden are reimbursed.", True),
        ('They are "reimbursed by a third-party in Halden".', True),
        ("They are “reim-bursed by a third-party”.", True),
        ("Within five days.", False),
        ("Within twenty-five days.", True),
        ('They are "reimbursed by the third-party".', False),
    ],
)
def test_words_that_are_broken_over_lines_are_read_in_one_piece(sentence: str, supported: bool) -> None:
    passage = "Costs are reim-\nbursed by a third-\nparty in Hal-\nden within twenty-\nfive days."
    assert is_supported(sentence, [passage]) is supported


def test_a_sentence_without_a_source_is_not_supported() -> None:
    assert not is_supported("Purchases of property cost 1,577 million.", [])


def test_words_of_the_question_need_not_stand_in_the_passage() -> None:
    question = "What is the capital expenditure amount?"
    sentence = "The capital expenditure amount is $1,577 million."
    assert is_supported(sentence, [PASSAGE], question)
    assert not is_supported(sentence, [PASSAGE], "")


def test_the_refusal_claims_nothing() -> None:
    assert is_supported(REFUSAL, [])


def test_each_sentence_is_held_against_its_own_sources() -> None:
    sentences = (
        CitedSentence("Hotel costs are reimbursed up to 155 euro.", (1,)),
        CitedSentence("Hotel costs are reimbursed up to 155 euro per night.", (2,)),
    )
    found = check(sentences, [HOTEL, REPORTS], "")
    assert (found.supported, found.sentences) == (1, 2)
    assert found.unsupported == ("Hotel costs are reimbursed up to 155 euro per night.",)
