"""A rest between the same officer and declarant that the office can bear: else somebody would have nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from visits.booking.tables import Appointment
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.limits import PolicyImpossible
from visits.sites.policies import Policies
from visits.sites.queries import active_resources
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_

#: The policies that together say how often the same two may meet, and what judges them.
COOL_OFF = ("cool_off_most", "cool_off_days")


class BeyondTheOfficers(PolicyImpossible):
    """The busiest firm had more visits than its officers may make for it."""

    code = "cool-off-beyond-the-roster"
    says = N_(
        "Le cabinet le plus actif a eu %(visits)s visites en %(asked)s jours, et %(have)s vérificateurs servent ici : "
        "à %(each)s visites par vérificateur, certaines n'auraient personne. Au plus %(days)s jours avec %(each)s "
        "visites, ou au moins %(least)s visites en %(asked)s jours."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Busiest:
    """What the firms of an office had lately: for each the starts of its visits, the newest first."""

    starts: Sequence[Sequence[datetime]]
    officers: int

    def visits(self, days: int, now: datetime) -> int:
        """The most any firm had in so many days."""
        since = now - days * ONE_DAY
        return max((sum(at >= since for at in each) for each in self.starts), default=0)

    def longest(self, most: int, now: datetime) -> int:
        """The most days in which no firm had more visits than all officers may make for it."""
        beyond = [each[most * self.officers] for each in self.starts if len(each) > most * self.officers]
        return min((-((at - now) // ONE_DAY) - 1 for at in beyond), default=365)


def bears(wanted: Policies, busiest: Busiest, now: datetime) -> None:
    """BeyondTheOfficers if the rest would have left somebody without anybody (pure)."""
    visits = busiest.visits(wanted.cool_off_days, now)
    if not busiest.officers or visits <= wanted.cool_off_most * busiest.officers:
        return
    raise BeyondTheOfficers(
        name="cool_off_most",
        visits=visits,
        asked=wanted.cool_off_days,
        have=busiest.officers,
        each=wanted.cool_off_most,
        days=max(0, busiest.longest(wanted.cool_off_most, now)),
        least=-(-visits // busiest.officers),
    )


async def bearable(work: Work, office: Office, wanted: Policies, changes: Iterable[str]) -> None:
    """Refuse a rest the office cannot bear; one that was in force before is not judged again."""
    if not set(changes).isdisjoint(COOL_OFF):
        bears(wanted, await _busiest(work, office), work.now)


async def _busiest(work: Work, office: Office) -> Busiest:
    rows = await work.session.execute(
        select(col(Appointment.firm_id), func.lower(Appointment.during))
        .where(
            col(Appointment.office_id) == office.id,
            col(Appointment.firm_id).is_not(None),
            col(Appointment.visit_id).is_not(None),
            col(Appointment.status).in_(("confirmed", "done")),
            func.lower(Appointment.during).between(work.now - timedelta(days=365), work.now),
        )
        .order_by(func.lower(Appointment.during).desc())
    )
    firms: dict[UUID, list[datetime]] = {}
    for firm, at in rows:
        firms.setdefault(firm, []).append(at)
    today = grid_of(office).day_of(work.now)
    officers = [each for each in await active_resources(work, office.id, today, today) if each.kind == "officer"]
    return Busiest(starts=list(firms.values()), officers=len(officers))
