"""Writing at the limit: the tuner, the stack against a bare llama.cpp loop, guessing on answers that quote and not, and
what the starter's adapter costs.

Run alone with `python -m benchmarks decoding` (two to four minutes). Times are those of the processor in the model's
process, so that other programs at work count little; ratios are of runs taken in turn.
"""

import contextlib
import dataclasses
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.prompts import question_prompt, system_prompt
from assistant.tuning import Tuned, made_source, tune
from benchmarks.program import markdown_table
from config.locations import open_home
from config.memory import resident_mb
from config.sections import Settings
from models.base import GenerationOptions, Message, TokenUsage
from models.llama.adapter import Adapter
from models.llama.client import LlamaModel
from models.llama.plan import Plan, load_request
from models.llama.tuned import Tuning
from models.loading import find_adapter
from models.registry import ModelRegistry

ROUNDS = 3
WRITTEN = 64

TEXTS = (
    "The tenant shall return the warehouse in Bergen on 30 September 2027 in the condition in which it was handed "
    "over, ordinary wear excepted. Improvements made with the landlord's consent stay with the building.",
    "Full-time employees are entitled to 26 days of paid annual leave for each calendar year. Up to five days that "
    "were not taken may be carried over until the end of March.",
    "The supplier warrants that the pumps are free of defects in material and workmanship for a period of 36 months "
    "from the date of commissioning. Wearing parts such as seals and bearings are excluded from this warranty.",
    "Personal data of applicants who were not hired are erased six months after the decision, unless the applicant "
    "has agreed in writing to a longer period. The data protection officer keeps a record of every erasure.",
    "In the third quarter revenue rose by 12 percent to 48.3 million euros, mostly because of deliveries to the Nordic "
    "countries. The operating margin fell to 9.1 percent since steel and freight became more expensive.",
)
QUOTING = (
    "When must the tenant return the warehouse in Bergen?",
    "How many days of paid annual leave do full-time employees get?",
    "For how long does the supplier warrant that the pumps are free of defects?",
    "When are personal data of applicants who were not hired erased?",
    "By how much did revenue rise in the third quarter?",
)
NOT_QUOTING = (
    "Write a short story about a lighthouse keeper and his dog.",
    "Explain to a child why the sky is blue.",
    "Write a polite letter that invites a neighbour to dinner.",
)


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        registry = ModelRegistry(open_home(Path(folder) / "home"))
        begun = time.monotonic()
        tuning = _tuned(registry)
        took = time.monotonic() - begun
        rows = [["the tuner, seconds", f"{took:.0f}", "under 60"], *_changes(tuning)]
        rows += _against_a_bare_loop(registry, tuning.plan)
        rows += _with_guesses(registry, tuning.plan)
        rows += _with_the_adapter(registry, tuning.plan)
    why = "\n".join(f"* {sentence}" for sentence in tuning.why)
    table = markdown_table(("What", "measured", "asked"), rows)
    introduction = f"Starter model, with its adapter where answers quote. {ROUNDS} rounds."
    return f"## Decoding\n\n{introduction}\n\n{table}\n\nThe tuner said:\n\n{why}\n"


def _tuned(registry: ModelRegistry) -> Tuning:
    *_, last = tune(registry, Settings())
    assert isinstance(last, Tuned)
    return last.tuning


def _changes(tuning: Tuning) -> list[list[str]]:
    return [
        [f"{what} with the tuned plan, of that by rules of thumb", f"{after / before:.2f}", ""]
        for what, after, before in (
            ("reading", tuning.reading, tuning.reading_before),
            ("writing", tuning.writing, tuning.writing_before),
        )
    ]


def _against_a_bare_loop(registry: ModelRegistry, plan: Plan) -> list[list[str]]:
    """Through worker, pipe and events, against llama_decode and a greedy sampler in this process, nothing guessed.
    Without the adapter, which answers in few words."""
    from models.llama.engine import Engine, Load
    from models.llama.native import StopFlag

    plan = dataclasses.replace(plan, draft_costs=(), yields=False)
    path = registry.find("starter", "llm").path
    engine = Engine(Load(**load_request(plan, path, 4096, None)), StopFlag())
    ratios = []
    with _model(registry, plan, None) as model:
        for number in range(ROUNDS * 3):
            messages = [Message("user", f"{number} {' '.join(TEXTS)} {NOT_QUOTING[number % 3]}")]
            usage, seconds = _written(model, messages)
            if usage.generated == WRITTEN:  # one that ended by itself has computed a token more than it wrote
                ratios.append((WRITTEN - 1) / seconds / _bare(engine, usage.prompt, WRITTEN - 1))
    return [["writing through the stack, of a bare llama.cpp loop", _median(ratios), "0.97 or more"]]


def _bare(engine: object, read: int, written: int) -> float:
    """Tokens a second of the processor, as `_written` counts them."""
    import llama_cpp

    context, memory = engine._context, engine._memory  # type: ignore[attr-defined]
    llama_cpp.llama_memory_clear(memory, True)
    array = (llama_cpp.llama_token * read)(*[index % 1000 + 1000 for index in range(read)])
    for start in range(0, read, 128):
        part = (llama_cpp.llama_token * min(128, read - start))(*array[start : start + 128])
        llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(part, len(part)))
    sampler = llama_cpp.llama_sampler_init_greedy()
    token = llama_cpp.llama_sampler_sample(sampler, context, -1)
    begun = time.process_time()
    for _ in range(written):
        llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one((llama_cpp.llama_token * 1)(token), 1))
        token = llama_cpp.llama_sampler_sample(sampler, context, -1)
    return written / (time.process_time() - begun)


