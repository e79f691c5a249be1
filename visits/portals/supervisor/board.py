"""/supervisor/board: the day as it is now. Decisions first, then the inspectors' day, then figures; kept live."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromQuery
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from scheduling import Interval
from visits.clearance.queries import links_down
from visits.clearance.tables import LinkState
from visits.performance import board
from visits.performance.board import Bar
from visits.performance.queries import office_hours
from visits.portals.start import start
from visits.portals.supervisor import gantt, queries
from visits.portals.supervisor.queries import Sent, Waiting
from visits.portals.telling import at_office
from visits.roles import CHIEFS, Role
from visits.sites.queries import absences_between, office_by_id
from visits.sites.tables import Office
from visits.store.hub import Hub
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import date_long, duration, say, say_many, since, time_of
from visits.web.pages import language_of, page
from visits.web.route import get

WATCHERS = CHIEFS | {Role.SUPERVISOR}
#: A line that says nothing for this long may be cut by what stands between; a comment keeps it open.
HEARTBEAT = 20.0
#: Decisions shown as cards; more of them are in the queue.
CARDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing to decide: since when, what, why, and up to two ways out."""

    since: datetime
    title: str
    text: str
    ways: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was read for the page."""

    office: Office
    zone: ZoneInfo
    language: str
    now: datetime
    drawn: list[Bar]
    officers: list[tuple[UUID, str]]
    hours: list[Interval]
    absent: dict[UUID, str]
    sent: Sent
    reports: list[Waiting]
    parked: tuple[int, datetime | None]
    down: Sequence[LinkState]

    def say(self, text: str, **facts: Any) -> str:
        """A text in the reader's language."""
        return say(text, self.language, **facts)

    def time(self, at: datetime) -> str:
        """An hour of the office."""
        return time_of(at, self.language, self.zone)


@get("/supervisor/board", roles=WATCHERS)
async def show(work: Work, request: Request, view: FromQuery[str] = "") -> Response[str]:  # type: ignore[type-arg]
    """The board, as drawing or as table."""
    office = await office_by_id(work, work.actor.office)
    day = await _read(work, office, at_office(request, office), language_of(request))
    rows = gantt.rows_of(day.officers, day.drawn, day.absent)
    decisions = _decisions(day, chief=work.actor.is_a(*CHIEFS))
    names = dict(day.officers)
    return page(
        request,
        "supervisor/board.html",
        title=_title(decisions, day.language),
        lead=_lead(day),
        decisions=decisions[:CARDS],
        hidden=len(decisions) - CARDS,
        as_table=view == "table",
        moves=work.actor.is_a(*CHIEFS),
        chart=gantt.draw(
            rows,
            day.hours,
            work.now,
            gantt.frame(rows, day.hours, work.now, day.zone, day.language),
            moves=work.actor.is_a(*CHIEFS),
        )
        if rows
        else None,
        legend=gantt.legend(),
        rows=[
            (each, day.say(gantt.word_of(each)), names.get(each.planned.officer, "") if each.planned.officer else "")
            for each in day.drawn
        ],
        free=board.without_officer(day.drawn),
        tiles=_tiles(day),
        outage=_outage(day),
        now=work.now,
        start=await start(work, "/supervisor/board"),
    )


async def _read(work: Work, office: Office, zone: ZoneInfo, language: str) -> Day:
    today = work.now.astimezone(zone).date()
    start = datetime.combine(today, datetime.min.time(), tzinfo=zone)
    end = start + timedelta(days=1)
    officers = await queries.officers(work, office.id, today)
    hours = await office_hours(work, office, start, end)
    return Day(
        office=office,
        zone=zone,
        language=language,
        now=work.now,
        drawn=board.bars(await queries.day_of(work, office.id, today, start), work.now),
        officers=officers,
        hours=[each for each in hours if each.start < end and each.end > start],
        absent=await _absent(work, office.id, (start, end), language, zone),
        sent=await queries.reports_sent(work, office.id, start),
        reports=await queries.reports_waiting(work, office.id),
        parked=await queries.parked(work),
        down=await links_down(work),
    )


async def _absent(
    work: Work, office_id: UUID, span: tuple[datetime, datetime], language: str, zone: ZoneInfo
) -> dict[UUID, str]:
    """The sentence of each absence that holds now; the reason is not for the board."""
    found = {}
    for each in await absences_between(work, office_id, *span):
        begin, end = each.during.lower or span[0], each.during.upper or span[1]
        if begin <= work.now < end:
            text = N_("Absent aujourd'hui") if end >= span[1] else N_("Absent jusqu'à %(time)s")
            found[each.resource_id] = say(text, language, time=time_of(end, language, zone))
    return found


