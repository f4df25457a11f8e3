from pathlib import Path

import pytest

from assistant.glossary import load_glossary, phrases_in, widen
from config.errors import ConfigError
from tests.assistant.conftest import Open
from tests.assistant.shelf import fill

MISSING = Path("/nowhere/glossary.toml")


def test_words_people_use_bring_in_those_the_documents_use() -> None:
    phrases = widen("What was the capex in 2018?", load_glossary(MISSING))
    assert "purchases of property plant and equipment" in phrases


def test_hyphens_plurals_and_capitals_do_not_matter() -> None:
    glossary = load_glossary(MISSING)
    assert widen("Is it Capital-Intensive?", glossary) == widen("is it capital intensive", glossary) != []
    assert widen("the lawsuits", glossary) == widen("the lawsuit", glossary) != []


def test_part_of_a_word_is_not_the_word() -> None:
    assert widen("the steps of the process", load_glossary(MISSING)) == []


def test_what_the_question_already_says_is_not_added() -> None:
    assert "net sales" not in widen("revenue or net sales", load_glossary(MISSING))


def test_the_user_s_words_take_the_place_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text('[ours]\n"capex" = ["investment budget"]\n"tug" = ["Ternen"]\n', encoding="utf-8")
    glossary = load_glossary(file)
    assert widen("capex of the tug", glossary) == ["investment budget", "ternen"]
    assert widen("cogs", glossary) != []


@pytest.mark.parametrize("text", ["capex = ", '"capex" = "one phrase"', '"capex" = [1]'])
def test_a_glossary_that_makes_no_sense_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"glossary\.toml"):
        load_glossary(file)


def test_a_glossary_of_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text('"büro" = ["office"]', encoding="latin-1")
    with pytest.raises(ConfigError, match=r"glossary\.toml"):
        load_glossary(file)


def test_a_glossary_may_begin_with_a_mark_of_its_encoding(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text('"tug" = ["Ternen"]', encoding="utf-8-sig")
    assert widen("the tug", load_glossary(file)) == ["ternen"]


def test_short_words_in_small_letters_are_no_acronyms() -> None:
    assert "us" not in phrases_in("tell us more")
    assert "us" in phrases_in("sales in the US")
    assert "pp&e" in phrases_in("the net PP&E")


def test_an_acronym_that_the_documents_define_is_searched_for_in_full(open_with: Open) -> None:
    assistant = open_with()
    fill(
        assistant.library,
        assistant.embedder,
        {
            "fund.md": ["The European Maritime Fund (EMF) was founded in 1994."],
            "grant.md": ["The European Maritime Fund paid for the crane."],
            "noise.md": ["The crane is painted every year by the yard."],
        },
    )
    found = assistant.search("what did the EMF pay", mode="lexical")
    assert "grant.md" in [passage.document for passage in found.passages]


def test_an_acronym_that_means_several_things_tells_nothing(open_with: Open) -> None:
    assistant = open_with()
    fill(
        assistant.library,
        assistant.embedder,
        {
            "fund.md": ["The European Maritime Fund (EMF) was founded in 1994."],
            "fields.md": ["An electromagnetic field (EMF) surrounds the motor."],
        },
    )
    assert assistant.library.other_forms(["emf", "european maritime fund"]) == {}
