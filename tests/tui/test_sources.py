"""Sources: beside the answer, and large."""

from collections.abc import Iterator
from threading import Event

from assistant.events import Answered, AnswerEvent, EvidenceFound
from assistant.tui.messages import PartFailed, Trouble
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.citing import SECONDS_BETWEEN_DIGITS
from assistant.tui.screens.help import HelpScreen
from assistant.tui.screens.source import SourceScreen
from assistant.tui.widgets.conversation.cited_markdown import CitedMarkdown
from assistant.tui.widgets.conversation.conversation import ConversationView
from assistant.tui.widgets.sources.panel import SourcesPanel
from assistant.types import SearchTimings
from config.errors import LibraryError, ModelError
from tests.tui.helpers import (
    answering_keys,
    answers,
    ask_and_wait,
    question_box,
    running,
    screen_text,
    shown,
    shows,
    told,
    wait_until,
)
from tests.tui.made_up import LEASE_PAGE, make_answer, make_source
from tests.tui.stand_in import StandInAssistant


async def test_the_cited_source_is_first_in_focus_and_enter_shows_it_large(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        app.screen.query_one(SourcesPanel).focus()
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, SourceScreen))
        await shows(app, "7.3 Rent that was paid")
        await shows(app, "1 lease-halden.pdf")
        await shows(app, "page 12 · 7 Term and termination > 7.2 Notice")
        await shows(app, "7.1 The lease begins on 1 April 2024")
        await shows(app, "Found as number 1 by its words, number 2 by its meaning, similarity 0.71")


async def test_the_sentence_that_matters_is_lit_on_the_card_and_large(stocked: StandInAssistant) -> None:
    async with running(stocked, size=(160, 48)) as (app, pilot):
        await ask_and_wait(pilot)
        assert "The notice period is six months." in lit_text(app)
        await pilot.press("tab", "1")
        await wait_until(lambda: isinstance(app.screen, SourceScreen))
        await pilot.pause()
        assert "The notice period is six months." in lit_text(app)


