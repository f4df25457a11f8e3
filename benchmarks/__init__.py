"""What is claimed about speed and quality, measured: each module has `run() -> str`, a section of RESULTS.md."""
