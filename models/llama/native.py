"""What is llama.cpp's own and belongs to no model: its errors, its messages, and how it is told to stop."""

import ctypes
from typing import Any

import llama_cpp

_LOG_LEVEL_ERROR = 4  # ggml.h, enum ggml_log_level
_log_callbacks: list[Any] = []  # llama.cpp keeps only the address: without this the function would be freed


class EngineError(Exception):
    """A sentence for people."""


class Stopped(Exception):  # it is a request, not an error
    """The answer was to be stopped."""


class StopFlag:
    """Tells llama.cpp, between any two operations of a computation, whether to give up.

    llama.cpp asks a C function `bool (void *)` hundreds of times per token. `strlen` of a buffer that is empty or holds
    one character answers that without Python, whose lock would cost time at every question.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        libc = ctypes.CDLL(None)
        self.callback = ctypes.cast(libc.strlen, llama_cpp.ggml_abort_callback)
        self.address = ctypes.cast(self._buffer, ctypes.c_void_p)

    def set(self) -> None:
        self._buffer[0] = b"x"

    def clear(self) -> None:
        self._buffer[0] = b"\0"

    def is_set(self) -> bool:
        return self._buffer[0] != b"\0"


def collect_errors() -> list[str]:
    """Have llama.cpp's error messages go into a list instead of to the screen; all else it says is dropped."""
    errors: list[str] = []

    @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]  # llama_cpp is not followed by the type checker
    def keep(level: int, text: bytes, _: object) -> None:
        if level == _LOG_LEVEL_ERROR:
            errors.append(text.decode("utf-8", "replace").strip())
            del errors[:-20]

    _log_callbacks[:] = [keep]
    llama_cpp.llama_log_set(keep, ctypes.c_void_p(0))
    return errors
