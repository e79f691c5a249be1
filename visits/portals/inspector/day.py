"""/inspector/day: the next visit with one button, the others by hour, desk work last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response

from visits.assignment import posting_rows
from visits.assignment.rules import Policy
from visits.assignment.tables import Posting
from visits.declarations.lane import EXTENTS
from visits.declarations.queries import title_of
from visits.fieldwork import queries
from visits.fieldwork.queries import Planned
from visits.ids import new_id
from visits.journey.states import LEVEL_NAMES, Level, State
from visits.people.queries import agencies
from visits.portals.start import start
from visits.portals.telling import at_office, boxes, road
from visits.roles import INSPECTORS
from visits.sites.hours import grid_of
from visits.sites.languages import NAMES
from visits.sites.policies import policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import duration, say, say_many, time_of
from visits.web.pages import language_of, page
from visits.web.route import get

#: What comes first of several that could be done now.
FIRST = (State.RUNNING, State.SUSPENDED, State.BOOKED, State.AT_DESK, State.ENDED, State.LAB)
#: States in which the field work is behind the inspector.
BEHIND = frozenset(State) - {State.BOOKED, State.AT_DESK, State.RUNNING, State.SUSPENDED}

_TAGS: dict[State, tuple[str, str]] = {
    State.RUNNING: ("run", N_("En cours")),
    State.SUSPENDED: ("line", N_("Suspendue")),
    State.AT_DESK: ("", N_("Au bureau")),
    State.BOOKED: ("", N_("À venir")),
    State.ENDED: ("act", N_("Rapport à écrire")),
    State.LAB: ("line", N_("Laboratoire")),
    State.SIGNED: ("line", N_("À valider")),
    State.VALIDATED: ("line", N_("À transmettre")),
    State.PUSHED: ("line", N_("Transmis")),
    State.ACKNOWLEDGED: ("done", N_("Reçu par la douane")),
    State.RELEASED: ("done", N_("Bon à enlever")),
    State.SEIZED: ("no", N_("Saisie")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One visit of the day as the page shows it."""

    planned: Planned
    title: str
    time: str
    about: str
    text: str
    href: str
    tag: tuple[str, str]


@get("/inspector/day", roles=INSPECTORS)
async def day(work: Work, request: Request[Any, Any, Any]) -> Response[str]:
    """What is next, then the rest."""
    office = await office_by_id(work, work.actor.office)
    zone = at_office(request, office)
    language = language_of(request)
    today = grid_of(office).day_of(work.now)
    planned = await queries.day_of(work, today)
    known = {each.code: each.name for each in await agencies(work)}
    upcoming = next_of(planned)
    closed = office.policies.get("inspector_sees") == "next"
    rows = [_row(each, language, zone, locked=closed and each is not upcoming and _ahead(each)) for each in planned]
    return page(
        request,
        "inspector/day.html",
        today=today,
        now=work.now,
        rows=rows,
        done=sum(State(each.visit.state) in BEHIND for each in planned),
        next=next((row for row in rows if row.planned is upcoming), None),
        card=_card(upcoming, language, zone, known, work.now) if upcoming else {},
        sent=new_id(),
        start=await start(work, "/inspector/day"),
        postings=await _postings(work, office, today),
    )


async def _postings(work: Work, office: Office, today: date) -> Sequence[tuple[Posting, str]]:
    """Where the draw posts the inspector, as far as it is drawn."""
    if work.actor.person is None or policy(office, Policy).rotation_days is None:
        return ()
    return await posting_rows.of_person(work, office.id, work.actor.person, today)


