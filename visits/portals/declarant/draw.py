"""/declarant/visits/{id}/draw: how the inspector is drawn, without a name before the policy tells it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.assignment.queries import live_assignment
from visits.assignment.rules import Policy
from visits.assignment.told import told_of
from visits.declarations.queries import Case, case_of
from visits.portals import queries
from visits.portals.explained import for_declarant
from visits.portals.steps import next_step
from visits.portals.telling import at_office
from visits.roles import FIRM
from visits.sites.policies import Policies, policy
from visits.store.work import Work
from visits.web.pages import language_of, page
from visits.web.route import get


@get("/declarant/visits/{visit_id:uuid}/draw", roles=FIRM)
async def how(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[str]:
    """The draw that counts now, in letters; the name from its moment on."""
    case = await case_of(work, visit_id)
    at_office(request, case.office)
    live = await live_assignment(work, visit_id)
    every = await told_of(work, visit_id)
    told = next((each for each in every if live is not None and each.draw.id == live.draw_id), None)
    listed = next(each for each in await queries.cases_of(work, case.declaration.id) if each.visit.id == visit_id)
    starts_at = listed.standing.starts_at
    return page(
        request,
        "declarant/draw.html",
        case=case,
        told=for_declarant(told, language_of(request), revealed=revealed(case, work.now)) if told else None,
        again=len(every) > 1,
        tells_at=case.visit.revealed_at,
        drawn_by=starts_at - timedelta(minutes=policy(case.office, Policy).freeze_minutes) if starts_at else None,
        step=next_step(listed.standing, work.actor),
        contact=policy(case.office, Policies).contact,
        now=work.now,
    )


def revealed(case: Case, now: datetime) -> bool:
    """May the declarant know who comes?"""
    return case.visit.inspector_id is not None and case.visit.revealed_at is not None and case.visit.revealed_at <= now


ROUTES = [how]
