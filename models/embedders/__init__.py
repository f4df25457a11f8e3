"""Embedders: a sentence-transformers directory on ONNX Runtime (CPU) or on PyTorch (GPU)."""
