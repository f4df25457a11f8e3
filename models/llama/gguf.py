"""Read the header of a GGUF file with bounds on everything, before llama.cpp gets to see the file.

llama.cpp's own reader has had an overflow every few months. This one believes no count, length or offset in the file,
and finds a file that was cut off. The format: github.com/ggml-org/ggml, docs/gguf.md.
"""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from config.errors import ModelError

MetadataValue = str | int | float | bool

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)

_MOST_ENTRIES = 1 << 16
_MOST_TENSORS = 1 << 16
_MOST_ITEMS = 1 << 24
_MOST_LAYERS = 1 << 10
_LONGEST_STRING = 1 << 24
_LONGEST_NAME = 1 << 10
_MOST_DIMENSIONS = 4
_MOST_ELEMENTS = 1 << 48
_LARGEST_ALIGNMENT = 1 << 16
_DEFAULT_ALIGNMENT = 32

_STRING, _ARRAY = 8, 9
_WHOLE_NUMBERS = frozenset({0, 1, 2, 3, 4, 5, 10, 11})
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}

# Type number → (weights in a block, bytes of a block); ggml.c, type_traits. Checked against llama.cpp in the tests.
BLOCKS = {
    **{0: (1, 4), 1: (1, 2), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 30: (1, 2)},  # plain numbers
    **{2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36)},  # Q4_0 to Q8_1
    **{10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292)},  # Q2_K to Q8_K
    **{16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110)},  # IQ2_XXS to IQ3_S
    **{
        22: (256, 82),
        23: (256, 136),
        29: (256, 56),
        34: (256, 54),
        35: (256, 66),
    },  # IQ2_S, IQ4_XS, IQ1_M, TQ1_0, TQ2_0
    **{39: (32, 17), 40: (64, 36), 41: (128, 18), 42: (64, 18)},  # MXFP4, NVFP4, Q1_0, Q2_0
}


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says about itself. `metadata` holds its single values; of its arrays only those that may be of
    layers are kept, not the vocabulary."""

    metadata: dict[str, MetadataValue]
    tensors: dict[str, tuple[int, ...]]
    """The shape of each tensor, the dimension that lies together in memory first."""
    per_layer: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Whole numbers that are not the same in all layers."""

    @property
    def parameters(self) -> int:
        """Weights in all tensors together."""
        return sum(math.prod(shape) for shape in self.tensors.values())

    @property
    def is_adapter(self) -> bool:
        return self.text("general.type") == "adapter"

    @property
    def architecture(self) -> str:
        return self.text("general.architecture")

    @property
    def context(self) -> int:
        """Tokens the model was trained to see at once; 0 if it does not say."""
        value = self.metadata.get(f"{self.architecture}.context_length", 0)
        return value if isinstance(value, int) else 0

    def number(self, key: str) -> int:
        """A whole number that stands under the name of the architecture, 0 if it is not there."""
        value = self.metadata.get(f"{self.architecture}.{key}", 0)
        return value if isinstance(value, int) and value >= 0 else 0

    def numbers(self, key: str) -> tuple[int, ...]:
        """The whole numbers of the layers under the name of the architecture; none where all have the same, which
        `number` tells."""
        values = self.per_layer.get(f"{self.architecture}.{key}", ())
        return values if min(values, default=0) >= 0 else ()

    @property
    def licence(self) -> str:
        return self.text("general.license")

    def text(self, key: str) -> str:
        value = self.metadata.get(key, "")
        return value if isinstance(value, str) else ""


def read_gguf_header(path: Path) -> GgufHeader:
    """Raises ModelError when the file is missing, is no GGUF language model, makes no sense, or is cut off."""
    return _read(path, _require_language_model)


def read_adapter_header(path: Path) -> GgufHeader:
    """Raises ModelError when the file is missing, is no GGUF LoRA adapter, makes no sense, or is cut off."""
    return _read(path, _require_adapter)


def read_model_or_adapter(path: Path) -> GgufHeader:
    """Whichever of the two the file is. Raises ModelError."""
    return _read(path, _require_either)


