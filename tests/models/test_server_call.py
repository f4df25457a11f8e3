"""One request to a server: what watches over it, and events that are a little out of the ordinary."""

import socket
import threading
import time

from models.base import GenerationOptions, Message
from models.server.call import _Watch
from tests.models.house import DONE, House, event, model_at, sends, text_of


def test_a_server_that_was_too_late_stays_too_late() -> None:
    """What was on its way as the connection was shut is a sign of life, and changes nothing."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watch = _Watch(ours, threading.Event(), 0.0)
        theirs.settimeout(10)
        assert theirs.recv(1) == b""  # it was shut
        watch.expect(60.0)
        time.sleep(0.1)
        assert watch.late
        watch.end()


def test_nobody_watches_a_socket_that_may_be_closed() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watch = _Watch(ours, threading.Event(), 60.0)
        watch.end()
        assert "server-watch" not in {thread.name for thread in threading.enumerate()}


def test_an_error_that_is_none_is_none() -> None:
    """As some servers say with every event."""
    word = {"error": None, "choices": [{"index": 0, "delta": {"content": "Yes."}}]}
    house = House(sends(event(word), DONE))
    assert text_of(list(model_at(house).generate([Message("user", "Is it?")], GenerationOptions()))) == "Yes."
    house.join()
