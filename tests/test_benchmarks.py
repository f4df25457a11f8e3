"""What benchmarks rest on: they must be able to see what they count, and to turn off what they say they do."""

import json
from pathlib import Path

from assistant.evaluation.summary import Row
from assistant.types import Why
from benchmarks.ablation import OFF, reciprocal_ranks
from benchmarks.datasets import EXAMPLES
from benchmarks.egress import Sockets, count_sockets
from benchmarks.house_words import write
from benchmarks.refusal import _company, _share
from benchmarks.retrieval import BARS, FIGURES
from benchmarks.weights import WEIGHTS, as_it_comes, mean_reciprocal_rank
from config.sections import Settings

TRACE = """\
4101 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3
4101 connect(3, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)
4102 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 5
4102 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16) = 0
4103 socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = -1 EACCES (Permission denied)
"""


def test_internet_sockets_are_counted_and_others_are_not() -> None:
    assert count_sockets(TRACE.splitlines()) == Sockets(opened=1, refused=1, connects=1)


def test_what_the_ablation_turns_off_is_on_otherwise() -> None:
    values = Settings().model_dump()
    for settings in OFF.values():
        for name, off in settings.items():
            area, setting = name.split(".")
            assert values[area][setting] != off
            assert type(values[area][setting]) is type(off)


def test_two_middling_ranks_beat_one_good_one() -> None:
    assert reciprocal_ranks(Why(lexical_rank=5, dense_rank=5)) > reciprocal_ranks(Why(lexical_rank=1))
    assert reciprocal_ranks(Why()) == 0


def test_every_bar_is_for_a_figure_that_is_measured() -> None:
    assert all(figure in FIGURES for bars in BARS.values() for figure in bars)
    assert EXAMPLES.is_there()


def test_a_question_asked_in_several_libraries_counts_once() -> None:
    assert _share({"a": [True, True, False, False], "b": [True]}).startswith("0.75 (2;")
    assert _share({}) == "none"


def test_filings_of_one_company_go_together() -> None:
    assert _company("ACME_2019_10K.pdf") == _company("ACME_2020Q2_10Q.pdf") != _company("BOREALIS_2019_10K.pdf")


def test_every_weight_that_is_varied_is_one_and_ranks_are_averaged_over_what_can_be_found() -> None:
    assert set(as_it_comes()) <= set(Settings().retrieval.model_dump())
    assert {weight for weights in WEIGHTS.values() for weight in weights} == set(as_it_comes())
    assert mean_reciprocal_rank([row(1), row(4), row(None), row(None, has_gold=False)]) == (1 + 1 / 4) / 3
    assert mean_reciprocal_rank([]) == 0.0


def row(rank: int | None, *, has_gold: bool = True) -> Row:
    return Row("?", (), "", True, has_gold, rank, rank, None, False, (), 1.0)


def test_house_words_are_the_same_each_time_and_stand_in_their_documents(tmp_path: Path) -> None:
    documents, learnt, others = write(tmp_path / "one")
    assert [file.read_text() for file in write(tmp_path / "two")[1:]] == [learnt.read_text(), others.read_text()]
    rows = [[json.loads(line) for line in file.read_text().splitlines()] for file in (learnt, others)]
    assert [len(each) for each in rows] == [100, 60]
    for row in (*rows[0], *rows[1]):
        if row.get("answerable", True):
            assert row["answers"][0].lower() in (documents / row["docs"][0]).read_text().lower(), row
    facts = {(row["docs"][0], row["answers"][0]) for row in rows[0] if "docs" in row}
    asked = {row["question"] for row in rows[0]}
    assert not asked & {row["question"] for row in rows[1]}
    assert len(facts) > 60
