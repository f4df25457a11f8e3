"""What is in the home, which models are in use, how tight the seal is: what `strongroom status --json` prints."""

from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from assistant.calibration import load_calibration
from config.locations import Locations
from config.seal import seal_report
from ingest.library.sizes import files_below, size_of
from models.speeds import Speeds

if TYPE_CHECKING:
    from assistant.parts import Parts
    from ingest.library.library import Library

_MEGABYTE = 1_000_000


def status(locations: Locations, library: "Library", parts: "Parts") -> dict[str, Any]:
    """No model is loaded for it."""
    seal = seal_report()
    refusal = load_calibration(library)
    indexes = library.counts_of_indexes()
    return {
        "home": str(locations.home),
        "collections": [
            {
                "name": counts.name,
                "documents": counts.documents,
                "pages": counts.pages,
                "chunks": counts.chunks,
                "vectors": counts.vectors,
                "vectors_pending": counts.vectors_pending,
                "full_text": indexes[counts.name][0],
                "indexed": indexes[counts.name][1],
                "embedder": counts.embedder.name if counts.embedder else None,
            }
            for counts in library.collections()
        ],
        "refusal": {"floor": round(refusal.floor, 3), "questions": refusal.questions, "passages": refusal.chunks},
        "models": {**parts.names(), "adapter_trouble": parts.trouble_of_adapter()},
        "speed": _speed(locations, parts.name_of("llm")),
        "tuning": _tuning(parts),
        "disk_mb": _disk_use(locations),
        "seal": {"level": seal.level, "mechanism": seal.mechanism, "server": seal.server or None},
        "version": program_version(),
    }


def _speed(locations: Locations, model: str | None) -> dict[str, float | None]:
    """Tokens a second that the language model reads and writes on this machine, None until it was used."""
    speed = Speeds(locations.speeds_file).of(model or "")
    return {name: value and round(value, 1) for name, value in asdict(speed).items()}


def _tuning(parts: "Parts") -> dict[str, Any] | None:
    """What `models tune` found for the language model, None when it was not tuned."""
    found = parts.tuning()
    if found is None:
        return None
    return {"measured_at": found.measured_at, "reading": round(found.reading, 1), "writing": round(found.writing, 1)}


def _disk_use(locations: Locations) -> dict[str, float]:
    parts = {
        "library": [*locations.home.glob(f"{locations.library_file.name}*")],
        "index": files_below(locations.index_directory),
        "scan": files_below(locations.scan_directory),
        "models": files_below(locations.models_directory),
        "states": files_below(locations.states_directory),
        "adapting": files_below(locations.adapting_directory),
    }
    return {name: round(size_of(files) / _MEGABYTE, 3) for name, files in parts.items()}


def program_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("strongroom")
    except PackageNotFoundError:
        return "unknown"
