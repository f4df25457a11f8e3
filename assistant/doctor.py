"""Is everything as it should be? Checks as data: each says what was found and, if it is not right, what to do."""

import logging
import os
import platform
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.calibration import describe, load_calibration
from config.errors import LibraryError, StrongroomError
from config.locations import Locations
from config.seal import seal_report
from models.base import GenerationOptions, Message
from models.hardware import available_cores, has_gpu, llama_backends
from models.loading import find_adapter, require_adapter_fits

if TYPE_CHECKING:
    from assistant.assistant import Assistant

LEAST_FREE_DISK = 1_000_000_000
"""Bytes that should be free: room for the library to be compacted."""
LEAST_MEMORY = 4_000_000_000
"""Bytes of memory below which models will hardly run beside a library."""
MEASURED_PARAGRAPHS = 15
MEASURED_TOKENS = 32
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `remedy` is a sentence that says what to do, empty when all is well."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(assistant: "Assistant", *, measure: bool = True) -> list[Check]:
    """Every check, in a fixed order. What cannot be looked at is a failed check, never an exception."""
    return list(_checks(assistant, measure))


def examine_without_library(locations: Locations, error: LibraryError) -> list[Check]:
    """What can be looked at when the library cannot be opened, for `error`; its check is the last."""
    home = locations.home
    library = Check("library", False, error.message, error.remedy)
    return [_check_home(home), _check_disk(home), _check_hardware(), _check_seal(), library]


def _checks(assistant: "Assistant", measure: bool) -> Iterator[Check]:
    yield _check_home(assistant.locations.home)
    yield _check_disk(assistant.locations.home)
    yield _check_hardware()
    yield _check_seal()
    yield from _guarded("library", lambda: _check_library(assistant))
    yield from _guarded("vectors", lambda: _check_vectors(assistant))
    yield from _guarded("refusal", lambda: _check_refusal(assistant))
    yield from _check_models(assistant)
    yield from _guarded("embedder", lambda: _check_embedder(assistant))
    yield from _guarded("gpu", _check_gpu)
    yield from _guarded("tuning", lambda: _check_tuning(assistant))
    if measure:
        yield from _guarded("language model", lambda: _measure_llm(assistant))


def _guarded(name: str, look: Callable[[], Check]) -> Iterator[Check]:
    try:
        yield look()
    except StrongroomError as error:
        yield Check(name, False, error.message, error.remedy)
    except Exception as error:  # noqa: BLE001  a doctor that falls ill itself still reports the rest
        _log.exception("a check of the doctor failed itself")
        yield Check(name, False, f"The check itself failed ({type(error).__name__}: {error}).", "See the log for more.")


def _check_home(home: Path) -> Check:
    mode = stat.S_IMODE(home.stat().st_mode)
    detail = f"{home}, mode {mode:04o}"
    if not os.access(home, os.W_OK | os.X_OK):
        return Check("home", False, f"{detail}, cannot be written", "Name a folder you may write to with --home.")
    if mode & 0o077:
        return Check(
            "home",
            False,
            f"{detail}, open to other users",
            f"Run chmod 700 {home}; a disk that keeps no permissions (FAT) is no place for it.",
        )
    return Check("home", True, detail)


def _check_disk(home: Path) -> Check:
    free = shutil.disk_usage(home).free
    detail = f"{free / 1e9:.1f} GB free"
    if free < LEAST_FREE_DISK:
        return Check("disk", False, detail, "Make room: compacting the library takes as much as the library itself.")
    return Check("disk", True, detail)


def _check_hardware() -> Check:
    memory = _memory()
    known = f"{memory / 1e9:.1f} GB of memory" if memory else "memory not known"
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    detail = f"{available_cores()} cores, {known}, {system}"
    if memory and memory < LEAST_MEMORY:
        return Check("hardware", False, detail, "Use a small language model, or a machine with more memory.")
    return Check("hardware", True, detail)


