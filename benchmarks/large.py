"""A model of a billion weights to measure times with: the shape of Llama 3.2 1B, random weights, the starter's words.

What it writes has no sense. It stays where the libraries of the benchmarks are; nothing is downloaded for it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.program import HOMES
from models.starter import STARTERS

if TYPE_CHECKING:
    from gguf import GGUFWriter

LAYERS, WIDTH, FORWARD, HEADS, KV_HEADS = 16, 2048, 8192, 32, 8
CONTEXT = 8192
_KV_WIDTH = WIDTH // HEADS * KV_HEADS
_BLOCK, _BLOCK_BYTES = 32, 18
_SCALE = 0.0043
"""Of a block of Q4_0, so that weights spread by about 0.02, as those of a model before its training do."""


def starter() -> Path:
    path = next(each for each in STARTERS if each.kind == "llm").locate()
    if path is None:
        raise SystemExit("The starter model is not installed.")
    return path


def large_model() -> Path:
    """The file, made first if it is not there yet: 0.6 GB. It needs the `gguf` package (the extra `training`)."""
    path = HOMES / "models" / "llama-1b-random.gguf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        _write(unfinished)
        unfinished.replace(path)
    return path


def _write(path: Path) -> None:
    from gguf import GGUFReader, GGUFWriter

    source = GGUFReader(starter())
    writer = GGUFWriter(path, "llama", use_temp_file=True)
    writer.add_name("Llama 1B shape, random")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(500_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    for name, field in source.fields.items():
        if name.startswith("tokenizer."):
            kinds = [*field.types, None]
            writer.add_key_value(name, field.contents(), kinds[0], kinds[1])
    words = len(source.fields["tokenizer.ggml.tokens"].data)
    writer.add_vocab_size(words)
    random = np.random.default_rng(1)
    _add(writer, "token_embd", words, WIDTH, random)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{block}.{norm}.weight", np.ones(WIDTH, np.float32))
        for part, rows, columns in (
            ("attn_q", WIDTH, WIDTH),
            ("attn_k", _KV_WIDTH, WIDTH),
            ("attn_v", _KV_WIDTH, WIDTH),
            ("attn_output", WIDTH, WIDTH),
            ("ffn_gate", FORWARD, WIDTH),
            ("ffn_up", FORWARD, WIDTH),
            ("ffn_down", WIDTH, FORWARD),
        ):
            _add(writer, f"{block}.{part}", rows, columns, random)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add(writer: "GGUFWriter", name: str, rows: int, columns: int, random: np.random.Generator) -> None:
    """Random blocks as they stand in a file: a scale, then 32 weights of 4 bits. Quantising real ones takes minutes."""
    from gguf import GGMLQuantizationType

    blocks = random.integers(0, 256, (rows, columns // _BLOCK, _BLOCK_BYTES), dtype=np.uint8)
    blocks[:, :, :2] = np.frombuffer(np.float16(_SCALE).tobytes(), np.uint8)
    writer.add_tensor(f"{name}.weight", blocks.reshape(rows, -1), raw_dtype=GGMLQuantizationType.Q4_0)
