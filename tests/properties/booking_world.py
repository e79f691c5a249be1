"""The port in which every story of bookings begins, and the use cases that take more than one call."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.properties.booking_model import HOLD, HOLDS, LIMITED, NOTICE, PLACES
from tests.support.clock import MONDAY
from tests.support.stage import Stage
from tests.support.steps_booking import another, calendars, only, to_book
from tests.support.steps_policies import a_quota, ruled
from visits.booking.edit import edit_calendar
from visits.booking.hold import hold
from visits.booking.offer import offer
from visits.booking.waitlist_offers import offer_next
from visits.declarations.queries import case_of
from visits.journey.tables import Visit
from visits.sites.admin import add_absence, set_policies, withdraw_absence
from visits.sites.closures import close, reopen
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.store import idempotency
from visits.store.work import Work

MIDNIGHT = MONDAY.replace(hour=0)
TOMORROW = (MONDAY + timedelta(days=1)).date()
#: Resources by kind, and what each visit needs: the last is made together with an agency.
KINDS = {"bay": ("bay A", "bay B"), "officer": ("inspector1", "inspector2"), "agency_officer": ("agent",)}
ROLES: list[tuple[str, ...]] = [("officer", "bay")] * 5 + [("officer", "bay", "agency_officer")]
QUOTA = a_quota(kind="most", whom=["public"], places=PLACES, begin=LIMITED[0], end=LIMITED[1], release=None)


async def prepare(stage: Stage) -> list[UUID]:
    """Two officers, two bays, an agency's officer, six visits of one firm to book."""
    await another(stage, "agent", "agency_officer", agency_id=stage.agency.id)
    await only(stage, *(name for names in KINDS.values() for name in names))
    await ruled(
        stage,
        hold_minutes=HOLD,
        notice_minutes=NOTICE,
        freeze_minutes=NOTICE,
        horizon_days=2,
        horizon_staff_days=2,
        holds_per_firm=HOLDS,
        bookings_per_firm=0,
    )
    await calendars(stage, days=3)
    visits = [await to_book(stage) for _ in ROLES]
    async with stage.work() as work:
        joint = await work.session.get_one(Visit, visits[-1].id)
        joint.level, joint.order = "joint", joint.order | {"agencies": ["PHYTO"]}
    return [each.id for each in visits]


def at(minute: int) -> datetime:
    """The instant of a minute since Monday's midnight."""
    return MIDNIGHT + timedelta(minutes=minute)


def minute(instant: datetime) -> int:
    """The other way round."""
    return int((instant - MIDNIGHT) / timedelta(minutes=1))


async def search(work: Work, visit: UUID) -> set[int]:
    """Every start on offer."""
    found = await offer(work, await case_of(work, visit))
    return {minute(slot.starts_at) for day in found.days for slot in day.slots()}


async def hold_once(work: Work, key: str, body: str, visit: UUID, start: datetime) -> UUID:
    """A hold asked for with an idempotency key, as the interface does it."""
    kept = await idempotency.begin(work, key, hashlib.sha256(body.encode()).digest())
    if kept is not None:
        return UUID(kept.body)
    made = await hold(work, visit, start)
    await idempotency.keep(work, key, idempotency.Kept(status=201, body=str(made.id)))
    return made.id


async def limited(work: Work, office_id: UUID, on: bool) -> None:
    """The quota of the public comes or goes."""
    office = await office_by_id(work, office_id)
    await set_policies(work, office_id, replace(policy(office, Policies), quotas=(QUOTA,) if on else ()))


async def shut(work: Work, office_id: UUID, hours: tuple[int, int]) -> UUID:
    """The whole office closes between two hours of tomorrow; appointments stand."""
    made: list[Any] = []

    async def change(inside: Work) -> None:
        made.append(await close(inside, office_id, None, _local(hours[0]), _local(hours[1]), "Exercice"))

    await edit_calendar(work, office_id, change, confirmed=True, days=(TOMORROW, TOMORROW))
    return UUID(str(made[0].id))


async def opened(work: Work, office_id: UUID, closure: UUID) -> None:
    """The closure is withdrawn."""

    async def change(inside: Work) -> None:
        await reopen(inside, closure)

    await edit_calendar(work, office_id, change, confirmed=True, days=(TOMORROW, TOMORROW))


async def away(work: Work, office_id: UUID, resource: UUID, hours: tuple[int, int]) -> UUID:
    """One resource is away between two hours of tomorrow."""
    made: list[Any] = []

    async def change(inside: Work) -> None:
        made.append(await add_absence(inside, resource, _local(hours[0]), _local(hours[1]), "Formation"))

    await edit_calendar(work, office_id, change, confirmed=True, resource_id=resource, days=(TOMORROW, TOMORROW))
    return UUID(str(made[0].id))


async def back(work: Work, office_id: UUID, resource: UUID, absence: UUID) -> None:
    """The absence is withdrawn."""

    async def change(inside: Work) -> None:
        await withdraw_absence(inside, absence)

    await edit_calendar(work, office_id, change, confirmed=True, resource_id=resource, days=(TOMORROW, TOMORROW))


async def offer_one(work: Work, office_id: UUID) -> bool:
    """The next who waits is offered a time, if there is one for anybody."""
    return (await offer_next(work, office_id))[0]


def _local(hour: int) -> datetime:
    return datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, hour)
