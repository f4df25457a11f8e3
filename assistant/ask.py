"""★ A question becomes an answer: evidence first, then words, then the checked answer."""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from assistant import prompts
from assistant.citations import CitedText, cite
from assistant.context import (
    Prompt,
    as_put,
    build_prompt,
    number_sources,
    order_for_prompt,
    readable_in_time,
    shown_chunks,
    worth_reading_on,
)
from assistant.conversations.conversations import Conversations
from assistant.draft import Clock, Draft, Evidence, keep
from assistant.events import Answered, AnswerEvent, EvidenceFound, Token
from assistant.followup import leaned_on, search_query
from assistant.grounding import check
from assistant.misspelt import almost_alike
from assistant.quoting import quote
from assistant.reply import copied_reply, is_borne_out, mended, proof
from assistant.retrieval import Findings, Retriever
from assistant.scope import scope_of, without_names
from assistant.sentences import best_sentence, score_passages
from assistant.types import Answer, AnswerStyle, Dialogue, Source
from config.sanitise import sanitise
from config.sections import AnswerSettings
from models.base import Embedder, GenerationOptions, LanguageModel, TokenUsage
from models.speeds import Speeds

if TYPE_CHECKING:
    from ingest.library.library import Library


@dataclass(frozen=True, slots=True)
class Asker:
    """What it takes to answer. The models are asked for when a question first needs them."""

    library: "Library"
    retriever: Retriever
    conversations: Conversations
    settings: AnswerSettings
    embedder: Callable[[], Embedder]
    llm: Callable[[], LanguageModel]
    speeds: Speeds
    model_name: str
    embedder_name: str


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How one question is to be answered; None takes the setting. `documents` narrows to these paths; `search_for` is
    the question without what only says where to look; with `keep` false the conversation does not get the turn; `read`
    are the passages (ids of chunks) that were read ahead, in their order, the first `whole` of them to their end;
    `found` is what was searched for already."""

    search_for: str | None = None
    k: int | None = None
    documents: Collection[str] | None = None
    conversation: str = "new"
    style: AnswerStyle | None = None
    max_tokens: int | None = None
    seed: int | None = None
    refuse: bool = True
    keep: bool = True
    read: tuple[str, ...] = ()
    whole: int = 0
    found: Findings | None = None


def ask(asker: Asker, question: str, options: AskOptions, stop: Event) -> Iterator[AnswerEvent]:
    """Answer `question`: the evidence at once, then the answer as it is written, then the whole of it, checked.

    The conversation gets the turn just before the last event; a question that fails, or whose events are not read to
    the end, leaves no trace in it. Where it cannot get the turn, `unkept` of the answer says why. Setting `stop` ends
    the answer where it is; the part that is there is checked and kept. Raises ModelError, EmbedderMismatch, UsageError
    for an unknown conversation, and what `find_passages` raises.
    """
    clock = Clock()
    dialogue = asker.conversations.open(options.conversation)
    findings = find_passages(asker, question, dialogue, options)
    options = replace(options, read=worth_reading_on(options.read, options.whole, findings.result.passages))
    clock.retrieved = clock.now()

    evidence = _weigh(asker, question, dialogue, findings, options.read)
    clock.evidence = clock.now()
    yield EvidenceFound(tuple(evidence.sources), findings.result.timings)

    sent_to = ""
    style = chosen_style(asker, options, findings.sides)
    if not evidence.sources or (options.refuse and not findings.result.fits):
        draft = yield from _refuse(clock, style)
    elif style == "quote":
        draft = yield from _quote(asker, evidence, clock)
    else:
        draft = yield from _write(asker, evidence, options, stop, clock)
        sent_to = asker.llm().information.runs_on

    answer = _checked(asker, evidence, draft, clock, sent_to)
    if options.keep:
        answer = keep(asker.conversations, evidence, answer, draft)
    yield Answered(answer)


def find_passages(asker: Asker, question: str, dialogue: Dialogue, options: AskOptions) -> Findings:
    """What the library holds about `question`, as it is meant after the turns before it; within the documents that
    it, or else what it leans on, was put to. Raises StrongroomError when those can be found no more."""
    if options.found is not None:
        return options.found
    asked = options.search_for or question
    exchanges = [exchange for exchange in dialogue.exchanges if exchange.question]
    earlier = [without_names(exchange) for exchange in exchanges]
    documents = options.documents
    if documents is None:
        documents = scope_of(exchanges[len(exchanges) - len(leaned_on(asked, earlier)) :])
    query = search_query(asked, earlier, asker.retriever.names_in)
    return asker.retriever.find(query, k=options.k, documents=documents)


def _weigh(asker: Asker, question: str, dialogue: Dialogue, findings: Findings, read: Sequence[str]) -> Evidence:
    """The passages found as numbered sources, each with the sentence of it that matters most."""
    passages = findings.result.passages
    sentences = score_passages(
        question,
        findings.weights,
        passages,
        embedder=asker.embedder() if findings.vector is not None else None,
        question_vector=findings.vector,
        meant=findings.meant,
    )
    keys = [best_sentence(scored) for scored in sentences]
    return Evidence(question, dialogue, findings, number_sources(dialogue, passages, keys, read), sentences)


def chosen_style(asker: Asker, options: AskOptions, sides: Sequence[Collection[str]] = ()) -> AnswerStyle:
    """`auto` quotes under a model too small to be trusted to write, unless it was taught a form that can be checked.
    That form copies one sentence, which bears out nothing about several `sides`, documents needed together."""
    wanted = options.style or asker.settings.style
    if wanted == "auto":
        information = asker.llm().information
        may_write = information.writes_well or (information.writes_in_form and not sides)
        return "answer" if may_write else "quote"
    return wanted


def _must_hold(asker: Asker, options: AskOptions) -> bool:
    """Whether what the model writes is shown only if it passes the check: `auto` style under a small model."""
    return (options.style or asker.settings.style) == "auto" and not asker.llm().information.writes_well


def _refuse(clock: Clock, style: AnswerStyle) -> Generator[AnswerEvent, None, Draft]:
    """The fixed sentence; the model is not called."""
    clock.first_token = clock.now()
    yield Token(prompts.REFUSAL)
    return Draft(CitedText(prompts.REFUSAL, (), ()), style, refused=True)


def _quote(asker: Asker, evidence: Evidence, clock: Clock) -> Generator[AnswerEvent, None, Draft]:
    """Sentences copied from the sources; no model is called."""
    text = _quotes(asker, evidence)
    if not text.citations:
        return (yield from _refuse(clock, "quote"))
    clock.first_token = clock.now()
    yield Token(text.text)
    return Draft(text, "quote")


def _quotes(asker: Asker, evidence: Evidence) -> CitedText:
    findings = evidence.findings
    return quote(evidence.sources, evidence.sentences, findings.weights, asker.library.page_texts, findings.sides)


def _write(
    asker: Asker, evidence: Evidence, options: AskOptions, stop: Event, clock: Clock
) -> Generator[AnswerEvent, None, Draft]:
    """The model writes from the sources; marks in what it wrote become citations. What must hold and does not gives
    way to quotes."""
    llm = asker.llm()
    must_hold = _must_hold(asker, options)
    if not llm.prepare(stop):
        return Draft(CitedText("", (), ()), "answer", stopped=True)
    evidence = replace(evidence, question=put_to(llm, evidence.question, evidence.dialogue))
    prompt, generation = _prompt(asker, evidence, options, clock)
    reply, usage = "", TokenUsage()
    for piece in llm.generate(prompt.messages, generation, stop):
        usage = piece.usage or usage
        reply += piece.text
        if piece.text and not must_hold:
            clock.first_token = clock.first_token or clock.now()
            yield Token(sanitise(piece.text))
    stopped = stop.is_set()
    asker.speeds.learn(llm.information.name, usage)
    refuses = prompts.is_refusal(reply)
    if must_hold:
        reply = mended(reply, prompt.sources)
    text = sanitise(reply)
    copied = copied_reply(text, prompt.sources)
    holds = copied is not None and is_borne_out(copied.answer, copied.quoted, evidence.question)
    # Neither a model that says nothing, nor what does not hold, nor a small model that sees nothing in passages that
    # fit is a reason to keep what was found from the reader.
    says_nothing = not reply.strip()
    if says_nothing or (must_hold and (refuses or not holds)):
        if stopped:
            return Draft(CitedText("", (), ()), "answer", False, True, usage, prompt)
        quoted = yield from _quote(asker, evidence, clock)
        return replace(quoted, usage=usage)
    if refuses:
        return Draft(CitedText(prompts.REFUSAL, (), ()), "answer", True, stopped, usage, prompt, reply)
    if must_hold:
        clock.first_token = clock.now()
        yield Token(text)
    proven = proof(copied, evidence.question) if copied else None
    cited = cite(text, prompt.sources, asker.library.page_texts, proven)
    if must_hold:
        cited = yield from _beside_quotes(asker, evidence, cited)
    return Draft(cited, "answer", False, stopped, usage, prompt, reply)


def _beside_quotes(asker: Asker, evidence: Evidence, cited: CitedText) -> Generator[AnswerEvent, None, CitedText]:
    """What a small model wrote, and below it the quotes that would be shown without it where they are from other places
    than it copied from: either may be right."""
    quoted = _quotes(asker, evidence)
    if not quoted.citations or quoted.shares_a_place_with(cited):
        return cited
    yield Token(f"\n{quoted.text}")
    return cited.followed_by(quoted)


def put_to(llm: LanguageModel, question: str, dialogue: Dialogue) -> str:
    """The question as this model is to read it. A small one answers the first of two questions, so it gets one only:
    one that it cannot make sense of gives way to quotes."""
    return as_put(question, dialogue) if llm.information.writes_well else question


def _prompt(asker: Asker, evidence: Evidence, options: AskOptions, clock: Clock) -> tuple[Prompt, GenerationOptions]:
    """What is put before the model, and how it is to go on from there."""
    llm, settings, dialogue = asker.llm(), asker.settings, evidence.dialogue
    window = llm.information.context
    max_tokens = min(options.max_tokens or settings.max_tokens, window // 2)
    shown = _readable(asker, evidence, options, clock)
    prompt = build_prompt(dialogue, shown, evidence.question, llm.count_tokens, window, max_tokens)
    seed = settings.seed if options.seed is None else options.seed
    kept_as = dialogue.conversation_id if options.keep else ""
    return prompt, GenerationOptions(max_tokens, settings.temperature, seed, conversation=kept_as)


def _readable(asker: Asker, evidence: Evidence, options: AskOptions, clock: Clock) -> list[Source]:
    """The sources that the model can read before `answer.max_wait_seconds` are over; all while its speed is unknown,
    and where answers are compared: there they may not hang on what else the machine does."""
    llm, dialogue, read = asker.llm(), evidence.dialogue, options.read
    ordered = order_for_prompt(evidence.sources, read, asker.settings.sources)
    speed = asker.speeds.of(llm.information.name).reading
    if speed is None or not options.keep or options.seed is not None:
        return ordered
    seconds = asker.settings.max_wait_seconds - clock.now() / 1000
    tokens = seconds * speed - llm.count_tokens(evidence.question)
    return readable_in_time(ordered, {*read, *shown_chunks(dialogue)}, dialogue.fence, llm.count_tokens, tokens)


def _checked(asker: Asker, evidence: Evidence, draft: Draft, clock: Clock, sent_to: str) -> Answer:
    question, dialogue, sources = evidence.question, evidence.dialogue, evidence.sources
    known = {source.number: source for source in (*dialogue.sources, *sources)}
    texts = [source.passage.chunk.text for source in sources]
    meant = f"{question} {evidence.findings.result.query}"  # with the words of the questions that it leans on
    return Answer(
        question=question,
        text=draft.text.text,
        style=draft.style,
        refused=draft.refused,
        citations=draft.text.citations,
        evidence=tuple(sources),
        grounding=check(draft.text.sentences, tuple(known.values()), meant),
        model=asker.llm().information.name if sent_to else asker.model_name,  # a server may name its own
        embedder=asker.embedder_name,
        tokens=draft.usage,
        timings=clock.timings(),
        conversation=dialogue.conversation_id,
        stopped=draft.stopped,
        sent_to=sent_to,
        almost=almost_alike(question, evidence.findings.weights, texts) if draft.refused else (),
    )
