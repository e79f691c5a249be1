"""/declarant/visits/{id}/appointment: when and where, what to show and to bring; move or cancel."""

import textwrap
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import landing, queries, replan_rows, rules, waitlist_rows
from visits.booking.calendar_file import calendar_file
from visits.booking.change import cancel as cancel_appointment
from visits.booking.groups_rows import group_of
from visits.booking.language import language_asked
from visits.booking.next_free import UNDO
from visits.booking.offer import policy_of
from visits.booking.prearrival import KEPT
from visits.booking.replan_answer import answer as answer_replan
from visits.booking.tables import Appointment
from visits.booking.token_keys import confirmation
from visits.booking.where import where_of
from visits.declarations.queries import Case, case_of
from visits.errors import NotFound
from visits.journey.states import LEVEL_NAMES, Level, State
from visits.notify.queries import thread_of
from visits.portals.telling import at_office, boxes, place_name
from visits.roles import DECLARANTS, FIRM
from visits.sites.hours import grid_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

#: The answer in the title, by the appointment's status.
TITLES: dict[str, str] = {
    "confirmed": N_("Votre visite est réservée"),
    "done": N_("Cette visite a eu lieu"),
    "cancelled": N_("Ce rendez-vous est annulé"),
    "no_show_declarant": N_("Ce rendez-vous n'a pas eu lieu"),
    "no_show_goods": N_("Ce rendez-vous n'a pas eu lieu"),
    "no_show_customs": N_("Ce rendez-vous n'a pas eu lieu"),
    "no_show_agency": N_("Ce rendez-vous n'a pas eu lieu"),
}
TAGS: dict[str, tuple[str, str]] = {
    "confirmed": ("done", N_("Confirmé")),
    "done": ("done", N_("Fait")),
    "cancelled": ("", N_("Annulé")),
}

_CARD = N_("Votre carte de commissionnaire agréé")
#: What to bring, by level.
BRING: dict[Level, tuple[str, ...]] = {
    Level.VIDEO: (
        N_("Un téléphone chargé, avec sa caméra"),
        N_("Du réseau près des marchandises"),
        N_("De quoi ouvrir les colis"),
    ),
    Level.SCAN: (_CARD, N_("Le conducteur et le véhicule")),
    Level.PHYSICAL: (
        _CARD,
        N_("Les plombs neufs, si vous les fournissez"),
        N_("Chaussures de sécurité et gilet"),
    ),
}
BRING[Level.JOINT] = BRING[Level.PHYSICAL]


@get("/declarant/visits/{visit_id:uuid}/appointment", roles=FIRM)
async def show(work: Work, request: Request, visit_id: FromPath[UUID], undo: FromQuery[bool] = False) -> Response[Any]:  # type: ignore[type-arg]
    """The appointment as it stands; a visit that must be booked again leads to the slots."""
    case = await case_of(work, visit_id)
    if State(case.visit.state) in KEPT and work.actor.is_a(*DECLARANTS):
        return go(f"/declarant/visits/{visit_id}/provisional")
    found = await _appointment(work, case)
    if found is None or (found.status != "confirmed" and State(case.visit.state) is State.TO_BOOK):
        if work.actor.is_a(*DECLARANTS) and State(case.visit.state) is State.TO_BOOK:
            return go(f"/declarant/visits/{visit_id}/slots")
        raise NotFound()
    at_office(request, case.office)
    language = language_of(request)
    level = Level(case.visit.level)
    until = found.during.lower - policy_of(work, case.office).freeze
    kind, word = TAGS.get(found.status, ("", N_("Sans suite")))
    coming = found.status == "confirmed" and State(case.visit.state) is State.BOOKED
    ship = await landing.expected(work, case) if coming else None
    if ship is not None:
        kind, word = "run", N_("Provisoire")
    where = await where_of(work, case.visit, found)
    vault = request.app.state.tools.vault
    code = await confirmation(work, vault, case, found) if coming else code_of(case, found)
    return page(
        request,
        "declarant/appointment.html",
        case=case,
        found=found,
        title=say(TITLES.get(found.status, TITLES["cancelled"]), language),
        tag=kind,
        tag_text=say(word, language),
        where=where,
        place=place_name(where, language, bay=True),
        boxes=boxes(case.declaration, language),
        level=level,
        level_name=say(LEVEL_NAMES[level], language),
        code=code,
        spelt=textwrap.wrap(code, 6) if coming else [],
        bring=[say(text, language) for text in BRING.get(level, ())],
        changes=coming and work.actor.is_a(*DECLARANTS) and work.now < found.during.lower,
        moves=coming and work.actor.is_a(*DECLARANTS) and work.now <= until,
        until=until,
        waits=coming and work.actor.is_a(*DECLARANTS) and work.now <= until,
        waiting=await waitlist_rows.entry_of(work, visit_id),
        changed=await replan_rows.to_answer(work, visit_id, found.id) if coming else None,
        coming=coming,
        ship=ship,
        spoken=say(asked, language) if (asked := language_asked(case)) else "",
        group=await group_of(work, visit_id) if coming else None,
        undo=coming and undo and work.actor.is_a(*DECLARANTS) and work.now <= found.made_at + UNDO,
        today=grid_of(case.office).day_of(work.now) == found.day,
    )