def _memory() -> int:
    """Bytes of physical memory, 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def _check_seal() -> Check:
    report = seal_report()
    detail = f"{report.level} ({report.mechanism}): {report.detail}"
    if report.level == "none":
        return Check("seal", False, detail, "Start the program as `strongroom`, which seals itself.")
    return Check("seal", True, detail)


def _check_library(assistant: "Assistant") -> Check:
    problems = assistant.library.check()
    if problems:
        first = problems[0]
        others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return Check("library", False, f"{first.name}: {first.detail}{others}", first.remedy)
    counted = [counts for counts in assistant.library.collections() if counts.name == assistant.library.collection]
    chunks, documents = sum(c.chunks for c in counted), sum(c.documents for c in counted)
    return Check("library", True, f"{documents:,} documents and {chunks:,} passages agree in every store")


def _check_vectors(assistant: "Assistant") -> Check:
    pending = assistant.library.pending_count()
    if pending:
        return Check(
            "vectors",
            False,
            f"{pending:,} passages wait for their vector",
            "Run `strongroom ingest` on the same folder again.",
        )
    return Check("vectors", True, "every passage has its vector")


def _check_refusal(assistant: "Assistant") -> Check:
    return Check("refusal", True, describe(load_calibration(assistant.library)))


def _check_models(assistant: "Assistant") -> Iterator[Check]:
    for kind in ("llm", "embedder", "reranker"):
        if getattr(assistant.settings.models, kind):
            yield from _guarded(f"{kind} file", partial(_check_model, assistant, kind))
    if assistant.settings.llama.adapter not in ("none", ""):
        yield from _guarded("adapter file", partial(_check_adapter, assistant))


def _check_model(assistant: "Assistant", kind: str) -> Check:
    entry = assistant.registry.find(assistant.parts.wanted(kind), kind)
    assistant.registry.require_intact(entry)
    return Check(f"{kind} file", True, f"{entry.name}, {entry.size / 1e6:,.0f} MB, {entry.licence}, intact")


def _check_adapter(assistant: "Assistant") -> Check:
    entry = find_adapter(assistant.registry, assistant.settings)
    if entry is None:
        return Check("adapter file", True, "none is used")
    assistant.registry.require_intact(entry)
    require_adapter_fits(assistant.registry, assistant.settings)
    return Check("adapter file", True, f"{entry.name}, {entry.size / 1e6:,.0f} MB, {entry.licence}, intact")


def _check_embedder(assistant: "Assistant") -> Check:
    embedder = assistant.embedder
    begun = time.perf_counter()
    embedder.embed_query("Is everything as it should be?")
    took = (time.perf_counter() - begun) * 1000
    identity = embedder.identity
    recorded = assistant.library.embedder_identity()
    if recorded is not None:
        assistant.library.require_embedder(identity)
    return Check(
        "embedder", True, f"{identity.name} ({identity.precision}, {identity.dimension}), {took:.0f} ms a question"
    )


def _check_gpu() -> Check:
    """Told by the files of llama.cpp and of the system: loading llama.cpp is left to the model's own process."""
    found = "a GPU was found" if has_gpu() else "no GPU was found"
    built_for = llama_backends()
    offload = f"llama.cpp was built for {', '.join(built_for)}" if built_for else "llama.cpp was built for the CPU"
    return Check("gpu", True, f"{found}; {offload}")


def _check_tuning(assistant: "Assistant") -> Check:
    """Being not tuned is no fault, and it is said how it is done."""
    found = assistant.parts.tuning()
    if found is None:
        return Check("tuning", True, "runs by rules of thumb; `strongroom models tune` measures what is best here")
    plan = found.plan
    drafting = "drafting on" if plan.draft_costs else "drafting off"
    detail = (
        f"measured {found.measured_at[:10]}: {plan.threads} thread(s) write and {plan.reading_threads} read, batch"
        f" {plan.batch}, flash attention {plan.flash_attention}, {plan.kv_type}, {drafting}"
    )
    return Check("tuning", True, detail)


def _measure_llm(assistant: "Assistant") -> Check:
    """Prefill and decode speed on a short prompt: first token after the prompt is read, then the rest."""
    llm = assistant.llm
    prompt = " ".join(
        f"Paragraph {number} says that the number is {number * 7}." for number in range(MEASURED_PARAGRAPHS)
    )
    begun = time.perf_counter()
    first = last = begun
    usage = None
    options = GenerationOptions(max_tokens=MEASURED_TOKENS)
    for piece in llm.generate([Message("user", f"{prompt}\nRepeat every paragraph.")], options):
        last = time.perf_counter()
        first = last if first == begun and piece.text else first
        usage = piece.usage or usage
    if usage is None or not usage.generated:
        return Check(
            "language model",
            False,
            f"{llm.information.name} wrote nothing",
            "Use another model: `strongroom models list`.",
        )
    read = (usage.prompt - usage.reused) / max(first - begun, 1e-6)
    written = (usage.generated - 1) / max(last - first, 1e-6)
    detail = f"{llm.information.name}: reads {read:,.0f} tokens/s (loading included), writes {written:,.0f} tokens/s"
    return Check("language model", True, detail)