def _title(decisions: Sequence[Decision], language: str) -> str:
    if not decisions:
        return say(N_("Aucune décision ne vous attend"), language)
    return say_many(
        N_("%(num)s décision vous attend"), N_("%(num)s décisions vous attendent"), len(decisions), language
    )


def _lead(day: Day) -> str:
    """« Lundi 23 novembre, 10 h 42 · 35 visites : 12 faites, 7 en cours, 15 à venir, 1 carence »."""
    counted = board.counts(day.drawn)
    local: date = day.now.astimezone(day.zone).date()
    when = f"{date_long(local, day.language)}, {day.time(day.now)}"
    if not counted.total:
        return when[:1].upper() + when[1:] + " · " + day.say(N_("aucune visite aujourd'hui"))
    numbers = (
        (counted.done, N_("%(num)s faite"), N_("%(num)s faites")),
        (counted.running, N_("%(num)s en cours"), N_("%(num)s en cours")),
        (counted.coming, N_("%(num)s à venir"), N_("%(num)s à venir")),
        (counted.no_show, N_("%(num)s carence"), N_("%(num)s carences")),
    )
    parts = ", ".join(say_many(one, many, n, day.language) for n, one, many in numbers if n)
    whole = say_many(N_("%(num)s visite"), N_("%(num)s visites"), counted.total, day.language)
    return when[:1].upper() + when[1:] + " · " + day.say(N_("%(whole)s : %(parts)s"), whole=whole, parts=parts)


def _decisions(day: Day, *, chief: bool) -> list[Decision]:
    """What needs somebody now, the oldest first."""
    found = [
        *_late(day, chief),
        *_risks(day, chief),
        *_without(day, chief),
        *_reports(day, chief),
        *_parked(day, chief),
    ]
    return sorted(found, key=lambda each: each.since)


def _late(day: Day, chief: bool) -> list[Decision]:
    names = dict(day.officers)
    return [
        Decision(
            since=each.planned.start + board.GRACE,
            title=day.say(N_("%(name)s n'a pas commencé"), name=each.planned.title),
            text=day.say(
                N_("Prévue à %(time)s avec %(officer)s, %(site)s. La tolérance de 15 min est passée."),
                time=day.time(each.planned.start),
                officer=names.get(each.planned.officer, "–") if each.planned.officer else "–",
                site=each.planned.site,
            ),
            ways=[
                *([("/chief/repair", N_("Réparer la journée"))] if chief else []),
                (f"/office/visits/{each.planned.visit}", N_("Ouvrir le dossier")),
            ],
        )
        for each in board.late(day.drawn)
    ]


def _risks(day: Day, chief: bool) -> list[Decision]:
    """A visit whose inspector will not be free at its time, as it looks now: somebody can still be drawn."""
    names = dict(day.officers)
    return [
        Decision(
            since=min(day.now, before.planned.end),
            title=day.say(N_("%(name)s commencera en retard"), name=each.planned.title),
            text=day.say(
                N_("%(officer)s est encore à %(other)s. Prévue à %(time)s, %(site)s."),
                officer=names.get(each.planned.officer, "–") if each.planned.officer else "–",
                other=before.planned.title,
                time=day.time(each.planned.start),
                site=each.planned.site,
            ),
            ways=[
                *([("/chief/repair", N_("Tirer un remplaçant"))] if chief else []),
                (f"/office/visits/{each.planned.visit}", N_("Ouvrir le dossier")),
            ],
        )
        for each, before in board.at_risk(day.drawn)
    ]


def _without(day: Day, chief: bool) -> list[Decision]:
    free = board.without_officer(day.drawn)
    soon = [each for each in free if each.planned.start <= day.now + timedelta(hours=2)]
    if not soon:
        return []
    listed = ", ".join(
        day.say(N_("%(name)s à %(time)s"), name=each.planned.title, time=day.time(each.planned.start))
        for each in soon[:4]
    )
    ways = [("/chief/assignment", N_("Affecter par tirage"))] if chief else []
    return [
        Decision(
            since=min(each.planned.start for each in soon) - timedelta(hours=2),
            title=say_many(
                N_("%(num)s visite sans vérificateur"), N_("%(num)s visites sans vérificateur"), len(soon), day.language
            ),
            text=listed + ("…" if len(soon) > 4 else "."),
            ways=[*ways, (f"/office/visits/{soon[0].planned.visit}", N_("Ouvrir la première"))],
        )
    ]


