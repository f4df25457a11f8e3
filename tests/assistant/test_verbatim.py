import pytest

from assistant.verbatim import place_of, stands_in


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("8 days, after ten years 30 days.", "Leave is 28 days, after ten years 30 days."),
        ("£1.4", "A profit of £1.42m"),
        ("£1", "A profit of £1.42m"),
        ("42m", "A profit of £1.42m"),
        ("£30.", "It cost £30.5m."),
        ("12", "It cost 12,000 euro."),
        ("37", "37½ hours"),
        ("takes 3", "It takes 3 ½ hours."),
        ("500 kroner", "The fee is 12 500 kroner."),
        ("The fee is 12", "The fee is 12\u202f500 kroner."),
        ("able to pay", "The firm is unable to pay."),
        ("refundable", "The fee is non-refundable."),
        ("8 days", "It takes 5\u20138 days."),
        ("takes 5", "It takes 5-8 days."),
        ("AES", "Backups use AES-256."),
        ("5 °C", "Stored at -5 °C."),
        ("Two months", "One month."),
        ("resign the lease", "They re-sign the lease."),
        ("105b", "10-\n5b"),
    ],
)
def test_half_a_word_or_number_does_not_stand_in_a_text(words: str, text: str) -> None:
    assert not stands_in(words, text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("28 days, after  ten\nyears", "Leave is 28 days, after ten years 30 days."),
        ("£1.42m", "A profit (£1.42m)."),
        ("within 30 days", "Payable within 30 days."),
        ("12 500 kroner", "The fee is 12 500 kroner."),
        ("Rent 250", "Rent 250 300"),
        ("Rent 5 250", "Rent 5 250 300 120 400"),
        ("500 people", "In 2018 500 people came."),
        ("½ hours", "It takes ½ hours."),
        ("days.", "Payable within 30 days."),
        ("long", "A long-term loan."),
        ("30 days", "- 30 days"),
        ("-5 °C", "Stored at -5 °C."),
        ("reimbursed by a third-party.", "Costs are reim-\nbursed by a third-\nparty."),
        ("reim-bursed by a third- party.", "Costs are reim-\nbursed by a third-\nparty."),
        ("30天", "应在30天内付款"),
        ("付款", "应在30天内付款"),
    ],
)
def test_whole_words_and_numbers_stand_in_a_text(words: str, text: str) -> None:
    assert stands_in(words, text)


def test_the_place_is_the_first_that_cuts_nothing_in_two() -> None:
    text = "In 28 days,\nor 8\n days."
    place = place_of("8 days", text)
    assert place is not None
    assert text[slice(*place)] == "8\n days"
    assert place_of("9 days", text) is None
