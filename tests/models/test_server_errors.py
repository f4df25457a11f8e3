"""The model on a server that behaves badly: what is said, what is sent again, and what is not."""

import socket
import time

import pytest

from config.errors import ServerError
from tests.models.house import (
    CUT,
    DONE,
    LABEL,
    USAGE,
    Behaviour,
    House,
    answers,
    delta,
    event,
    generate,
    model_at,
    raw,
    says,
    sends,
    text_of,
    wait_until_closed,
)


def error_of(house: House, **settings: object) -> ServerError:
    with pytest.raises(ServerError) as caught:
        generate(model_at(house, **settings))
    house.join()
    assert caught.value.exit_code == 1
    assert LABEL in caught.value.message
    assert caught.value.remedy.endswith(".")
    return caught.value


@pytest.mark.parametrize(
    ("word", "words"),
    [("refused", "refuses connections"), ("unknown", "name service"), ("late", "in time"), ("nonsense", "reached")],
)
def test_a_server_that_cannot_be_reached(word: str, words: str) -> None:
    assert words in error_of(House(word=word)).message


def test_a_relay_that_says_nothing_in_time() -> None:
    assert "does not accept connections" in error_of(House(word=""), connect_seconds=0.1).message


def test_a_server_that_hangs_before_the_first_word() -> None:
    house = House(lambda connection, _: wait_until_closed(connection))
    assert "does not answer in time" in error_of(house, first_word_seconds=0.1).message


def test_a_server_that_falls_silent_or_only_keeps_the_connection_open() -> None:
    def pings(connection: socket.socket, _: object) -> None:
        sends(delta("Six"))(connection, _)  # type: ignore[arg-type]
        for _ in range(200):
            connection.sendall(b"8\r\n: ping\n\n\r\n")
            time.sleep(0.02)
        raise AssertionError("nobody closed the connection")

    for behaviour in (sends(delta("Six"), end=False), pings):
        assert "does not answer in time" in error_of(House(behaviour), silence_seconds=0.15).message


def test_a_server_that_cuts_off_in_the_middle() -> None:
    for behaviour in (
        sends(delta("Six")),
        raw(b"HTTP/1.1 200 OK\r\n\r\n" + delta("Six")),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + delta("Six")),
        raw(b""),
    ):
        assert "ended the connection" in error_of(House(behaviour)).message


def test_a_server_that_cuts_off_before_it_has_begun() -> None:
    """llama-cpp-python's does, when the prompt is too long: after a success and the head of a stream."""
    for behaviour in (sends(), raw(b"HTTP/1.1 200 OK\r\n\r\n"), raw(b"")):
        error = error_of(House(behaviour))
        assert "before its answer began" in error.message
        assert "server.context" in error.remedy


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_token_that_does_not_hold(status: str) -> None:
    error = error_of(House(answers(status, {"error": {"message": "invalid key"}})))
    assert "does not accept the token" in error.message
    assert "invalid key" in error.message
    assert "server.token_file" in error.remedy


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("500 Internal Server Error", "failed (HTTP 500)"),
        ("404 Not Found", "does not know the address or the model"),
        ("400 Bad Request", "cannot answer this"),
        ("302 Found", "never followed"),
        ("307 Temporary Redirect", "never followed"),
    ],
)
def test_other_refusals_and_redirects(status: str, words: str) -> None:
    house = House(answers(status, None, "Location: http://evil.test/v1/chat/completions"))
    assert words in error_of(house).message
    assert house.connections == 1


def test_an_error_in_the_middle_of_a_stream() -> None:
    error = error_of(House(sends(delta("Six"), event({"error": {"code": 400, "message": "too\x1b[2J long"}}))))
    assert "cannot answer this" in error.message
    assert "\x1b" not in error.message


@pytest.mark.parametrize(
    "behaviour",
    [
        sends(b"data: {broken\n\n"),
        sends(b"data: [1, 2]\n\n"),
        sends(event({"choices": [{"delta": {"content": 5}}]})),
        sends(event({"choices": "all"})),
        sends(b"data: " + b"[" * 100_000 + b"\n\n"),
        raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
        raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"),
    ],
    ids=["no json", "no object", "no text", "no choices", "nested", "no http", "many headers", "long header"],
)
def test_a_server_that_speaks_nonsense(behaviour: Behaviour) -> None:
    assert "does not answer as expected" in error_of(House(behaviour)).message


def test_an_enormous_line_is_not_read_to_its_end() -> None:
    def floods(connection: socket.socket, _: object) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\ndata: ")
        for _ in range(64):
            connection.sendall(b"x" * (1 << 20))
        raise AssertionError("64 MB of one line were taken")

    assert "longer than 1 MB" in error_of(House(floods)).message


def test_a_server_that_writes_without_end_is_left() -> None:
    house = House(sends(*[delta("x")] * 1000, end=False))
    assert len(text_of(generate(model_at(house), max_tokens=5))) < 20
    house.join()


@pytest.mark.parametrize(
    "thoughts",
    [
        [delta("Hmm.", "reasoning_content"), CUT, USAGE, DONE],
        [delta("<think>Hmm."), CUT, USAGE, DONE],
        [delta("\n"), CUT, USAGE, DONE],
        [delta("Hmm.", "reasoning")] * 20,  # it does not keep to the tokens that it was given
    ],
)
def test_a_server_that_only_thinks(thoughts: list[bytes]) -> None:
    house = House(sends(*thoughts))
    with pytest.raises(ServerError, match="used up its tokens thinking") as caught:
        generate(model_at(house, retries=3), max_tokens=5)
    assert "answer.max_tokens" in caught.value.remedy
    assert house.connections == 1
    house.join()


def test_an_answer_that_is_cut_is_an_answer() -> None:
    house = House(sends(delta("Hmm.", "reasoning_content"), delta("Six"), CUT, USAGE, DONE))
    assert text_of(generate(model_at(house))) == "Six"
    house.join()


# Sent again


def test_what_failed_before_the_first_word_is_sent_again() -> None:
    house = House(answers("503 Service Unavailable"), raw(b""), says("Six."))
    assert text_of(generate(model_at(house, retries=2))) == "Six."
    assert house.connections == 3
    house.join()


def test_it_is_sent_again_only_so_often() -> None:
    house = House(answers("503 Service Unavailable"))
    error_of(house, retries=1)
    assert house.connections == 2


@pytest.mark.parametrize("behaviour", [sends(delta("Six")), answers("401 Unauthorized"), answers("302 Found")])
def test_what_has_begun_or_will_not_pass_is_not_sent_again(behaviour: Behaviour) -> None:
    house = House(behaviour)
    error_of(house, retries=3)
    assert house.connections == 1
