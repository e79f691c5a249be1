"""/api/visits/{id}/slots/explain: for every start that is not offered, which rule removed which candidate."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.params import FromPath, FromQuery

from scheduling import Explained, Judged
from visits.booking.api import BOOKERS
from visits.booking.explain import REMOVALS, Explanation, counted, explain
from visits.declarations.queries import case_of
from visits.errors import BadInput
from visits.roles import CHIEFS
from visits.store.work import Work
from visits.web.language import say
from visits.web.pages import language_of
from visits.web.route import get


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that removes the start whatever resources are free."""

    rule: str
    says: str


class RemovedView(msgspec.Struct, frozen=True, kw_only=True):
    """How many resources of a role a rule removes; which ones, by number, only to staff."""

    rule: str
    says: str
    count: int
    resources: list[str] | None


class RoleView(msgspec.Struct, frozen=True, kw_only=True):
    """A role of the visit: who is left for it, and who was removed."""

    kind: str
    agency: str
    left: int
    removed: list[RemovedView]


class StartView(msgspec.Struct, frozen=True, kw_only=True):
    """One start, offered or not."""

    starts_at: datetime
    offered: bool
    rules: list[RuleView]
    roles: list[RoleView]


class WhyView(msgspec.Struct, frozen=True, kw_only=True):
    """A day, or one start of it."""

    visit: UUID
    day: str
    starts: list[StartView]


@get("/api/visits/{visit_id:uuid}/slots/explain", roles=BOOKERS)
async def explain_slots(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    visit_id: FromPath[UUID],
    at: FromQuery[datetime | None] = None,
    day: FromQuery[date | None] = None,
) -> WhyView:
    """One start (`at`, with its zone), or a whole day (`day`; the first of the horizon without either)."""
    if at is not None and at.tzinfo is None:
        raise BadInput(field="at")
    found = await explain(work, await case_of(work, visit_id), at=at, day=day)
    language, staff = language_of(request), work.actor.is_a(*CHIEFS)
    return WhyView(
        visit=visit_id,
        day=found.day.day.isoformat(),
        starts=[_start(found, each, language, staff) for each in found.starts],
    )


def _start(found: Explanation, start: Explained[UUID], language: str, staff: bool) -> StartView:
    said = [(each.why, *found.offer.said(each, found.day.day)) for each in start.rules]
    return StartView(
        starts_at=start.starts_at,
        offered=start.offered,
        rules=[RuleView(rule=why, says=say(text, language, **facts)) for why, text, facts in said],
        roles=[_role(found, start, each, language, staff) for each in start.roles],
    )


def _role(found: Explanation, start: Explained[UUID], role: Judged[UUID], language: str, staff: bool) -> RoleView:
    removed: list[Any] = []
    for rule, count in counted(start)[role.role].items():
        names = [found.names[key] for key, its in role.removed if its is rule] if staff else None
        removed.append(RemovedView(rule=rule, says=say(REMOVALS[rule], language), count=count, resources=names))
    return RoleView(
        kind=found.kinds[role.role],
        agency=found.agencies.get(role.role, ""),
        left=len(role.left),
        removed=removed,
    )


ROUTES = [explain_slots]
