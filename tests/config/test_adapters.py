"""Which adapter a collection gets."""

import pytest

from assistant.assistant import open_assistant
from config.errors import ConfigError
from config.locations import Locations
from config.sections import LlamaSettings, ModelSettings, Settings
from config.settings import load_settings, save_setting

NAMED = {"llama.adapters": "finance=ledger, legal = none"}


@pytest.mark.parametrize(("collection", "adapter"), [("finance", "ledger"), ("legal", "none"), ("other", "auto")])
def test_a_collection_has_the_adapter_that_is_named_for_it(locations: Locations, collection: str, adapter: str) -> None:
    save_setting(locations, "llama.adapters", NAMED["llama.adapters"])
    assistant = open_assistant(locations, load_settings(locations), collection=collection)
    try:
        assert assistant.settings.llama.adapter == adapter
        assert assistant.loaded_settings.origin("llama.adapter") == ("default" if adapter == "auto" else "file")
    finally:
        assistant.close()


def test_a_flag_for_one_question_is_stronger(locations: Locations) -> None:
    loaded = load_settings(locations, flags={**NAMED, "llama.adapter": "clauses"})
    assert loaded.of_collection("finance").settings.llama.adapter == "clauses"


def test_settings_with_other_models_keep_what_is_not_named() -> None:
    settings = Settings(models=ModelSettings(llm="ours"), llama=LlamaSettings(adapter="ledger", adapter_scale=0.5))
    assert settings.with_models() == settings

    changed = settings.with_models(llm="theirs", adapter_scale=0.0)
    assert (changed.models.llm, changed.llama.adapter, changed.llama.adapter_scale) == ("theirs", "ledger", 0.0)
    assert changed.with_models(llm="ours", adapter_scale=0.5) == settings


@pytest.mark.parametrize("value", ["ledger", "finance=", "=ledger", "finance=ledger,,legal=none"])
def test_what_names_no_collection_or_no_adapter_is_refused(locations: Locations, value: str) -> None:
    with pytest.raises(ConfigError, match=r"llama\.adapters"):
        save_setting(locations, "llama.adapters", value)