@get("/declarant/visits/{visit_id:uuid}/appointment.ics", roles=FIRM)
async def calendar(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[str]:  # type: ignore[type-arg]
    """The same for the phone's calendar."""
    case = await case_of(work, visit_id)
    found = await _appointment(work, case)
    if found is None:
        raise NotFound()
    language = language_of(request)
    thread, moves = await thread_of(work, found)
    gone = found.status == "cancelled"
    text = calendar_file(
        appointment=thread,
        version=moves + gone,
        starts_at=found.during.lower,
        ends_at=found.during.upper,
        made_at=found.made_at,
        title=say(N_("Visite %(title)s"), language, title=case.title),
        place=place_name(await where_of(work, case.visit, found), language, bay=True),
        text=say(N_("Référence %(reference)s"), language, reference=case.visit.reference),
        cancelled=gone,
    )
    name = f"visite-{case.visit.reference}.ics"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@post("/declarant/visits/{visit_id:uuid}/appointment/answer", roles=DECLARANTS)
async def answer(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Agree to another time the office gave, or not; who does not chooses freely and keeps it until then."""
    refuse = (await request.form()).get("refuse") == "1"
    await answer_replan(work, visit_id, refuse=refuse)
    if not refuse:
        return go(f"/declarant/visits/{visit_id}/appointment", flash=N_("Merci. Le rendez-vous reste à cette heure."))
    told = N_("C'est noté : vous passez en tête de la liste d'attente. Choisissez une heure, celle-ci reste à vous.")
    return go(f"/declarant/visits/{visit_id}/slots", flash=told)


@get("/declarant/visits/{visit_id:uuid}/appointment/cancel", roles=DECLARANTS)
async def ask_cancel(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Cancelling is a button behind a page: what happens then, and the way back."""
    case = await case_of(work, visit_id)
    found = await _appointment(work, case)
    if found is None or found.status != "confirmed" or State(case.visit.state) is not State.BOOKED:
        return go(f"/declarant/visits/{visit_id}/appointment", flash=rules.NotLive.says, kind="warn")
    rules.may_cancel(starts_at=found.during.lower, now=work.now)
    at_office(request, case.office)
    return page(
        request,
        "declarant/appointment_cancel.html",
        case=case,
        found=found,
        moves=work.now <= found.during.lower - policy_of(work, case.office).freeze,
    )


@post("/declarant/visits/{visit_id:uuid}/appointment/cancel", roles=DECLARANTS)
async def cancel(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Give the time back; sent twice it is given back once, and a time booked meanwhile is left alone."""
    form = await request.form()
    found = await queries.appointment_by_id(work, _id(str(form.get("appointment") or "")))
    if found.visit_id != visit_id:
        raise NotFound()
    await cancel_appointment(work, found.id)
    return go(
        f"/declarant/visits/{visit_id}/slots",
        flash=N_("Le rendez-vous est annulé. Choisissez une autre heure quand vous voulez."),
    )


def code_of(case: Case, found: Appointment) -> str:
    """What the code of an appointment says that is not to come any more: nothing is promised, nothing is signed."""
    begins = found.during.lower.strftime("%Y%m%dT%H%MZ")
    return f"VISIT {case.visit.reference} {begins}"


async def _appointment(work: Work, case: Case) -> Appointment | None:
    live = await queries.live_of(work, case.visit.id)
    return live.get("confirmed") or await queries.last_of(work, case.visit.id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


ROUTES = [show, calendar, answer, ask_cancel, cancel]
