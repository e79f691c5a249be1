"""What a process has at hand besides a transaction: database, vault, files, settings."""

from dataclasses import dataclass

from visits.settings import Settings
from visits.store.blobs import Blobs
from visits.store.vault import Vault
from visits.store.work import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Handed to jobs and handlers that need more than their Work."""

    settings: Settings
    database: Database
    vault: Vault
    blobs: Blobs