def next_of(planned: list[Planned]) -> Planned | None:
    """The visit to do now: one under way, else the next by hour, else desk work, else a report to write."""
    waiting = [each for each in planned if State(each.visit.state) in FIRST]
    return min(waiting, key=lambda each: FIRST.index(State(each.visit.state)) // 2, default=None)


def _ahead(planned: Planned) -> bool:
    return State(planned.visit.state) in (State.BOOKED, State.AT_DESK)


def _row(planned: Planned, language: str, zone: ZoneInfo, *, locked: bool) -> Row:
    visit, level = planned.visit, Level(planned.visit.level)
    where, home = planned.where, planned.where.premises
    place = where.bay or where.name
    count = len(visit.order["containers"])
    held = say_many(N_("%(num)s conteneur"), N_("%(num)s conteneurs"), count, language) if count else ""
    hour = time_of(planned.starts_at, language, zone) if planned.starts_at else say(N_("Bureau"), language)
    kind = say(LEVEL_NAMES[level], language)
    way = road(home, planned.starts_at, language, zone) if home else ""
    if locked:
        # Whose premises it is would tell whose visit comes next; that there is a road does not.
        place = f"{say(N_('À domicile'), language)}, {way}" if home else place
        text = say(N_("Le dossier s'ouvre à la fin de la visite précédente"), language)
        return Row(planned=planned, title=kind.capitalize(), time=hour, about=place, text=text, href="", tag=("", ""))
    goods = planned.declaration.goods or kind.capitalize()
    text = goods if level in (Level.PHYSICAL,) else f"{kind.capitalize()} · {goods}"
    there = (text, home.address, way, home.contact, home.phone) if home else (text,)
    return Row(
        planned=planned,
        title=title_of(planned.declaration),
        time=hour,
        about=" · ".join(part for part in (place, held if level is not Level.DOCUMENTS else "") if part),
        text=" · ".join(part for part in there if part),
        href=f"/inspector/visits/{visit.id}",
        tag=(_TAGS[State(visit.state)][0], say(_TAGS[State(visit.state)][1], language)),
    )


def _card(planned: Planned, language: str, zone: ZoneInfo, known: dict[str, str], now: datetime) -> dict[str, Any]:
    """The next visit in full."""
    visit, state, level = planned.visit, State(planned.visit.state), Level(planned.visit.level)
    order = visit.order
    names = [known.get(code, code) for code in order["agencies"]]
    lines = [(say(N_("Déclaration"), language), title_of(planned.declaration))]
    if level is not Level.DOCUMENTS:
        held = boxes(planned.declaration, language) or say(N_("Sans conteneur"), language)
        lines.append((say(N_("Conteneurs"), language), held))
    if planned.declaration.goods:
        lines.append((say(N_("Marchandise"), language), planned.declaration.goods))
    share = f" ({order['percent']} %)" if order.get("percent") and order["extent"] == "PARTIAL" else ""
    lines.append((say(N_("Étendue"), language), say(EXTENTS[order["extent"]], language) + share))
    if order.get("language"):
        lines.append((say(N_("Langue"), language), say(NAMES[order["language"]], language)))
    if names:
        lines.append((say(N_("Avec"), language), ", ".join(names)))
    lines.append((say(N_("Déclarant"), language), planned.declaration.declarant_name or "–"))
    return {
        "heading": _heading(planned, state, language, zone),
        "wait": _wait(planned, state, now, language),
        "kind": " · ".join([say(LEVEL_NAMES[level], language).capitalize(), *order["agencies"]]),
        "place": planned.where.bay or planned.where.name,
        "site": planned.where.name if planned.where.bay else "",
        "home": planned.where.premises,
        "road": road(planned.where.premises, planned.starts_at, language, zone) if planned.where.premises else "",
        "lines": lines,
        "presented": time_of(planned.presented_at, language, zone) if planned.presented_at else "",
        "state": state,
        "desk": level is Level.DOCUMENTS,
    }


def _heading(planned: Planned, state: State, language: str, zone: ZoneInfo) -> str:
    title = title_of(planned.declaration)
    match state:
        case State.RUNNING:
            return say(N_("Visite en cours : %(title)s"), language, title=title)
        case State.SUSPENDED:
            return say(N_("Visite suspendue : %(title)s"), language, title=title)
        case State.BOOKED if planned.starts_at:
            return say(N_("Prochaine visite à %(time)s"), language, time=time_of(planned.starts_at, language, zone))
        case State.AT_DESK:
            return say(N_("Documents à contrôler : %(title)s"), language, title=title)
        case State.LAB:
            return say(N_("Résultat du laboratoire attendu : %(title)s"), language, title=title)
        case _:
            return say(N_("Rapport à écrire : %(title)s"), language, title=title)


def _wait(planned: Planned, state: State, now: datetime, language: str) -> tuple[str, str, str]:
    """« dans 18 min », « en retard de 5 min », « depuis 40 min »: words before, figure, unit."""
    if state is State.BOOKED and planned.starts_at:
        ahead = planned.starts_at - now
        if ahead >= timedelta(minutes=1):
            return say(N_("dans"), language), *_split(duration(ahead, language))
        if ahead > -timedelta(minutes=1):
            return "", say(N_("maintenant"), language), ""
        return say(N_("prévue il y a"), language), *_split(duration(-ahead, language))
    lasting = now - planned.visit.state_since
    if lasting < timedelta(minutes=1):
        return "", say(N_("à l'instant"), language), ""
    return say(N_("depuis"), language), *_split(duration(lasting, language))


def _split(text: str) -> tuple[str, str]:
    """« 18 min » as figure and unit; « 2 h 10 » stays whole."""
    parts = text.replace("\u00a0", " ").split()
    return (parts[0], parts[1]) if len(parts) == 2 and parts[0].isdigit() else (text, "")


ROUTES = [day]
