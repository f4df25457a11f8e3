import ctypes
import random
import struct
from pathlib import Path
from typing import Any

import pytest

from config.errors import ModelError
from models.llama.gguf import BLOCKS, GgufHeader, read_gguf_header
from tests.models.gguf_writer import ARRAY, BOOL, LANGUAGE_MODEL, STRING, U32, U64, gguf, string, tensor, write_gguf


def with_entry(key: str, kind: int, content: Any) -> dict[str, tuple[int, Any]]:
    return {**LANGUAGE_MODEL, key: (kind, content)}


def test_a_good_header_tells_what_the_model_is(tmp_path: Path) -> None:
    header = read_gguf_header(write_gguf(tmp_path / "good.gguf"))

    assert header.architecture == "llama"
    assert header.context == 2048
    assert header.licence == "apache-2.0"
    assert header.parameters == 64
    assert "tokenizer.ggml.tokens" not in header.metadata


def test_numbers_that_differ_from_layer_to_layer_are_told(tmp_path: Path) -> None:
    def header_with(count: int) -> GgufHeader:
        metadata = with_entry("llama.attention.head_count_kv", ARRAY, (U64, [0, 8] * count))
        return read_gguf_header(write_gguf(tmp_path / "m.gguf", metadata=metadata))

    assert header_with(2).numbers("attention.head_count_kv") == (0, 8, 0, 8)
    assert header_with(513).per_layer == {}  # no model has so many layers


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"magic": b"GGML"}, "is not a GGUF file"),
        ({"version": 1}, "version 1"),
        ({"version": 0x03000000}, "version 50331648"),  # big-endian
        ({"tensor_count": 1 << 63}, "tensors"),
        ({"entry_count": 1 << 63}, "entries"),
        ({"entry_count": 60_000}, "is damaged|is cut off"),
        ({"data": 255}, "1 bytes are missing"),
        ({"tensors": [tensor("w", (8, 8), 0, 31)]}, "where none can be"),
        ({"tensors": [tensor("w", (8, 8), 0, 1 << 62)]}, "are missing"),
        ({"tensors": [tensor("w", (1 << 32, 1 << 32), 0, 0)]}, "impossible shape"),
        ({"tensors": [tensor("w", (0, 8), 0, 0)]}, "impossible shape"),
        ({"tensors": [tensor("w", (), 0, 0)]}, "impossible shape"),
        ({"tensors": [tensor("w", (31, 8), 2, 0)]}, "impossible shape"),
        ({"tensors": [tensor("w", (1, 1, 1, 1, 1), 0, 0)]}, "dimensions"),
        ({"tensors": [tensor("w", (8, 8), 4, 0)]}, "type 4"),
        ({"tensors": [tensor("w", (8,), 0, 0), tensor("w", (8,), 0, 32)]}, "twice"),
        ({"metadata": with_entry("general.alignment", U32, 48)}, "alignment"),
        ({"metadata": with_entry("general.alignment", U32, 1 << 20)}, "alignment"),
        ({"metadata": with_entry("general.type", STRING, "adapter")}, "goes with one"),
        ({"metadata": with_entry("split.count", U32, 3)}, "one part of several"),
        ({"metadata": {"general.architecture": (STRING, "llama")}}, "what kind of model"),
        ({"metadata": with_entry("llama.pooling_type", U32, 1)}, "is an embedder"),
        ({"metadata": with_entry("llama.attention.causal", BOOL, False)}, "is an embedder"),
        ({"metadata": with_entry("nested", ARRAY, (ARRAY, []))}, "unknown type 9"),
    ],
)
def test_a_header_that_lies_is_found_out(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words) as caught:
        read_gguf_header(write_gguf(tmp_path / "bad.gguf", **options))

    assert caught.value.remedy
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(("key", "kind", "content"), [("pooling_type", U32, 0), ("attention.causal", BOOL, True)])
def test_a_language_model_may_say_that_it_is_none_of_an_embedder(
    tmp_path: Path, key: str, kind: int, content: Any
) -> None:
    metadata = with_entry(f"llama.{key}", kind, content)

    assert read_gguf_header(write_gguf(tmp_path / "m.gguf", metadata=metadata)).architecture == "llama"


def test_a_string_longer_than_the_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + string("key") + struct.pack("<IQ", STRING, 1 << 23))

    with pytest.raises(ModelError, match="cut off"):
        read_gguf_header(path)


def test_an_array_whose_size_overflows_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    header = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + string("key")
    path.write_bytes(header + struct.pack("<IIQ", ARRAY, U64, (1 << 61) + 1) + bytes(64))

    with pytest.raises(ModelError, match="items"):
        read_gguf_header(path)


def test_wherever_the_file_is_cut_off_it_is_an_error(tmp_path: Path) -> None:
    whole = gguf()
    path = tmp_path / "cut.gguf"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError):
            read_gguf_header(path)


def test_whatever_bits_are_flipped_nothing_but_a_model_error_comes_out(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311  # it damages files
    whole = gguf(data=256)
    path = tmp_path / "flipped.gguf"
    refused = 0
    for _ in range(500):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(whole) - 256)] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            read_gguf_header(path)
        except ModelError:
            refused += 1
    assert refused > 200


@pytest.mark.parametrize("name", ["missing.gguf", ""])
def test_a_file_that_is_not_there_or_is_a_folder_is_a_model_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        read_gguf_header(tmp_path / name)


@pytest.mark.models
def test_the_sizes_of_blocks_are_those_of_llama_cpp() -> None:
    import llama_cpp

    library = ctypes.CDLL(str(next((Path(llama_cpp.__file__).parent / "lib").glob("libggml-base.*"))))
    library.ggml_blck_size.restype = ctypes.c_int64
    library.ggml_type_size.restype = ctypes.c_size_t

    theirs = {kind: (library.ggml_blck_size(kind), library.ggml_type_size(kind)) for kind in range(43)}

    assert {kind: sizes for kind, sizes in theirs.items() if sizes != (0, 0)} == BLOCKS
