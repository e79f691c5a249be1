"""Name the routes of a published office-day: one draw a route, one record, and everybody's visits given out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from scheduling import chance, name_routes
from visits.assignment import queries, weights
from visits.assignment.record import digest_of
from visits.assignment.rules import TAKEN, Officer, Policy, reveals_at
from visits.assignment.tables import Assignment, Draw
from visits.assignment.told import remember
from visits.assignment.witness import key_of
from visits.declarations.queries import Case
from visits.events import InspectorAssigned
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.sites.policies import policy
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ToName:
    """A route without a name: its visits in order, who could take the whole of it, and what keeps the others away."""

    seat: str
    cases: tuple[Case, ...]
    able: tuple[Officer, ...]
    excluded: tuple[tuple[UUID, str], ...]
    #: Its visits for which it does not count where officers are posted.
    waived: tuple[str, ...] = ()
    #: Everybody as he or she stands for the first of the visits.
    people: Mapping[UUID, Officer] = field(default_factory=dict)


async def named(work: Work, tools: Tools, office: Office, day: date, routes: Sequence[ToName]) -> dict[str, Draw]:
    """Draw somebody for every route; a way to give each to another person exists.

    Draws and bits of the day are locked by the caller, and so are the visits. SeedBroken if the day's secret is not
    the one that was promised: then nobody is named.
    """
    key = await key_of(work, tools.vault, office, day)
    secret, witness = key.secret, key.witness
    position = await queries.next_position(work, office.id, day)
    everybody = {each.id: each for route in routes for each in route.able}
    loaded = await weights.loads(work, office.id, day, everybody.values())
    able = {route.seat: {str(each.id): loaded[str(each.id)] for each in route.able} for route in routes}
    weighted = {seat: weights.weigh(each) for seat, each in able.items()}
    known = {route.seat: route for route in routes}
    made = {}
    for place, (seat, drawn) in enumerate(name_routes(secret, weighted, witness=witness), start=position):
        route, total = known[seat], sum(drawn.weights)
        candidates = set(drawn.candidates)
        others = [each for each in sorted(able[seat]) if each not in candidates]
        made[seat] = draw = Draw(
            id=new_id(),
            visit_id=route.cases[0].visit.id,
            office_id=office.id,
            day=day,
            position=place,
            purpose="route",
            subject=seat,
            visits=[str(case.visit.id) for case in route.cases],
            witness=witness,
            candidates=[
                {"resource": each, "weight": weight, "chance": chance(weight, total)} | weights.facts(loaded[each])
                for each, weight in zip(drawn.candidates, drawn.weights, strict=True)
            ],
            excluded=[
                *({"resource": str(each), "rule": code} for each, code in sorted(route.excluded)),
                *({"resource": each, "rule": TAKEN} | weights.facts(loaded[each]) for each in others),
            ],
            number=drawn.number,
            chosen=UUID(drawn.chosen),
            waived=list(route.waived),
            digest=b"",
            at=work.now,
        )
        draw.digest = digest_of(draw)
        await remember(work, draw, route.people, policy(office, Policy))
        work.session.add(draw)
        work.audit("inspector_drawn", draw.id, office=office.id, day=day, position=place, digest=draw.digest)
    await work.session.flush()
    return made


async def give(work: Work, case: Case, draw: Draw, starts_at: datetime) -> None:
    """The visit is somebody's now: assignment, event and audit; the calendars are the caller's."""
    visit = case.visit
    work.session.add(Assignment(visit_id=visit.id, resource_id=draw.chosen, draw_id=draw.id, since=work.now))
    visit.inspector_id = draw.chosen
    visit.revealed_at = reveals_at(policy(case.office, Policy), starts_at)
    about = DeclarationId(case.declaration.id)
    await move(work, visit, InspectorAssigned(declaration=about, visit=VisitId(visit.id), draw=draw.id))
