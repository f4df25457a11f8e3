"""What the training is fed: forms, splits, and questions that are really not answered."""

import json
import math
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from assistant.prompts import LONGEST_QUOTE, REFUSAL
from assistant.reply import holds
from ingest.folding import fold
from ingest.types import BlockKind
from tests.training.toy import write_articles
from training import choosing, made, squad
from training.cutting import Asked, Cut, Part, cut
from training.groups import Group, Item, Text, as_source, read_groups, supporting, write_groups
from training.prepare import prepare

pytestmark = pytest.mark.slow


def test_a_reply_has_the_form_that_the_check_accepts() -> None:
    item = Item("When?", "in 1911", "The mill opened in 1911.", 2)
    assert item.reply == 'in 1911. "The mill opened in 1911." [2]'
    assert Item("Why?").reply == REFUSAL
    assert holds(item.reply, [as_source(Text("a.md", "", "It is old. The mill opened in 1911."), 2)], "When?")


def test_a_long_answer_with_room_for_one_word_more_is_not_longer_than_a_quote() -> None:
    words = [f"word{number}" for number in range(3 * LONGEST_QUOTE)]
    text, answer = " ".join(words), " ".join(words[10 : 9 + LONGEST_QUOTE])
    start = text.index(answer)
    copied = supporting(text, start, start + len(answer))
    assert answer in copied
    assert len(copied.split()) <= LONGEST_QUOTE


def test_the_supporting_sentence_holds_the_answer() -> None:
    text = "It is old. The mill\nopened in 1911. It closed."
    start = text.index("1911")
    assert supporting(text, start, start + 4) == "The mill opened in 1911."


def test_a_long_sentence_is_copied_in_part() -> None:
    words = [f"word{number}" for number in range(100)]
    text = " ".join(words) + "."
    start = text.index("word50")
    copied = supporting(text, start, start + len("word50 word51"))
    assert copied in text
    assert "word50 word51" in copied
    assert len(copied.split()) <= LONGEST_QUOTE
    assert len(supporting(text, 0, len(text)).split()) == LONGEST_QUOTE


def test_a_long_sentence_broken_over_lines_is_copied_word_for_word() -> None:
    text = " ".join(f"word{number}" + ("\n" if number % 7 == 0 else "") for number in range(100)) + "."
    copied = supporting(text, text.index("word50"), text.index("word52"))
    assert copied in " ".join(text.split())
    assert len(copied.split()) == LONGEST_QUOTE


def test_every_reply_of_made_documents_holds() -> None:
    chance = random.Random(4)
    numbers = set()
    for _ in range(40):
        group = made.make_group(chance, sources=3, items=10, unanswerable=0.25)
        assert group is not None
        sources = [as_source(text, number) for number, text in enumerate(group.texts, 1)]
        numbers |= {item.number for item in group.items}
        for item in group.items:
            assert not item.number or holds(item.reply, sources, item.question), item
    assert numbers == {0, 1, 2, 3}


def test_every_maker_answers_its_questions_in_its_own_words() -> None:
    for maker in made.MAKERS:
        for seed in range(20):
            section = maker(random.Random(seed), "Toy Works")
            for ask in section.asked:
                assert any(ask.answer in line and ask.after in line for line in section.lines), (maker, ask)
            assert section.missing
            assert not {words for ask in section.asked for words in ask.questions} & set(section.missing)


def test_a_row_of_a_table_is_the_whole_support() -> None:
    chance = random.Random(2)
    replies = [item for _ in range(60) if (group := _made(chance)) for item in group.items if item.number]
    prices = [item for item in replies if item.question.startswith("Which code")]
    assert prices
    assert all(item.support.startswith(item.answer) and len(item.support.split()) < 9 for item in prices)


def _made(chance: random.Random) -> Group | None:
    return made.make_group(chance, sources=2, items=10, unanswerable=0.25)


def test_sources_are_cut_as_the_program_cuts_them() -> None:
    parts = [Part("The mill", kind=BlockKind.HEADING)]
    for number in range(12):
        text = (
            f"Wheel {number} turns the stones. "
            + "It grinds corn and other grain all day. " * 8
            + f"Its age is {number + 40}."
        )
        start = text.index(f"{number + 40}.")
        parts.append(Part(text, (Asked(f"How old is wheel {number}?", start, start + 2),)))
    for seed in range(6):
        cuts = cut("mill", "The mill", parts, random.Random(seed))
        asked = {one.question: cut_.text.text[one.start : one.end] for cut_ in cuts for one in cut_.asked}
        assert asked == {f"How old is wheel {number}?": str(number + 40) for number in range(12)}
        assert len(cuts) > 5
        assert all("The mill" in one.text.context or "The mill" in one.text.text for one in cuts)
        assert cuts[-1].text.page > cuts[0].text.page


def test_articles_are_split_whole_and_differ_by_seed(tmp_path: Path) -> None:
    articles = squad.read_articles(write_articles(tmp_path / "toy.json", 8))
    learnt, measured = squad.split(articles, 0.25, 1)
    assert (len(learnt), len(measured)) == (6, 2)
    assert not {article.title for article in learnt} & {article.title for article in measured}
    assert {a.title for a in squad.split(articles, 0.25, 2)[1]} != {a.title for a in measured}


def test_an_unanswerable_question_is_one_whose_answer_is_not_shown(tmp_path: Path) -> None:
    articles = squad.read_articles(write_articles(tmp_path / "toy.json", 4))
    right = {
        asked.question: p.text[asked.start : asked.end] for a in articles for p in a.paragraphs for asked in p.asked
    }
    chance = random.Random(1)
    refused = 0
    for _ in range(20):
        group = squad.make_group(articles[0], articles[1:], chance, sources=2, items=6, unanswerable=0.3)
        assert group is not None
        shown = fold(" ".join(" ".join(text.text.split()) for text in group.texts))
        for item in group.items:
            assert (fold(right[item.question]) in shown) == bool(item.number)
            refused += not item.number
    assert refused


