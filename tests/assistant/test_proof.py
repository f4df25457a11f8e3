"""A short answer before the quote that bears it out goes with that quote."""

from collections import Counter
from collections.abc import Sequence

import pytest

from assistant import reply as replies
from assistant.citations import CitedText, Proof, cite
from assistant.grounding import check
from assistant.reply import copied_reply, proof
from assistant.types import Passage, Source, Why
from ingest.types import Chunk
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open, answer_to

RETURNED = "Goods in original packing are taken back within 30 days, less 15 % for inspection."
NOTICE = "Either party gives 2 months' notice."


def numbered(texts: Sequence[str]) -> list[Source]:
    return [
        Source(
            number,
            Passage(
                number,
                1.0,
                Chunk(f"c{number}", number, text, "", 1, 1, 0, len(text)),
                f"{number}.md",
                f"/d/{number}.md",
                "",
                None,
                Why(),
            ),
        )
        for number, text in enumerate(texts, 1)
    ]


def proof_in(text: str, sources: Sequence[Source], question: str) -> Proof | None:
    reply = copied_reply(text, sources)
    return proof(reply, question) if reply else None


def cited(reply: str, question: str, *texts: str) -> CitedText:
    sources = numbered(texts)
    pages = {source.passage.path: [source.passage.chunk.text] for source in sources}
    found = cite(reply, sources, lambda path, *_: pages[path], proof_in(reply, sources, question))
    assert check(found.sentences, sources, question).unsupported == ()
    return found


@pytest.mark.parametrize(
    ("answer", "quoted", "texts", "quote"),
    [
        (  # a sentence before it says so, too
            "30 days.",
            RETURNED,
            [f"Payment is due 30 days after the date of the invoice.\n{RETURNED}"],
            RETURNED,
        ),
        ("Two months.", NOTICE, [NOTICE, "The trial lasts two months."], NOTICE),  # another source has all its words
        ("Two.", "An order needs 2 signatures.", ["An order needs 2 signatures."], "An order needs 2 signatures."),
        (  # most of it is the question's
            "The goods that the buyer returns in original packing are credited in 10 days.",
            "A credit follows within 10 days.",
            ["A credit follows within 10 days."],
            "A credit follows within 10 days.",
        ),
        (  # the words of a part of a sentence are all in one before it
            "Within 30 days.",
            "within 30 days",
            ["Within 60 days it costs 30 %. It is free within 30 days of delivery. After that, it is not."],
            "It is free within 30 days of delivery.",
        ),
        (
            "By post. Within 30 days.",
            "Return them by post. That is free within 30 days.",
            ["Return them by post. That is free within 30 days. Later, it is not."],
            "Return them by post. That is free within 30 days.",
        ),
        (  # its last word is broken over two lines
            "Credited.",
            "They are then credited.",
            ["They are credited later where the seller picks them up. They are then cred-\nited."],
            "They are then cred-\nited.",
        ),
    ],
)
def test_a_short_answer_is_cited_with_the_quote_that_bears_it_out(
    answer: str, quoted: str, texts: Sequence[str], quote: str
) -> None:
    question = "What about goods that the buyer returns in original packing?"
    found = cited(f'{answer} "{quoted}" [1]', question, *texts)
    assert {sentence.numbers for sentence in found.sentences} == {(1,)}
    assert [(citation.number, citation.quote) for citation in found.citations] == [(1, quote)]


@pytest.mark.parametrize(
    ("answer", "quoted"),
    [
        ("900 €.", "Le loyer est le suivant : 900 € par mois."),
        ("900 €.", "Le loyer est de 900 € !"),
        ("900 euro.", "Rent . . . . . 900 euro , less .5 %"),
    ],
)
def test_a_quote_keeps_the_spaces_that_its_source_has_before_stops(answer: str, quoted: str) -> None:
    found = cited(f'{answer} "{quoted}" [1]', "Quel est le loyer ?", quoted)
    assert f'"{quoted}"' in found.text
    assert {sentence.numbers for sentence in found.sentences} == {(1,)}


def test_a_sentence_with_a_mark_of_its_own_keeps_its_citation() -> None:
    text = "The rent is 900 euro. It rises in May. The deposit is 1,800 euro."
    reply = 'The rent is 900 euro [1]. The deposit is 1,800 euro. "The deposit is 1,800 euro." [1]'
    quotes = [citation.quote for citation in cited(reply, "What are rent and deposit?", text).citations]
    assert quotes == ["The rent is 900 euro.", "The deposit is 1,800 euro."]


@pytest.mark.parametrize(
    "reply",
    [
        'Yes. "Goods are taken back within 30 days." [1]',  # nothing in it can be held against the quote
        'The buyer may return goods. "It is 30 days." [1]',  # says the question again
        'Forty weeks. "Goods are taken back within 30 days." [1]',
        'Thirty. "Goods are taken back in 30 days." [1]',  # no copy
    ],
)
def test_what_the_quote_does_not_bear_out_gets_no_mark_of_it(reply: str) -> None:
    sources = numbered(["Goods are taken back within 30 days. It is 30 days."])
    question = "May the buyer return goods?"
    found = cite(reply, sources, lambda *_: [sources[0].passage.chunk.text], proof_in(reply, sources, question))
    assert found.sentences[0].numbers == ()


def test_a_question_is_answered_so(open_with: Open) -> None:
    reply = 'Twenty-three. "Employees of Halvorsen Marine accrue 23 days of paid vacation per year." [1]'
    question = "How many days of paid vacation do employees accrue per year?"
    answer = answer_to(open_with(llm=ScriptedModel([reply], writes_well=False, writes_in_form=True)), question)
    assert answer.text == reply.replace("three.", "three [1].")
    assert answer.grounding.unsupported == ()
    assert len(answer.citations) == 1


def test_a_quote_is_looked_up_once_to_mend_it_and_once_to_hold_it(
    open_with: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = Counter[str]()

    def stands_in(words: str, text: str) -> bool:
        looked_up[text] += 1
        return words in text

    monkeypatch.setattr(replies, "stands_in", stands_in)
    reply = 'Twenty-three. 23 days. "Employees of Halvorsen Marine accrue 23 days of paid vacation per year." [1]'
    question = "How many days of paid vacation do employees accrue per year?"
    answer = answer_to(open_with(llm=ScriptedModel([reply], writes_well=False, writes_in_form=True)), question)
    assert len(answer.citations) == 1
    assert set(looked_up.values()) == {2}
