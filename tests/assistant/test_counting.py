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
        ("One hundred and twenty seats.", "There are 120 seats."),
        ("Release 2, v one hundred.", "Release 2, v one hundred."),
        ("2,4 Mio. Euro.", "Ein Gewinn von 2.400.000 Euro."),
        ("2 million of costs.", "A profit of €2bn, and 2,000,000 of costs, half a million more than before."),
        ("Net profit was 2.4 million.", "A profit of 2.4 million."),
        ("2.4 million.", "Profit (in million euro): 2.4"),
        ("One of thousands is lost.", "Thousands are lost."),
        ("It takes 5 ms.", "It takes 5 ms."),
        ("Q2'24 million.", "Q2'24 million."),
        ("5 m\u0131llion.", "5 m\u0131llion."),
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


def test_a_year_is_nothing_that_is_counted() -> None:
    passage = "Revenue was £5m in the second quarter; for 2024, year on year, it was 30 million, with 2,024 hours."
    assert is_supported("In 2024, second-quarter revenue was £5m.", [passage], QUESTION)
    assert not is_supported("In 2024, second-quarter revenue was £5bn.", [passage], QUESTION)
    assert not is_supported("Revenue was 30 thousand in the second quarter.", [passage], QUESTION)


@pytest.mark.parametrize(
    ("sentence", "passage", "supported"),
    [
        ("5 percent.", "Interest is 5 % a year.", True),
        ("5 per cent.", "Interest is 5% a year.", True),
        ("5 percent.", "Interest is 5 per cent a year.", True),
        ("5 Prozent.", "Der Zins beträgt 5 % im Jahr.", True),
        ("Five percent.", "Interest is 5 % a year.", True),
        ("900 euros.", "The rent is €900.", True),
        ("900 euros.", "The rent is EUR 900.", True),
        ("The rent is EUR 900.", "The rent is 900 € a month.", True),
        ("12,500 dollars.", "The rent is $12,500.", True),
        ("3 million dollars.", "The rent is $3m.", True),
        ("20 degrees Celsius.", "It is kept at 20 °C.", True),
        ("20 degrees.", "It is kept at 20\u00a0°C.", True),
        ("30 Tage.", "It is due in 30 days.", True),
        ("3.5 hours.", "It takes 3 ½ hours.", True),
        ("0.125 percent.", "Der Zins beträgt 0,125 % im Jahr.", True),
        ("3 hours.", "It takes 3 ½ hours.", False),
        ("125 percent.", "Der Zins beträgt 0,125 % im Jahr.", False),
        ("EUR 900 (USD 980).", "It costs €900 ($980).", True),
        ("900 EUR or 980 dollars.", "It costs €900 ($980).", True),
        ("€5 per pound.", "It costs 5 € per pound.", True),
        ("€900.", "It costs (in EUR) 900 a month.", True),
        ("5 dollars.", "It costs €5.", False),
        ("$900.", "It costs €900.", False),
        ("$900.", "It costs 900 EUR, after 300 dollars.", False),
        ("USD 900.", "It costs 900 euros.", False),
        ("It is kept at 20 °F.", "It is kept at 20 °C.", False),
        ("20 degrees Fahrenheit.", "It is kept at 20 °C.", False),
        ("6 percent.", "Interest is 5 % a year.", False),
        ("30 Wochen.", "It is due in 30 days.", False),
    ],
)
def test_a_sign_may_be_put_in_words_and_a_fraction_in_figures(sentence: str, passage: str, supported: bool) -> None:
    assert is_supported(sentence, [passage], QUESTION) is supported
