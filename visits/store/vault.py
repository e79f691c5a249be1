"""Secrets at rest: sealed under a key that lies outside the database (AES-256-GCM)."""

import contextlib
import os
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Vault:
    """Seals and opens short secrets. The purpose is bound in, so that one secret cannot pass for another."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def at(cls, path: Path) -> "Vault":
        """The vault whose key lies in `path`; made there once, readable by its owner alone."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".vault-")
            with os.fdopen(handle, "wb") as file:
                file.write(AESGCM.generate_key(256))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)  # whole or not at all, and the first starter's key stays
            Path(draft).unlink()
        return cls(path.read_bytes())

    def seal(self, secret: bytes, purpose: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, secret, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The secret; ValueError if it was sealed under another key or for another purpose."""
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], purpose.encode())
        except InvalidTag as fault:
            raise ValueError(f"sealed under another key or purpose than {purpose}") from fault
