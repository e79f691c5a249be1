"""Typed ids and human references. The only maker of ids: UUIDv7 (RFC 9562), so that they sort by birth."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

TenantId = NewType("TenantId", UUID)
PersonId = NewType("PersonId", UUID)
FirmId = NewType("FirmId", UUID)
AgencyId = NewType("AgencyId", UUID)
OfficeId = NewType("OfficeId", UUID)
SiteId = NewType("SiteId", UUID)
ResourceId = NewType("ResourceId", UUID)
DeclarationId = NewType("DeclarationId", UUID)
VisitId = NewType("VisitId", UUID)
DocumentId = NewType("DocumentId", UUID)
UploadId = NewType("UploadId", UUID)
AppointmentId = NewType("AppointmentId", UUID)
ReportId = NewType("ReportId", UUID)

#: Crockford's base 32: no I, L, O or U, so that a reference survives being read out over a bad line.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid7()


def reference(prefix: str, number: int, *, digits: int = 6) -> str:
    """A short reference with a check character, e.g. `V-00CH3R-7`: base 32 of `number`, then its value mod 37.

    The check character is Crockford's (mod 37); it finds every single wrong character and most swaps.
    """
    body = ""
    left = number
    for _ in range(digits):
        body = ALPHABET[left % 32] + body
        left //= 32
    return f"{prefix}-{body}-{(ALPHABET + '*~$=U')[number % 37]}"
