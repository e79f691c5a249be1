"""/integrity: the journal of the office, as a page and as a file, and the check of its chain. Reading it is noted."""

import json
import re
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromQuery

from visits.evidence.verify import Break, links, verify
from visits.portals.integrity import queries
from visits.portals.integrity.facts import FACTS
from visits.portals.integrity.queries import MOST, PAGE, Entry, Wanted
from visits.portals.integrity.sheet import sheet
from visits.portals.integrity.words import ACTIONS
from visits.portals.telling import at_office
from visits.roles import Role
from visits.sites.hours import ONE_DAY
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import language_of, page, page_number
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
INTEGRITY = frozenset({Role.INTEGRITY})
#: Characters looked at of what was typed.
LONGEST = 100
#: A digest on the page is known by its beginning; the file has all of it.
DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
#: How a break is told, by its first word.
BREAKS: dict[str, str] = {
    "link": N_("Un maillon a été changé, ajouté ou retiré."),
    "event": N_("Un événement n'est plus celui qui a été scellé."),
    "audit": N_("Une ligne du journal n'est plus celle qui a été scellée."),
}


@get("/integrity", roles=INTEGRITY)
async def home(
    work: Work,
    request: Asked,
    action: FromQuery[str] = "",
    person: FromQuery[str] = "",
    day: FromQuery[str] = "",
    p: FromQuery[int] = 1,
) -> Response[str]:
    """One page of the journal."""
    office = await office_by_id(work, work.actor.office)
    zone = at_office(request, office)
    language = language_of(request)
    number = page_number(p)
    wanted, asked = _wanted(action, person, day, zone)
    total = await queries.count(work, wanted)
    entries = await queries.journal(work, wanted, offset=(number - 1) * PAGE)
    known = await queries.about(work, {name for each in entries for name in (each.audit.subject, _visit(each))})
    work.audit("journal_read", office=office.id, page=number, asked=asked)
    address = urlencode(asked)
    return page(
        request,
        "integrity/home.html",
        rows=[_row(each, known, language) for each in entries],
        total=total,
        asked={"action": "", "person": "", "day": ""} | asked,
        actions=_actions(await queries.actions(work), language),
        address=address,
        current=number,
        last=max(1, -(-total // PAGE)),
        most=MOST,
    )


def _wanted(action: str, person: str, day: str, zone: ZoneInfo) -> tuple[Wanted, dict[str, str]]:
    """The filters, and those of them that count; what is no day is left out."""
    person, action = " ".join(person.split())[:LONGEST], action[:LONGEST]
    since = until = None
    try:
        chosen = date.fromisoformat(day)
        since, until = (datetime.combine(each, time(), tzinfo=zone) for each in (chosen, chosen + ONE_DAY))
    except (ValueError, OverflowError):
        day = ""
    asked = {"action": action, "person": person, "day": day}
    wanted = Wanted(action=action, person=person, since=since, until=until)
    return wanted, {name: value for name, value in asked.items() if value}


def _actions(codes: Any, language: str) -> list[tuple[str, str]]:
    found = sorted(((code, said(code, language)) for code in codes), key=lambda each: each[1])
    return [("", say(N_("toutes les actions"), language)), *found]


def said(action: str, language: str) -> str:
    """An action in words, or its code if nobody wrote any."""
    return say(ACTIONS[action], language) if action in ACTIONS else action


def facts_of(entry: Entry, language: str, told: str = "") -> str:
    """The facts of an entry in one line: « circuit: red, origine: message »; empty ones and one told are left out."""
    facts = sorted(entry.audit.body.items())
    return ", ".join(
        f"{say(FACTS[name], language) if name in FACTS else name}: {_plain(value)}"
        for name, value in facts
        if name != told and value not in ("", {}, [])
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _visit(entry: Entry) -> str:
    return str(entry.audit.body.get("visit") or "")


def _row(entry: Entry, known: dict[str, tuple[str, str]], language: str) -> dict[str, Any]:
    subject = next((each for each in (entry.audit.subject, _visit(entry)) if each in known), entry.audit.subject)
    name, href = known.get(subject, (subject, ""))
    return {
        "at": entry.audit.at,
        "action": said(entry.audit.action, language),
        "who": entry.who,
        "about": name,
        "known": subject in known,
        "href": href,
        "facts": DIGEST.sub(r"\1…", facts_of(entry, language, "visit" if subject == _visit(entry) else "")),
    }


@get("/integrity/journal.csv", roles=INTEGRITY)
async def export(
    work: Work, request: Asked, action: FromQuery[str] = "", person: FromQuery[str] = "", day: FromQuery[str] = ""
) -> Response[bytes]:
    """The same entries as a file, the newest of them if there are too many."""
    office = await office_by_id(work, work.actor.office)
    zone, language = ZoneInfo(office.tz), language_of(request)
    wanted, asked = _wanted(action, person, day, zone)
    entries = await queries.journal(work, wanted, limit=MOST)
    work.audit("journal_exported", office=office.id, entries=len(entries), asked=asked)
    today = work.now.astimezone(zone).date().isoformat()
    header = [N_("Date et heure"), N_("Personne"), N_("Action"), N_("Code"), N_("Objet"), N_("Précisions")]
    rows = (
        (
            each.audit.at.astimezone(zone).isoformat(timespec="seconds"),
            each.who or say(N_("le service"), language),
            said(each.audit.action, language),
            each.audit.action,
            each.audit.subject,
            facts_of(each, language),
        )
        for each in entries
    )
    return Response(
        sheet([say(name, language) for name in header], rows),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="journal-{office.code}-{today}.csv"',
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
        },
    )


@post("/integrity/verify", roles=INTEGRITY)
async def check(work: Work, request: Asked) -> Response[str]:
    """Follow every chain of the administration and say where the first break is."""
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    counted, broken = await links(work), await verify(work)
    work.audit("chain_verified", office=office.id, links=counted, breaks=len(broken))
    names = await queries.chain_names(work) if broken else {}
    return page(
        request,
        "integrity/verdict.html",
        links=counted,
        breaks=len(broken),
        first=_told(broken[0], names, language_of(request)) if broken else None,
        now=work.now,
    )


def _told(first: Break, names: dict[Any, str], language: str) -> dict[str, Any]:
    return {
        "chain": names.get(first.chain) or say(N_("Chaîne de l'administration"), language),
        "seq": first.seq,
        "kind": said(first.kind, language),
        "text": say(BREAKS[first.why.split()[0]], language),
        "detail": first.why,
    }


ROUTES = [home, export, check]
