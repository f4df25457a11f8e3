"""A language model on a server of the organisation's own."""
