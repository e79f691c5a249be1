"""The menu of a phone without data (USSD): my appointments, next free times, book, move, cancel.

The network sends everything typed so far («1*2*1»); each step's screen and what its numbers stand for are kept, so that
a repeated step shows the same screen and does nothing twice. A screen is at most 182 septets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from visits.actor import Actor, system
from visits.booking import change
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.queries import live_of
from visits.booking.tables import Appointment
from visits.declarations.queries import Case, case_of
from visits.errors import Refusal
from visits.ids import TenantId
from visits.journey.states import State
from visits.notices import compose, gsm7
from visits.notices.contacts import phone_from
from visits.notify import queries, words
from visits.notify.texts import actor_by_phone, free_starts
from visits.people.tables import Person
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say

#: Septets of one screen, with its CON or END.
SCREEN = 182
GOES_ON, ENDS = "CON ", "END "
LISTED = 4
PAGES = 3

HELLO = N_("Visites de douane")
MY_APPOINTMENTS = N_("Mes rendez-vous")
BOOK = N_("Prendre rendez-vous")
NONE_YET = N_("Aucun rendez-vous à venir.")
NOTHING_TO_BOOK = N_("Aucune visite n'attend de rendez-vous.")
MOVE = N_("Déplacer")
CANCEL = N_("Annuler")
REALLY = N_("Rendre cette heure ?")
YES, NO = N_("Oui"), N_("Non")
CHOOSE_TIME = N_("Choisir une heure")
MORE = N_("Suite")
NO_TIMES = N_("Aucune heure libre bientôt.")
KEPT = N_("Retenue jusqu'à %(until)s")
CONFIRM = N_("Confirmer")
GIVE_BACK = N_("Rendre")
UNKNOWN = N_("Choix inconnu.")
BACK = N_("Retour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Lines, what the numbers stand for, and whether it is the last."""

    head: str
    items: Sequence[tuple[str, str, dict[str, Any]]] = field(default_factory=tuple)
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request of the network."""

    session: str
    phone: str
    typed: str


async def answer(tools: Tools, tenant: TenantId, step: Step) -> str:
    """The screen for what was typed so far."""
    phone = phone_from(step.phone)
    service = system(tenant, "ussd")
    if not phone or not step.session:
        return ENDS + gsm7.plain(say(words.UNKNOWN_PHONE, "fr"))
    who = await tools.database.run(service, actor_by_phone, phone, "ussd")
    if who is None:
        return ENDS + gsm7.plain(say(words.UNKNOWN_PHONE, "fr"))
    person, actor = who
    try:
        return await tools.database.run(actor, _step, step, phone, person, actor)
    except Refusal as refusal:
        sentence = say(refusal.says, person.language, **refusal.facts)
        return await tools.database.run(service, _refused, step, phone, person, sentence)


async def _step(work: Work, step: Step, phone: str, person: Person, actor: Actor) -> str:
    kept = await queries.ussd_session(work, step.session[:200], phone, person.id)
    if kept.address != phone:
        return ENDS + gsm7.plain(say(words.UNKNOWN_PHONE, "fr"))
    typed = step.typed.strip()[:180]
    if typed in kept.screens:
        return str(kept.screens[typed])
    parent, _, digit = typed.rpartition("*")
    known = kept.choices.get(parent, {})
    if typed and digit not in known:
        # A wrong number shows the same choices again.
        before = str(kept.screens.get(parent, "")).removeprefix(GOES_ON)
        text = GOES_ON + gsm7.shortened(f"{gsm7.plain(say(UNKNOWN, person.language))}\n{before}", SCREEN - len(GOES_ON))
        if not known:
            return await _root(work, kept, typed, person)
        return _keep(kept, typed, text, known)
    if not typed:
        return await _root(work, kept, typed, person)
    screen = await _do(work, person, known[digit])
    text, choices = drawn(screen)
    return _keep(kept, typed, text, choices)


async def _root(work: Work, kept: Any, typed: str, person: Person) -> str:
    text, choices = drawn(_menu(person.language))
    return _keep(kept, typed, text, choices)


async def _refused(work: Work, step: Step, phone: str, person: Person, sentence: str) -> str:
    kept = await queries.ussd_session(work, step.session[:200], phone, person.id)
    return _keep(kept, step.typed.strip()[:180], ENDS + gsm7.shortened(gsm7.plain(sentence), SCREEN - len(ENDS)), {})


def _keep(kept: Any, typed: str, text: str, choices: dict[str, Any]) -> str:
    kept.screens = kept.screens | {typed: text}
    kept.choices = kept.choices | {typed: choices}
    return text


def drawn(screen: Screen) -> tuple[str, dict[str, Any]]:
    """The screen as the network shows it, whatever its facts are, and what its numbers stand for."""
    opening = ENDS if screen.ends else GOES_ON
    lines = [" ".join(gsm7.plain(screen.head).split())]
    tails = [" ".join(gsm7.plain(f"{digit} {text}").split()) for digit, text, _ in screen.items]
    room = SCREEN - len(opening) - sum(gsm7.septets(each) + 1 for each in tails)
    lines[0] = gsm7.shortened(lines[0], max(0, room))
    text = opening + "\n".join(each for each in [*lines, *tails] if each)
    return text, {digit: action for digit, _, action in screen.items}


async def _do(work: Work, person: Person, action: dict[str, Any]) -> Screen:
    """What a number stands for."""
    language = person.language
    match action["do"]:
        case "appointments":
            return await _listed(work, language, [State.BOOKED], "visit", NONE_YET, MY_APPOINTMENTS)
        case "to_book":
            return await _listed(work, language, [State.TO_BOOK], "times", NOTHING_TO_BOOK, BOOK)
        case "visit":
            return await _visit(work, language, UUID(action["visit"]))
        case "times":
            return await _times(work, language, UUID(action["visit"]), int(action.get("page", 0)))
        case "take":
            return await _take(work, language, UUID(action["visit"]), datetime.fromisoformat(action["start"]))
        case "confirm":
            done = await confirm(work, UUID(action["appointment"]))
            return await _end(work, language, words.CONFIRMED, done)
        case "sure":
            yes = {"do": "cancel", "appointment": action["appointment"]}
            items = (("1", say(YES, language), yes), ("0", say(NO, language), {"do": "menu"}))
            return Screen(head=f"{action['title']} - {say(REALLY, language)}", items=items)
        case "cancel":
            gone = await change.cancel(work, UUID(action["appointment"]))
            return await _end(work, language, words.CANCELLED, gone)
        case _:
            return _menu(language)


def _menu(language: str) -> Screen:
    items = (
        ("1", say(MY_APPOINTMENTS, language), {"do": "appointments"}),
        ("2", say(BOOK, language), {"do": "to_book"}),
    )
    return Screen(head=say(HELLO, language), items=items)


async def _listed(work: Work, language: str, states: Sequence[State], then: str, nothing: str, head: str) -> Screen:
    cases = await queries.cases_to_come(work, states, limit=LISTED)
    back = ("0", say(BACK, language), {"do": "menu"})
    if not cases:
        return Screen(head=say(nothing, language), items=(back,))
    items = [
        (str(number), _line(case, found, language), {"do": then, "visit": str(case.visit.id)})
        for number, (case, found) in enumerate(cases, 1)
    ]
    return Screen(head=say(head, language), items=(*items, back))


async def _visit(work: Work, language: str, visit_id: UUID) -> Screen:
    case = await case_of(work, visit_id)
    found = (await live_of(work, visit_id)).get("confirmed")
    if found is None:
        return Screen(head=say(NONE_YET, language), items=(("0", say(BACK, language), {"do": "menu"}),))
    title = _line(case, found, language)
    items = (
        ("1", say(MOVE, language), {"do": "times", "visit": str(visit_id)}),
        ("2", say(CANCEL, language), {"do": "sure", "appointment": str(found.id), "title": title}),
        ("0", say(BACK, language), {"do": "appointments"}),
    )
    return Screen(head=title, items=items)


async def _times(work: Work, language: str, visit_id: UUID, page: int) -> Screen:
    case = await case_of(work, visit_id)
    found = (await live_of(work, visit_id)).get("confirmed")
    starts = (await free_starts(work, case, found, LISTED * (page + 1) + 1))[LISTED * page :]
    back = ("0", say(BACK, language), {"do": "menu"})
    if not starts:
        return Screen(head=say(NO_TIMES, language), items=(back,))
    zone = ZoneInfo(case.office.tz)
    items: list[tuple[str, str, dict[str, Any]]] = [
        (
            str(number),
            compose.short_day_time(start, language, zone),
            {"do": "take", "visit": str(visit_id), "start": start.isoformat()},
        )
        for number, start in enumerate(starts[:LISTED], 1)
    ]
    if len(starts) > LISTED and page + 1 < PAGES:
        items.append(("9", say(MORE, language), {"do": "times", "visit": str(visit_id), "page": page + 1}))
    return Screen(head=say(CHOOSE_TIME, language), items=(*items, back))


async def _take(work: Work, language: str, visit_id: UUID, start: datetime) -> Screen:
    """A booked visit moves at once; one that is not booked gets its time held, and is asked once more."""
    case = await case_of(work, visit_id)
    found = (await live_of(work, visit_id)).get("confirmed")
    if found is not None and State(case.visit.state) is State.BOOKED:
        return await _end(work, language, words.MOVED, await change.move(work, found.id, start))
    kept = await hold(work, visit_id, start)
    zone = ZoneInfo(case.office.tz)
    until = compose.short_hour(kept.expires_at, language, zone) if kept.expires_at else ""
    head = f"{_line(case, kept, language)}. {say(KEPT, language, until=until)}"
    items = (
        ("1", say(CONFIRM, language), {"do": "confirm", "appointment": str(kept.id)}),
        ("2", say(GIVE_BACK, language), {"do": "cancel", "appointment": str(kept.id)}),
    )
    return Screen(head=head, items=items)


async def _end(work: Work, language: str, text: str, found: Appointment) -> Screen:
    case = await case_of(work, found.visit_id)
    when = compose.short_day_time(found.during.lower, language, ZoneInfo(case.office.tz))
    return Screen(head=say(text, language, title=_title(case), when=when), ends=True)


def _line(case: Case, found: Appointment | None, language: str) -> str:
    when = compose.short_day_time(found.during.lower, language, ZoneInfo(case.office.tz)) if found else ""
    return f"{_title(case)} {when}".strip()


def _title(case: Case) -> str:
    return gsm7.shortened(gsm7.plain(case.title), 14)
