"""Find out how a language model runs best on this machine, with a question as the program asks them."""

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.prompts import question_prompt, system_prompt
from assistant.types import Passage, Source, Why
from config.errors import ModelError
from config.sections import Settings
from ingest.types import Chunk
from models.base import Message
from models.hardware import OthersWork, physical_cores
from models.llama.bench import ProcessBench
from models.llama.gguf import read_gguf_header
from models.llama.memory import memory_needed, require_memory
from models.llama.plan import make_plan
from models.llama.tuned import Tuning, TuningKey, TuningStore
from models.llama.tuner import Tuner
from models.loading import find_adapter, find_llm, settings_for, tuning_key
from models.registry import ModelRegistry

_BUSY = 0.5
"""Cores that others use while it is measured from which on that is said."""

_TEXTS = (
    "The supplier shall deliver the goods to the warehouse of the customer in Halden within thirty days of the order "
    "date, packed and insured at its own expense. Partial deliveries are permitted with written consent.",
    "Invoices are payable within fourteen days of receipt without deduction. Late payments bear interest at a rate of "
    "eight percentage points above the base rate of the European Central Bank.",
    "Either party may terminate this agreement with a notice of three months to the end of a calendar year. The right "
    "to terminate for cause without notice remains unaffected.",
)
_REPEATED = f"{_TEXTS[0]}\n\n{_TEXTS[0][:48]}"
"""For models that are too slow for a whole question: any of them goes on with the text as it went on before."""
_QUESTION = "Within how many days shall the supplier deliver the goods to the warehouse of the customer?"


@dataclass(frozen=True, slots=True)
class Tried:
    """Something was measured; `text` says what and how fast it was."""

    text: str


@dataclass(frozen=True, slots=True)
class Tuned:
    """All was measured and is kept; the model uses it from its next start on."""

    tuning: Tuning


TuningEvent = Tried | Tuned


def tune(registry: ModelRegistry, settings: Settings, name: str = "") -> Iterator[TuningEvent]:
    """Measure the language model `name`, that of the settings if empty, and keep what was found. Under a minute.

    Raises ModelError when the model is missing, changed, or does not run, and HomeError when nothing can be kept.
    """
    settings = settings_for(settings, name or settings.models.llm)
    entry, adapter = find_llm(registry, settings)
    header = read_gguf_header(entry.path)
    size = entry.path.stat().st_size + (adapter.path.stat().st_size if adapter else 0)
    context = min(settings.llama.context, header.context or settings.llama.context)
    plan = make_plan(settings.llama, None)
    require_memory(entry.name, memory_needed(header, size, context, plan), on_gpu=plan.runs_on_gpu)

    others = OthersWork()
    bench = ProcessBench(entry.path, adapter, settings.llama.context, _messages(), _REPEATED)
    tuner = Tuner(bench, physical_cores())
    try:
        for line in tuner.run():
            yield Tried(line)
    finally:
        bench.close()
    if tuner.before is None or tuner.after is None:
        raise ModelError(
            f"The model {entry.name} could not be tried: {bench.trouble or 'it is too slow to be measured'}.",
            "Check it with `strongroom models verify`; it runs by rules of thumb until then.",
        )
    tuning = Tuning(
        name=entry.name,
        plan=tuner.plan,
        why=(*tuner.why, *_busy_note(others.cores())),
        measured_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        reading=tuner.after.reading,
        writing=tuner.after.writing,
        reading_before=tuner.before.reading,
        writing_before=tuner.before.writing,
    )
    TuningStore(registry.tuning_file).save(tuning_key(entry, adapter), tuning)
    yield Tuned(tuning)


def tuning_of(registry: ModelRegistry, settings: Settings) -> Tuning | None:
    """What was found for the language model of the settings; None when it was not tuned, or is missing."""
    try:
        key = _key(registry, settings)
    except ModelError:
        return None
    return TuningStore(registry.tuning_file).find(key)


def tuned_models(registry: ModelRegistry, settings: Settings) -> frozenset[str]:
    """The names of all language models that were tuned, each with the adapter that it would have."""
    keys: dict[TuningKey, str] = {}
    for entry in registry.entries():
        if entry.kind == "llm":
            with contextlib.suppress(ModelError):  # its adapter is missing
                keys[_key(registry, settings, entry.name)] = entry.name
    return frozenset(keys[key] for key in TuningStore(registry.tuning_file).found_among(keys))


def forget_tuning(registry: ModelRegistry, settings: Settings, name: str = "") -> bool:
    """Run the language model `name`, that of the settings if empty, by rules of thumb again; whether something had been
    found. Raises ModelError and HomeError."""
    return TuningStore(registry.tuning_file).remove(_key(registry, settings, name))


def _key(registry: ModelRegistry, settings: Settings, name: str = "") -> TuningKey:
    """Raises ModelError when the model or its adapter is missing."""
    settings = settings_for(settings, name or settings.models.llm)
    return tuning_key(registry.find(settings.models.llm, "llm"), find_adapter(registry, settings))


def _busy_note(cores: float) -> list[str]:
    if cores < _BUSY:
        return []
    return [f"Other programs used {cores:.1f} cores meanwhile: measure again when the machine is quiet."]


def _messages() -> list[Message]:
    """A question as the program asks it, whose answer quotes its source."""
    fence = "tuning"
    sources = [made_source(number, text, "Supply agreement.pdf") for number, text in enumerate(_TEXTS, start=1)]
    return [Message("system", system_prompt(fence)), Message("user", question_prompt(_QUESTION, sources, fence))]


def made_source(number: int, text: str, document: str) -> Source:
    """A source of a document that is nowhere."""
    chunk = Chunk(f"made-{number}", number, text, "", 1, 1, 0, len(text))
    return Source(number, Passage(number, 0.0, chunk, document, "", "", None, Why()))
