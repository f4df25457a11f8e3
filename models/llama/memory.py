"""How much memory a model will take, and how much there is: one that cannot fit is refused with a sentence."""

from pathlib import Path

from config.errors import ModelError
from models.llama.gguf import GgufHeader
from models.llama.plan import Plan

_BITS = {"f16": 16.0, "q8_0": 8.5}
"""Of a key's or value's number; blocks of 8 bits have a scale for each 32."""
_BYTES_OF_A_NUMBER = 2
_BYTES_OF_A_SCORE = 4
_WORKING_MEMORY = 200_000_000
"""Bytes beside weights and context: the process itself and what llama.cpp computes in, a guess on the safe side."""

_KILOBYTE = 1024


def memory_needed(header: GgufHeader, file_size: int, context: int, plan: Plan) -> int:
    """Bytes that a model takes with a window of `context` tokens, run by `plan`: its weights and those of an adapter,
    `file_size` together, their keys and values, what attention is computed in, and the rest.

    Where a file does not say how its attention is built, only the weights and the rest are counted.
    """
    cache = int(_cache_size(header, context) * _BITS.get(plan.kv_type, 16.0) / 16)
    in_steps = plan.flash_attention != "on"
    return file_size + cache + in_steps * _attention_size(header, context, plan.batch) + _WORKING_MEMORY


def layers_that_fit(header: GgufHeader, file_size: int, context: int, free: int) -> int:
    """How many layers a GPU with `free` bytes holds, the one that gives out the tokens counted as a layer."""
    layers = header.number("block_count")
    if not layers:
        return 0
    of_one = file_size / (layers + 1) + _cache_size(header, context) / layers
    return max(0, min(layers + 1, int((free - _WORKING_MEMORY) / of_one)))


def _cache_size(header: GgufHeader, context: int) -> int:
    layers, width, heads = header.number("block_count"), header.number("embedding_length"), _heads(header)
    # In hybrid models most layers keep no keys and values: they are told layer by layer.
    of_keys = sum(header.numbers("attention.head_count_kv")) or layers * (
        header.number("attention.head_count_kv") or heads
    )
    length = header.number("attention.key_length") or (width // heads if heads else 0)
    return 2 * context * of_keys * length * _BYTES_OF_A_NUMBER


def _attention_size(header: GgufHeader, context: int, batch: int) -> int:
    """Bytes for how much every token of a batch attends to every one before it, for all heads of a layer, in single
    precision."""
    return _heads(header) * context * batch * _BYTES_OF_A_SCORE


def _heads(header: GgufHeader) -> int:
    """Of the layer that has most."""
    return header.number("attention.head_count") or max(header.numbers("attention.head_count"), default=0)


def memory_available(information: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that programs can still have without swapping, None where the system does not say."""
    try:
        lines = dict(line.split(":", 1) for line in information.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * _KILOBYTE
    except (OSError, KeyError, ValueError, IndexError):
        return None


def require_memory(name: str, needed: int, *, on_gpu: bool) -> None:
    """Raises ModelError when the model `name` needs more memory than is free."""
    available = memory_available()
    # A model on a GPU takes the machine's own memory only while it is loaded.
    if available is None or on_gpu or needed <= available:
        return
    raise ModelError(
        f"The model {name} needs {needed / 1e9:.1f} GB of memory and {available / 1e9:.1f} GB are free.",
        "Close other programs, lower llama.context, or choose a smaller model with `strongroom models use`.",
    )
