"""A language model on an OpenAI-compatible server (llama-server, vLLM) as a LanguageModel."""

import contextlib
import http.client
import itertools
import logging
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

from config.errors import ConfigError
from config.opening import Destination, Unreachable
from config.sanitise import sanitise
from config.sections import ServerSettings
from models.base import GenerationOptions, GenerationPiece, Message, ModelInformation, TokenUsage
from models.llama.template import fold_system
from models.llama.text import AnswerWithoutThoughts
from models.server.call import Call, Connect, CutOff, Door, Late, NotUnderstood, Refused, Stopped, Untrusted
from models.server.token import read_token
from models.server.troubles import OnlyThought, explain, may_pass

_log = logging.getLogger(__name__)

_DIGIT = re.compile("[0-9]")
_BYTES_PER_TOKEN = 3
"""Vocabularies of today's models have some 4 bytes of English to a token; 3 leaves room for other languages."""
_EVENTS_BESIDE_TOKENS = 8
"""Of a stream: its role, its end, its usage, and some to spare. A server that sends more writes without end."""
_LONGEST_NAME = 80
"""Characters: what a server calls a model may be the path of its file."""
_FIRST_PAUSE = 0.2
"""Seconds before a request is sent again; twice as long each time."""
_FAILURES = (Unreachable, Untrusted, Refused, Late, CutOff, NotUnderstood, OnlyThought)


