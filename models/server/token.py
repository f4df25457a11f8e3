"""The access token of a server, from a file that only its owner can read."""

import os
import stat
from pathlib import Path

from config.errors import ConfigError

_LONGEST = 8192


def read_token(path: Path) -> str:
    """The text of the file without the space around it.

    Raises ConfigError when it cannot be read, is open to others, or holds what no header may.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_LONGEST + 1)
    except OSError as error:
        raise ConfigError(
            f"The token file {path} cannot be read: {error.strerror}.", "Name another one with server.token_file."
        ) from error
    if not stat.S_ISREG(mode) or mode & 0o077:
        raise ConfigError(f"The token file {path} is open to other users.", f"Run chmod 600 {path}.")
    token = content.decode("ascii", "replace").strip()
    if not token or len(content) > _LONGEST or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(f"The file {path} holds no token.", "Put the token alone into it, in one line.")
    return token
