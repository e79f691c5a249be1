"""/chief/groups: what firms booked together; a group opened, moved or cancelled as a whole, or booked for a firm."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import groups, groups_rows
from visits.booking.groups import Pattern
from visits.booking.rules import TooLate, WhyNeeded
from visits.errors import Refusal
from visits.portals.groups import (
    PATTERNS,
    Side,
    book_them,
    cancel_page,
    choose_page,
    group_page,
    hours_page,
    ids_of,
    move_them,
    moving_page,
    pattern_of,
)
from visits.roles import CHIEFS
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of
from visits.web.route import get, post

PATH = "/chief/groups"
OURS = Side(path=PATH, templates="chief", staff=True)


@get(PATH, roles=CHIEFS)
async def choose(work: Work, request: Request, v: FromQuery[list[str] | None] = None) -> Response[Any]:  # type: ignore[type-arg]
    """The groups of the office still to come, then the visits a firm's group can be made of."""
    return await _chosen(work, request, chosen=v or [])


@get(f"{PATH}/slots", roles=CHIEFS)
async def slots(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    v: FromQuery[list[str] | None] = None,
    pattern: FromQuery[str] = "",
    day: FromQuery[str] = "",
) -> Response[Any]:
    """The hours at which every chosen visit finds a place."""
    try:
        cases = await groups.cases_of(work, ids_of(v or []))
    except groups.NOT_TOGETHER as no:
        return await _chosen(work, request, chosen=v or [], error=no)
    found = await groups.together(work, cases, pattern_of(pattern))
    return await hours_page(work, request, OURS, found, pattern_of(pattern), day=day, action=PATH)


@post(PATH, roles=CHIEFS)
async def book(request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """Book them all, or none; sent twice they are booked once."""
    return await book_them(request, OURS)


@get(f"{PATH}/{{group_id:uuid}}", roles=CHIEFS)
async def show(work: Work, request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The visits of a group, each with its time; what can be done with all of them."""
    return await group_page(work, request, OURS, group_id, may=True)


@get(f"{PATH}/{{group_id:uuid}}/slots", roles=CHIEFS)
async def other_hours(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    group_id: FromPath[UUID],
    day: FromQuery[str] = "",
) -> Response[Any]:
    """The hours all of them can be moved to; their own places count as free."""
    return await moving_page(work, request, OURS, group_id, day=day)


@post(f"{PATH}/{{group_id:uuid}}/slots", roles=CHIEFS)
async def move(request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Move them all, or none."""
    return await move_them(request, OURS, group_id)


@get(f"{PATH}/{{group_id:uuid}}/cancel", roles=CHIEFS)
async def ask_cancel(work: Work, request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """What is given back, and the way back."""
    return await cancel_page(work, request, OURS, group_id)


@post(f"{PATH}/{{group_id:uuid}}/cancel", roles=CHIEFS)
async def cancel(request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Give them all back with the reason, or none; twice is once."""
    database: Database = request.app.state.database
    reason = str((await request.form()).get("reason") or "")
    try:
        await database.run(request.user, _cancelled, group_id, reason)
    except (WhyNeeded, TooLate) as no:
        refused: Refusal = no

        async def again(work: Work) -> Response[Any]:
            return await cancel_page(work, request, OURS, group_id, refused=refused)

        return await database.run(request.user, again)
    return go(f"{PATH}/{group_id}", flash=N_("Les rendez-vous du groupe sont annulés. Le cabinet est prévenu."))


async def _cancelled(work: Work, group_id: UUID, reason: str) -> None:
    await groups.cancel_all(work, group_id, reason=reason)


async def _chosen(
    work: Work, request: Request[Any, Any, Any], *, chosen: list[str], error: Refusal | None = None
) -> Response[Any]:
    language = language_of(request)
    rows = [
        (each, say(PATTERNS[Pattern(each.group.pattern)][0], language))
        for each in await groups_rows.of_office(work, work.actor.office)
    ]
    return await choose_page(work, request, OURS, chosen=chosen, error=error, groups=rows)


ROUTES = [choose, slots, book, show, other_hours, move, ask_cancel, cancel]
