"""An office with other policies, and a second site, through the real use cases where there are any."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.support.stage import Stage
from tests.support.steps_booking import another, to_book
from visits.declarations.tables import Declaration
from visits.journey.tables import Visit
from visits.sites.admin import SiteFacts, add_site, set_policies
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Site
from visits.store.work import Work


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
