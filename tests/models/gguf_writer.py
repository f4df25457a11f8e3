"""Writes GGUF files, good and bad, small enough to make thousands of."""

import struct
from pathlib import Path
from typing import Any

import numpy as np

U32, F32, BOOL, STRING, ARRAY, U64 = 4, 6, 7, 8, 9, 10
_FORMS = {U32: "<I", F32: "<f", BOOL: "<?", U64: "<Q"}

LANGUAGE_MODEL: dict[str, tuple[int, Any]] = {
    "general.architecture": (STRING, "llama"),
    "general.name": (STRING, "Test Model"),
    "general.license": (STRING, "apache-2.0"),
    "llama.context_length": (U32, 2048),
    "tokenizer.ggml.model": (STRING, "gpt2"),
    "tokenizer.ggml.tokens": (ARRAY, (STRING, ["<s>", "</s>", "hello"])),
    "tokenizer.ggml.scores": (ARRAY, (F32, [0.0, 1.0, 2.0])),
}


def string(text: str) -> bytes:
    content = text.encode()
    return struct.pack("<Q", len(content)) + content


def value(kind: int, content: Any) -> bytes:
    if kind == STRING:
        return string(content)
    if kind == ARRAY:
        item_kind, items = content
        return struct.pack("<IQ", item_kind, len(items)) + b"".join(value(item_kind, item) for item in items)
    return struct.pack(_FORMS[kind], content)


def entry(key: str, kind: int, content: Any) -> bytes:
    return string(key) + struct.pack("<I", kind) + value(kind, content)


def tensor(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    return string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def gguf(
    *,
    metadata: dict[str, tuple[int, Any]] | None = None,
    tensors: list[bytes] | None = None,
    data: int | bytes = 256,
    magic: bytes = b"GGUF",
    version: int = 3,
    tensor_count: int | None = None,
    entry_count: int | None = None,
    alignment: int = 32,
) -> bytes:
    """A GGUF file; by default a good one with one F32 tensor of 8 x 8 weights, which take `data` bytes (zeros)."""
    entries = LANGUAGE_MODEL if metadata is None else metadata
    tensors = [tensor("output.weight", (8, 8), 0, 0)] if tensors is None else tensors
    header = magic + struct.pack(
        "<IQQ",
        version,
        len(tensors) if tensor_count is None else tensor_count,
        len(entries) if entry_count is None else entry_count,
    )
    header += b"".join(entry(key, *content) for key, content in entries.items()) + b"".join(tensors)
    return header + b"\0" * (-len(header) % alignment) + (data if isinstance(data, bytes) else bytes(data))


def write_gguf(path: Path, **options: Any) -> Path:
    path.write_bytes(gguf(**options))
    return path


def write_adapter(
    path: Path,
    changes: dict[str, tuple[int, int]],
    *,
    architecture: str = "llama",
    rank: int = 2,
    strength: float = 0.1,
    **metadata: tuple[int, Any],
) -> Path:
    """A LoRA adapter with random weights; `changes` are the shapes of the weights it changes, as in a GGUF header."""
    chance = np.random.default_rng(1)
    tensors, data = [], b""
    for name, (inner, outer) in changes.items():
        for half, shape in (("lora_a", (inner, rank)), ("lora_b", (rank, outer))):
            tensors.append(tensor(f"{name}.{half}", shape, 0, len(data)))
            weights = chance.normal(0, strength, shape).astype(np.float32).tobytes()
            data += weights + bytes(-len(weights) % 32)
    entries = {
        "general.architecture": (STRING, architecture),
        "general.type": (STRING, "adapter"),
        "adapter.type": (STRING, "lora"),
        "adapter.lora.alpha": (F32, float(rank)),
        **{key.replace("__", "."): content for key, content in metadata.items()},
    }
    return write_gguf(path, metadata=entries, tensors=tensors, data=data)
