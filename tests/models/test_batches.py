from models.onnx_session import TEXTS_PER_BATCH, TOKENS_PER_BATCH, batches_by_length


def test_every_text_is_in_one_batch() -> None:
    lengths = [(7919 * row) % 600 + 1 for row in range(300)]

    rows = [row for batch in batches_by_length(lengths) for row in batch]

    assert sorted(rows) == list(range(300))


def test_batches_are_small_in_texts_and_in_padded_tokens() -> None:
    lengths = [(7919 * row) % 600 + 1 for row in range(300)] + [2] * 200

    for batch in batches_by_length(lengths):
        padded = len(batch) * max(lengths[row] for row in batch)
        assert len(batch) == 1 or (padded <= TOKENS_PER_BATCH and len(batch) <= TEXTS_PER_BATCH)


def test_nothing_gives_no_batch() -> None:
    assert list(batches_by_length([])) == []
