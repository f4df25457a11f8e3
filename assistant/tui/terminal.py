"""Keep everything but the interface off the terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_STREAMS = {"stdout": 1, "stderr": 2}


@contextmanager
def terminal_to_ourselves() -> Iterator[None]:
    """Let Python write to the terminal through descriptors of its own, and nobody else.

    Textual draws on `sys.__stderr__`, measures `sys.__stdout__`, and catches what Python prints. Native code writes to
    descriptors 1 and 2 directly, into the middle of the screen: what it has to say goes nowhere here, because it may
    quote a document. When the interface has ended, everything is as it was.
    """
    with ExitStack() as stack:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        stack.callback(os.close, nowhere)
        for name, descriptor in _STREAMS.items():
            kept = os.dup(descriptor)
            terminal = stack.enter_context(os.fdopen(os.dup(descriptor), "w", encoding="utf-8", buffering=1))
            stack.callback(_put_back, name, getattr(sys, name), descriptor, kept)
            setattr(sys, name, terminal)
            setattr(sys, f"__{name}__", terminal)
            os.dup2(nowhere, descriptor)
        yield


def _put_back(name: str, stream: object, descriptor: int, kept: int) -> None:
    os.dup2(kept, descriptor)
    os.close(kept)
    setattr(sys, name, stream)
    setattr(sys, f"__{name}__", stream)
