import time

import pytest

from assistant.one_line import in_one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Costs are\n  paid.", "Costs are paid."),
        ("Costs are reim-\nbursed.", "Costs are reim-bursed."),
        ("Costs are reim- bursed.", "Costs are reim-bursed."),
        ("Reimbursed means reim-\nbursed.", "Reimbursed means reimbursed."),
        ("short- and long-\nterm, vor-\nund nachher", "short- and long-term, vor- und nachher"),
        ("state-\nof-the-art, wait-\nand-see, a- b- c", "state-of-the-art, wait-and-see, a-b-c"),
        ("the rent -\npayable monthly - is due", "the rent - payable monthly - is due"),
        ("room 5-\n10, the fee-\n30 euro", "room 5- 10, the fee- 30 euro"),
    ],
)
def test_a_word_broken_at_its_hyphen_is_in_one_piece(text: str, line: str) -> None:
    assert in_one_line(text) == line
    assert in_one_line(line) == line


def test_a_word_is_whole_where_the_other_text_has_it_whole() -> None:
    text = "Costs are reim-\nbursed by a third-\nparty in Hal-\nden."
    assert in_one_line(text, "Halden: REIMBURSED") == "Costs are reimbursed by a third-party in Halden."
    assert in_one_line(text, "the third party's, reim-bursed") == "Costs are reim-bursed by a third-party in Hal-den."


def test_figures_are_never_run_together() -> None:
    assert in_one_line("between 10-\n5b and 7", "105b") == "between 10- 5b and 7"


def test_a_text_of_one_long_word_takes_no_time() -> None:
    started = time.process_time()
    in_one_line("a" * 200_000)
    assert time.process_time() - started < 0.5
