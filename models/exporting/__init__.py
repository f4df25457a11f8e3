"""Transformers to ONNX: made once per model, in a process of its own, checked against the original."""
