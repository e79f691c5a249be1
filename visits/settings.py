"""Settings: read once from the environment, frozen. Every field has a sentence and a safe default."""

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation may choose. Each field is read from `VISITS_<NAME>`, the database also from DATABASE_URL."""

    #: Where files, the embedded database and keys live.
    data: Path = field(default_factory=lambda: Path(".data"))
    #: PostgreSQL as visits_app, e.g. postgresql://visits_app@db/visits; empty: the embedded server.
    database_url: str = ""
    #: The same database as visits_owner, for migrations only; empty: the embedded server, or no migration.
    owner_database_url: str = ""
    #: Address people type; decides secure cookies and the links in notices and QR codes.
    public_url: str = "http://127.0.0.1:8000"
    #: Where the web app listens.
    host: str = "127.0.0.1"
    #: Where the web app listens.
    port: int = 8000
    #: File store: a folder, or s3://bucket/prefix; empty: `files` in the data folder.
    files: str = ""
    #: File with the key that seals seeds and one-time-code secrets; empty: `vault.key` in the data folder.
    key_file: str = ""
    #: Folder watched for declarations (SAD XML) and lane messages (JSON); empty: not watched.
    inbox_folder: str = ""
    #: Name of the administration the watched folder and the clearance link belong to (its host name).
    inbox_tenant: str = ""
    #: Base address of the clearance system for the HTTPS link; empty: manual link.
    clearance_url: str = ""
    #: Folder for the clearance system's folder link; empty: not used.
    clearance_folder: str = ""
    #: Shared secret that signs messages to and from the clearance system.
    clearance_secret: str = ""
    #: Largest SAD XML message taken, in bytes.
    sad_limit: int = 32 * 1024 * 1024
    #: Largest uploaded document, in bytes.
    document_limit: int = 25 * 1024 * 1024
    #: All documents of one visit together, in bytes.
    package_limit: int = 200 * 1024 * 1024
    #: ClamAV daemon that scans uploaded files, host:port; empty: only the test virus is recognised.
    clamd: str = ""
    #: Database connections a process keeps at most.
    pool: int = 10
    #: Secret a program must bring as a bearer token to read /metrics; empty: only a program on this machine may.
    metrics_token: str = ""
    #: Shows the training banner and the sample logins; only `visits demo` sets it.
    training: bool = False

    @property
    def files_url(self) -> str:
        """The file store, with its default resolved."""
        return self.files or str(self.data / "files")

    @property
    def key_path(self) -> Path:
        """Where the sealing key lies, with its default resolved."""
        return Path(self.key_file) if self.key_file else self.data / "vault.key"

    @property
    def secure(self) -> bool:
        """Cookies are marked Secure when people come over HTTPS."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, **overrides: Any) -> "Settings":
        """Read the environment; an override wins. A value of the wrong type is a ValueError naming the setting."""
        chosen: dict[str, Any] = {}
        for each in fields(cls):
            name = f"VISITS_{each.name.upper()}"
            raw = os.environ.get(name)
            if raw is None and each.name == "database_url":
                raw = os.environ.get("DATABASE_URL")
            if raw is not None:
                chosen[each.name] = _parse(name, raw, each.type)
        return cls(**(chosen | overrides))


def _parse(name: str, raw: str, kind: Any) -> Any:
    """Turn the text of an environment variable into the field's type."""
    try:
        if kind is bool:
            return {"1": True, "true": True, "0": False, "false": False, "": False}[raw.lower()]
        return kind(raw)
    except (KeyError, ValueError) as fault:
        raise ValueError(f"{name}={raw!r} is not a {kind.__name__}") from fault
