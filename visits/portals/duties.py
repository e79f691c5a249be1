"""Who stands in for whom: the reader's places, the person replaced at each, and who takes over from the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from visits.people.place import elsewhere, place_of
from visits.people.queries import running
from visits.people.tables import Agency, Firm, Membership, Person, Session
from visits.roles import NAMES, Role
from visits.sites.tables import Office
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A role at a place; `principal` is the person it is held for, while that person is away."""

    membership: Membership
    #: The role's French name.
    role: str
    where: str
    principal: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """All that a person must know about standing in."""

    #: For whom the reader acts at this place.
    standing_in: list[Duty]
    #: The other places, one duty each.
    elsewhere: list[Duty]
    #: Who holds one of the reader's roles at this place too, and until when.
    deputies: list[tuple[str, datetime | None]]

    @property
    def any(self) -> bool:
        """Is there anything to say?"""
        return bool(self.standing_in or self.elsewhere or self.deputies)


async def duties(work: Work) -> Duties:
    """The duties of whoever reads, in two statements."""
    rows = await _held(work)
    held = [row[0] for row in rows]
    chosen = next((row.chosen for row in rows if row.chosen), None)
    here = place_of(held, chosen)
    known = {row[0].id: _duty(row) for row in rows}
    return Duties(
        standing_in=[known[each.id] for each in here if each.deputy_of],
        elsewhere=[known[each.id] for each in elsewhere(held, here)],
        deputies=await _deputies(work, [each.id for each in here]),
    )


async def _held(work: Work) -> Sequence[Any]:
    """The reader's memberships in force with the names of their places and of who is replaced, oldest first."""
    replaced, principal = aliased(Membership), aliased(Person)
    chosen = (
        select(col(Session.membership_id))
        .where(col(Session.token) == (work.actor.session or b""))
        .limit(1)
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(Membership, Office, Firm, Agency, principal, chosen.label("chosen"))
        .outerjoin(Office, col(Office.id) == col(Membership.office_id))
        .outerjoin(Firm, col(Firm.id) == col(Membership.firm_id))
        .outerjoin(Agency, col(Agency.id) == col(Membership.agency_id))
        .outerjoin(replaced, replaced.id == col(Membership.deputy_of))  # type: ignore[arg-type]
        .outerjoin(principal, principal.id == replaced.person_id)  # type: ignore[arg-type]
        .where(
            col(Membership.person_id) == work.actor.person,
            running(work.now),
            col(Firm.id).is_(None) | col(Firm.active),
        )
        .order_by(col(Membership.since), col(Membership.id))
    )
    return rows.all()


def _duty(row: Any) -> Duty:
    membership, office, firm, agency, principal, _ = row
    place = (f"{office.code} {office.name}" if office else "", firm.name if firm else "", agency.name if agency else "")
    return Duty(
        membership=membership,
        role=NAMES[Role(membership.role)],
        where=" · ".join(part for part in place if part),
        principal=principal.name if principal else "",
        until=membership.until,
    )


async def _deputies(work: Work, memberships: Sequence[UUID]) -> list[tuple[str, datetime | None]]:
    rows = await work.session.execute(
        select(col(Person.name), col(Membership.until))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(col(Membership.deputy_of).in_(memberships), running(work.now))
        .order_by(col(Membership.until), col(Person.name))
    )
    return [(row[0], row[1]) for row in rows]
