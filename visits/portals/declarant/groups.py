"""/declarant/groups: choose several visits, see the hours at which all of them find a place, book them in one act."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking import groups
from visits.portals.groups import (
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
from visits.roles import DECLARANTS, FIRM
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go
from visits.web.route import get, post

PATH = "/declarant/groups"
OURS = Side(path=PATH, templates="declarant")


@get(PATH, roles=DECLARANTS)
async def choose(work: Work, request: Request, v: FromQuery[list[str] | None] = None) -> Response[Any]:  # type: ignore[type-arg]
    """The visits that wait for a time, by place; those of one place can be booked together."""
    return await choose_page(work, request, OURS, chosen=v or [])


@get(f"{PATH}/slots", roles=DECLARANTS)
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
        return await choose_page(work, request, OURS, chosen=v or [], error=no)
    found = await groups.together(work, cases, pattern_of(pattern))
    return await hours_page(work, request, OURS, found, pattern_of(pattern), day=day, action=PATH)


@post(PATH, roles=DECLARANTS)
async def book(request: Request) -> Response[Any]:  # type: ignore[type-arg]
    """Book them all, or none; sent twice they are booked once."""
    return await book_them(request, OURS)


@get(f"{PATH}/{{group_id:uuid}}", roles=FIRM)
async def show(work: Work, request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The visits of a group, each with its time; what can be done with all of them."""
    return await group_page(work, request, OURS, group_id, may=work.actor.is_a(*DECLARANTS))


@get(f"{PATH}/{{group_id:uuid}}/slots", roles=DECLARANTS)
async def other_hours(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    group_id: FromPath[UUID],
    day: FromQuery[str] = "",
) -> Response[Any]:
    """The hours all of them can be moved to; their own places count as free."""
    return await moving_page(work, request, OURS, group_id, day=day)


@post(f"{PATH}/{{group_id:uuid}}/slots", roles=DECLARANTS)
async def move(request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Move them all, or none."""
    return await move_them(request, OURS, group_id)


@get(f"{PATH}/{{group_id:uuid}}/cancel", roles=DECLARANTS)
async def ask_cancel(work: Work, request: Request, group_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """What is given back, and the way back."""
    return await cancel_page(work, request, OURS, group_id)


@post(f"{PATH}/{{group_id:uuid}}/cancel", roles=DECLARANTS)
async def cancel(work: Work, group_id: FromPath[UUID]) -> Response[Any]:
    """Give them all back; twice is once."""
    await groups.cancel_all(work, group_id)
    return go(f"{PATH}/{group_id}", flash=N_("Les rendez-vous du groupe sont annulés."))


ROUTES = [choose, slots, book, show, other_hours, move, ask_cancel, cancel]
