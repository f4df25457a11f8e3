"""One module per sample document; `paper` holds what they share."""
