"""/api/visits/{id}/slots, holds and appointments: booking for programs, every change with an Idempotency-Key."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response
from litestar.params import FromPath, FromQuery, JSONBody

from scheduling import Refused, before, bits
from visits.booking import queries
from visits.booking.change import cancel as cancel_appointment
from visits.booking.change import move as move_appointment
from visits.booking.confirm import confirm as confirm_hold
from visits.booking.free import matches, told
from visits.booking.hold import hold as hold_slot
from visits.booking.language import wish as wish_language
from visits.booking.next_free import book_next
from visits.booking.offer import Offer, counted, offer
from visits.booking.tables import Appointment
from visits.booking.where import Kind, where_of
from visits.booking.wishes import book_first
from visits.declarations.queries import case_of
from visits.errors import BadInput
from visits.journey.tables import Visit
from visits.roles import CHIEFS, DECLARANTS
from visits.store.work import Work
from visits.web.language import say
from visits.web.pages import language_of
from visits.web.route import delete, get, post

BOOKERS = DECLARANTS | CHIEFS


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The start asked for, with its zone; staff say why."""

    starts_at: datetime
    reason: str = ""


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """Up to three starts, the dearest first, as a phone kept them while it had no network.

    `instead_of` is the appointment they were to replace; without it a visit booked meanwhile is left as it is.
    """

    wishes: list[datetime]
    instead_of: UUID | None = None
    reason: str = ""


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """The language asked for as ISO 639-1 has it; empty for none in particular. Staff say why."""

    language: str
    reason: str = ""


class LanguageView(msgspec.Struct, frozen=True, kw_only=True):
    """The language a visit is held in, where it is not the office's own."""

    visit: UUID
    language: str


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a visit is made: at a site of the office, at a firm's premises, by video, at the desk, or not said yet."""

    kind: Kind
    name: str
    address: str
    #: The bay or scanner, at a site.
    bay: str