def _reports(day: Day, chief: bool) -> list[Decision]:
    if not day.reports:
        return []
    oldest = day.reports[0]
    way = f"/chief/reports/{oldest.visit}" if chief else f"/office/visits/{oldest.visit}"
    return [
        Decision(
            since=oldest.since + board.REPORT_PATIENCE,
            title=say_many(
                N_("%(num)s rapport attend sa validation"),
                N_("%(num)s rapports attendent leur validation"),
                len(day.reports),
                day.language,
            ),
            text=day.say(
                N_("Le plus ancien, %(name)s, est signé depuis %(since)s."),
                name=oldest.title,
                since=since(oldest.since, day.now, day.language, day.zone),
            ),
            ways=[(way, N_("Ouvrir le plus ancien"))],
        )
    ]


def _parked(day: Day, chief: bool) -> list[Decision]:
    count, oldest = day.parked
    if not count or oldest is None:
        return []
    text = N_("Le service a tout essayé. Quelqu'un doit regarder et relancer.")
    return [
        Decision(
            since=oldest,
            title=say_many(N_("%(num)s message est arrêté"), N_("%(num)s messages sont arrêtés"), count, day.language),
            text=day.say(text),
            ways=[("/chief/messages", N_("Voir les messages"))] if chief else [],
        )
    ]


def _tiles(day: Day) -> list[dict[str, Any]]:
    """Figures with their n; a median or a share only from thirty visits on, counts always."""
    planned = [each.planned for each in day.drawn]
    good, started = board.on_time(planned)
    waits = board.waits(planned)
    few = say_many(
        N_("%(num)s visite : chiffre montré à partir de 30"),
        N_("%(num)s visites : chiffre montré à partir de 30"),
        len(waits),
        day.language,
    )
    middle = board.middle(waits)
    share = f"{100 * good / started:.0f}" if started >= board.ENOUGH else ""
    within = day.say(N_("à 15 min près"))
    tiles = [
        {
            "name": day.say(N_("Attente médiane à l'arrivée")),
            "value": duration(middle, day.language) if middle is not None else "–",
            "unit": "",
            "text": day.say(N_("objectif 15 min · %(n)s visites"), n=len(waits)) if middle is not None else few,
            "good": False,
        },
        {
            "name": day.say(N_("Commencées à l'heure")),
            "value": share or str(good),
            "unit": "%" if share else day.say(N_("sur %(n)s"), n=started),
            "text": day.say(N_("%(good)s sur %(n)s, à 15 min près"), good=good, n=started) if share else within,
            "good": False,
        },
    ]
    sent = day.sent
    if sent.total:
        waiting = sent.total - sent.acknowledged
        oldest = duration(day.now - sent.waiting_since, day.language) if sent.waiting_since else ""
        arrived = day.say(N_("Tous reçus"))
        text = say_many(
            N_("%(num)s attend, depuis %(oldest)s"),
            N_("%(num)s attendent, le plus ancien %(oldest)s"),
            waiting,
            day.language,
            oldest=oldest,
        )
        tiles.append(
            {
                "name": day.say(N_("Rapports reçus par le système de dédouanement")),
                "value": str(sent.acknowledged),
                "unit": day.say(N_("sur %(n)s"), n=sent.total),
                "text": text if waiting else arrived,
                "good": not waiting,
            }
        )
    return tiles


def _outage(day: Day) -> dict[str, str] | None:
    """A link that does not answer, what goes on meanwhile, and what will happen by itself."""
    began = min((each.down_since for each in day.down if each.down_since), default=None)
    if began is None:
        return None
    waiting = day.sent.total - day.sent.acknowledged
    return {
        "since": day.time(began)
        if day.now - began < timedelta(days=1)
        else since(began, day.now, day.language, day.zone),
        "reports": say_many(
            N_("%(num)s rapport partira seul dès son retour."),
            N_("%(num)s rapports partiront seuls dès son retour."),
            waiting,
            day.language,
        )
        if waiting
        else "",
    }


@get("/supervisor/board/events", roles=WATCHERS, opt={"uncompressed": True})
async def events(request: Request) -> ServerSentEvent:  # type: ignore[type-arg]
    """A word each time something of the office changes; no transaction is held meanwhile."""
    return ServerSentEvent(
        changes(request.app.state.hub, str(request.user.office)), headers={"cache-control": "no-store"}
    )


async def changes(hub: Hub, topic: str, heartbeat: float = HEARTBEAT) -> AsyncIterator[ServerSentEventMessage]:
    """The stream of one screen; it ends with the hub."""
    with hub.subscribe(topic) as news:
        yield ServerSentEventMessage(data=None, comment="listening", retry=2000)
        while True:
            try:
                await asyncio.wait_for(anext(news), heartbeat)
            except TimeoutError:
                yield ServerSentEventMessage(data=None, comment="still here")
            except StopAsyncIteration:
                return
            else:
                yield ServerSentEventMessage(data="changed")


ROUTES = [show, events]
