"""Write a trained adapter as a GGUF file for llama.cpp: python -m training.export RUN ADAPTER.gguf"""

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

NAME = "strongroom-starter-lora"
LICENCE = "CC-BY-SA-4.0"
"""Of XQuAD, and so of what is trained on it."""


def export(run: Path, out: Path, *, alpha: float, name: str = NAME, licence: str = LICENCE) -> int:
    """Write the last state of `run` in 16 bits; returns the bytes. Raises FileNotFoundError when there is none."""
    return write(torch.load(run / "state.pt", weights_only=True)["model"], out, alpha=alpha, name=name, licence=licence)


def write(weights: Mapping[str, Tensor], out: Path, *, alpha: float, name: str = NAME, licence: str = LICENCE) -> int:
    """Write the weights of an adapter, by the names that `training.llama.Llama` gives them, in 16 bits; returns the
    bytes. The old file stays until the new one is whole, and as it is under any other name it has: a model that was
    added is such a name."""
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        _write(weights, beside, alpha=alpha, name=name, licence=licence)
        size = beside.stat().st_size
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    return size


def _write(weights: Mapping[str, Tensor], path: Path, *, alpha: float, name: str, licence: str) -> None:
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_name(name)
    writer.add_license(licence)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for key, values in weights.items():
        _, layer, part, half = key.split(".")
        writer.add_tensor(f"blk.{layer}.{part}.weight.{half}", values.numpy().astype(np.float16))
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a trained adapter as a GGUF file.")
    parser.add_argument("run", type=Path, help="folder of training.train")
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default=NAME)
    parser.add_argument("--licence", default=LICENCE, help="of the questions it was trained on")
    arguments = parser.parse_args()
    recipe = json.loads((arguments.run / "recipe.json").read_text())
    size = export(arguments.run, arguments.out, alpha=recipe["alpha"], name=arguments.name, licence=arguments.licence)
    print(f"{arguments.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
