"""Gives a firm the declarations that named its code before the firm was known here."""

from typing import Any

from sqlalchemy import update
from sqlmodel import col

from visits.declarations.tables import Declaration
from visits.people.tables import Firm
from visits.store.work import Work


async def claim(work: Work, firm: Firm) -> int:
    """Link what has the firm's code and no firm yet, as declarant or as consignee; returns how many. Safe twice."""
    code, owner = (
        (col(Declaration.consignee_code), col(Declaration.importer_id))
        if firm.importer
        else (col(Declaration.declarant_code), col(Declaration.firm_id))
    )
    result: Any = await work.session.execute(
        update(Declaration).where(code == firm.code, owner.is_(None)).values({owner: firm.id})
    )
    if result.rowcount:
        work.audit("declarations_claimed", firm.id, count=result.rowcount)
    return int(result.rowcount)
