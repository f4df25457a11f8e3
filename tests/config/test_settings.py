import json
from pathlib import Path

import pytest

from config.errors import ConfigError, HomeError
from config.locations import Locations
from config.settings import load_settings, save_setting
from tests.faults import no_file_larger_than

ROOT = Path(__file__).parents[2]


def write_settings(locations: Locations, text: str) -> None:
    locations.settings_file.write_text(text)


def test_defaults_hold_without_any_source(locations: Locations) -> None:
    loaded = load_settings(locations)

    assert loaded.settings.retrieval.top_k == 8
    assert {origin for _, _, origin, _ in loaded.items()} == {"default"}
    assert not locations.settings_file.exists()


def test_each_source_beats_the_one_before(locations: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings(locations, "[retrieval]\ntop_k = 1\ncandidates = 10\nmode = 'dense'\n[answer]\nseed = 4\n")
    monkeypatch.setenv("STRONGROOM_RETRIEVAL__TOP_K", "2")
    monkeypatch.setenv("STRONGROOM_RETRIEVAL__CANDIDATES", "20")
    monkeypatch.setenv("STRONGROOM_RETRIEVAL__REFUSE", "false")

    loaded = load_settings(locations, flags={"retrieval.top_k": 3, "answer.seed": None})

    retrieval = loaded.settings.retrieval
    assert (retrieval.top_k, retrieval.candidates, retrieval.mode, retrieval.refuse) == (3, 20, "dense", False)
    assert loaded.settings.answer.seed == 4
    keys = ("retrieval.top_k", "retrieval.candidates", "retrieval.mode", "answer.seed", "answer.style")
    assert [loaded.origin(key) for key in keys] == ["flag", "environment", "file", "file", "default"]


def test_a_named_file_stands_in_for_the_one_in_the_home(locations: Locations, tmp_path: Path) -> None:
    write_settings(locations, "[answer]\nseed = 4\n")
    other = tmp_path / "other.toml"
    other.write_text("[retrieval]\ntop_k = 3\n")

    loaded = load_settings(locations, config_file=other)

    assert (loaded.settings.retrieval.top_k, loaded.settings.answer.seed) == (3, 0)


def test_the_home_is_not_a_setting(locations: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRONGROOM_HOME", "/elsewhere")

    load_settings(locations)


def test_every_setting_explains_itself(locations: Locations) -> None:
    for key, _, _, description in load_settings(locations).items():
        assert description.endswith("."), key
        assert "\n" not in description, key


def test_the_documents_give_every_setting_with_its_default_and_meaning(locations: Locations) -> None:
    rows = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8").splitlines()

    for key, value, _, description in load_settings(locations).items():
        shown = json.dumps(value)  # writes text, numbers and truth values as TOML does
        assert any(row.startswith(f"| `{key}` | `{shown}` |") and row.endswith(f"| {description} |") for row in rows), (
            f"{key} = {shown}: {description}"
        )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[retrieval]\ntopk = 5", "no setting 'retrieval.topk' .*Did you mean retrieval.top_k?"),
        ("[retreival]\ntop_k = 5", "no setting 'retreival.top_k' .*Did you mean retrieval.top_k?"),
        ("top_k = 5", "no setting 'top_k' .*Did you mean retrieval.top_k?"),
        ("[retrieval.top_k]\nvalue = 5", "no setting 'retrieval.top_k.value' .*Did you mean retrieval.top_k?"),
        ("retrieval = 5", "no setting 'retrieval'"),
        ("[telepathy]", "no setting 'telepathy' .*config show"),
        ("[retrieval]\ntop_k = 0", "retrieval.top_k cannot be 0 .*greater than or equal to 1"),
        ("[retrieval]\ntop_k = 'five'", "retrieval.top_k cannot be 'five' .*integer"),
        ("[retrieval]\ntop_k = true", "retrieval.top_k cannot be True .*integer"),
        ("[retrieval]\ntop_k = [1]", r"retrieval.top_k cannot be \[1\] .*integer"),
        ("[ingest]\nseconds_per_file = inf", "seconds_per_file cannot be inf .*finite"),
        ("[retrieval]\nlexical_weight = nan", "lexical_weight cannot be nan .*finite"),
        ("[retrieval]\nmode = 'psychic'", "cannot be 'psychic' .*'hybrid', 'dense' or 'lexical'"),
        ("[retrieval]\ntop_k = ", "not valid TOML: .*line|end"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place_and_remedy(locations: Locations, text: str, said: str) -> None:
    write_settings(locations, text)

    with pytest.raises(ConfigError, match=said) as caught:
        load_settings(locations)
    assert str(locations.settings_file) in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("STRONGROOM_RETRIEVAL__TOP_K", "many", "'many' .*from the variable STRONGROOM_RETRIEVAL__TOP_K"),
        ("STRONGROOM_RETRIEVAL__TOPK", "5", "variable STRONGROOM_RETRIEVAL__TOPK.* Did you mean retrieval.top_k?"),
        ("STRONGROOM_TOP_K", "5", "Did you mean retrieval.top_k?"),
        ("STRONGROOM_ANSWER__STYLE", "\x1b[2J" + "x" * 500, r"cannot be '\[2Jx+\.\.\."),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    locations: Locations, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigError, match=said) as caught:
        load_settings(locations)
    assert "\x1b" not in str(caught.value)


def test_a_bad_flag_is_refused(locations: Locations) -> None:
    with pytest.raises(ConfigError, match="from the command line"):
        load_settings(locations, flags={"retrieval.top_k": 0})


def test_a_file_that_cannot_be_read_is_an_error_not_a_default(locations: Locations, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_settings(locations, config_file=tmp_path / "nothing.toml")

    locations.settings_file.write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_settings(locations)

    locations.settings_file.unlink()
    locations.settings_file.mkdir()
    with pytest.raises(ConfigError, match="directory"):
        load_settings(locations)


def test_a_file_of_a_windows_editor_is_read_and_saved_to(locations: Locations) -> None:
    locations.settings_file.write_text("[answer]\nseed = 4\n", encoding="utf-8-sig")
    save_setting(locations, "retrieval.mode", "dense")
    loaded = load_settings(locations).settings
    assert (loaded.answer.seed, loaded.retrieval.mode) == (4, "dense")


def test_a_saved_setting_is_in_force_and_the_rest_of_the_file_stays(locations: Locations) -> None:
    write_settings(locations, "# mine\nretrieval.candidates = 30 # thirty\n\n[answer]  # about answers\nseed = 4\n")

    for key, value in [("retrieval.mode", "dense"), ("answer.seed", "9"), ("log.level", "debug"), ("answer.seed", "7")]:
        save_setting(locations, key, value)

    loaded = load_settings(locations).settings
    assert (loaded.retrieval.mode, loaded.retrieval.candidates) == ("dense", 30)
    assert (loaded.answer.seed, loaded.log.level) == (7, "debug")
    text = locations.settings_file.read_text()
    assert all(comment in text for comment in ("# mine", "# thirty", "# about answers"))
    assert locations.settings_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("retrieval.top_k", "0", "greater than or equal"),
        ("retrieval.topk", "5", "Did you mean retrieval.top_k?"),
        ("retrieval", "5", "no setting"),
    ],
)
def test_a_mistake_is_not_saved(locations: Locations, key: str, value: str, said: str) -> None:
    write_settings(locations, "# mine\n")

    with pytest.raises(ConfigError, match=said):
        save_setting(locations, key, value)
    assert locations.settings_file.read_text() == "# mine\n"


def test_saving_does_not_touch_a_broken_file(locations: Locations) -> None:
    write_settings(locations, "[retrieval\n")

    with pytest.raises(ConfigError, match="not valid TOML"):
        save_setting(locations, "answer.seed", "9")
    assert locations.settings_file.read_text() == "[retrieval\n"


def test_saving_to_a_full_disk_says_what_to_do_and_leaves_the_file(locations: Locations) -> None:
    write_settings(locations, "# mine\n")

    with no_file_larger_than(0), pytest.raises(HomeError, match="Make room"):
        save_setting(locations, "answer.seed", "9")
    assert locations.settings_file.read_text() == "# mine\n"
