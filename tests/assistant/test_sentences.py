import numpy as np
import pytest

from assistant.glossary import other_words
from assistant.sentences import best_sentence, score_passages, score_sentences, sentence_spans
from assistant.types import Passage, Why
from assistant.words import Weights
from ingest.contexts import PATH_SEPARATOR
from ingest.types import Chunk
from models.fakes import HashEmbedder


def passage(text: str, heading: str = "") -> Passage:
    chunk = Chunk("c", 0, text, "", 1, 1, 0, len(text), heading)
    return Passage(1, 1.0, chunk, "d.md", "/d.md", "", None, Why())


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_a_paragraph_wrapped_over_lines_is_split_at_full_stops_only() -> None:
    text = "The supplier shall deliver the pumps within 30 days of the\norder. Late delivery costs one per cent a week."
    assert split(text) == [
        "The supplier shall deliver the pumps within 30 days of the\norder.",
        "Late delivery costs one per cent a week.",
    ]


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert split("Mr. Smith paid 4.5 million kr. to the U.S. office. Then he left.") == [
        "Mr. Smith paid 4.5 million kr. to the U.S. office.",
        "Then he left.",
    ]


def test_table_rows_list_items_and_headings_stand_alone() -> None:
    text = "# Prices\n\nItem | Price\nPump | 120\nValve | 35\n\nIncluded:\n- a manual\n- two years of warranty"
    assert split(text) == [
        "# Prices",
        "Item | Price",
        "Pump | 120",
        "Valve | 35",
        "Included:",
        "- a manual",
        "- two years of warranty",
    ]


def test_rows_of_figures_without_separators_stand_alone() -> None:
    text = "Net sales 1,577 1,420 1,301\nOperating income 210 190 175"
    assert split(text) == text.split("\n")


@pytest.mark.parametrize("text", ["", "  \n\n ", "\n"])
def test_nothing_gives_nothing(text: str) -> None:
    assert sentence_spans(text) == []
    assert best_sentence(score_sentences("What?", Weights("What?", {}, 1), text)) == (0, 0)


def test_offsets_are_of_characters_whatever_the_script() -> None:
    text = "Ünïcödé 🚢 first. Second sentence here."
    assert split(text) == ["Ünïcödé 🚢 first.", "Second sentence here."]


def key(question: str, text: str) -> str:
    start, end = best_sentence(score_sentences(question, Weights(question, {}, 10), text))
    return text[start:end]


def test_the_key_sentence_shares_most_with_the_question() -> None:
    text = "Staff work from Monday to Friday. Staff accrue 23 days of vacation. A certificate is required."
    assert key("How many days of vacation do staff accrue?", text) == "Staff accrue 23 days of vacation."


def test_who_prefers_the_sentence_with_a_name() -> None:
    text = "The chair is elected by the board. Ingrid Solheim was elected chair."
    assert key("Who was elected chair?", text) == "Ingrid Solheim was elected chair."


def test_how_many_prefers_the_sentence_with_a_figure() -> None:
    text = "Vacation days are described below. Vacation days: 23 per year."
    assert key("How many vacation days?", text) == "Vacation days: 23 per year."


def test_a_heading_loses_to_the_sentence_below_it() -> None:
    text = "Parental leave\n\nParental leave lasts for the first weeks of the life of a child."
    assert key("What is parental leave?", text).endswith("child.")


def test_a_title_with_a_figure_loses_to_the_sentence_below_it() -> None:
    text = "Lease of Kestrel House, Version 2\n\nEither party may end it with nine months of notice."
    question = "How much notice ends the lease of Kestrel House, version 2?"
    weights = Weights(question, {}, 10)

    scored = score_sentences(question, weights, text, title="Lease of Kestrel House, Version 2")
    assert best_sentence(scored) == (text.index("Either"), len(text))
    under = score_sentences(question, weights, text, heading=f"Leases{PATH_SEPARATOR}Lease of Kestrel House, Version 2")
    assert best_sentence(under) == (text.index("Either"), len(text))
    assert best_sentence(score_sentences(question, weights, text))[0] == 0  # a line like any other


