"""The paper of a report as it left the house: printed once when it was validated, and kept, byte for byte.

A copy printed later also shows the act the clearance system gave; this one is what its digest speaks of.
"""

from dataclasses import dataclass
from uuid import UUID

from visits.clearance import queries
from visits.reports.copies import print_out, sheet_of
from visits.store.blobs import Blob
from visits.store.tools import Tools
from visits.store.work import Work

MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A printed report in the file store, and the language it is in."""

    blob: Blob
    language: str


async def print_for_sending(work: Work, tools: Tools, visit_id: UUID, version: int) -> Paper:
    """Print a validated version in the administration's language and keep it."""
    language = await queries.tenant_language(work)
    sheet = await sheet_of(work, visit_id, language=language, public_url=tools.settings.public_url, version=version)
    return Paper(blob=await tools.blobs.put(await print_out(sheet)), language=language)
