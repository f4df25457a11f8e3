"""The embedder with the real starter model, and a small random cross-encoder, exported afresh."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from config.errors import ModelError
from config.locations import Locations
from models.base import Embedder, Reranker
from models.checksums import hash_model
from models.embedders.onnx import OnnxEmbedder
from models.embedders.torch import TorchEmbedder
from models.exporting.exports import Export, find_or_make_export
from models.exporting.sentences import SAMPLE_TEXTS
from models.onnx_session import session_options
from models.rerankers.cross_encoder import CrossEncoderReranker

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def embedder(starter_embedder: Path, starter_export: Export) -> OnnxEmbedder:
    return OnnxEmbedder(starter_embedder, starter_export, name="starter", file_hash="ab" * 32)


def test_it_says_what_it_is(embedder: OnnxEmbedder, starter_export: Export) -> None:
    assert isinstance(embedder, Embedder)
    assert (embedder.identity.dimension, embedder.identity.normalised, embedder.identity.precision) == (
        384,
        True,
        "int8",
    )
    assert embedder.max_tokens == 254
    assert starter_export.agreement >= 0.98


def test_questions_are_near_the_text_that_answers_them(embedder: OnnxEmbedder) -> None:
    notice, cats = embedder.embed_documents(
        ["Either party may terminate with ninety days' notice.", "Cats hunt at night."]
    )
    question = embedder.embed_query("How can the contract be ended?")

    assert question @ notice > question @ cats + 0.2


def test_on_a_processor_without_vnni_products_are_exact_and_vectors_the_same(
    embedder: OnnxEmbedder, starter_embedder: Path, starter_export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.onnx_session.adds_bytes_exactly", lambda: False)

    assert session_options().get_session_config_entry("session.x64quantprecision") == "1"
    exact = OnnxEmbedder(starter_embedder, starter_export, name="starter", file_hash="ab" * 32)
    assert np.array_equal(exact.embed_documents(SAMPLE_TEXTS), embedder.embed_documents(SAMPLE_TEXTS))
    exact.close()


def test_a_vector_depends_on_its_text_only(embedder: OnnxEmbedder) -> None:
    together = embedder.embed_documents(SAMPLE_TEXTS)
    alone = np.stack([embedder.embed_documents([text])[0] for text in SAMPLE_TEXTS])

    assert together.shape == (64, 384)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.array_equal(together, alone), "a vector must not depend on what else is embedded with it"


def test_no_text_an_empty_text_and_a_text_past_the_window(embedder: OnnxEmbedder) -> None:
    window = "notice " * 254

    assert embedder.embed_documents([]).shape == (0, 384)
    assert np.isfinite(embedder.embed_documents([""])).all()
    past, cut = embedder.embed_documents([window + "cat " * 500, window])
    assert past @ cut > 0.999


def test_tokens_are_counted_without_cutting(embedder: OnnxEmbedder) -> None:
    assert embedder.count_tokens(["", "hello world", "notice " * 1000]) == [0, 2, 1000]
    assert embedder.count_tokens([]) == []


def test_several_threads_get_what_one_gets(embedder: OnnxEmbedder) -> None:
    expected = [embedder.embed_query(text) for text in SAMPLE_TEXTS[:8]]
    found: dict[int, bool] = {}

    def embed(number: int) -> None:
        found[number] = all(
            np.array_equal(embedder.embed_query(text), vector)
            for text, vector in zip(SAMPLE_TEXTS[:8], expected, strict=True)
        )

    threads = [threading.Thread(target=embed, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(range(4), True)


def test_a_question_takes_milliseconds(embedder: OnnxEmbedder) -> None:
    def seconds() -> float:
        started = time.perf_counter()
        embedder.embed_query("How long is the notice period?")
        return time.perf_counter() - started

    assert min(seconds() for _ in range(10)) < 0.05


def test_an_idle_embedder_takes_no_processor_time(embedder: OnnxEmbedder) -> None:
    embedder.embed_documents(SAMPLE_TEXTS[:16])
    before = time.process_time()
    time.sleep(0.5)

    assert time.process_time() - before < 0.1


def test_pytorch_is_not_imported(starter_embedder: Path, starter_export: Export) -> None:
    code = f"""