def _read(path: Path, require: Callable[[dict[str, MetadataValue]], None]) -> GgufHeader:
    try:
        with path.open("rb") as file:
            return _Reader(file, path.stat().st_size).read(require)
    except OSError as error:
        raise ModelError(
            f"The model file {path} cannot be read: {error.strerror or error}.",
            "Add it again with `strongroom models add`.",
        ) from error
    except _BadFileError as error:
        raise ModelError(f"The model file {path} {error}.", error.remedy) from None


class _BadFileError(Exception):
    """What is wrong with the file, as the end of a sentence."""

    def __init__(self, what: str, remedy: str = "Get the file again and compare its checksum.") -> None:
        super().__init__(what)
        self.remedy = remedy


class _Reader:
    """Reads forward, and never past the end of the file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._position = 0

    def read(self, require: Callable[[dict[str, MetadataValue]], None]) -> GgufHeader:
        if self._size < len(_MAGIC) or self._bytes(len(_MAGIC)) != _MAGIC:
            raise _BadFileError("is not a GGUF file", "Name a language model in the GGUF format.")
        version = self._number("<I")
        if version not in _VERSIONS:
            raise _BadFileError(
                f"has version {version} of the GGUF format", "Get the model in version 3 of the format."
            )
        tensor_count = self._count("<Q", _MOST_TENSORS, "tensors")
        entry_count = self._count("<Q", _MOST_ENTRIES, "entries")
        metadata, per_layer = self._metadata(entry_count)
        require(metadata)
        return GgufHeader(metadata, self._tensors(tensor_count, _alignment(metadata)), per_layer)

    def _metadata(self, count: int) -> tuple[dict[str, MetadataValue], dict[str, tuple[int, ...]]]:
        metadata: dict[str, MetadataValue] = {}
        per_layer: dict[str, tuple[int, ...]] = {}
        seen: set[str] = set()
        for _ in range(count):
            key = self._string(_LONGEST_NAME)
            if key in seen:
                raise _BadFileError(f"has the entry {key!r} twice")
            seen.add(key)
            kind = self._number("<I")
            if kind == _ARRAY:
                per_layer[key] = self._array()
            else:
                metadata[key] = self._string(_LONGEST_STRING) if kind == _STRING else self._scalar(kind)
        return metadata, {key: numbers for key, numbers in per_layer.items() if numbers}

    def _tensors(self, count: int, alignment: int) -> dict[str, tuple[int, ...]]:
        """Check that every tensor lies inside the file; return their shapes."""
        ends: list[int] = []
        shapes: dict[str, tuple[int, ...]] = {}
        for _ in range(count):
            name = self._string(_LONGEST_NAME)
            if name in shapes:
                raise _BadFileError(f"has the tensor {name!r} twice")
            shape = [self._number("<Q") for _ in range(self._count("<I", _MOST_DIMENSIONS, "dimensions"))]
            kind, offset = self._number("<I"), self._number("<Q")
            if offset % alignment:
                raise _BadFileError(f"has the tensor {name!r} where none can be")
            shapes[name] = tuple(shape)
            ends.append(offset + _bytes_of(name, shape, kind))
        start_of_data = -(-self._position // alignment) * alignment
        missing = start_of_data + max(ends, default=0) - self._size
        if missing > 0:
            raise _BadFileError(f"is cut off: {missing:,} bytes are missing")
        return shapes

    def _array(self) -> tuple[int, ...]:
        """Its whole numbers, if they may be those of layers; others are passed over."""
        kind = self._number("<I")
        count = self._count("<Q", _MOST_ITEMS, "items")
        if kind == _STRING:
            for _ in range(count):
                self._bytes(self._count("<Q", _LONGEST_STRING, "characters"))
            return ()
        form = _format_of(kind)
        content = self._bytes(count * struct.calcsize(form))
        is_kept = kind in _WHOLE_NUMBERS and count <= _MOST_LAYERS
        return struct.unpack(f"<{count}{form[1:]}", content) if is_kept else ()

    def _scalar(self, kind: int) -> MetadataValue:
        form = _format_of(kind)
        value: MetadataValue = struct.unpack(form, self._bytes(struct.calcsize(form)))[0]
        return value

    def _string(self, longest: int) -> str:
        return self._bytes(self._count("<Q", longest, "characters")).decode("utf-8", "replace")

    def _count(self, form: str, most: int, of_what: str) -> int:
        count = self._number(form)
        if count > most:
            raise _BadFileError(f"is damaged: it claims {count:,} {of_what}")
        return count

    def _number(self, form: str) -> int:
        return int(struct.unpack(form, self._bytes(struct.calcsize(form)))[0])

    def _bytes(self, count: int) -> bytes:
        if count > self._size - self._position:
            raise _BadFileError("is cut off in its header")
        content = self._file.read(count)
        if len(content) < count:
            raise _BadFileError("became shorter while it was read")
        self._position += count
        return content


def _format_of(kind: int) -> str:
    if kind not in _SCALARS:
        raise _BadFileError(f"is damaged: it has an entry of the unknown type {kind}")
    return _SCALARS[kind]


def _bytes_of(name: str, shape: list[int], kind: int) -> int:
    if kind not in BLOCKS:
        raise _BadFileError(
            f"stores its weights in a way that is not known (type {kind})", "Get the model quantised as Q4_K_M or Q8_0."
        )
    weights_per_block, bytes_per_block = BLOCKS[kind]
    weights = math.prod(shape)
    if not shape or not 0 < weights <= _MOST_ELEMENTS or shape[0] % weights_per_block:
        raise _BadFileError(f"is damaged: the tensor {name!r} has an impossible shape")
    return weights // weights_per_block * bytes_per_block


def _alignment(metadata: dict[str, MetadataValue]) -> int:
    alignment = metadata.get("general.alignment", _DEFAULT_ALIGNMENT)
    is_power_of_two = isinstance(alignment, int) and alignment > 0 and alignment & (alignment - 1) == 0
    if not isinstance(alignment, int) or not is_power_of_two or alignment > _LARGEST_ALIGNMENT:
        raise _BadFileError("is damaged: its alignment makes no sense")
    return alignment


def _require_language_model(metadata: dict[str, MetadataValue]) -> None:
    if metadata.get("split.count", 1) not in (0, 1):
        raise _BadFileError("is one part of several", "Join them with `llama-gguf-split --merge`.")
    if metadata.get("general.type", "model") != "model" or metadata.get("general.architecture") == "clip":
        raise _BadFileError("is not a language model but something that goes with one", "Name the model itself.")
    architecture = metadata.get("general.architecture")
    if not isinstance(architecture, str) or "tokenizer.ggml.model" not in metadata:
        raise _BadFileError("does not say what kind of model it is", "Name a language model in the GGUF format.")
    pools = metadata.get(f"{architecture}.pooling_type", 0) != 0
    if pools or metadata.get(f"{architecture}.attention.causal", True) is False:
        raise _BadFileError(
            "is an embedder, or another model that does not write word by word",
            "Name a language model; an embedder is a directory saved by sentence-transformers.",
        )


def _require_adapter(metadata: dict[str, MetadataValue]) -> None:
    if metadata.get("general.type") != "adapter":
        raise _BadFileError("is not an adapter", "Name a LoRA adapter in the GGUF format.")
    if metadata.get("adapter.type") != "lora":
        raise _BadFileError("is an adapter of a kind that is not known", "Name a LoRA adapter in the GGUF format.")
    if not isinstance(metadata.get("general.architecture"), str):
        raise _BadFileError("does not say what models it is for", "Convert the adapter again with llama.cpp's script.")


def _require_either(metadata: dict[str, MetadataValue]) -> None:
    if metadata.get("general.type") == "adapter":
        _require_adapter(metadata)
    else:
        _require_language_model(metadata)
