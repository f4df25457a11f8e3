"""The GPUs that this build of llama.cpp can use. Runs in the worker only."""

import ctypes

import llama_cpp
from llama_cpp import _ggml

_CPU = 0  # ggml-backend.h, enum ggml_backend_dev_type


def free_gpu_memory() -> list[int]:
    """Free bytes of each; empty when llama.cpp was built for the processor alone, or finds none."""
    if not llama_cpp.llama_supports_gpu_offload():
        return []
    library = _ggml.libggml
    for function, result, arguments in (
        ("ggml_backend_dev_count", ctypes.c_size_t, []),
        ("ggml_backend_dev_get", ctypes.c_void_p, [ctypes.c_size_t]),
        ("ggml_backend_dev_type", ctypes.c_int, [ctypes.c_void_p]),
        ("ggml_backend_dev_memory", None, [ctypes.c_void_p] + [ctypes.POINTER(ctypes.c_size_t)] * 2),
    ):
        getattr(library, function).restype, getattr(library, function).argtypes = result, arguments
    found = []
    for index in range(library.ggml_backend_dev_count()):
        device = library.ggml_backend_dev_get(index)
        # Of the types beside the processor some, such as BLAS, have no memory of their own.
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        library.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
        if library.ggml_backend_dev_type(device) != _CPU and total.value:
            found.append(free.value)
    return found
