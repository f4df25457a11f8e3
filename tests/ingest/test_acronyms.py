import pytest

from ingest.acronyms import find_acronyms


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Purchases of property, plant and equipment (PP&E) fell.", ("pp&e", "property plant and equipment")),
        ("paid by the European Maritime Fund (“EMF”) in May", ("emf", "european maritime fund")),
        ("days payable outstanding (DPO)", ("dpo", "days payable outstanding")),
        ("the Works Council (the 'WoCo')", ("woco", "works council")),
        ("under the safety data sheet (SDS).", ("sds", "safety data sheet")),
        ("DORA (Digital Operational Resilience Act) applies.", ("dora", "digital operational resilience act")),
        ("R&D (research and development) fell", ("r&d", "research and development")),
        ("das B\u00fcrgerliche Gesetzbuch (BGB)", ("bgb", "burgerliche gesetzbuch")),
        ("la taxe sur la valeur ajout\u00e9e (TVA)", ("tva", "taxe sur la valeur ajoutee")),
    ],
)
def test_a_definition_gives_the_acronym_and_what_it_stands_for(text: str, pair: tuple[str, str]) -> None:
    assert find_acronyms([text]) == {pair}


@pytest.mark.parametrize(
    "text",
    [
        "revenue of 2018 (USD)",
        "the pump (Annex) is",
        "Halden Marine (the “Company”)",
        "see the table (a)",
        "the board (HMB) met",
        "IBM machines (IBM)",
        "the CEO (Anna Berg) said",
        "EUR (in thousands of it)",
    ],
)
def test_other_words_in_parentheses_are_no_acronyms(text: str) -> None:
    assert find_acronyms([text]) == frozenset()


def test_a_long_text_without_definitions_is_read_quickly() -> None:
    assert find_acronyms(["word " * 50_000 + "(", "(" * 5_000, "AB" * 20_000]) == frozenset()
