"""What the training is fed: forms, splits, and questions that are really not answered."""

import json
import random
from pathlib import Path

from assistant.prompts import LONGEST_QUOTE, REFUSAL
from assistant.reply import holds
from ingest.folding import fold
from tests.training.toy import write_articles
from training import made, squad
from training.groups import Group, Item, Text, as_source, read_groups, supporting, write_groups
from training.prepare import prepare


def test_a_reply_has_the_form_that_the_check_accepts() -> None:
    item = Item("When?", "in 1911", "The mill opened in 1911.", 2)
    assert item.reply == 'in 1911. "The mill opened in 1911." [2]'
    assert Item("Why?").reply == REFUSAL
    assert holds(item.reply, [as_source(Text("a.md", "", "It is old. The mill opened in 1911."), 2)], "When?")


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


def test_every_reply_of_made_documents_holds() -> None:
    chance = random.Random(4)
    for _ in range(40):
        group = made.make_group(chance, sources=3, unanswerable=0.25)
        sources = [as_source(text, number) for number, text in enumerate(group.texts, 1)]
        assert {item.number for item in group.items} == {0, 1, 2, 3}
        for item in group.items:
            assert not item.number or holds(item.reply, sources, item.question), item


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
        shown = fold(" ".join(text.text for text in group.texts))
        for item in group.items:
            assert (fold(right[item.question]) in shown) == bool(item.number)
            refused += not item.number
    assert refused


def test_a_question_that_two_sources_are_asked_is_not_used() -> None:
    paragraphs = [squad.Paragraph("It is red.", [squad.Asked("Which colour?", 6, 9)]) for _ in range(2)]
    article = squad.Article("Colours", paragraphs)
    assert squad.make_group(article, [], random.Random(1), sources=2, items=4, unanswerable=0.3) is None


def test_an_answer_does_not_end_in_the_middle_of_its_sentence() -> None:
    paragraph = squad.Paragraph("By post, or by mail.", [squad.Asked("How is it sent?", 0, 8)])
    group = squad.make_group(
        squad.Article("Post", [paragraph]), [], random.Random(1), sources=1, items=1, unanswerable=0
    )
    assert group is not None
    assert group.items[0].reply == 'By post. "By post, or by mail." [1]'


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
        prepare([file], tmp_path / out, seed=3, held_out=0.25, rounds=2, made_groups=3, questions=20)
    for name in ("train.jsonl", "held-out-3.jsonl", "held-out-5.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    learnt, measured = (
        {group.origin for group in read_groups(tmp_path / "one" / name)} for name in ("train.jsonl", "held-out-3.jsonl")
    )
    assert learnt
    assert measured
    assert not learnt & measured


def test_groups_are_read_as_they_were_written(tmp_path: Path) -> None:
    group = made.make_group(random.Random(1), sources=2, unanswerable=0.25)
    assert write_groups(tmp_path / "groups.jsonl", [group]) == len(group.items)
    assert list(read_groups(tmp_path / "groups.jsonl")) == [group]
    assert json.loads((tmp_path / "groups.jsonl").read_text())["origin"] == group.origin
