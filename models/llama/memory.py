"""How much memory a model will take, and how much there is: one that cannot fit is refused with a sentence."""

from pathlib import Path

from models.llama.gguf import GgufHeader

_BYTES_OF_A_NUMBER = 2  # keys and values are kept in half precision
_WORKING_MEMORY = 200_000_000
"""Bytes beside weights and context: the process itself and what llama.cpp computes in, a guess on the safe side."""

_KILOBYTE = 1024


def memory_needed(header: GgufHeader, file_size: int, context: int) -> int:
    """Bytes that a model takes with a window of `context` tokens: its weights, their keys and values, and the rest.

    Where a file does not say how its attention is built, only the weights and the rest are counted.
    """
    layers, width, heads = (header.number(name) for name in ("block_count", "embedding_length", "attention.head_count"))
    of_keys = header.number("attention.head_count_kv") or heads
    length = header.number("attention.key_length") or (width // heads if heads else 0)
    cache = 2 * layers * context * of_keys * length * _BYTES_OF_A_NUMBER
    return file_size + cache + _WORKING_MEMORY


def memory_available(information: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that programs can still have without swapping, None where the system does not say."""
    try:
        lines = dict(line.split(":", 1) for line in information.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * _KILOBYTE
    except (OSError, KeyError, ValueError, IndexError):
        return None
