"""Conversations in the library file, and what forgetting takes out of them; `conversations.py` is the door."""
