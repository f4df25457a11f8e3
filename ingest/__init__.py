"""From folders to a library: read, cut into passages, embed, keep and find."""
