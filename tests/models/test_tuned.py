"""What was found is kept for one model on one machine, and the settings count more."""

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.sections import LlamaSettings
from models.hardware import OthersWork, physical_cores
from models.llama.gguf import GgufHeader
from models.llama.memory import layers_that_fit
from models.llama.pace import Pace
from models.llama.plan import Plan, default_plan, make_plan
from models.llama.tuned import Tuning, TuningKey, TuningStore, key_of

PLAN = Plan(threads=3, reading_threads=4, batch=512, flash_attention="off", draft_costs=(1.0, 1.3, 1.6))
TUNING = Tuning("llama", PLAN, ("Because.",), "2026-11-28T04:00:00+00:00", 200.0, 20.0, 150.0, 15.0)
KEY = TuningKey("model", "adapter", "machine", "0.3.36")


@pytest.fixture
def store(tmp_path: Path) -> TuningStore:
    return TuningStore(tmp_path / "tuning.json")


def test_it_is_found_again_for_the_same_model_adapter_machine_and_llama_cpp(store: TuningStore, tmp_path: Path) -> None:
    store.save(KEY, TUNING)

    assert TuningStore(tmp_path / "tuning.json").find(KEY) == TUNING
    for other in ({"model": "x"}, {"adapter": ""}, {"machine": "x"}, {"llama_cpp": "0.4"}):
        assert store.find(replace(KEY, **other)) is None


def test_only_the_owner_can_read_it_and_people_can(store: TuningStore, tmp_path: Path) -> None:
    store.save(KEY, TUNING)

    assert stat.S_IMODE((tmp_path / "tuning.json").stat().st_mode) == 0o600
    (kept,) = json.loads((tmp_path / "tuning.json").read_text())["tuned"].values()
    assert kept["machine"] == "machine"
    assert kept["plan"]["threads"] == 3
    assert kept["why"] == ["Because."]


def test_a_newer_llama_cpp_takes_the_place_of_an_older_and_other_models_stay(store: TuningStore) -> None:
    other = replace(KEY, model="other")
    for key in (KEY, other, replace(KEY, llama_cpp="0.4")):
        store.save(key, TUNING)

    assert store.find(KEY) is None
    assert store.find(replace(KEY, llama_cpp="0.4")) == store.find(other) == TUNING


def test_it_can_be_forgotten(store: TuningStore) -> None:
    assert not store.remove(KEY)
    store.save(KEY, TUNING)
    assert store.remove(KEY)
    assert store.find(KEY) is None


@pytest.mark.parametrize("content", ["", "[1]", '{"format": 2, "tuned": {}}', '{"format": 1, "tuned": 3}', "{"])
def test_a_damaged_file_is_none(store: TuningStore, tmp_path: Path, content: str) -> None:
    (tmp_path / "tuning.json").write_text(content)

    assert store.find(KEY) is None
    store.save(KEY, TUNING)
    assert store.find(KEY) == TUNING


@pytest.mark.parametrize(
    "change",
    [
        {"threads": 0},
        {"threads": "many"},
        {"batch": 1 << 40},
        {"kv_type": "q2"},
        {"flash_attention": "maybe"},
        {"draft_costs": [0.5]},
        {"draft_costs": [1.0] * 99},
        {"draft_costs": [float("nan")]},
        {"threads": float("inf")},
    ],
)
def test_a_plan_that_makes_no_sense_is_not_used(store: TuningStore, tmp_path: Path, change: dict[str, Any]) -> None:
    store.save(KEY, TUNING)
    content = json.loads((tmp_path / "tuning.json").read_text())
    content["tuned"][KEY.text]["plan"].update(change)
    (tmp_path / "tuning.json").write_text(json.dumps(content))

    assert store.find(KEY) is None


def test_speeds_that_make_no_sense_are_not_used(store: TuningStore) -> None:
    store.save(KEY, replace(TUNING, reading=float("nan")))

    assert store.find(KEY) is None


