"""What the tuner found for each model on this machine, in one small file in the home.

    tuning.json     per model, adapter, machine and version of llama.cpp: the plan, why, and what was measured

A file that is damaged or cannot be written costs what was measured, no more.
"""

import dataclasses
import hashlib
import json
import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from config.files import replace_file
from models.hardware import available_cores, has_gpu, physical_cores, processor
from models.llama.drafting import LONGEST_DRAFT
from models.llama.plan import Plan

_log = logging.getLogger(__name__)

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class TuningKey:
    """What a measurement holds for. `adapter` is the checksum of the LoRA adapter over the model, empty for none."""

    model: str
    adapter: str
    machine: str
    llama_cpp: str

    @property
    def text(self) -> str:
        return hashlib.sha256(repr(dataclasses.astuple(self)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Tuning:
    """`why` are sentences. Speeds are tokens a second, before with the rules of thumb and after with the plan."""

    name: str
    plan: Plan
    why: tuple[str, ...]
    measured_at: str
    reading: float
    writing: float
    reading_before: float
    writing_before: float


def this_machine() -> str:
    gpu = ", GPU" if has_gpu() else ""
    return f"{processor()}, {available_cores()} processors, {physical_cores()} cores{gpu}"


def key_of(model_hash: str, adapter_hash: str = "") -> TuningKey:
    """The key for a model on this machine, with the llama.cpp that is installed."""
    return TuningKey(model_hash, adapter_hash, this_machine(), version("llama-cpp-python"))


class TuningStore:
    """Of two processes that write at once the later one counts."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def find(self, key: TuningKey) -> Tuning | None:
        """What was found for exactly this model, adapter, machine and llama.cpp; None when it was not tuned."""
        return _tuning_of(self._read().get(key.text))

    def found_among(self, keys: Iterable[TuningKey]) -> list[TuningKey]:
        """Those of `keys` for which something was found."""
        kept = self._read()
        return [key for key in keys if _tuning_of(kept.get(key.text)) is not None]

    def save(self, key: TuningKey, tuning: Tuning) -> None:
        """Keep it in the place of what was found before, by an older llama.cpp too. Raises HomeError."""
        kept = {text: row for text, row in self._read().items() if not _is_replaced(row, key)}
        kept[key.text] = {**dataclasses.asdict(key), **dataclasses.asdict(tuning)}
        replace_file(self._file, json.dumps({"format": _FORMAT, "tuned": kept}, indent=1).encode())

    def remove(self, key: TuningKey) -> bool:
        """Forget what was found; whether there was something. Raises HomeError."""
        kept = self._read()
        if kept.pop(key.text, None) is None:
            return False
        replace_file(self._file, json.dumps({"format": _FORMAT, "tuned": kept}, indent=1).encode())
        return True

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._file.read_bytes())
            return dict(content["tuned"]) if content["format"] == _FORMAT else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError):
            _log.warning("The file with what the tuner found cannot be read: nothing of it is used")
            return {}


def _is_replaced(row: Any, key: TuningKey) -> bool:
    names = ("model", "adapter", "machine")
    return not isinstance(row, dict) or all(row.get(name) == getattr(key, name) for name in names)


def _tuning_of(row: Any) -> Tuning | None:
    """None for a row that makes no sense: it may have been written by hand."""
    try:
        speeds = [float(row[name]) for name in ("reading", "writing", "reading_before", "writing_before")]
        if not all(map(math.isfinite, speeds)):
            return None
        return Tuning(
            str(row["name"]),
            _plan_of(row["plan"]),
            tuple(str(each) for each in row["why"]),
            str(row["measured_at"]),
            *speeds,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _plan_of(row: dict[str, Any]) -> Plan:
    """Raises KeyError, TypeError, ValueError and OverflowError for what is no plan."""
    costs = tuple(float(cost) for cost in row["draft_costs"])
    plan = Plan(
        threads=int(row["threads"]),
        reading_threads=int(row["reading_threads"]),
        batch=int(row["batch"]),
        flash_attention=str(row["flash_attention"]),
        kv_type=str(row["kv_type"]),
        gpu_layers=int(row["gpu_layers"]),
        draft_costs=costs,
    )
    makes_sense = (
        1 <= plan.threads <= 1024
        and 1 <= plan.reading_threads <= 1024
        and 8 <= plan.batch <= 8192
        and plan.gpu_layers >= -1
        and plan.flash_attention in ("auto", "on", "off")
        and plan.kv_type in ("f16", "q8_0")
        and len(costs) <= LONGEST_DRAFT + 1
        and all(math.isfinite(cost) and cost >= 1 for cost in costs)
    )
    if not makes_sense:
        raise ValueError
    return plan