class ServerModel:
    """The model of `settings` on the server at `destination`, reached by `connect`.

    Every prompt, and the passages in it, goes to that server. What it has read is its own affair: nothing is read ahead
    there, and nothing can be forgotten there. Safe to use from several threads. Raises ConfigError when the token or
    the certificates cannot be read, and ServerError from `generate`.
    """

    def __init__(self, destination: Destination, settings: ServerSettings, connect: Connect) -> None:
        self._settings = settings
        self._door = Door(
            destination,
            connect,
            _tls(destination, settings.ca_file),
            _headers(destination, settings),
            settings.connect_seconds,
        )
        self.information = ModelInformation(
            name=settings.model or f"the model of {destination.label}",
            file_hash="",
            context=settings.context,
            architecture="server",
            runs_on=destination.label,
        )
        self._model = settings.model
        self._folds_system = False

    def generate(
        self, messages: Sequence[Message], options: GenerationOptions, stop: Event | None = None
    ) -> Iterator[GenerationPiece]:
        """See LanguageModel. A request is sent again only while nothing of its answer has come."""
        stop = stop or Event()
        learnt: set[int] = set()
        for attempt in itertools.count():
            has_begun = False
            try:
                for piece in self._stream(messages, options, stop):
                    has_begun = True
                    yield piece
                return
            except Stopped:
                yield GenerationPiece("", TokenUsage())
                return
            except _FAILURES as failure:
                if not has_begun and self._learns_from(failure, learnt):
                    continue
                if has_begun or attempt >= self._settings.retries or not may_pass(failure):
                    raise self._explained(failure, has_begun) from failure
                _log.info("The server failed (%s): tried again", type(failure).__name__)
            if stop.wait(_FIRST_PAUSE * 2**attempt):
                yield GenerationPiece("", TokenUsage())
                return

    def read_ahead(self, messages: Sequence[Message], conversation: str = "", stop: Event | None = None) -> bool:
        """See LanguageModel. Nothing leaves the machine before a question is asked."""
        del messages, conversation, stop
        return False

    def prepare(self, stop: Event) -> bool:
        """Nothing is sent before there is a question."""
        return not stop.is_set()

    def forget(self, conversation: str = "") -> None:
        """Nothing is kept here."""

    def count_tokens(self, text: str) -> int:
        """An estimate, rather too high: the protocol has no way to ask. Many vocabularies have a token for each digit
        and none for two."""
        digits = len(_DIGIT.findall(text))
        return digits - (digits - len(text.encode())) // _BYTES_PER_TOKEN

    def close(self) -> None:
        """Nothing is open between two answers."""

    def _stream(
        self, messages: Sequence[Message], options: GenerationOptions, stop: Event
    ) -> Iterator[GenerationPiece]:
        if self._folds_system:
            messages = fold_system(messages)
        request = {
            "model": self._model or self._first_model(stop),
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "seed": options.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
            **({"stop": list(options.stop)} if options.stop else {}),
        }
        answer, usage, pieces = AnswerWithoutThoughts(), None, 0
        has_answered = is_cut = False
        with Call(self._door, "POST", "/chat/completions", request, stop=stop, seconds=self._first_word()) as call:
            most = options.max_tokens + _EVENTS_BESIDE_TOKENS
            for number, event in enumerate(itertools.islice(call.events(self._settings.silence_seconds), most), 1):
                _require_no_error(event)
                usage = _usage(event) or usage
                text = _text(event)
                pieces += bool(text)
                is_cut = is_cut or _is_cut(event) or number == most
                if text and (clear := answer.add(text)):
                    has_answered = has_answered or bool(clear.strip())
                    yield GenerationPiece(clear)
        if rest := answer.flush():
            has_answered = has_answered or bool(rest.strip())
            yield GenerationPiece(rest)
        if is_cut and not has_answered:
            raise OnlyThought
        yield GenerationPiece("", usage or TokenUsage(generated=pieces))

    def _learns_from(self, failure: Exception, learnt: set[int]) -> bool:
        """Whether the server would rather be asked in another way, which is remembered. `learnt` are the statuses that
        were learnt from for this question: once from each."""
        if not isinstance(failure, Refused) or failure.status in learnt:
            return False
        learnt.add(failure.status)
        if failure.status == http.client.NOT_FOUND and self._model and not self._settings.model:
            self._model = ""  # the server has another one by now: it is asked for its list again
            return True
        is_about_form = failure.status == http.client.BAD_REQUEST and _is_about_system_role(failure.detail)
        if is_about_form and not self._folds_system:
            self._folds_system = True
            return True
        return False

    def _first_model(self, stop: Event) -> str:
        """What the server lists first; asked once. Answers then name it."""
        with Call(self._door, "GET", "/models", None, stop=stop, seconds=self._first_word()) as call:
            listed = call.json()
        try:
            self._model = str(listed["data"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:
            raise NotUnderstood("it lists no model") from error
        name = sanitise(self._model).strip()[:_LONGEST_NAME]
        self.information = replace(self.information, name=name or self.information.name)
        return self._model

    def _first_word(self) -> float:
        return self._settings.first_word_seconds

    def _explained(self, failure: Exception, has_begun: bool) -> Exception:
        secret = self._door.headers.get("Authorization", "").removeprefix("Bearer ")
        return explain(failure, self._door.destination, secret, has_begun=has_begun)


def _tls(destination: Destination, ca_file: str) -> ssl.SSLContext | None:
    if not destination.encrypted:
        return None
    try:
        return ssl.create_default_context(cafile=str(Path(ca_file).expanduser()) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"The certificates in {ca_file} (server.ca_file) cannot be read.", "Name a PEM file that you may read."
        ) from error


def _headers(destination: Destination, settings: ServerSettings) -> dict[str, str]:
    headers = {"Accept": "text/event-stream, application/json", "User-Agent": "strongroom"}
    if settings.token_file:
        if not (destination.encrypted or destination.is_this_machine):
            raise ConfigError(
                f"The token would go to {destination.label} in the clear.", "Give server.url an https address."
            )
        headers["Authorization"] = f"Bearer {read_token(Path(settings.token_file).expanduser())}"
    return headers


def _require_no_error(event: dict[str, Any]) -> None:
    if (error := event.get("error")) is not None:
        code = error.get("code") if isinstance(error, dict) else None
        message = error.get("message") if isinstance(error, dict) else error
        raise Refused(code if isinstance(code, int) else 500, message if isinstance(message, str) else "")


def _is_about_system_role(detail: str) -> bool:
    """Whether a server refuses messages from the system, as vLLM does where a model's template has no place for them
    ("System role not supported")."""
    return {"system", "role"} <= set(re.findall("[a-z]+", detail.casefold()))


def _text(event: dict[str, Any]) -> str:
    """The next letters of the answer; thoughts that the server keeps apart (`reasoning_content`) are left out."""
    choices = event.get("choices")
    if not choices:  # the last event, with the usage
        return ""
    with contextlib.suppress(KeyError, IndexError, TypeError, AttributeError):
        content = choices[0]["delta"].get("content")
        if content is None or isinstance(content, str):
            return content or ""
    raise NotUnderstood("an event of its stream is not of the form of chat completions")


def _is_cut(event: dict[str, Any]) -> bool:
    """Whether this is where the server's tokens were used up. The event is of the form that `_text` asks for."""
    choices = event.get("choices")
    return bool(choices and choices[0].get("finish_reason") == "length")


def _usage(event: dict[str, Any]) -> TokenUsage | None:
    usage = event.get("usage")
    if not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details")
    return TokenUsage(
        prompt=_count(usage, "prompt_tokens"),
        reused=_count(details, "cached_tokens") if isinstance(details, dict) else 0,
        generated=_count(usage, "completion_tokens"),
    )


def _count(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else 0
