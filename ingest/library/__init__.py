"""The library: documents, passages and vectors on one disk, found again by words and by meaning."""
