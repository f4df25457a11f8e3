"""What a language model has read of a conversation, kept in files of ours so that it is not read again.

    states/key          a secret of this home; changed whenever something is forgotten
    states/NAME.state   one per conversation: header, tokens, llama.cpp's state of them, and a keyed checksum of it all

llama.cpp believes whatever stands in a state, so only files that carry the home's own checksum are given to it. Names
are keyed, too: they say nothing about the conversation.
"""

import contextlib
import hashlib
import hmac
import json
import logging
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import HomeError
from config.files import replace_file
from config.locations import private_directory

_log = logging.getLogger(__name__)

_SUFFIX = ".state"
_NEW = ".new."
_SECONDS_TO_SAVE = 3600.0
"""No state takes as long: a file that is older was given up."""
_HEADER_BYTES = 4096  # a page: what follows can be mapped into memory
_CHECKSUM_BYTES = 32
_BLOCK = 1 << 22
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class SavedState:
    """Where in a file a state lies: `tokens` token ids of 4 bytes each from `offset` on, then llama.cpp's part,
    together `size` bytes."""

    path: Path
    offset: int
    tokens: int
    size: int


class StateStore:
    """The states of one home, at most `limit_mb` megabytes of them; those not used for longest go first.

    Several processes may use it at once. Nothing but `clear` raises for a full disk or a damaged file: a state that is
    not there is read again by the model, and that is all.
    """

    def __init__(self, directory: Path, limit_mb: int) -> None:
        self._directory = directory
        self._limit = limit_mb * _MEGABYTE

    @property
    def epoch(self) -> bytes:
        """Changes when something is forgotten: a state read before that must not be saved after it. Empty where no key
        can be kept, and then no state either."""
        try:
            return hashlib.sha256(self._key()).digest()
        except (OSError, HomeError):
            return b""

    def find(self, conversation: str, fingerprint: str) -> SavedState | None:
        """The state of a conversation, None unless it is whole, ours, and of the model with that fingerprint."""
        try:
            path = self._path(conversation)
            with path.open("rb") as file:
                header = json.loads(file.read(_HEADER_BYTES).rstrip(b"\0"))
                saved = SavedState(path, _HEADER_BYTES, int(header["tokens"]), int(header["size"]))
                is_ours = (
                    header["fingerprint"] == fingerprint
                    and path.stat().st_size == saved.offset + saved.size + _CHECKSUM_BYTES
                    and self._is_intact(path)
                )
            if not is_ours:
                return None
            os.utime(path)
        except (OSError, HomeError, ValueError, KeyError, TypeError):
            return None
        return saved

    def save(
        self,
        conversation: str,
        fingerprint: str,
        epoch: bytes,
        tokens: int,
        size: int,
        fill: Callable[[Path, int], bool],
    ) -> bool:
        """Keep a state: `fill` is told a file and an offset, and writes `size` bytes there. False when it was not kept.

        `epoch` is that of when the state was begun.
        """
        whole = _HEADER_BYTES + size + _CHECKSUM_BYTES
        header = json.dumps({"fingerprint": fingerprint, "tokens": tokens, "size": size}).encode()
        try:
            if whole > self._limit:
                self.trim()
                return False
            target = self._path(conversation)
            self._make_room(whole, but=target)
            with self._new_file() as path:
                with path.open("r+b") as file:
                    _reserve(file.fileno(), whole)
                    file.write(header.ljust(_HEADER_BYTES, b"\0"))
                    file.flush()
                    if not fill(path, _HEADER_BYTES):
                        return False
                    file.seek(_HEADER_BYTES + size)
                    file.write(self._checksum(path, _HEADER_BYTES + size))
                if epoch != self.epoch:  # something was forgotten meanwhile
                    return False
                path.replace(target)
                if epoch != self.epoch:  # or between these two lines
                    target.unlink(missing_ok=True)
                    return False
        except (OSError, HomeError) as error:
            _log.warning("A state could not be kept: %s", error)
            return False
        return True

    def trim(self) -> None:
        """Delete what is more than the limit allows, and what was never finished."""
        with contextlib.suppress(OSError):  # another process that is at it, too, or a disk that cannot be written
            self._make_room(0)

    def remove(self, conversation: str) -> None:
        """Forget the state of one conversation."""
        self._path(conversation).unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget every state, also those that other processes are about to save."""
        if not self._directory.exists():
            return
        replace_file(self._key_file, secrets.token_bytes(32))
        for path in self._directory.iterdir():
            if path != self._key_file:
                path.unlink(missing_ok=True)

    @property
    def _key_file(self) -> Path:
        return self._directory / "key"

    def _key(self) -> bytes:
        try:
            key = self._key_file.read_bytes()
        except FileNotFoundError:
            key = b""
        if len(key) != 32:
            private_directory(self._directory)
            key = secrets.token_bytes(32)
            replace_file(self._key_file, key)
        return key

    def _path(self, conversation: str) -> Path:
        name = hmac.digest(self._key(), conversation.encode(), "sha256").hex()[:32]
        return self._directory / f"{name}{_SUFFIX}"

    def _is_intact(self, path: Path) -> bool:
        end = path.stat().st_size - _CHECKSUM_BYTES
        with path.open("rb") as file:
            file.seek(end)
            return hmac.compare_digest(file.read(), self._checksum(path, end))

    def _checksum(self, path: Path, size: int) -> bytes:
        """BLAKE2b with the home's key, which is a message authentication code, over the first `size` bytes."""
        digest = hashlib.blake2b(key=self._key(), digest_size=_CHECKSUM_BYTES)
        with path.open("rb") as file:
            while size and (block := file.read(min(_BLOCK, size))):
                digest.update(block)
                size -= len(block)
        return digest.digest()

    def _make_room(self, size: int, but: Path | None = None) -> None:
        """Delete the states used longest ago until `size` more bytes fit; the one that is replaced counts as gone."""
        for path in self._abandoned():
            path.unlink(missing_ok=True)
        states = [(path.stat().st_mtime, path, path.stat().st_size) for path in self._states() if path != but]
        in_use = sum(state[2] for state in states)
        for _, path, freed in sorted(states):
            if in_use + size <= self._limit:
                break
            path.unlink(missing_ok=True)
            in_use -= freed

    def _abandoned(self) -> list[Path]:
        """Files of a program that was killed while it saved a state."""
        files = self._directory.glob(f"{_NEW}*") if self._directory.exists() else ()
        return [path for path in files if time.time() - path.stat().st_mtime > _SECONDS_TO_SAVE]

    def _states(self) -> list[Path]:
        return list(self._directory.glob(f"*{_SUFFIX}")) if self._directory.exists() else []

    @contextlib.contextmanager
    def _new_file(self) -> Iterator[Path]:
        """A file under a name of its own (0600), gone at the end unless it was renamed."""
        handle, name = tempfile.mkstemp(dir=private_directory(self._directory), prefix=_NEW)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)


def _reserve(file: int, size: int) -> None:
    """Have the space, or OSError: a worker that writes into a file without it is killed by the system."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.truncate(file, size)
