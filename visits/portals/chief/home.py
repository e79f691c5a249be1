"""/chief: what needs a visit chief now, oldest first, each with its age, its holder and one button."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromQuery

from visits.actor import Actor
from visits.assignment.today import unnoted
from visits.booking import alarms, premises_rows, regular_rows
from visits.booking.no_shows import open_appeals
from visits.clearance.queries import inbound_to_see, parked_events, unfinished_outbound
from visits.declarations.queries import open_conflicts, title_of
from visits.ids import OfficeId
from visits.journey.states import State
from visits.portals.chief import queries
from visits.portals.duties import Duty
from visits.portals.queries import PAGE, Listed
from visits.portals.start import start
from visits.portals.steps import next_step
from visits.portals.telling import at_office
from visits.roles import CHIEFS, Role
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say, say_many, since
from visits.web.pages import language_of, page, page_number
from visits.web.route import get


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do."""

    kind: str
    title: str
    about: str
    since: datetime
    href: str
    button: str


#: How each kind is counted in the first line, and said in its row.
KINDS: dict[str, tuple[str, str, str]] = {
    "package": (N_("%(num)s dossier à vérifier"), N_("%(num)s dossiers à vérifier"), N_("Dossier à vérifier")),
    "inspector": (
        N_("%(num)s visite sans vérificateur"),
        N_("%(num)s visites sans vérificateur"),
        N_("Sans vérificateur"),
    ),
    "stranded": (
        N_("%(num)s rendez-vous à replacer"),
        N_("%(num)s rendez-vous à replacer"),
        N_("Rendez-vous à replacer"),
    ),
    "repair": (
        N_("%(num)s visite à garder à l'heure"),
        N_("%(num)s visites à garder à l'heure"),
        N_("Ne tient plus à l'heure promise"),
    ),
    "alarm": (
        N_("%(num)s calendrier à réparer"),
        N_("%(num)s calendriers à réparer"),
        N_("Calendrier à réparer"),
    ),
    "replacement": (
        N_("%(num)s remplacement à décider"),
        N_("%(num)s remplacements à décider"),
        N_("Second avis demandé"),
    ),
    "regular": (
        N_("%(num)s heure régulière à décider"),
        N_("%(num)s heures régulières à décider"),
        N_("Heure régulière demandée"),
    ),
    "premises": (N_("%(num)s lieu à décider"), N_("%(num)s lieux à décider"), N_("Visite à domicile demandée")),
    "appeal": (
        N_("%(num)s contestation à trancher"),
        N_("%(num)s contestations à trancher"),
        N_("Rendez-vous non tenu contesté"),
    ),
    "report": (N_("%(num)s rapport à valider"), N_("%(num)s rapports à valider"), N_("Rapport à valider")),
    "conflict": (N_("%(num)s conflit à trancher"), N_("%(num)s conflits à trancher"), N_("Deux contenus, un numéro")),
    "message": (N_("%(num)s message à voir"), N_("%(num)s messages à voir"), N_("Message retenu")),
    "act": (N_("%(num)s accusé à saisir"), N_("%(num)s accusés à saisir"), N_("Rapport à porter à la main")),
    "voucher": (
        N_("%(num)s bon à enlever à saisir"),
        N_("%(num)s bons à enlever à saisir"),
        N_("Bon à enlever à saisir"),
    ),
}
_BY_STATE = {
    State.CHECKING: "package",
    State.BOOKED: "inspector",
    State.AT_DESK: "inspector",
    State.SIGNED: "report",
    State.VALIDATED: "act",
    State.PUSHED: "act",
    State.ACKNOWLEDGED: "voucher",
}


@get("/chief", roles=CHIEFS)
async def home(work: Work, request: Request, p: FromQuery[int] = 1) -> Response[str]:  # type: ignore[type-arg]
    """The queue."""
    office = await office_by_id(work, work.actor.office)
    zone, language = at_office(request, office), language_of(request)
    todos = sorted(await _todos(work, office), key=lambda todo: todo.since)
    above = await start(work, "/chief")
    number = page_number(p)
    counts = Counter(todo.kind for todo in todos)
    return page(
        request,
        "chief/home.html",
        title=say_many(N_("%(num)s chose vous attend"), N_("%(num)s choses vous attendent"), len(todos), language),
        total=len(todos),
        stranded=counts["stranded"],
        lead=" · ".join(
            say_many(one, many, counts[kind], language) for kind, (one, many, _) in KINDS.items() if counts[kind]
        ),
        rows=[(todo, say(KINDS[todo.kind][2], language)) for todo in todos[(number - 1) * PAGE : number * PAGE]],
        previous=f"/chief?p={number - 1}" if number > 1 else "",
        next=f"/chief?p={number + 1}" if number * PAGE < len(todos) else "",
        now=work.now,
        start=above,
        waiting={
            each.membership.id: await _waiting_there(work, each, language, zone) for each in above.duties.elsewhere
        },
    )


