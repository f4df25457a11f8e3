"""Numbers with what they count: powers of ten, years in short, signs."""

import pytest

from assistant.grounding import is_supported

QUESTION = "How much or how many is it, and when?"


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("3 million.", "The cap is €3,000,000 per claim."),
        ("3-million cap.", "The cap is €3,000,000 per claim."),
        ("€2.4m of profit.", "A profit of 2,400,000 euro."),
        ("A profit of 2,400,000.", "A profit of €2.4m."),
        ("1.1 million.", "A profit of 1,100,000 euro."),
        ("Five million.", "The cap is €5,000,000."),
        ("Twelve hundred.", "The cap is €1,200."),
        ("2,4 Mio. Euro.", "Ein Gewinn von 2.400.000 Euro."),
        ("2 million of costs.", "A profit of €2bn, and 2,000,000 of costs, half a million more than before."),
        ("Net profit was 2.4 million.", "A profit of 2.4 million."),
        ("2.4 million.", "Profit (in million euro): 2.4"),
        ("One of thousands is lost.", "Thousands are lost."),
    ],
)
def test_a_power_of_ten_may_be_multiplied_out(sentence: str, passage: str) -> None:
    assert is_supported(sentence, [passage], QUESTION)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The liability cap is five million per claim.", "The liability cap is €3,000,000 per claim."),
        ("The liability cap is one million per claim.", "The liability cap is two million per claim."),
        ("The profit was 2 million.", "The profit was 2bn."),
        ("The profit was 2 million.", "The profit was 2,000,000,000."),
        ("The profit was 2,000,000.", "The profit was 2bn."),
        ("It costs 3 million for 3 years.", "It costs 3,000,000 for five years."),
    ],
)
def test_another_power_of_ten_is_not_supported(sentence: str, passage: str) -> None:
    assert not is_supported(sentence, [passage], QUESTION)
    assert is_supported(passage, [passage], QUESTION)


@pytest.mark.parametrize(
    ("sentence", "passage", "supported"),
    [
        ("2024.", "Revenue of FY24", True),
        ("2024.", "Revenue of Q2'24", True),
        ("2023 to 2024.", "Revenue of 2023/24", True),
        ("2023.", "Revenue of FY24", False),
        ("2022.", "Revenue of 2023/24", False),
        ("2024.", "Revenue of 24 shops", False),
    ],
)
def test_a_year_may_be_written_in_short(sentence: str, passage: str, supported: bool) -> None:
    assert is_supported(sentence, [passage], QUESTION) is supported
