"""/declarant/declarations/{id}: where one declaration stands, where its time went, and what happened."""

from datetime import datetime
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import landing
from visits.booking.prearrival import KEPT, kept_of
from visits.declarations.lane import LANE_NAMES, Colour
from visits.declarations.queries import declaration_for, title_of
from visits.journey.states import OVER, State
from visits.portals import queries
from visits.portals.history import history_of
from visits.portals.queries import Listed
from visits.portals.steps import headline, next_step
from visits.portals.telling import at_office, boxes
from visits.reports.absence import any_signed
from visits.roles import DECLARANTS, FIRM
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_code, offices
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import language_of, page
from visits.web.route import get


def speaking(cases: list[Listed]) -> Listed | None:
    """The visit that answers for the declaration: the newest that goes on, else the newest."""
    return next((each for each in cases if each.standing.state not in OVER), cases[0] if cases else None)


@get("/declarant/declarations/{declaration_id:uuid}", roles=FIRM)
async def track(work: Work, request: Request, declaration_id: FromPath[UUID]) -> Response[str]:  # type: ignore[type-arg]
    """One declaration, followed."""
    declaration = await declaration_for(work, declaration_id)
    cases = await queries.cases_of(work, declaration.id)
    office = await office_by_code(work, declaration.office_code) or (await offices(work))[0]
    zone = at_office(request, office)
    language = language_of(request)
    case = speaking(cases)
    title, facts = headline(case.standing) if case else (N_("Aucune visite n'est demandée"), {})
    facts = {name: fact.astimezone(zone) if isinstance(fact, datetime) else fact for name, fact in facts.items()}
    step = next_step(case.standing, work.actor) if case else None
    ship = await landing.bringing(work, declaration)
    kept = await kept_of(work, case.visit.id) if case and ship and case.standing.state in KEPT else None
    history = await history_of(work, declaration.id, cases, office, language, staff=False)
    return page(
        request,
        "declarant/declaration.html",
        name=title_of(declaration),
        title=say(title, language, **facts),
        declaration=declaration,
        boxes=boxes(declaration, language),
        lane=say(LANE_NAMES[Colour(case.lane)], language) if case and case.lane else "",
        case=case,
        step=step,
        ship=ship,
        kept=kept,
        provisional=ship is not None and work.actor.is_a(*DECLARANTS),
        inspector=await _inspector(work, case),
        bureau=office.name,
        contact=policy(office, Policies).contact,
        history=history,
        papers=_papers(case, absences=await any_signed(work, case.visit.id)) if case else [],
        rates=case is not None
        and case.standing.state is State.RELEASED
        and work.actor.is_a(*DECLARANTS)
        and not case.standing.rated,
        rated=case is not None and case.standing.rated,
        now=work.now,
    )


async def _inspector(work: Work, case: Listed | None) -> str:
    """The inspector's name, once policy lets the declarant know it."""
    if case is None or case.visit.inspector_id is None:
        return ""
    if case.visit.revealed_at is None or case.visit.revealed_at > work.now:
        return ""
    return await queries.resource_name(work, case.visit.inspector_id)


def _papers(case: Listed, *, absences: bool) -> list[tuple[str, str, str]]:
    """What can be opened now: address, icon, words."""
    own = f"/declarant/visits/{case.visit.id}"
    state = case.standing.state
    found = [(f"{own}/documents", "document", N_("Pièces du dossier"))]
    if state is State.BOOKED:
        found.append((f"{own}/appointment", "calendar", N_("Rendez-vous")))
    if state is State.BOOKED or case.visit.inspector_id is not None:
        found.append((f"{own}/draw", "user", N_("Tirage du vérificateur")))
    if state in (State.SIGNED, State.VALIDATED, State.PUSHED, State.ACKNOWLEDGED, State.RELEASED, State.SEIZED):
        found.append((f"{own}/report", "seal", N_("Rapport de visite")))
    if absences:
        found.append((f"{own}/absences", "document", N_("Constats d'absence")))
    return found


ROUTES = [track]