async def _waiting_there(work: Work, duty: Duty, language: str, zone: ZoneInfo) -> str:
    """What waits in the queue of another office, as its chief sees it."""
    if Role(duty.membership.role) not in CHIEFS or duty.membership.office_id is None:
        return ""
    roles = frozenset({Role(duty.membership.role)})
    there = replace(work.actor, roles=roles, office=OfficeId(duty.membership.office_id))
    watched = Work(work.session, work.now, there)
    todos = await _todos(watched, await office_by_id(watched, there.office))
    if not todos:
        return ""
    oldest = since(min(todo.since for todo in todos), work.now, language, zone)
    return say_many(
        N_("%(num)s chose y attend, la plus ancienne depuis %(since)s."),
        N_("%(num)s choses y attendent, la plus ancienne depuis %(since)s."),
        len(todos),
        language,
        since=oldest,
    )


async def _todos(work: Work, office: Office) -> list[Todo]:
    """Everything that waits at the actor's office, from each place that holds some of it."""
    found = [_visit(each, work.actor) for each in await queries.waiting_visits(work)]
    for lost in await queries.stranded(work):
        booked = State(lost.visit.state) is State.BOOKED
        address = f"/chief/visits/{lost.visit.id}/slots" if booked else "/chief/replan"
        found.append(_todo("stranded", lost.declaration, lost.since, address, N_("Replacer le rendez-vous")))
    for firm, site, lost_at in await regular_rows.stranded(work):
        found.append(
            Todo(
                kind="stranded",
                title=firm.name,
                about=site.name,
                since=lost_at,
                href="/chief/replan",
                button=N_("Replacer le rendez-vous"),
            )
        )
    for case in await unnoted(work, office):
        found.append(
            _todo("repair", case.declaration, case.visit.state_since, "/chief/repair", N_("Réparer la journée"))
        )
    if alarmed := await alarms.open_everywhere(work, work.actor.office):
        found.append(
            Todo(
                kind="alarm",
                title=f"{alarmed[0][1].code} {alarmed[0][1].name}",
                about="",
                since=min(alarm.raised_at for alarm, _, _ in alarmed),
                href="/office/alarms",
                button=N_("Voir ce qui diffère"),
            )
        )
    for appeal, _, visit in await open_appeals(work):
        found.append(
            Todo(
                kind="appeal",
                title=visit.reference,
                about=appeal.reason,
                since=appeal.at,
                href="/chief/appeals",
                button=N_("Répondre"),
            )
        )
    for conflict, declaration in await open_conflicts(work):
        address = f"/chief/conflicts/{conflict.id}"
        found.append(_todo("conflict", declaration, conflict.at, address, N_("Comparer les deux contenus")))
    for asked, _, declaration in await queries.asked_replacements(work):
        found.append(
            _todo("replacement", declaration, asked.asked_at, "/chief/assignment", N_("Donner le second avis"))
        )
    for hours, firm, site, _ in await regular_rows.listed(work, "asked"):
        found.append(
            Todo(
                kind="regular",
                title=firm.name,
                about=site.name,
                since=hours.asked_at,
                href="/chief/regular",
                button=N_("Décider"),
            )
        )
    for home, firm, _ in await premises_rows.listed(work, "asked"):
        found.append(
            Todo(
                kind="premises",
                title=firm.name,
                about=home.address,
                since=home.asked_at,
                href="/chief/premises",
                button=N_("Décider"),
            )
        )
    for outbound, _, declaration in await unfinished_outbound(work):
        if outbound.state == "parked":
            found.append(_todo("message", declaration, outbound.at, "/chief/messages", N_("Voir le message")))
    for event, declaration in await parked_events(work):
        found.append(
            _todo("message", declaration, event.parked_at or event.at, "/chief/messages", N_("Voir le message"))
        )
    for inbound in await inbound_to_see(work):
        found.append(
            Todo(
                kind="message",
                title=inbound.about or inbound.name or inbound.sender,
                about="",
                since=inbound.received_at,
                href="/chief/messages",
                button=N_("Voir le message"),
            )
        )
    return found


def _visit(case: Listed, reader: Actor) -> Todo:
    step = next_step(case.standing, reader)
    return Todo(
        kind=_BY_STATE[case.standing.state],
        title=case.title,
        about=_about(case.declaration),
        since=case.visit.state_since,
        href=step.href,
        button=step.button,
    )


def _todo(kind: str, declaration: Any, since: datetime, href: str, button: str) -> Todo:
    return Todo(
        kind=kind, title=title_of(declaration), about=_about(declaration), since=since, href=href, button=button
    )


def _about(declaration: Any) -> str:
    return " · ".join(part for part in (declaration.goods, declaration.consignee_name) if part)


ROUTES = [home]