def _with_guesses(registry: ModelRegistry, plan: Plan) -> list[list[str]]:
    if not plan.draft_costs:
        return [["guessing", "not switched on by the tuner", ""]]
    plain = dataclasses.replace(plan, draft_costs=())
    quoting = [_question(question) for question in QUOTING]
    others = [[Message("user", question)] for question in NOT_QUOTING]
    adapter = _adapter(registry)
    with _model(registry, plain, adapter) as without, _model(registry, plan, adapter) as guessing:
        found = _ratios(without, guessing, quoting)
    with _model(registry, plain, None) as without, _model(registry, plan, None) as guessing:
        lost = _ratios(without, guessing, others)
    return [
        ["answers that quote, with guesses, of without: median", _median([each[0] for each in found]), "1.3 or more"],
        ["answers that quote: lowest", f"{min(each[0] for each in found):.2f}", "0.97 or more"],
        ["answers that quote: tokens guessed right", f"{statistics.mean(each[1] for each in found):.0%}", ""],
        ["answers that do not quote: median", _median([each[0] for each in lost]), "0.97 or more"],
        ["answers that do not quote: lowest", f"{min(each[0] for each in lost):.2f}", "0.97 or more"],
        ["answers that came out the same", f"{sum(each[2] for each in [*found, *lost])}", f"{len(found) + len(lost)}"],
    ]


def _with_the_adapter(registry: ModelRegistry, plan: Plan) -> list[list[str]]:
    """Nothing guessed: the model by itself writes something else, of which other tokens would be guessed."""
    plan = dataclasses.replace(plan, draft_costs=())
    prompts = [_question(question) for question in QUOTING]
    ratios = []
    with _model(registry, plan, None) as bare, _model(registry, plan, _adapter(registry)) as adapted:
        for _ in range(ROUNDS):
            speeds = [statistics.median(_answer(model, each)[0] for each in prompts) for model in (bare, adapted)]
            ratios.append(speeds[1] / speeds[0])
        memory = resident_mb(adapted.worker_pid or 0) - resident_mb(bare.worker_pid or 0)
    return [
        ["writing with the adapter, of without: median of the rounds", _median(ratios), "0.85 or more"],
        ["memory with the adapter, more than without", f"{memory:.0f} MB", "under 60 MB"],
    ]


def _ratios(
    without: LlamaModel, guessing: LlamaModel, prompts: Sequence[list[Message]]
) -> list[tuple[float, float, bool]]:
    """For each prompt how much faster it is answered with guesses, the share of tokens guessed, and if it came out the
    same."""
    ratios = []
    for messages in prompts:
        plain, guessed = [], []
        for _ in range(ROUNDS):
            plain.append(_answer(without, messages))
            guessed.append(_answer(guessing, messages))
        speed = statistics.median(each[0] for each in guessed) / statistics.median(each[0] for each in plain)
        ratios.append((speed, guessed[0][1], guessed[0][2] == plain[0][2]))
    return ratios


def _answer(model: LlamaModel, messages: list[Message]) -> tuple[float, float, str]:
    """Tokens a second of the processor, share of them guessed, and the text."""
    text: list[str] = []
    usage, seconds = _written(model, messages, text)
    return (usage.generated - 1) / seconds, usage.drafted_accepted / usage.generated, "".join(text)


def _written(model: LlamaModel, messages: list[Message], text: list[str] | None = None) -> tuple[TokenUsage, float]:
    """What an answer took, and seconds of the processor in the model's process from its first piece to its end."""
    usage, begun, pid = TokenUsage(), 0.0, 0
    for piece in model.generate(messages, GenerationOptions(max_tokens=WRITTEN)):
        pid = pid or model.worker_pid or 0
        begun = begun or _processor_seconds(pid)
        usage = piece.usage or usage
        if text is not None:
            text.append(piece.text)
    return usage, _processor_seconds(pid) - begun


def _processor_seconds(pid: int) -> float:
    """Of all threads of a process, to the microsecond (Linux)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _question(question: str) -> list[Message]:
    fence = "decoding"
    sources = [made_source(number, text, "Report.pdf") for number, text in enumerate(TEXTS, start=1)]
    return [Message("system", system_prompt(fence)), Message("user", question_prompt(question, sources, fence))]


@contextlib.contextmanager
def _model(registry: ModelRegistry, plan: Plan, adapter: Adapter | None) -> Iterator[LlamaModel]:
    entry = registry.find("starter", "llm")
    model = LlamaModel(
        entry.path,
        name=entry.name,
        file_hash=entry.sha256,
        settings=Settings().llama,
        adapter=adapter,
        tuned=plan,
    )
    try:
        yield model
    finally:
        model.close()


def _adapter(registry: ModelRegistry) -> Adapter | None:
    found = find_adapter(registry, Settings())
    return Adapter(found.name, found.path, found.sha256, 1.0) if found else None


def _median(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f}"
