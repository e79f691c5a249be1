"""An office with other policies, and a second site, through the real use cases where there are any."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from scheduling import Reason
from tests.support.stage import Stage
from tests.support.steps_booking import another, to_book, tomorrow
from visits.booking.hold import hold
from visits.booking.offer import Offer, offer
from visits.booking.tables import Appointment
from visits.declarations.queries import case_of
from visits.declarations.tables import Declaration
from visits.journey.tables import Visit
from visits.sites.admin import SiteFacts, add_site, set_policies
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Site
from visits.store.work import Work
from visits.web.problem import TooBusy


async def ruled(stage: Stage, **changes: Any) -> None:
    """The office's policies with changes, as an administrator sets them."""

    async def use_case(work: Work) -> None:
        office = await office_by_id(work, stage.office.id)
        await set_policies(work, office.id, replace(policy(office, Policies), **changes))

    await stage.run("admin", use_case)


async def second_site(stage: Stage, bays: int = 1) -> Site:
    """A second terminal with its bays; call `calendars` afterwards."""
    facts = SiteFacts(code="TC02", name="Terminal 2")
    site: Site = await stage.run("admin", add_site, stage.office.id, facts)
    for number in range(bays):
        await another(stage, f"far bay {number}", "bay", site_id=site.id)
    return site


async def to_book_at(stage: Stage, site_id: UUID | None, **wished: Any) -> Visit:
    """A visit that may be booked at a site."""
    visit = await to_book(stage, **wished)
    async with stage.work() as work:
        (await work.session.get_one(Visit, visit.id)).site_id = site_id
    return await stage.visit(visit.id)


async def carrying(stage: Stage, visit: Visit, code: str) -> Visit:
    """The visit's goods are others: only this tariff code."""
    async with stage.work() as work:
        declaration = await work.session.get_one(Declaration, visit.declaration_id)
        items = [each | {"commodity_code": code, "hs6": code[:6]} for each in declaration.content["items"]]
        declaration.content = declaration.content | {"items": items}
    return visit


#: Frozen fish.
FISH = "03038900"


def a_quota(**changes: Any) -> dict[str, Any]:
    """One place from eight to noon kept for perishable goods until two hours before."""
    facts = {
        "kind": "kept",
        "whom": ["perishable"],
        "places": 1,
        "begin": 480,
        "end": 720,
        "hourly": False,
        "weekdays": [],
        "release": 120,
        "site": "",
        "levels": [],
    }
    return facts | changes


async def offered(stage: Stage, visit: Visit, who: str = "declarant") -> Offer:
    """What a visit is offered."""
    async with stage.work(who) as work:
        return await offer(work, await case_of(work, visit.id))


async def free(stage: Stage, visit: Visit, who: str = "declarant") -> list[datetime]:
    """The starts on offer tomorrow."""
    day = (await offered(stage, visit, who)).day(tomorrow(stage, 10).date())
    assert day is not None
    return [slot.starts_at for slot in day.slots()]


async def reason(stage: Stage, visit: Visit, at: datetime) -> Reason | None:
    """Why a start is not offered."""
    found = await offered(stage, visit)
    day, step = found.asked.grid.step_of(at)
    shown = found.day(day)
    assert shown is not None
    return shown.why(step)


async def fish(stage: Stage) -> Visit:
    """A visit to book that carries perishable goods."""
    return await carrying(stage, await to_book(stage), FISH)


async def again(stage: Stage, visit: Visit, at: datetime) -> Appointment:
    """Ask until the answer is not that the machine is busy."""
    for _ in range(20):
        try:
            return await stage.run("declarant", hold, visit.id, at)
        except TooBusy:
            continue
    raise AssertionError("too busy")
