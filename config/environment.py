"""The environment our processes run in: no telemetry, no downloads, nothing written outside the home.

Several dependencies send data by default, onnxruntime as soon as it is imported, and read their switches at import. So
every entry point calls `silence_telemetry()` before its first third-party import. Standard library only.
"""

import os
import resource
import shlex
import sys
from collections.abc import Mapping

from config.locations import Locations, private_directory

SWITCHES: Mapping[str, str] = {
    "ANONYMIZED_TELEMETRY": "False",  # chromadb before 1.5.3
    "DISABLE_SAFETENSORS_CONVERSION": "1",  # transformers asks the hub for a converted copy of a model
    "DO_NOT_TRACK": "1",  # huggingface_hub and others
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",  # also stops the look-up made while request headers are built
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_OFFLINE": "1",
    # No telemetry: its threads spin for some 25 ms after every product of a search, in the way of the embedder's.
    "OPENBLAS_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime 1.29 and later; its Python switch comes too late
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",  # its log handler writes to the screen
}
"""Variables set for us and for every process we start, whatever they were before."""

SCRUBBED_PREFIXES = ("CHROMA_", "ECS_CONTAINER_METADATA_URI", "OTEL_", "TEXTUAL")
"""Variables that would switch something on: Chroma's server and tracing, a cloud probe in transformers, OpenTelemetry
exporters, Textual's developer console (a network connection)."""


def silence_telemetry() -> None:
    """Set every dependency's telemetry switch in this process. Call it before the first third-party import."""
    for name in [name for name in os.environ if name.startswith(SCRUBBED_PREFIXES)]:
        del os.environ[name]
    os.environ.update(SWITCHES)


def silent_environment() -> dict[str, str]:
    """A copy of this process's environment with every telemetry switch set: what our own processes are started with."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(SCRUBBED_PREFIXES)}
    return {**inherited, **SWITCHES}


def pip_install(what: str) -> str:
    """What to type to install `what` into the environment that runs this program, and into no other."""
    return shlex.join([sys.executable, "-m", "pip", "install", what])


def confine_to_home(locations: Locations) -> None:
    """Make libraries keep their caches and temporary files under the home, and the system write no core dumps.

    SQLite and others write pieces of what they work on to temporary files, and a core dump holds everything. Call it
    once the home is open and before libraries that have caches are imported.

    Raises HomeError when the folders cannot be created.
    """
    temporary = str(private_directory(locations.temporary_directory))
    cache = str(private_directory(locations.cache_directory))
    os.environ.update(
        TMPDIR=temporary,
        SQLITE_TMPDIR=temporary,
        XDG_CACHE_HOME=cache,
        HF_HOME=f"{cache}/huggingface",
        MPLCONFIGDIR=f"{cache}/matplotlib",
        TRITON_CACHE_DIR=f"{cache}/triton",
        CUDA_CACHE_PATH=f"{cache}/cuda",
    )
    forbid_core_dumps()


def forbid_core_dumps() -> None:
    """Have the system keep no memory image when this process, or one it starts, crashes.

    A limit of 1 byte is too little for a file, and Linux then pipes nothing into a program that collects core dumps,
    either; of a limit of 0 it takes no notice there. A limit that was 0 for good before cannot be raised.
    To make processes not dumpable would close them to their own user's strace and lsof as well, and users are to be
    able to check them.
    """
    limit = 1 if resource.getrlimit(resource.RLIMIT_CORE)[1] else 0
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
