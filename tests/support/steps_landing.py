"""Ships and the visits that wait for them, through the real use cases."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import calendars, tomorrow
from tests.support.steps_documents import given, package
from visits.background.deliver import deliver, moments
from visits.booking import landing, prearrival
from visits.booking.queries import live_of
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment, BookingPart
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.documents.package import submit
from visits.documents.review import accept
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.tables import DomainEvent
from visits.store.work import Work

SHIP = "MAN 2026 118"


async def ship(stage: Stage, expected_at: datetime | None = None, *, who: str = "terminal", **said: Any) -> bool:
    """The terminal announces the ship: tomorrow at six, and four hours later a visit may begin."""

    async def use_case(work: Work) -> bool:
        office = await office_by_id(work, stage.office.id)
        return (await landing.expect(work, office, SHIP, expected_at or tomorrow(stage, 6), **said))[1]

    changed = await stage.run(who, use_case)
    await settled(stage)
    return changed


async def landed(stage: Stage, *containers: str, at: datetime | None = None) -> bool:
    """The terminal says that the ship is discharged, or these containers are."""

    async def use_case(work: Work) -> bool:
        return (
            await landing.land(work, await office_by_id(work, stage.office.id), SHIP, containers=containers, at=at)
        )[1]

    changed = await stage.run("terminal", use_case)
    await settled(stage)
    return changed


async def settled(stage: Stage, visit: Visit | None = None) -> None:
    """What has come due is done, and what was told is heard."""
    if visit is not None:
        await deliver(stage.tools, stage.tenant, visit.id)
    for _ in range(3):
        await moments(stage.tools, stage.tenant)


async def at_sea(stage: Stage, colour: Colour = Colour.RED, **changes: Any) -> Visit:
    """A visit in state `package` whose goods are on the announced ship; calendars are written out."""
    await calendars(stage)
    await ship(stage)
    declaration = await stage.declaration(manifest=SHIP, **changes)
    visit = await stage.run("system", select_lane, declaration.id, colour, source="message")
    assert visit is not None
    return visit


async def drafted(stage: Stage, **changes: Any) -> Declaration:
    """An unregistered declaration on the announced ship."""
    await calendars(stage)
    await ship(stage)
    return await stage.declaration(status="draft", manifest=SHIP, reference="REF-D", **changes)


async def reserved(stage: Stage, visit: Visit | None = None, starts_at: datetime | None = None) -> Appointment:
    """A provisional time: the day after the ship, at eleven."""
    visit = visit or await at_sea(stage)
    made = await stage.run("declarant", prearrival.reserve, visit.id, starts_at or tomorrow(stage, 11))
    await settled(stage, visit)
    return made


async def appointment(stage: Stage, visit: Visit) -> Appointment | None:
    """The confirmed appointment of a visit, as stored now."""
    async with stage.work() as work:
        return (await live_of(work, visit.id)).get("confirmed")


def later(stage: Stage, days: int) -> datetime:
    """Six in the morning, some days from tomorrow."""
    return tomorrow(stage, 6) + timedelta(days=days)


async def facts(stage: Stage, visit: Visit, *kinds: str) -> list[tuple[str, Any]]:
    """What was told of a visit's time: kind and reason."""
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(DomainEvent)
            .where(col(DomainEvent.visit_id) == visit.id, col(DomainEvent.kind).startswith("appointment_"))
            .order_by(col(DomainEvent.seq))
        )
        return [(row.kind.removeprefix("appointment_"), row.body.get("reason") or None) for row in rows]


async def awaited(stage: Stage, visit: Visit) -> bool:
    async with stage.work() as work:
        return visit.id in await landing.awaited(work, stage.office.id, {visit.id})


async def whole(stage: Stage) -> None:
    """The bits are what the appointments say, and no resource is given twice."""

    async def differences(work: Work) -> int:
        return len(await reconcile(work, await office_by_id(work, stage.office.id)))

    assert await stage.run("system", differences) == 0
    async with stage.work() as work:
        parts = (await work.session.scalars(select(BookingPart).where(col(BookingPart.live)))).all()
    for one in parts:
        for other in parts:
            assert one is other or one.resource_id != other.resource_id or not one.during & other.during


async def accepted_unheard(stage: Stage, visit: Visit) -> None:
    """Its package is accepted, and nothing that follows from it was done yet."""
    for need in (await package(stage, visit.id)).missing:
        await given(stage, visit.id, need.document_type)
    await stage.run("declarant", submit, visit.id)
    await stage.run("chief", accept, visit.id)


async def package_accepted(stage: Stage, visit: Visit) -> Visit:
    await accepted_unheard(stage, visit)
    await settled(stage, visit)
    return await stage.visit(visit.id)
