"""Find out how a language model runs best on this machine, with a question as the program asks them."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

from assistant.prompts import question_prompt, system_prompt
from assistant.types import Passage, Source, Why
from config.errors import ModelError
from config.sections import Settings
from ingest.types import Chunk
from models.base import Message
from models.hardware import OthersWork, physical_cores
from models.llama.adapter import Adapter
from models.llama.bench import ProcessBench
from models.llama.gguf import read_gguf_header
from models.llama.memory import memory_needed, require_memory
from models.llama.tuned import Tuning, TuningKey, TuningStore, key_of
from models.llama.tuner import Tuner
from models.loading import find_adapter, settings_for
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


def tune(
    registry: ModelRegistry, settings: Settings, name: str = "", stop: Event | None = None
) -> Iterator[TuningEvent]:
    """Measure the language model `name`, that of the settings if empty, and keep what was found. Under a minute.

    Raises ModelError when the model is missing, changed, or does not run, and HomeError when nothing can be kept.
    """
    settings = settings_for(settings, name or settings.models.llm)
    entry = registry.find(settings.models.llm, "llm")
    registry.require_intact(entry)
    found = find_adapter(registry, settings)
    adapter = Adapter(found.name, found.path, found.sha256, settings.llama.adapter_scale) if found else None
    header = read_gguf_header(entry.path)
    require_memory(entry.name, memory_needed(header, entry.path.stat().st_size, settings.llama.context))

    others = OthersWork()
    bench = ProcessBench(entry.path, adapter, settings.llama.context, _messages(), _REPEATED, stop)
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
    TuningStore(registry.tuning_file).save(key_of(entry.sha256, found.sha256 if found else ""), tuning)
    yield Tuned(tuning)


def tuning_of(registry: ModelRegistry, settings: Settings, name: str = "") -> Tuning | None:
    """What was found for the language model `name`, that of the settings if empty; None when it was not tuned, or is
    missing."""
    try:
        store, key = _place(registry, settings, name)
    except ModelError:
        return None
    return store.find(key)


def forget_tuning(registry: ModelRegistry, settings: Settings, name: str = "") -> bool:
    """Run by rules of thumb again; whether something had been found. Raises ModelError and HomeError."""
    store, key = _place(registry, settings, name)
    return store.remove(key)


def _place(registry: ModelRegistry, settings: Settings, name: str) -> tuple[TuningStore, TuningKey]:
    settings = settings_for(settings, name or settings.models.llm)
    adapter = find_adapter(registry, settings)
    entry = registry.find(settings.models.llm, "llm")
    return TuningStore(registry.tuning_file), key_of(entry.sha256, adapter.sha256 if adapter else "")


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
