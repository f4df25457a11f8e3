"""A small file of articles, and a Llama model of one layer with the starter's vocabulary."""

import json
from pathlib import Path

import numpy as np

WIDTH, HEADS, KEY_HEADS, FORWARD, LAYERS = 64, 4, 2, 96, 2


def write_articles(path: Path, count: int) -> Path:
    """SQuAD's layout: articles of sixteen paragraphs, three questions each."""
    data = []
    for article in range(count):
        paragraphs = []
        for part in range(16):
            facts = {
                "tall": f"{article * 100 + part + 11} feet",
                "old": f"{article * 100 + part + 511} years",
                "heavy": f"{article * 100 + part + 1011} stones",
            }
            text = " ".join(f"Tower {part} of town {article} is {what}: {value}." for what, value in facts.items())
            questions = [
                {
                    "question": f"How {what} is tower {part} of town {article}?",
                    "answers": [{"text": value, "answer_start": text.index(value)}],
                }
                for what, value in facts.items()
            ]
            paragraphs.append({"context": text, "qas": questions})
        data.append({"title": f"Town_{article}", "paragraphs": paragraphs})
    path.write_text(json.dumps({"data": data}))
    return path


def write_model(path: Path, vocabulary_of: Path) -> Path:
    """A GGUF file with random weights, and the vocabulary and chat template of another."""
    from gguf import GGUFReader, GGUFValueType, GGUFWriter

    reader = GGUFReader(vocabulary_of)
    writer = GGUFWriter(path, "llama")
    for name, field in reader.fields.items():
        if name.startswith("tokenizer."):
            inner = field.types[1] if field.types[0] is GGUFValueType.ARRAY else None
            writer.add_key_value(name, field.contents(), field.types[0], sub_type=inner)
    writer.add_block_count(LAYERS)
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    chance = np.random.default_rng(1)

    def add(name: str, *shape: int) -> None:
        weights = chance.normal(0, shape[-1] ** -0.5, shape) if len(shape) > 1 else chance.uniform(0.5, 1.5, shape)
        writer.add_tensor(f"{name}.weight", weights.astype(np.float32))

    key_width = WIDTH // HEADS * KEY_HEADS
    add("token_embd", len(reader.fields["tokenizer.ggml.tokens"].data), WIDTH)
    add("output_norm", WIDTH)
    for layer in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            add(f"blk.{layer}.{name}", WIDTH)
        for name, out, inner in (
            ("attn_q", WIDTH, WIDTH),
            ("attn_k", key_width, WIDTH),
            ("attn_v", key_width, WIDTH),
            ("attn_output", WIDTH, WIDTH),
            ("ffn_gate", FORWARD, WIDTH),
            ("ffn_up", FORWARD, WIDTH),
            ("ffn_down", WIDTH, FORWARD),
        ):
            add(f"blk.{layer}.{name}", out, inner)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
