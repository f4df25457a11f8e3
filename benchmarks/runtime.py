"""The model runtime: what is not read twice, what the worker costs, how it stops, and what becomes of it when killed.

Everything is a ratio of times taken in turn within one run, on the starter model.
"""

import contextlib
import os
import random
import resource
import signal
import statistics
import tempfile
import threading
import time
from pathlib import Path
from threading import Event

from benchmarks.large import large_model, starter
from benchmarks.program import markdown_table
from config.errors import ModelDied
from config.sections import LlamaSettings
from models.base import GenerationOptions, Message, TokenUsage
from models.hardware import physical_cores
from models.llama.client import LlamaModel
from models.llama.plan import DEFAULT_BATCH
from models.llama.states import StateStore

SENTENCE = "The supplier delivers the goods to the customer within thirty days of the order, number {number}. "
LONG, SHORT = 40, 12
"""Sentences of a prompt: some 800 and 250 tokens."""

WRITTEN = 48
ROUNDS = 3
STOPS = KILLS = 50
QUESTIONS = 500
SETTLED = 50
"""Questions after which memory is to stay as it is."""

_BATCH = DEFAULT_BATCH


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        model = _model(StateStore(Path(folder), limit_mb=1024))
        rows = [
            *_turns(model),
            *_restart(model),
            *_against_a_bare_loop(model, starter()),
            *_stops(model),
            *_kills(model),
        ]
        rows += _memory(model)
        model.close()
    rows += _at_scale()
    return (
        "## Model runtime\n\n"
        f"Starter model, {max(1, physical_cores() - 1)} thread(s). Medians of {ROUNDS}, taken in turn.\n\n"
        + markdown_table(("What", "measured", "asked"), rows)
        + "\n"
    )


def _at_scale() -> list[list[str]]:
    """The ratios that the size of a model could change, of one eight times as large."""
    with tempfile.TemporaryDirectory() as folder:
        path = large_model()
        model = _model(StateStore(Path(folder), limit_mb=1024), path)
        rows = [*_turns(model), *_restart(model), *_against_a_bare_loop(model, path)]
        model.close()
    return [[f"1B, random weights: {what}", *figures] for what, *figures in rows]


def _turns(model: LlamaModel) -> list[list[str]]:
    """A second question about the same sources, against the same prompt read afresh."""
    first = [Message("system", "Answer from the sources."), Message("user", _text(LONG) + "What is delivered?")]
    shares, ratios = [], []
    for _ in range(ROUNDS):
        model.forget()
        _, _, answer = _ask(model, first, 16)
        second = [*first, Message("assistant", answer), Message("user", "Within how many days?")]
        going_on, usage, _ = _ask(model, second, 4)
        _forget_but_run(model)
        afresh, whole, _ = _ask(model, second, 4)
        shares.append((usage.prompt - usage.reused) / (whole.prompt - whole.reused))
        ratios.append(going_on / afresh)
    return [
        ["second turn: tokens read, of those of the whole prompt", _of(shares), "0.25 or less"],
        ["second turn: time to the first word, of reading afresh", _of(ratios), "0.30 or less"],
    ]


def _restart(model: LlamaModel) -> list[list[str]]:
    """The program started again, loading included on both sides."""
    messages = [Message("user", _text(LONG) + "What is delivered?")]
    ratios = []
    for number in range(ROUNDS):
        model.close()
        afresh, _, _ = _ask(model, messages, 4, f"c{number}")
        model.close()
        restored, _, _ = _ask(model, messages, 4, f"c{number}")
        ratios.append(restored / afresh)
    return [["after a restart: time to the first word, of reading afresh", _of(ratios), "0.25 or less"]]


def _against_a_bare_loop(model: LlamaModel, path: Path) -> list[list[str]]:
    """Tokens a second through worker, pipe and events, against llama.cpp alone in this process."""
    from models.llama.engine import Engine, Load
    from models.llama.native import StopFlag

    engine = Engine(Load(str(path), 4096, max(1, physical_cores() - 1), _BATCH, -1), StopFlag())
    reads, writes = [], []
    for number in range(ROUNDS):
        messages = [Message("user", f"{number} " + _text(SHORT) + "Go on.")]
        _forget_but_run(model)
        begun = time.perf_counter()
        moments, usage = _moments_of(model, messages, WRITTEN)
        theirs_read, theirs_written = _bare(engine, usage.prompt, max(1, usage.generated - 1))
        ours_read = usage.prompt / (moments[0] - begun)
        ours_written = (len(moments) - 1) / (moments[-1] - moments[0])
        reads.append(ours_read / theirs_read)
        writes.append(ours_written / theirs_written)
    return [
        ["reading through the stack, of a bare llama.cpp loop", _of(reads), "0.97 or more"],
        ["writing through the stack, of a bare llama.cpp loop", _of(writes), "0.97 or more"],
    ]


