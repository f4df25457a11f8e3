"""What went wrong with a server, in two sentences."""

from config.errors import ServerError
from config.opening import Destination, Unreachable
from config.sanitise import sanitise
from models.server.call import CutOff, Late, Refused, Untrusted

_PASSING = frozenset({429, 500, 502, 503, 504})
_LONGEST_DETAIL = 200

_UNREACHABLE = {
    "unknown": ("is not known to the name service", "Check server.url."),
    "refused": ("refuses connections", "Check that it runs, and the port in server.url."),
    "late": ("does not accept connections in time", "Check that it runs, or raise server.connect_seconds."),
    "unreachable": ("cannot be reached", "Check the network between this machine and it."),
    "ended": ("cannot be reached: the relay has ended", "Start Strongroom again."),
}


class OnlyThought(Exception):
    """The tokens that the server was given were used up before its answer began."""


def may_pass(failure: Exception) -> bool:
    """Whether the same request may succeed a moment later."""
    if isinstance(failure, Refused):
        return failure.status in _PASSING
    if isinstance(failure, Unreachable):
        return failure.reason in ("refused", "unreachable")
    return isinstance(failure, CutOff)


def explain(failure: Exception, destination: Destination, secret: str, *, has_begun: bool) -> ServerError:
    """`secret` is taken out of what the server said; `has_begun`: part of the answer had come."""
    what, remedy = _of_no_answer() if isinstance(failure, CutOff) and not has_begun else _sentences(failure)
    if isinstance(failure, Refused) and failure.detail:
        detail = failure.detail.replace(secret, "…") if secret else failure.detail
        what = f"{what} ({sanitise(' '.join(detail.split()))[:_LONGEST_DETAIL].rstrip('.')})"
    return ServerError(f"The server {destination.label} {what}.", remedy)


def _sentences(failure: Exception) -> tuple[str, str]:
    if isinstance(failure, Unreachable):
        return _UNREACHABLE.get(failure.reason, _UNREACHABLE["unreachable"])
    if isinstance(failure, Untrusted):
        return (
            f"cannot be trusted: {sanitise(str(failure))}",
            "Name the authority that signed its certificate with server.ca_file, and check the host in server.url.",
        )
    if isinstance(failure, Late):
        return (
            "does not answer in time",
            "Ask again, or raise server.first_word_seconds and server.silence_seconds.",
        )
    if isinstance(failure, CutOff):
        return "ended the connection in the middle of its answer", "Ask again; if it happens again, look at its log."
    if isinstance(failure, Refused):
        return _of_status(failure.status)
    if isinstance(failure, OnlyThought):
        return (
            "used up its tokens thinking, before it answered",
            "Raise answer.max_tokens, or switch thinking off at the server.",
        )
    return f"does not answer as expected: {failure}", "Check that server.url names an OpenAI-compatible interface."


def _of_no_answer() -> tuple[str, str]:
    """llama-cpp-python's server says that all is well, and then finds that the prompt is too long."""
    return (
        "ended the connection before its answer began",
        "Ask with fewer sources (answer.sources), or check server.context; its log says what went wrong.",
    )


def _of_status(status: int) -> tuple[str, str]:
    if status in (401, 403):
        return f"does not accept the token (HTTP {status})", "Put a valid one into the file of server.token_file."
    if status == 404:
        return (
            "does not know the address or the model (HTTP 404)",
            "Check server.url (it mostly ends in /v1) and server.model.",
        )
    if 300 <= status < 400:
        return (
            f"sends the question elsewhere (HTTP {status}), which is never followed",
            "Put the address that it really has into server.url.",
        )
    if status in (400, 413, 422):
        return (
            f"cannot answer this (HTTP {status})",
            "Ask with fewer sources (answer.sources), or check server.context.",
        )
    return f"failed (HTTP {status})", "Ask again in a moment; if it happens again, look at its log."
