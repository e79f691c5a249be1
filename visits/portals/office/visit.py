"""/office/visits/{id}: one case for the staff: whose turn, the order, the lanes, what happened by both clocks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromPath

from visits.actor import Actor
from visits.booking import landing
from visits.booking.groups_rows import group_of
from visits.booking.where import Kind, where_of
from visits.declarations.lane import EXTENTS, LANE_NAMES, Colour
from visits.declarations.queries import Case, case_of, lanes_of
from visits.declarations.select import DRAWN
from visits.journey.states import LEVEL_NAMES, OVER, State
from visits.performance.measures import NAMES, measures
from visits.portals import queries
from visits.portals.history import history_of
from visits.portals.queries import Listed
from visits.portals.steps import headline, next_step, opens
from visits.portals.telling import at_office, boxes, place_name, road
from visits.roles import CASE_READERS, CHIEFS, DRAW_READERS, Role
from visits.sites.languages import NAMES as LANGUAGE_NAMES
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import duration, percent, say
from visits.web.pages import language_of, page
from visits.web.route import get

#: States in which there is a signed report to read.
REPORTED = frozenset({State.SIGNED, State.VALIDATED, State.PUSHED, State.ACKNOWLEDGED, State.RELEASED, State.SEIZED})


#: Who may know that chance decided: whoever makes the visit must not, or it measures nothing.
CHANCE_READERS = CASE_READERS - {Role.INSPECTOR}


@get("/office/visits/{visit_id:uuid}", roles=CASE_READERS)
async def case_page(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[str]:  # type: ignore[type-arg]
    """One visit with all that its office knows of it."""
    case = await case_of(work, visit_id)
    zone = at_office(request, case.office)
    language = language_of(request)
    cases = await queries.cases_of(work, case.declaration.id)
    listed = next(each for each in cases if each.visit.id == visit_id)
    title, facts = headline(listed.standing)
    facts = {name: fact.astimezone(zone) if isinstance(fact, datetime) else fact for name, fact in facts.items()}
    history = await history_of(work, case.declaration.id, [listed], case.office, language, staff=True)
    return page(
        request,
        "office/visit.html",
        name=case.title,
        title=say(title, language, **facts),
        case=listed,
        over=listed.standing.state in OVER,
        step=next_step(listed.standing, work.actor),
        history=history,
        about=await _about(work, listed, language, zone, await _ship(work, case, zone, language)),
        order=_order(listed.visit.order, language),
        lanes=[
            (
                agency or say(N_("Douane"), language),
                say(LANE_NAMES[Colour(lane.colour)], language),
                say(N_("tirage au sort"), language)
                if lane.source == DRAWN and work.actor.is_a(*CHANCE_READERS)
                else lane.reason,
            )
            for agency, lane in sorted(
                (await lanes_of(work, case.declaration.id)).items(), key=lambda pair: str(pair[0])
            )
        ],
        times=_times(history.story, language),
        others=[each for each in cases if each.visit.id != visit_id],
        papers=_papers(listed, work.actor, await group_of(work, visit_id)),
        now=work.now,
    )


async def _ship(work: Work, case: Case, zone: ZoneInfo, language: str) -> str:
    """The ship the visit waits for, and what that makes of its time."""
    ship = await landing.expected(work, case) if State(case.visit.state) in landing.WAITING else None
    if ship is None:
        return ""
    text = N_("%(vessel)s, attendu %(when)s ; rendez-vous provisoire, confirmé au débarquement")
    return say(text, language, vessel=ship.vessel or ship.manifest, when=ship.expected_at.astimezone(zone))


async def _about(work: Work, listed: Listed, language: str, zone: ZoneInfo, ship: str) -> list[tuple[str, str]]:
    """The head of the case as names and values."""
    visit, declaration = listed.visit, listed.declaration
    where = await where_of(work, visit)
    home = where.premises
    inspector = await queries.resource_name(work, visit.inspector_id) if visit.inspector_id else ""
    rows = (
        (N_("Visite"), visit.reference),
        (N_("Nature"), say(LEVEL_NAMES[listed.standing.level], language)),
        (N_("Marchandises"), declaration.goods),
        (N_("Conteneurs"), boxes(declaration, language)),
        (N_("Déclarant"), declaration.declarant_name or ""),
        (N_("Destinataire"), declaration.consignee_name or ""),
        (N_("Lieu"), "" if where.kind is Kind.DESK else place_name(where, language, bay=True)),
        (N_("Trajet"), road(home, None, language, zone) if home else ""),
        (N_("Sur place"), " · ".join(part for part in (home.contact, home.phone) if part) if home else ""),
        (N_("Navire"), ship),
        (N_("Vérificateur"), inspector or say(N_("pas encore tiré au sort"), language)),
        (N_("Bon à enlever"), declaration.voucher or ""),
    )
    return [(say(name, language), value) for name, value in rows if value]


def _order(order: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """The visit order as names and values."""
    extent = say(EXTENTS[order["extent"]], language)
    rows = (
        (N_("Étendue"), f"{extent}, {percent(order['percent'] / 100, language)}" if order.get("percent") else extent),
        (N_("Conteneurs à visiter"), ", ".join(order.get("containers") or ())),
        (N_("Articles à vérifier"), ", ".join(str(item) for item in order.get("items") or ())),
        (N_("Organismes"), ", ".join(order.get("agencies") or ())),
        (N_("Équipement"), say(N_("chariot élévateur"), language) if order.get("forklift") else ""),
        (N_("Langue"), say(LANGUAGE_NAMES[order["language"]], language) if order.get("language") else ""),
        (N_("Consignes"), order.get("instructions") or ""),
    )
    return [(say(name, language), value) for name, value in rows if value]


def _times(story: list[Any], language: str) -> list[tuple[str, str]]:
    """The measured times of the visit; those without an end are left out."""
    found = []
    for code, value in measures(story).items():
        if value is not None:
            name, unit = NAMES[code]
            span = duration(abs(value) * unit, language) if abs(value) * unit >= timedelta(minutes=1) else None
            seconds = f"{abs(value) * unit / timedelta(seconds=1):.0f} s"
            found.append((say(name, language), ("− " if value < 0 else "") + (span or seconds)))
    return found


def _papers(listed: Listed, actor: Actor, group: tuple[UUID, int] | None) -> list[tuple[str, str, str]]:
    """What can be opened from here: address, icon, words."""
    found = [(f"/office/packages/{listed.visit.id}", "document", N_("Pièces du dossier"))]
    if listed.standing.state in REPORTED:
        address = (
            f"/chief/reports/{listed.visit.id}" if actor.is_a(*CHIEFS) else f"/office/reports/{listed.visit.id}/pdf"
        )
        found.append((address, "seal", N_("Rapport de visite")))
    if actor.is_a(*CHIEFS) and listed.standing.state not in OVER:
        found.append((f"/chief/visits/{listed.visit.id}", "swap", N_("Décider : absence, conversion, annulation")))
    if actor.is_a(*CHIEFS) and group is not None:
        found.append((f"/chief/groups/{group[0]}", "team", N_("Visites réservées ensemble")))
    if actor.is_a(*DRAW_READERS) and listed.visit.inspector_id is not None:
        found.append((f"/office/visits/{listed.visit.id}/draw", "user", N_("Pourquoi ce vérificateur")))
    if actor.is_a(*CHIEFS):
        found.append((f"/chief/notices?visit={listed.visit.id}", "send", N_("Avis au déclarant")))
    if opens(listed.standing, actor) and listed.standing.state not in OVER:
        found.append((f"/inspector/visits/{listed.visit.id}", "box", N_("Écran de la visite")))
    return found


ROUTES = [case_page]
