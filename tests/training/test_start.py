"""An adapter that training goes on from works as strongly in training as in llama.cpp."""

from pathlib import Path

import numpy as np
import pytest

from training.start import read_adapter

RANK = 4


@pytest.mark.parametrize(("alpha", "used"), [(8.0, 8.0), (0.0, RANK), (None, RANK)])
def test_an_adapter_that_names_no_alpha_works_as_it_is(alpha: float | None, used: float, tmp_path: Path) -> None:
    from gguf import GGUFWriter

    writer = GGUFWriter(tmp_path / "adapter.gguf", "llama")
    writer.add_type("adapter")
    if alpha is not None:
        writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_tensor("blk.0.attn_q.weight.lora_a", np.ones((RANK, 6), np.float16))
    writer.add_tensor("blk.0.attn_q.weight.lora_b", np.ones((5, RANK), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    start = read_adapter(tmp_path / "adapter.gguf")

    assert (start.rank, start.alpha) == (RANK, used)
    assert start.adapted == {"attn_q"}