def _bare(engine: object, read: int, written: int) -> tuple[float, float]:
    """Tokens a second of llama_decode and a greedy sampler, without anything of ours."""
    import llama_cpp

    context, memory = engine._context, engine._memory  # type: ignore[attr-defined]
    llama_cpp.llama_memory_clear(memory, True)
    tokens = [index % 1000 + 1000 for index in range(read)]
    sampler = llama_cpp.llama_sampler_init_greedy()
    begun = time.perf_counter()
    for start in range(0, read, _BATCH):
        part = tokens[start : start + _BATCH]
        array = (llama_cpp.llama_token * len(part))(*part)
        llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(array, len(part)))
    token = llama_cpp.llama_sampler_sample(sampler, context, -1)
    between = time.perf_counter()
    for _ in range(written):
        llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one((llama_cpp.llama_token * 1)(token), 1))
        token = llama_cpp.llama_sampler_sample(sampler, context, -1)
    ended = time.perf_counter()
    return read / (between - begun), written / (ended - between)


def _stops(model: LlamaModel) -> list[list[str]]:
    """From the request to stop to the end of the answer, the first half of the tries while the prompt is read."""
    late = []
    for number in range(STOPS):
        _forget_but_run(model)
        stop, asked = Event(), [0.0]
        messages = [Message("user", _text(LONG if number < STOPS // 2 else 1) + "Go on.")]
        delay = random.uniform(0.05, 0.5)  # noqa: S311

        def set_stop(stop: Event = stop, asked: list[float] = asked) -> None:
            asked[0] = time.perf_counter()
            stop.set()

        threading.Timer(delay, set_stop).start()
        for _ in model.generate(messages, GenerationOptions(max_tokens=400), stop):
            pass
        if asked[0]:
            late.append((time.perf_counter() - asked[0]) * 1000)
    return [[f"stopped {len(late)} times: the latest end, ms", f"{max(late):.0f}", "200 or less"]]


def _kills(model: LlamaModel) -> list[list[str]]:
    """SIGKILL of the worker at a random moment: the question fails, saying so, and the next one is answered."""
    failed = answered = 0
    for _ in range(KILLS):
        _forget_but_run(model)
        pid = model.worker_pid
        threading.Timer(random.uniform(0.01, 0.4), _kill, (pid,)).start()  # noqa: S311
        try:
            _ask(model, [Message("user", _text(SHORT) + "Go on.")], 400)
        except ModelDied as error:
            failed += "SIGKILL" in error.message
        answered += bool(_ask(model, [Message("user", "Say yes.")], 2)[1].generated)
    return [
        [f"worker killed {KILLS} times: failed with a reason, next question answered", f"{failed}, {answered}", "all"]
    ]


def _memory(model: LlamaModel) -> list[list[str]]:
    """Resident memory of both processes after 50 questions and after 500."""
    sizes: list[int] = []
    for number in range(QUESTIONS):
        _ask(model, [Message("user", f"Question {number}: what is {number}?")], 2)
        if number + 1 in (SETTLED, QUESTIONS):
            sizes.append(resource_size(os.getpid()) + resource_size(model.worker_pid or 0))
    growth = sizes[-1] / sizes[0] - 1
    return [[f"memory after {QUESTIONS} questions, more than after {SETTLED}", f"{growth:.1%}", "under 3 %"]]


def resource_size(pid: int) -> int:
    """Resident bytes of a process, 0 if there is none."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    return 0


def _model(states: StateStore | None = None, path: Path | None = None) -> LlamaModel:
    path = path or starter()
    return LlamaModel(path, name=path.stem, file_hash=path.stem, settings=LlamaSettings(), states=states)


def _forget_but_run(model: LlamaModel) -> None:
    """A worker that has loaded the model and read nothing of use."""
    _ask(model, [Message("user", "x")], 1)


def _ask(
    model: LlamaModel, messages: list[Message], tokens: int, conversation: str = ""
) -> tuple[float, TokenUsage, str]:
    """Seconds to the first word, what it took, and the answer."""
    begun = time.perf_counter()
    first, text, usage = 0.0, "", TokenUsage()
    for piece in model.generate(messages, GenerationOptions(max_tokens=tokens, conversation=conversation)):
        first = first or time.perf_counter() - begun
        text += piece.text
        usage = piece.usage or usage
    return first, usage, text


def _moments_of(model: LlamaModel, messages: list[Message], tokens: int) -> tuple[list[float], TokenUsage]:
    moments, usage = [], TokenUsage()
    for piece in model.generate(messages, GenerationOptions(max_tokens=tokens)):
        if piece.text:
            moments.append(time.perf_counter())
        usage = piece.usage or usage
    return moments, usage


def _kill(pid: int | None) -> None:
    with contextlib.suppress(ProcessLookupError):
        if pid is not None:
            os.kill(pid, signal.SIGKILL)


def _text(sentences: int) -> str:
    return "".join(SENTENCE.format(number=number) for number in range(sentences))


def _of(values: list[float]) -> str:
    return f"{statistics.median(values):.2f}"