def test_what_the_title_says_holds_for_every_sentence_of_the_document() -> None:
    text, question = "The rent is 4,650 a month.", "What is the rent of Kestrel House in version 2?"
    weights = Weights(question, {}, 10)

    of_first, of_second = (
        score_sentences(question, weights, text, title=f"Lease of Kestrel House, version {version}")[0].score
        for version in (1, 2)
    )
    assert of_second > of_first > score_sentences(question, weights, text)[0].score


def test_a_sentence_that_says_it_in_other_words_is_the_key() -> None:
    text = "Dr Nwosu begins on 1 July. The salary of Dr Nwosu is EUR 78,500."
    question = "What does Dr Nwosu earn?"
    meant = other_words(question, {"earn": ("salary",)})

    scored = score_sentences(question, Weights(question, {}, 10), text, meant=meant)
    assert best_sentence(scored) == (text.index("The salary"), len(text))


def test_meaning_adds_to_the_score_of_the_sentences_that_are_compared() -> None:
    question, text = "vacation", "The vacation lasts long. Nothing here."
    embedder = HashEmbedder()
    weights = Weights(question, {}, 10)
    plain = score_passages(question, weights, [passage(text)])[0]
    meant = score_passages(
        question, weights, [passage(text)], embedder=embedder, question_vector=embedder.embed_query(question)
    )[0]
    cosine = float(np.dot(embedder.embed_query("The vacation lasts long."), embedder.embed_query(question)))
    assert cosine > 0
    assert meant[0].score == pytest.approx(plain[0].score + cosine)


def test_only_a_few_sentences_are_embedded_however_long_the_passages() -> None:
    embedder = HashEmbedder()
    text = " ".join(f"Sentence number {n} speaks of vacation." for n in range(40))
    score_passages(
        "vacation",
        Weights("vacation", {}, 10),
        [passage(text)] * 20,
        embedder=embedder,
        question_vector=embedder.embed_query("vacation"),
    )
    assert embedder.texts_embedded <= 1 + 40


def test_a_sentence_is_helped_by_the_heading_it_stands_under() -> None:
    text = "Calibration rig\n\nThe forecast is now 1.42 million.\n\nRoof\n\nThe forecast is now 0.3 million."
    assert key("What is the forecast cost of the calibration rig?", text) == "The forecast is now 1.42 million."


def test_a_line_that_ends_in_the_middle_of_a_sentence_reads_on() -> None:
    assert split("Emissions in tonnes,\n2021 to 2025.") == ["Emissions in tonnes,\n2021 to 2025."]


def test_a_line_of_figures_that_ends_a_sentence_belongs_to_it() -> None:
    text = (
        "The total notional amount of the swaps at the end of 2021 was\n$19.8 billion and $17.8 billion, respectively."
    )
    assert split(text) == [text]


def test_a_line_after_a_colon_begins_anew() -> None:
    text = "The property of each segment is as follows (in millions):\nYear Ended\n2016 2017"
    assert split(text)[0] == "The property of each segment is as follows (in millions):"


def test_a_year_is_no_figure_but_where_time_is_asked_for() -> None:
    text = "The salary is reviewed in 2026. The salary is EUR 78,500."
    assert key("What is the salary?", text) == "The salary is EUR 78,500."
    assert key("When is the salary reviewed?", text) == "The salary is reviewed in 2026."


def test_a_sentence_that_refers_back_has_the_words_of_the_one_before_it() -> None:
    text = "Each party keeps the other's drawings secret. 11.2 This duty lasts for five years after the end."
    question = "How long are drawings kept secret?"
    secret, duty = score_sentences(question, Weights(question, {}, 10), text)
    assert duty.score > secret.score
    assert duty.under == ((secret.start, secret.end),)


def test_a_sentence_that_refers_back_and_adds_nothing_stands_alone() -> None:
    text = "Drawings are kept secret for five years. This is usual."
    question = "How long are drawings kept secret?"
    secret, usual = score_sentences(question, Weights(question, {}, 10), text)
    assert secret.score > usual.score
    assert usual.under == ()


def test_nothing_is_referred_back_to_over_a_heading() -> None:
    text = "Drawings are kept secret.\n\nEnd\n\nThis duty lasts for five years."
    question = "How long are drawings kept secret?"
    assert score_sentences(question, Weights(question, {}, 10), text)[-1].under == ()
