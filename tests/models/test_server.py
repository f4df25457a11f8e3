"""The model on a server, against a server at the other end of a local socket: no connection is opened here."""

import datetime
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.errors import ConfigError, ServerError
from config.opening import Destination
from models.base import GenerationOptions, GenerationPiece, LanguageModel, Message, TokenUsage
from models.server.client import ServerModel
from tests.models.house import (
    DONE,
    LABEL,
    USAGE,
    Behaviour,
    House,
    answers,
    delta,
    event,
    model_at,
    raw,
    says,
    sends,
    text_of,
    wait_until_closed,
)

QUESTION = [Message("system", "Be brief."), Message("user", "How many days?")]
ENCRYPTED = Destination("llm.house.test", 8443, encrypted=True, base="/v1")


def generate(model: ServerModel, ends: threading.Event | None = None, **options: object) -> list[GenerationPiece]:
    return list(model.generate(QUESTION, GenerationOptions(**options), ends))  # type: ignore[arg-type]


def error_of(house: House, **settings: object) -> ServerError:
    with pytest.raises(ServerError) as caught:
        generate(model_at(house, **settings))
    house.join()
    assert caught.value.exit_code == 1
    assert LABEL in caught.value.message
    assert caught.value.remedy.endswith(".")
    return caught.value