async def test_a_number_opens_its_source(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("tab", "2")
        await shows(app, "2 handbook.pdf")


async def test_a_digit_in_the_question_box_is_a_digit(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        question_box(app).focus()
        await pilot.press("2")
        assert question_box(app).text == "2"
        assert not isinstance(app.screen, SourceScreen)


async def test_a_click_on_a_citation_opens_its_source(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        block = app.screen.query_one(CitedMarkdown).query("MarkdownBlock").first()
        await pilot.click(block, offset=("The notice period is six months ".__len__() + 1, 0))
        await wait_until(lambda: isinstance(app.screen, SourceScreen))


async def test_next_and_previous_walk_through_the_sources(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("tab", "1")
        await shows(app, "1 lease-halden.pdf")
        await pilot.press("n")
        await shows(app, "2 handbook.pdf")
        await shows(app, "page 31")
        await pilot.press("p", "p")
        await shows(app, "2 handbook.pdf")
        await pilot.press("escape")
        await wait_until(lambda: not isinstance(app.screen, SourceScreen))


async def test_sources_of_earlier_turns_keep_their_number(stocked: StandInAssistant) -> None:
    later = (make_source(3, document="price-list.pdf"),)

    def second(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(later, SearchTimings())
        yield Answered(make_answer(question, "See [3].", sources=later, cited=(3,)))

    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        stocked.answers = second
        await ask_and_wait(pilot, "second")
        assert [source.number for source in app.screen.query_one(SourcesPanel).shown.sources] == [3]
        await pilot.press("tab", "1")
        await shows(app, "1 lease-halden.pdf")


async def test_a_source_of_two_digits_is_opened_by_typing_both(stocked: StandInAssistant) -> None:
    later = (make_source(12, document="price-list.pdf"),)

    def second(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(later, SearchTimings())
        yield Answered(make_answer(question, "See [12].", sources=later, cited=(12,)))

    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        stocked.answers = second
        await ask_and_wait(pilot, "second")
        await pilot.press("tab", "1", "2")
        await shows(app, "12 price-list.pdf")
        await pilot.press("escape")
        await wait_until(lambda: not isinstance(app.screen, SourceScreen))
        await pilot.press("1")  # waits whether a 2 comes
        await shows(app, "1 lease-halden.pdf")


def twelve(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
    """Sources 1 and 12: a typed 1 waits for a 2."""
    sources = (make_source(1), make_source(12, document="price-list.pdf"))
    yield EvidenceFound(sources, SearchTimings())
    yield Answered(make_answer(question, "See [12].", sources=sources, cited=(12,)))


async def test_digits_that_turn_out_to_be_words_open_no_source(stocked: StandInAssistant) -> None:
    stocked.answers = twelve
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("tab", *"18 months")
        assert question_box(app).text == "18 months"
        await pilot.pause(2 * SECONDS_BETWEEN_DIGITS)
        assert not isinstance(app.screen, SourceScreen)


async def test_a_digit_that_waits_opens_nothing_over_another_screen_or_conversation(stocked: StandInAssistant) -> None:
    stocked.answers = twelve
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("tab", "1", "f1")
        await wait_until(lambda: isinstance(app.screen, HelpScreen))
        await pilot.pause(2 * SECONDS_BETWEEN_DIGITS)
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape", "1", "ctrl+n")
        await wait_until(lambda: not answers(app))
        await pilot.press("2")
        assert question_box(app).text == "2"


async def test_a_turn_that_failed_leaves_no_sources_to_the_next(stocked: StandInAssistant) -> None:
    later = (make_source(3, document="price-list.pdf"), make_source(4, document="minutes.pdf"))

    def fails(_: StandInAssistant, __: str, ___: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(later, SearchTimings())
        raise ModelError("The model ended.", "Try again.")

    def works(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(later[:1], SearchTimings())
        yield Answered(make_answer(question, "See [3].", sources=later[:1], cited=(3,)))

    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        stocked.answers = fails
        await ask_and_wait(pilot, "second")
        await shows(app, "minutes.pdf")
        question_box(app).text = ""
        stocked.answers = works
        await ask_and_wait(pilot, "third")
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        assert sorted(chat._sources) == [1, 2, 3]
        assert len(chat._citations) == 2
        chat.open_source(4)
        await wait_until(lambda: "There is no source 4 in this conversation." in told(app))


async def test_a_page_that_cannot_be_read_leaves_the_passage(stocked: StandInAssistant) -> None:
    def gone(*_: object) -> list[str]:
        raise LibraryError("The document is not in the library any more.", "Add it again.")

    stocked.library.page_texts = gone  # type: ignore[method-assign]
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("tab", "1")
        await shows(app, "The document is not in the library any more. Add it again.")
        await shows(app, "Either party may end the lease")


async def test_a_page_that_reads_otherwise_now_is_not_mixed_with_the_passage(stocked: StandInAssistant) -> None:
    stocked.library.page = LEASE_PAGE.replace("7.2 Notice", "7.2 Changed")
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("tab", "1")
        await shows(app, "7.2 Notice")
        await pilot.pause(0.2)
        assert "7.1 The lease begins" not in screen_text(app)


async def test_a_page_of_megabytes_is_shown_around_the_passage_without_holding_up_keys(
    stocked: StandInAssistant,
) -> None:
    page = f"{'before ' * 200_000}\n\n{LEASE_PAGE}\n\n{'after ' * 200_000}"
    source = make_source(1, page_text=page)
    stocked.library.page = page
    stocked.answers = lambda _, question, __: iter(
        [Answered(make_answer(question, "Six months [1].", sources=[source]))]
    )
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        with answering_keys():
            await pilot.press("tab", "1")
            await shows(app, "7.1 The lease begins")
        assert shown(app, "#source-before").startswith("…")
        assert shown(app, "#source-after").startswith("7.3")
        assert shown(app, "#source-after").endswith("…")


async def test_copying_takes_the_lit_sentence_with_its_place(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("tab", "1", "c")
        await wait_until(lambda: app.clipboard)
        assert app.clipboard == (
            "“The notice period is six months.” (lease-halden.pdf, page 12 · 7 Term and termination > 7.2 Notice)"
        )
        (notice,) = app._notifications
        assert notice.title == "Sent to the terminal's clipboard"  # which may drop it, without a word


async def test_a_narrow_terminal_shows_one_pane_at_a_time(stocked: StandInAssistant) -> None:
    async with running(stocked, size=(80, 24)) as (app, pilot):
        await ask_and_wait(pilot)
        await shows(app, "Conversation")
        assert "handbook.pdf" not in screen_text(app)
        await pilot.press("ctrl+s")
        await shows(app, "handbook.pdf")
        assert "Conversation" not in screen_text(app)
        await pilot.press("ctrl+s")
        await shows(app, "Conversation")


async def test_what_is_new_in_a_narrow_terminal_takes_the_place_of_the_sources(stocked: StandInAssistant) -> None:
    async with running(stocked, size=(80, 24)) as (app, pilot):

        async def to_the_sources() -> None:
            await pilot.press("ctrl+s")
            await shows(app, "handbook.pdf")
            assert app.screen.query_one(SourcesPanel).has_focus

        await ask_and_wait(pilot, "first")
        await to_the_sources()
        await ask_and_wait(pilot, "second")
        await shows(app, "six months [1]")
        await to_the_sources()
        await app.on_part_failed(PartFailed(Trouble("The embedder is gone.", "Install it again.")))
        await shows(app, "Install it again.")
        assert question_box(app).has_focus
        await to_the_sources()
        await pilot.press("f3")
        await shows(app, "first")
        await pilot.press("enter")
        await shows(app, "six months [1]")
        await to_the_sources()
        await pilot.press("ctrl+n")
        await wait_until(lambda: not answers(app))
        assert app.screen.query_one(ConversationView).display


async def test_what_was_chosen_in_a_narrow_terminal_hides_nothing_in_a_wide_one(stocked: StandInAssistant) -> None:
    async with running(stocked, size=(80, 24)) as (app, pilot):
        await ask_and_wait(pilot)
        await pilot.press("ctrl+s")
        await shows(app, "handbook.pdf")
        await pilot.resize_terminal(120, 36)
        await shows(app, "Conversation")
        assert "handbook.pdf" in screen_text(app)


async def test_nothing_is_lost_when_the_terminal_is_resized(stocked: StandInAssistant) -> None:
    async with running(stocked, size=(120, 36)) as (app, pilot):
        await ask_and_wait(pilot)
        question_box(app).insert("draft")
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert question_box(app).text == "draft"
        await pilot.resize_terminal(160, 48)
        await shows(app, "handbook.pdf")
        await shows(app, "six months [1]")
        await shows(app, "draft")


def lit_text(app: object) -> str:
    """What stands on the colour of the lit sentence, lines joined by a space."""
    screen = app.screen  # type: ignore[attr-defined]
    pieces = []
    for strip in screen._compositor.render_strips(screen.size):
        grounds = [(segment.text, segment.style.bgcolor if segment.style else None) for segment in strip]
        pieces.append("".join(text for text, ground in grounds if ground is not None and is_lit(ground)).strip())
    return " ".join(piece for piece in pieces if piece)


def is_lit(colour: object) -> bool:
    """The themes' accent on a dark ground: red over green over blue, clearly."""
    red, green, blue = colour.triplet or (0, 0, 0)  # type: ignore[attr-defined]
    return red > green > blue and red - blue > 30