def test_a_question_that_two_sources_are_asked_is_not_used() -> None:
    cuts = [Cut(Text("a.md", "", "It is red."), (Asked("Which colour?", 6, 9),)) for _ in range(2)]
    assert _chosen(cuts, sources=2) is None
    assert _chosen([cuts[0], Cut(Text("b.md", "", "It is tall."), ())], sources=2) is not None


def _chosen(cuts: list[Cut], sources: int) -> Group | None:
    return choosing.make_group("Toy", cuts, [], random.Random(1), sources=sources, items=4, unanswerable=0.3)


def test_the_likest_text_shares_the_rarest_words() -> None:
    scores = choosing.likeness(
        "the price of a valve", ["the price of the lamp", "the price of the valve", "the dog", "the price"]
    )
    assert max(scores) == scores[1]
    assert min(scores) == scores[2]


def test_likeness_does_not_depend_on_the_order_of_a_set() -> None:
    words = [f"word{number}" for number in range(40)]
    texts = [" ".join(words[:count]) for count in range(1, 41)]
    for count, score in enumerate(choosing.likeness(texts[-1], texts), 1):
        parts = [Fraction(math.log(1 + 40 / (40 - number))) for number in range(count)]
        assert score == float(sum(parts)) / (1 + count) ** 0.5


def test_an_answer_does_not_end_in_the_middle_of_its_sentence() -> None:
    group = _chosen([Cut(Text("a.md", "", "By post, or by mail."), (Asked("How is it sent?", 0, 8),))], sources=1)
    assert group is not None
    assert group.items[0].reply == 'By post. "By post, or by mail." [1]'


def test_spans_that_are_no_short_answers_are_left_out(tmp_path: Path) -> None:
    text = "We  may share your e-mail address with printers who need it."
    spans = ["may share", "your e-mail addr", "your e-mail address", "printers"]
    answers = [[{"text": span, "answer_start": text.index(span)}] for span in spans]
    questions = [
        {"question": span, "answers": one, "type": "Sharing|||Type|||Contact"}
        for span, one in zip(spans, answers, strict=True)
    ]
    raw = {"data": [{"title": "toy.com", "paragraphs": [{"context": text, "qas": questions}]}]}
    (tmp_path / "toy.json").write_text(json.dumps(raw))
    paragraph = squad.read_articles(tmp_path / "toy.json")[0].paragraphs[0]
    found = {asked.question: paragraph.text[asked.start : asked.end] for asked in paragraph.asked}
    assert found == {"your e-mail address": "your e-mail address", "printers": "printers"}


def test_a_follow_up_has_only_new_sources_in_its_last_message() -> None:
    texts = (Text("a.md", "A", "The lake is deep."), Text("b.md", "B", "The hill is high."))
    earlier = Item("What is deep?", "The lake", "The lake is deep.", 1)
    item = Item("What is high?", "The hill", "The hill is high.", 2)
    messages = Group("Land", "f3nce", texts, (item,), earlier, 1).messages(item.question)
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[2].content == earlier.reply
    assert "[2] b.md" in messages[3].content
    assert "lake" not in messages[3].content


def test_prepare_writes_the_same_again_and_keeps_the_halves_apart(tmp_path: Path) -> None:
    file = write_articles(tmp_path / "toy.json", 8)
    for out in ("one", "two"):
        prepare([file], tmp_path / out, seed=3, held_out=0.25, groups=12, made_share=0.25, questions=20)
    for name in ("train.jsonl", "held-out-3.jsonl", "held-out-5.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    learnt, measured = (
        {group.origin for group in read_groups(tmp_path / "one" / name)} for name in ("train.jsonl", "held-out-3.jsonl")
    )
    assert learnt
    assert measured
    assert not learnt & measured


def test_another_seed_is_measured_by_the_same_questions_and_another_split_by_others(tmp_path: Path) -> None:
    file = write_articles(tmp_path / "toy.json", 8)
    for out, seed, split in (("one", 3, 1), ("other seed", 4, 1), ("other split", 3, 2)):
        prepare([file], tmp_path / out, seed=seed, split=split, held_out=0.25, groups=12, made_share=0.25, questions=20)

    def written(out: str, name: str) -> bytes:
        return (tmp_path / out / name).read_bytes()

    assert written("other seed", "held-out-3.jsonl") == written("one", "held-out-3.jsonl")
    assert written("other seed", "train.jsonl") != written("one", "train.jsonl")
    assert written("other split", "held-out-3.jsonl") != written("one", "held-out-3.jsonl")


def test_groups_are_read_as_they_were_written(tmp_path: Path) -> None:
    group = _made(random.Random(1))
    assert group is not None
    group = replace(group, items=(replace(group.items[0], others=("two",), also=(2, 3)), *group.items[1:]))
    assert write_groups(tmp_path / "groups.jsonl", [group]) == len(group.items)
    assert list(read_groups(tmp_path / "groups.jsonl")) == [group]
    raw = json.loads((tmp_path / "groups.jsonl").read_text())
    assert raw["origin"] == group.origin
    for item in raw["items"]:
        del item["also"]  # as they were written before it was known
    (tmp_path / "early.jsonl").write_text(json.dumps(raw))
    (early,) = read_groups(tmp_path / "early.jsonl")
    assert early.items[0] == replace(group.items[0], also=())