class AppointmentView(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment or a hold; nobody's name."""

    id: UUID
    visit: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    site: UUID | None
    place: PlaceView
    expires_at: datetime | None
    supersedes: UUID | None

    @classmethod
    async def of(cls, work: Work, found: Appointment) -> "AppointmentView":
        """From its row, with where it takes place."""
        where = await where_of(work, await work.session.get_one(Visit, found.visit_id), found)
        return cls(
            id=found.id,
            visit=found.visit_id,
            status=found.status,
            starts_at=found.during.lower,
            ends_at=found.during.upper,
            site=found.site_id,
            place=PlaceView(kind=where.kind, name=where.name, address=where.address, bay=where.bay),
            expires_at=found.expires_at if found.status == "held" else None,
            supersedes=found.supersedes,
        )


class SlotView(msgspec.Struct, frozen=True, kw_only=True):
    """A start on offer."""

    starts_at: datetime
    #: How many such visits could begin then, when asked for.
    places: int | None


class DayView(msgspec.Struct, frozen=True, kw_only=True):
    """A local day: bit i of `mask` (hexadecimal) is a free start, i grid steps after `opens_at`."""

    day: str
    opens_at: datetime
    steps: int
    mask: str
    slots: list[SlotView]


class RefusedView(msgspec.Struct, frozen=True, kw_only=True):
    """A run of starts that are not offered, and the rule that removes them."""

    first: datetime
    last: datetime
    rule: str
    says: str


class SlotsView(msgspec.Struct, frozen=True, kw_only=True):
    """Every start a visit can be booked at, the earliest first, and why nothing earlier."""

    visit: UUID
    version: str
    zone: str
    grid_minutes: int
    minutes: int
    #: The language the visit is held in, where it is not the office's own: only who speaks it is counted.
    language: str
    days: list[DayView]
    refused: list[RefusedView]
    held: AppointmentView | None
    booked: AppointmentView | None


@get("/api/visits/{visit_id:uuid}/slots", roles=BOOKERS)
async def slots(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    visit_id: FromPath[UUID],
    places: FromQuery[bool] = False,
) -> Response[SlotsView | None]:
    """The offer, with an ETag that changes when the offer does; how many places each start has if asked for."""
    found = await offer(work, await case_of(work, visit_id))
    if places:
        found = replace(found, days=tuple(await counted(work, found, *found.days)))
    tag = f'"{found.version}"' if not places else None
    headers = {"cache-control": "private, no-cache"} | ({"etag": tag} if tag else {})
    if tag and found.held is None and request.headers.get("if-none-match") == tag:
        return Response(None, status_code=304, headers=headers)
    return Response(await _view(work, found, visit_id, language_of(request), places=places), headers=headers)


@get("/api/visits/{visit_id:uuid}/free", roles=BOOKERS)
async def free(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[bytes]:  # type: ignore[type-arg]
    """Fourteen days of free starts for the worst line: at most 400 bytes with every header, 304 when nothing changed.

    One JSON object: `t` the instant the first day begins in minutes since 1970-01-01T00:00Z; `g` the grid in minutes;
    `n` how many steps of it the visit takes; `z` the office's zone; `m` the masks of fourteen days in a row, base64url
    without padding, the same number of bytes a day, highest first: bit i is a free start i steps after the day begins;
    `s`, only when clocks change, pairs [day, minutes] by which that day and later ones begin later than 24 hours each.
    """
    short = told(await offer(work, await case_of(work, visit_id)))
    headers = {"etag": short.tag}
    if matches(request.headers.get("if-none-match"), short.tag):
        return Response(b"", status_code=304, headers=headers)
    return Response(short.body, headers=headers, media_type=MediaType.JSON)


@post("/api/visits/{visit_id:uuid}/wishes", roles=BOOKERS, idempotent=True)
async def wishes(work: Work, visit_id: FromPath[UUID], data: JSONBody[Wishes]) -> AppointmentView:
    """Book the first wish that fits, in one step; if none does nothing is changed and the fresh masks come along."""
    made = await book_first(work, visit_id, data.wishes, instead_of=data.instead_of, reason=data.reason)
    return await AppointmentView.of(work, made)


@post("/api/visits/{visit_id:uuid}/language", roles=BOOKERS, idempotent=True)
async def language(work: Work, visit_id: FromPath[UUID], data: JSONBody[Language]) -> LanguageView:
    """Have the visit held in another language than the office's own, or take that back; a hold is given back."""
    case = await wish_language(work, visit_id, data.language, reason=data.reason)
    return LanguageView(visit=visit_id, language=str(case.visit.order.get("language") or ""))


@post("/api/visits/{visit_id:uuid}/holds", roles=BOOKERS, idempotent=True, status_code=201)
async def hold(work: Work, visit_id: FromPath[UUID], data: JSONBody[Wish]) -> AppointmentView:
    """Keep a start for a few minutes."""
    return await AppointmentView.of(work, await hold_slot(work, visit_id, _start(data), reason=data.reason))


@post("/api/visits/{visit_id:uuid}/next", roles=BOOKERS, idempotent=True, status_code=201)
async def next_free(work: Work, visit_id: FromPath[UUID], reason: FromQuery[str] = "") -> AppointmentView:
    """Book the earliest start on offer, in one step; a visit that has a time keeps it. DELETE undoes it."""
    return await AppointmentView.of(work, await book_next(work, visit_id, reason=reason))


@post("/api/holds/{hold_id:uuid}/confirm", roles=BOOKERS, idempotent=True)
async def confirm(work: Work, hold_id: FromPath[UUID]) -> AppointmentView:
    """Turn a hold into an appointment, or into the new time of one."""
    return await AppointmentView.of(work, await confirm_hold(work, hold_id))


@get("/api/appointments/{appointment_id:uuid}", roles=BOOKERS)
async def appointment(work: Work, appointment_id: FromPath[UUID]) -> AppointmentView:
    """An appointment as it stands."""
    found = await queries.appointment_by_id(work, appointment_id)
    await case_of(work, found.visit_id)
    return await AppointmentView.of(work, found)


@post("/api/appointments/{appointment_id:uuid}/move", roles=BOOKERS, idempotent=True)
async def move(work: Work, appointment_id: FromPath[UUID], data: JSONBody[Wish]) -> AppointmentView:
    """Another time in one step."""
    return await AppointmentView.of(
        work, await move_appointment(work, appointment_id, _start(data), reason=data.reason)
    )


@delete(["/api/appointments/{appointment_id:uuid}", "/api/holds/{appointment_id:uuid}"], roles=BOOKERS, idempotent=True)
async def cancel(work: Work, appointment_id: FromPath[UUID], reason: FromQuery[str] = "") -> None:
    """Give back an appointment or a hold."""
    await cancel_appointment(work, appointment_id, reason=reason)


def _start(wish: Wish) -> datetime:
    """An instant; a wall-clock time without a zone is refused, not guessed."""
    if wish.starts_at.tzinfo is None:
        raise BadInput(field="starts_at")
    return wish.starts_at


async def _view(work: Work, found: Offer, visit_id: UUID, language: str, *, places: bool) -> SlotsView:
    first = found.first
    return SlotsView(
        visit=visit_id,
        version=found.version,
        zone=found.asked.grid.zone.key,
        grid_minutes=found.asked.grid.minutes,
        minutes=found.asked.length * found.asked.grid.minutes,
        language=str(found.asked.case.visit.order.get("language") or ""),
        days=[
            DayView(
                day=day.day.isoformat(),
                opens_at=day.opens,
                steps=day.steps,
                mask=f"{day.mask:016x}",
                slots=[
                    SlotView(starts_at=day.at(step), places=day.places(step) if places else None)
                    for step in bits(day.mask)
                ],
            )
            for day in found.days
        ],
        refused=[_refused(found, each, language) for each in before(found.days, first.starts_at if first else None)],
        held=await AppointmentView.of(work, found.held) if found.held else None,
        booked=await AppointmentView.of(work, found.booked) if found.booked else None,
    )


def _refused(found: Offer, run: Refused, language: str) -> RefusedView:
    text, facts = found.said(run.reason, run.day)
    return RefusedView(first=run.first, last=run.last, rule=run.reason.why, says=say(text, language, **facts))


ROUTES = [slots, free, language, wishes, hold, next_free, confirm, appointment, move, cancel]
