"""SciFact (test): nDCG@10 of each search and of both together, and what int8 costs against fp32."""

from benchmarks.datasets import SCIFACT_TEST
from benchmarks.program import HOMES, evaluate, markdown_table
from benchmarks.retrieval import not_there

BAR = 0.73
INT8_BAR = 0.005
MODES = ("lexical", "dense", "hybrid")


def run() -> str:
    if not SCIFACT_TEST.is_there():
        return f"## SciFact\n{not_there([SCIFACT_TEST.name])}"
    home = SCIFACT_TEST.home()
    int8 = {
        mode: evaluate(home, SCIFACT_TEST.questions(), settings={"retrieval.mode": mode})["ndcg_10"] for mode in MODES
    }
    fp32 = fp32_scores()
    rows = [[mode, f"{int8[mode]:.4f}", "" if mode == "lexical" else f"{fp32[mode]:.4f}", _bar(mode)] for mode in MODES]
    costs = ", ".join(f"{mode} {fp32[mode] - int8[mode]:+.4f}" for mode in ("dense", "hybrid"))
    return (
        "## SciFact\n\nnDCG@10 over the 300 questions of the test set and 5,183 abstracts.\n\n"
        f"{markdown_table(('search', 'int8 (as it comes)', 'fp32', 'bar'), rows)}\n\n"
        f"Lost to int8: {costs} (bar: less than {INT8_BAR}).\n"
    )


def _bar(mode: str) -> str:
    return str(BAR) if mode == "hybrid" else ""


def fp32_scores() -> dict[str, float]:
    """nDCG@10 of dense and hybrid over a library whose vectors, and the questions', are made by PyTorch in fp32.

    Made once: it takes several minutes.
    """
    from assistant.assistant import open_assistant
    from assistant.evaluation.measuring import evaluate as measure
    from config.environment import silence_telemetry
    from config.locations import open_home
    from config.settings import load_settings
    from models.embedders.torch import TorchEmbedder
    from models.registry import ModelRegistry

    silence_telemetry()
    locations = open_home(HOMES / f"{SCIFACT_TEST.name}-fp32")
    entry = ModelRegistry(locations).find("starter", "embedder")
    embedder = TorchEmbedder(entry.path, name=entry.name, file_hash=entry.sha256, device="cpu")
    folder, questions = SCIFACT_TEST.make()
    scores = {}
    for mode in ("dense", "hybrid"):
        loaded = load_settings(locations, flags={"retrieval.mode": mode})
        assistant = open_assistant(locations, loaded, embedder=embedder)
        for _ in assistant.ingest([folder]):
            pass
        scores[mode] = measure(assistant, questions).ndcg_10 or 0.0
        assistant.library.close()
    return scores


if __name__ == "__main__":
    print(run())