import sys
from pathlib import Path
from models.embedders.onnx import OnnxEmbedder
from models.exporting.exports import Export
export = Export(Path({str(starter_export.model)!r}), "int8", 1.0, "")
OnnxEmbedder(Path({str(starter_embedder)!r}), export, name="starter", file_hash="").embed_query("x")
print(*sorted({{"torch", "transformers", "sentence_transformers"}} & set(sys.modules)))
"""
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == ""


@pytest.mark.parametrize("damage", ["export", "tokenizer"])
def test_a_damaged_file_is_an_error(
    starter_embedder: Path, starter_export: Export, tmp_path: Path, damage: str
) -> None:
    directory = tmp_path / "model"
    for file in ("config.json", "tokenizer.json", "modules.json", "model.safetensors", "1_Pooling/config.json"):
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        (directory / file).symlink_to(starter_embedder / file)
    export = starter_export
    if damage == "export":
        export = Export(tmp_path / "model.onnx", "int8", 1.0, "")
        export.model.write_bytes(starter_export.model.read_bytes()[:100_000])
    else:
        (directory / "tokenizer.json").unlink()
        (directory / "tokenizer.json").write_text("{", encoding="utf-8")

    with pytest.raises(ModelError):
        OnnxEmbedder(directory, export, name="damaged", file_hash="")


@pytest.mark.slow
def test_an_export_agrees_with_the_original(starter_embedder: Path, locations: Locations) -> None:
    """The whole way, afresh; what the GPU's adapter computes on the CPU is the original."""
    export = find_or_make_export(starter_embedder, "ab" * 32, "embedder", locations.models_directory)
    ours = OnnxEmbedder(starter_embedder, export, name="starter", file_hash="")
    original = TorchEmbedder(starter_embedder, name="starter", file_hash="", device="cpu")
    texts = [f"{text} Version {number}." for number, text in enumerate(SAMPLE_TEXTS)]

    cosines = (ours.embed_documents(texts) * original.embed_documents(texts)).sum(axis=1)

    assert isinstance(original, Embedder)
    assert cosines.mean() >= 0.98
    assert cosines.min() >= 0.95
    assert original.max_tokens == ours.max_tokens
    assert original.count_tokens(texts) == ours.count_tokens(texts)
    assert {path.name for path in export.model.parent.iterdir()} == {"model.onnx", "export.json"}


@pytest.fixture
def cross_encoder(tmp_path: Path, starter_embedder: Path) -> Path:
    """A BERT of two layers with random weights: what it says means nothing, but both ways must say the same."""
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, set_seed

    set_seed(1)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(str(starter_embedder / "tokenizer.json")),
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        model_max_length=128,
    )
    configuration = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        num_labels=1,
        initializer_range=0.5,
    )
    BertForSequenceClassification(configuration).save_pretrained(tmp_path / "cross")
    tokenizer.save_pretrained(tmp_path / "cross")
    return tmp_path / "cross"


@pytest.mark.slow
def test_a_cross_encoder_scores_as_the_original_does(cross_encoder: Path, locations: Locations) -> None:
    from models.registry import ModelRegistry

    registry = ModelRegistry(locations)
    entry = registry.add(cross_encoder, "cross")
    export = find_or_make_export(entry.path, hash_model(cross_encoder), "reranker", registry.exports_directory)
    reranker = CrossEncoderReranker(entry.path, export, name="cross")

    scores = reranker.score("How long is the notice period?", SAMPLE_TEXTS)

    assert entry.kind == "reranker"
    assert isinstance(reranker, Reranker)
    assert np.corrcoef(scores, original_scores(cross_encoder, SAMPLE_TEXTS))[0, 1] >= 0.98
    assert reranker.score("How long?", []) == []


def original_scores(directory: Path, texts: tuple[str, ...]) -> list[float]:
    import torch
    from sentence_transformers import CrossEncoder

    original = CrossEncoder(str(directory), device="cpu", max_length=128, local_files_only=True)
    logits: Callable[[object], object] = torch.nn.Identity()
    pairs = [("How long is the notice period?", text) for text in texts]
    return [float(score) for score in original.predict(pairs, activation_fn=logits, show_progress_bar=False)]
