"""Rerankers: cross-encoders on ONNX Runtime."""
