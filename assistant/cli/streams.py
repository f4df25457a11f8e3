"""Standard streams as whoever started us left them: closed, or leading where nothing more goes in."""

import io
import os
import sys
from typing import TextIO


def prepare_streams() -> None:
    """Open those that are closed onto nothing, and have the others take every character.

    For a stream that was closed Python has None in its place; and its descriptor would go to the next file that is
    opened, which would get what C code and child processes write to that stream.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)  # the lowest that is free: the stream's own
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character shows a question mark


def end_streams() -> bool:
    """Write out what waits in the streams; whether standard output took all of it. What one of them does not take is
    dropped: the interpreter would try again, and exit with a code of its own."""
    has_taken_all = True
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            discard(stream)
            has_taken_all = has_taken_all and stream is not sys.stdout
    return has_taken_all


def discard(stream: TextIO) -> None:
    """Let what waits in `stream`, and whatever follows, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
