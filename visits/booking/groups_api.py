"""/api/groups: several visits booked, moved and cancelled in one act, all or none."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from visits.booking import groups, queries
from visits.booking.api import BOOKERS, AppointmentView
from visits.booking.groups import Pattern
from visits.booking.groups_tables import VisitGroup
from visits.declarations.queries import Case
from visits.errors import BadInput
from visits.store.work import Work
from visits.web.route import delete, get, post


class GroupWish(msgspec.Struct, frozen=True, kw_only=True):
    """Visits in their order, the start of the first, and whether the others follow it or begin with it."""

    visits: list[UUID]
    starts_at: datetime
    pattern: Pattern = Pattern.IN_TURN
    reason: str = ""


class GroupMove(msgspec.Struct, frozen=True, kw_only=True):
    """The new start of the first visit; staff say why."""

    starts_at: datetime
    reason: str = ""


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group and the newest appointment of each of its visits, in order."""

    id: UUID
    pattern: str
    appointments: list[AppointmentView]


class GroupSlots(msgspec.Struct, frozen=True, kw_only=True):
    """The starts at which every visit finds a place: the same masks as of a single visit."""

    version: str
    grid_minutes: int
    minutes: int
    days: list[dict[str, object]]


@get("/api/groups/slots", roles=BOOKERS)
async def group_slots(work: Work, visits: FromQuery[str], pattern: FromQuery[str] = "in_turn") -> GroupSlots:
    """What can be booked for visits together; `visits` are ids with commas between them."""
    found = await groups.together(work, await groups.cases_of(work, _ids(visits)), _pattern(pattern))
    step = found.offer.asked.grid.minutes
    return GroupSlots(
        version=found.offer.version,
        grid_minutes=step,
        minutes=step * (found.after[-1] + found.members[-1].length),
        days=[{"day": each["day"].isoformat(), **_rest(each)} for each in found.offer.masks()],
    )


@post("/api/groups", roles=BOOKERS, idempotent=True, status_code=201)
async def book_group(work: Work, data: JSONBody[GroupWish]) -> GroupView:
    """Book them all, or none."""
    made = await groups.book(work, data.visits, _start(data.starts_at), pattern=data.pattern, reason=data.reason)
    return await _view(work, made)


@get("/api/groups/{group_id:uuid}", roles=BOOKERS)
async def group(work: Work, group_id: FromPath[UUID]) -> GroupView:
    """A group as it stands."""
    return await _view(work, (await groups.visible(work, group_id))[0])


@post("/api/groups/{group_id:uuid}/move", roles=BOOKERS, idempotent=True)
async def move_group(work: Work, group_id: FromPath[UUID], data: JSONBody[GroupMove]) -> GroupView:
    """Move every visit that still has a time, or none."""
    return await _view(work, await groups.move(work, group_id, _start(data.starts_at), reason=data.reason))


@delete("/api/groups/{group_id:uuid}", roles=BOOKERS, idempotent=True)
async def cancel_group(work: Work, group_id: FromPath[UUID], reason: FromQuery[str] = "") -> None:
    """Give back every time the group still has."""
    await groups.cancel_all(work, group_id, reason=reason)


async def _view(work: Work, found: VisitGroup) -> GroupView:
    _, cases = await groups.visible(work, found.id)
    return GroupView(id=found.id, pattern=found.pattern, appointments=await _appointments(work, cases))


async def _appointments(work: Work, cases: list[Case]) -> list[AppointmentView]:
    last = [await queries.last_of(work, case.visit.id) for case in cases]
    return [await AppointmentView.of(work, each) for each in last if each is not None]


def _rest(day: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in day.items() if name != "day"}


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(each) for each in text.split(",")]
    except ValueError:
        raise BadInput(field="visits") from None


def _pattern(text: str) -> Pattern:
    try:
        return Pattern(text)
    except ValueError:
        raise BadInput(field="pattern") from None


def _start(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise BadInput(field="starts_at")
    return at


ROUTES = [group_slots, book_group, group, move_group, cancel_group]