def test_an_answer_is_streamed() -> None:
    house = House(says("Twenty", "-six", " days."))
    model = model_at(house)
    pieces = generate(model, max_tokens=50, temperature=0.5, seed=7, stop=("User:",))
    assert isinstance(model, LanguageModel)
    assert [piece.text for piece in pieces if piece.text] == ["Twenty", "-six", " days."]
    assert pieces[-1].usage == TokenUsage(prompt=40, reused=30, generated=3)
    (request,) = house.requests
    assert request.line == "POST /v1/chat/completions HTTP/1.1"
    assert request.fields == {
        "model": "house-70b",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How many days?"}],
        "max_tokens": 50,
        "temperature": 0.5,
        "seed": 7,
        "stop": ["User:"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert model.information.runs_on == LABEL
    house.join()


def test_the_first_model_that_the_server_lists_is_asked_once() -> None:
    listed = answers("200 OK", {"data": [{"id": "llama-70b"}, {"id": "other"}]})
    house = House(listed, says("Yes."), says("No."))
    model = model_at(house, model="")
    assert text_of(generate(model)) == "Yes."
    assert text_of(generate(model)) == "No."
    assert [request.line.split()[1] for request in house.requests] == [
        "/v1/models",
        "/v1/chat/completions",
        "/v1/chat/completions",
    ]
    assert house.requests[1].fields["model"] == "llama-70b"
    house.join()


def test_thoughts_are_kept_out_of_the_answer() -> None:
    house = House(says("<think>", "Hmm.", "</think>", "\n\nSix."))
    assert text_of(generate(model_at(house))) == "Six."
    apart = House(sends(delta("Hmm.", "reasoning_content"), delta("Six."), USAGE, DONE))
    assert text_of(generate(model_at(apart))) == "Six."
    house.join()
    apart.join()


def test_comments_and_other_fields_of_a_stream_mean_nothing() -> None:
    house = House(sends(b": ping\n\n", b"event: message\nid: 3\n" + delta("Six."), USAGE, DONE))
    assert text_of(generate(model_at(house))) == "Six."
    house.join()


def test_nothing_is_sent_before_a_question_is_asked() -> None:
    house = House()
    model = model_at(house)
    assert model.read_ahead(QUESTION) is False
    assert model.count_tokens("Twenty-six days.") == 6
    model.forget()
    model.close()
    assert house.connections == 0


@pytest.mark.parametrize("before", [0, 1])
def test_a_stop_closes_the_connection_within_200_ms(before: int) -> None:
    """In the middle of the answer, and while the server is still reading."""
    house = House(sends(*[delta("Six")] * before, end=False))
    stop = threading.Event()
    stream = model_at(house).generate(QUESTION, GenerationOptions(), stop)
    pieces = [next(stream) for _ in range(before)]
    asked = threading.Timer(0.1, stop.set)
    begun = time.monotonic()
    asked.start()
    pieces += stream
    assert time.monotonic() - begun < 0.1 + 0.2
    assert pieces[-1].usage == TokenUsage()
    assert house.left.wait(5)
    house.join()


def test_a_reader_who_goes_closes_the_connection() -> None:
    house = House(sends(delta("Six"), delta(" days"), end=False))
    stream = model_at(house).generate(QUESTION, GenerationOptions())
    assert next(stream).text == "Six"
    stream.close()  # type: ignore[attr-defined]
    assert house.left.wait(5)
    house.join()


def test_a_stop_while_the_relay_connects_takes_effect() -> None:
    house = House(word="")
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    assert generate(model_at(house), stop) == [GenerationPiece("", TokenUsage())]
    house.join()


# A server that behaves badly


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


# Token and TLS


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("s3cret-token\n")
    file.chmod(0o600)
    return file


def on_this_machine(house: House, token: Path) -> ServerModel:
    return model_at(house, Destination("127.0.0.1", 8080, encrypted=False, base="/v1"), token_file=str(token))


def test_the_token_goes_into_the_request_and_nowhere_else(token: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    house = House(answers("401 Unauthorized", {"error": {"message": "Bearer s3cret-token is not valid"}}))
    model = on_this_machine(house, token)
    with pytest.raises(ServerError) as caught:
        generate(model)
    assert "Authorization: Bearer s3cret-token" in house.requests[0].head
    for shown in (str(caught.value), repr(model.information), caplog.text):
        assert "s3cret" not in shown
    house.join()


def test_a_token_is_not_sent_in_the_clear(token: Path) -> None:
    with pytest.raises(ConfigError, match="in the clear"):
        model_at(House(), token_file=str(token))


def test_a_token_file_that_others_can_read_is_refused(token: Path) -> None:
    token.chmod(0o640)
    with pytest.raises(ConfigError, match="open to other users"):
        on_this_machine(House(), token)


@pytest.mark.parametrize("content", ["", "two words", "line\r\nX-Evil: 1"])
def test_a_file_that_holds_no_token_is_refused(token: Path, content: str) -> None:
    token.write_text(content)
    with pytest.raises(ConfigError, match="holds no token"):
        on_this_machine(House(), token)


def test_a_token_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        on_this_machine(House(), tmp_path / "none")


class Authority:
    """A certificate authority of our own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "House CA")])
        self.file = folder / f"ca-{id(self)}.pem"
        self.file.write_bytes(self._certificate(self._name, self._key, None).public_bytes(serialization.Encoding.PEM))

    def server_context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key, host)
        file = self._folder / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, host: str | None) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if host is None:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        else:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_an_authority_of_the_house_is_trusted(authority: Authority, token: Path) -> None:
    house = House(says("Six", " days."), context=authority.server_context("llm.house.test"))
    model = model_at(house, ENCRYPTED, ca_file=str(authority.file), token_file=str(token))
    assert text_of(generate(model)) == "Six days."
    assert "Authorization: Bearer s3cret-token" in house.requests[0].head
    house.join()


def test_a_stop_takes_effect_under_tls_too(authority: Authority) -> None:
    house = House(sends(delta("Six"), end=False), context=authority.server_context("llm.house.test"))
    stop = threading.Event()
    stream = model_at(house, ENCRYPTED, ca_file=str(authority.file)).generate(QUESTION, GenerationOptions(), stop)
    assert next(stream).text == "Six"
    begun = time.monotonic()
    stop.set()
    assert next(stream).usage == TokenUsage()
    assert time.monotonic() - begun < 0.2
    stream.close()  # type: ignore[attr-defined]
    house.join()


@pytest.mark.parametrize("wrong", ["authority", "host", "system"])
def test_a_certificate_that_does_not_hold_gets_no_request(authority: Authority, tmp_path: Path, wrong: str) -> None:
    context = authority.server_context("other.house.test" if wrong == "host" else "llm.house.test")
    trusted = {"authority": str(Authority(tmp_path).file), "host": str(authority.file), "system": ""}[wrong]
    house = House(says("Six."), context=context)
    with pytest.raises(ServerError, match="cannot be trusted"):
        generate(model_at(house, ENCRYPTED, ca_file=trusted))
    house.join()
    assert not house.requests


def test_a_handshake_that_hangs_or_is_none(authority: Authority) -> None:
    hanging = House(lambda connection, _: wait_until_closed(connection))
    with pytest.raises(ServerError, match="in time"):
        generate(model_at(hanging, ENCRYPTED, ca_file=str(authority.file), first_word_seconds=0.1))
    hanging.join()


def test_certificates_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ConfigError, match=r"server\.ca_file"):
        model_at(House(), ENCRYPTED, ca_file=str(tmp_path / "ca.pem"))
