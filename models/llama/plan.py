"""How a model is run on this machine: by the settings, else as the tuner found best, else by rules of thumb."""

from dataclasses import dataclass
from pathlib import Path

from config.child import JsonObject
from config.sections import LlamaSettings
from models.hardware import physical_cores, runs_on_gpu
from models.llama.adapter import Adapter
from models.llama.drafting import even_costs

DEFAULT_BATCH = 256

_COST_OF_A_GUESS = 0.4
"""Time of a guess in times of a token, where guessing is switched on and was not measured."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`threads` write and `reading_threads` read prompts, `batch` tokens at a time; -1 `gpu_layers` are all of them.

    `draft_costs` (see Drafter) are empty where nothing is guessed. With `yields`, a core is left free while other
    programs are at work.
    """

    threads: int
    reading_threads: int
    batch: int = DEFAULT_BATCH
    flash_attention: str = "auto"
    kv_type: str = "f16"
    gpu_layers: int = -1
    draft_costs: tuple[float, ...] = ()
    yields: bool = True

    @property
    def runs_on_gpu(self) -> bool:
        return self.gpu_layers != 0 and runs_on_gpu()


def default_plan(cores: int, *, on_gpu: bool) -> Plan:
    """What is used until it was measured.

    One core is left free: llama.cpp's threads wait for each other after every operation, and with a thread on each of
    2 cores and the machine busy otherwise, a prompt was read at a third of the speed of one thread.

    On a processor attention is not computed in one step: behind 3,500 tokens that took 108 ms for a token and 2.1 s
    for a question of 25, and without it 38 ms and 0.3 s (starter model, one thread; 137 and 105 ms behind 800 tokens
    with a billion weights). Long prompts are read a tenth slower for it.
    """
    threads = max(1, cores - 1)
    return Plan(threads=threads, reading_threads=threads, flash_attention="auto" if on_gpu else "off")


def make_plan(settings: LlamaSettings, tuned: Plan | None) -> Plan:
    """Each value is that of the settings, unless they leave it open."""
    found = tuned or default_plan(physical_cores(), on_gpu=settings.gpu_layers != 0 and runs_on_gpu())
    kv_type = found.kv_type if settings.kv_type == "auto" else settings.kv_type
    if settings.flash_attention == "off" and settings.kv_type == "auto":
        kv_type = "f16"  # the tuner's 8 bits would want it on
    flash_attention = found.flash_attention if settings.flash_attention == "auto" else settings.flash_attention
    return Plan(
        threads=settings.threads or found.threads,
        reading_threads=settings.threads or found.reading_threads,
        batch=settings.batch or found.batch,
        # llama.cpp reads values of 8 bits only in one step with the attention.
        flash_attention="on" if kv_type != "f16" else flash_attention,
        kv_type=kv_type,
        gpu_layers=found.gpu_layers if settings.gpu_layers < 0 else settings.gpu_layers,
        draft_costs=_draft_costs(settings.drafting, found.draft_costs),
        yields=not settings.threads,
    )


def _draft_costs(wanted: str, found: tuple[float, ...]) -> tuple[float, ...]:
    if wanted == "off":
        return ()
    return found or (even_costs(_COST_OF_A_GUESS) if wanted == "on" else ())


def load_request(plan: Plan, path: Path, context: int, adapter: Adapter | None) -> JsonObject:
    """What the worker is told to load: the fields of models.llama.engine.Load."""
    return {
        "path": str(path),
        "context": context,
        "threads": plan.threads,
        "reading_threads": plan.reading_threads,
        "batch": plan.batch,
        "gpu_layers": plan.gpu_layers,
        "flash_attention": plan.flash_attention,
        "kv_type": plan.kv_type,
        "yields": plan.yields,
        "adapter": str(adapter.path) if adapter else "",
        "adapter_scale": adapter.scale if adapter else 1.0,
    }
