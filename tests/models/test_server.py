"""The model on a server, over the wire, against a server at the other end of a local socket."""

import datetime
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
from models.base import GenerationOptions, GenerationPiece, LanguageModel, TokenUsage
from models.server.client import ServerModel
from tests.models.house import (
    DONE,
    LABEL,
    QUESTION,
    USAGE,
    House,
    answers,
    delta,
    generate,
    model_at,
    says,
    says_as_llama_cpp_python,
    sends,
    text_of,
    wait_until_closed,
)

ENCRYPTED = Destination("llm.house.test", 8443, encrypted=True, base="/v1")


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


def test_thoughts_are_kept_out_of_the_answer() -> None:
    house = House(says("<think>", "Hmm.", "</think>", "\n\nSix."))
    assert text_of(generate(model_at(house))) == "Six."
    apart = House(sends(delta("Hmm.", "reasoning_content"), delta("Six."), USAGE, DONE))
    assert text_of(generate(model_at(apart))) == "Six."
    house.join()
    apart.join()


def test_a_server_that_tells_no_usage_is_counted() -> None:
    house = House(says_as_llama_cpp_python("Twenty", "-six", " days."))
    pieces = generate(model_at(house))
    assert text_of(pieces) == "Twenty-six days."
    assert pieces[-1].usage == TokenUsage(generated=3)
    house.join()


def test_comments_and_other_fields_of_a_stream_mean_nothing() -> None:
    house = House(sends(b": ping\n\n", b"event: message\nid: 3\n" + delta("Six."), USAGE, DONE))
    assert text_of(generate(model_at(house))) == "Six."
    house.join()


def test_nothing_is_sent_before_a_question_is_asked() -> None:
    house = House()
    model = model_at(house)
    assert model.read_ahead(QUESTION) is False
    assert model.count_tokens("Twenty-six days.") == 6
    assert model.count_tokens("123456") == 6
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