def test_of_several_models_those_that_were_tuned_are_told(store: TuningStore) -> None:
    other = replace(KEY, model="other")
    store.save(KEY, TUNING)

    assert store.found_among([other, KEY]) == [KEY]


def test_the_key_names_the_machine_and_the_version() -> None:
    key = key_of("abc")

    assert "cores" in key.machine
    assert key.llama_cpp
    assert key != key_of("abc", "adapter")


def test_without_settings_the_plan_is_what_was_found() -> None:
    assert make_plan(LlamaSettings(), PLAN) == PLAN
    assert make_plan(LlamaSettings(), None) == default_plan(physical_cores(), on_gpu=False)
    assert make_plan(LlamaSettings(), None).draft_costs == ()


def test_each_setting_counts_more_than_what_was_found() -> None:
    def planned(**settings: Any) -> Plan:
        return make_plan(LlamaSettings(**settings), PLAN)

    assert planned(threads=2) == replace(PLAN, threads=2, reading_threads=2, yields=False)
    assert planned(batch=64) == replace(PLAN, batch=64)
    assert planned(flash_attention="on") == replace(PLAN, flash_attention="on")
    assert planned(kv_type="q8_0") == replace(PLAN, kv_type="q8_0", flash_attention="on")
    with_bytes = replace(PLAN, kv_type="q8_0", flash_attention="on")
    off = make_plan(LlamaSettings(flash_attention="off"), with_bytes)
    assert off == replace(PLAN, kv_type="f16", flash_attention="off")
    assert planned(gpu_layers=0) == replace(PLAN, gpu_layers=0)
    assert planned(drafting="off") == replace(PLAN, draft_costs=())
    assert planned(drafting="on") == PLAN
    assert len(make_plan(LlamaSettings(drafting="on"), None).draft_costs) > 4


class Others(OthersWork):
    def __init__(self) -> None:
        self.used = 0.0

    def cores(self) -> float:
        return self.used


def test_a_core_is_left_free_while_others_work_and_taken_back_afterwards() -> None:
    others, now, told = Others(), [0.0], list[tuple[int, int]]()
    pace = Pace(lambda *threads: told.append(threads), 3, 4, yields=True, others=others, cores=4, clock=lambda: now[0])
    for used in (0.0, 2.0, 2.0, 0.1):
        others.used = used
        now[0] += 1
        pace.follow()
        pace.follow()

    assert told == [(3, 3), (3, 4)]


@pytest.mark.parametrize("yields", [True, False])
def test_threads_that_leave_a_core_free_anyway_or_were_set_stay(yields: bool) -> None:
    others, now, told = Others(), [0.0], list[tuple[int, int]]()
    others.used = 3.0
    threads = 3 if yields else 4
    pace = Pace(
        lambda *each: told.append(each), threads, threads, yields=yields, others=others, cores=4, clock=lambda: now[0]
    )
    now[0] = 5.0
    pace.follow()

    assert told == []


def test_the_work_of_others_is_what_the_system_says_without_our_own(tmp_path: Path) -> None:
    file = tmp_path / "stat"
    file.write_text("cpu  1000 0 1000 5000 0 0 0 0 0 0\n")
    others = OthersWork(file)
    file.write_text("cpu  100000000 0 1000 5000 0 0 0 0 0 0\n")

    assert others.cores() > 1
    assert others.cores() < 1
    assert OthersWork(tmp_path / "missing").cores() == 0


def test_the_layers_that_fit_leave_room_for_what_is_read() -> None:
    header = GgufHeader(
        {
            "general.architecture": "llama",
            "llama.block_count": 32,
            "llama.embedding_length": 4096,
            "llama.attention.head_count": 32,
        },
        {},
    )
    size, all_of_it = 4_000_000_000, 40_000_000_000

    assert layers_that_fit(header, size, 4096, all_of_it) == 33
    assert 0 < layers_that_fit(header, size, 4096, 3_000_000_000) < layers_that_fit(header, size, 512, 3_000_000_000)
    assert layers_that_fit(header, size, 4096, 100_000_000) == 0
