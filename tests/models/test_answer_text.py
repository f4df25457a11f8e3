import pytest

from models.llama.text import AnswerText


def read(pieces: list[bytes], *stop: str) -> list[str]:
    text = AnswerText(stop)
    shown = []
    for piece in pieces:
        shown.append(text.add(piece))
        if text.is_ended:
            return shown
    return [*shown, text.flush()]


def test_a_character_split_over_tokens_is_shown_when_it_is_whole() -> None:
    assert read([b"\xf0\x9f", b"\x98\x80", b"\xc3", b"\xbc!"]) == ["", "😀", "", "ü!", ""]


def test_bytes_that_never_become_a_character_are_replaced() -> None:
    assert read([b"a\xff", b"b\xf0\x9f"]) == ["a\ufffd", "b", "\ufffd"]


def test_a_stop_string_split_over_tokens_is_never_shown() -> None:
    assert read([b"Yes.\n", b"\nUs", b"er", b": and?"], "\n\nUser:") == ["Yes.", "", "", ""]


def test_what_only_looked_like_a_stop_string_is_shown_later() -> None:
    assert read([b"a\n", b"\nUs", b"eful"], "\n\nUser:") == ["a", "", "\n\nUseful", ""]
    assert read([b"a\n"], "\n\nUser:") == ["a", "\n"]


@pytest.mark.parametrize("stop", [("cd", "bcx"), ("bcx", "cd")])
def test_the_earliest_of_several_stop_strings_ends_the_text(stop: tuple[str, str]) -> None:
    assert "".join(read([b"ab", b"cd", b"e"], *stop)) == "ab"
