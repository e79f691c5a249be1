"""Who can play which role of a visit, and when: the masks of starts a search answers from, and the choice of a booking.

Each role is busy as long as the visit and its own steps before and after. Steps may be shut to a visit: an officer is
still on the way from another site, or a place is kept for others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from visits.booking.queries import Masks
from visits.booking.rules import Need
from visits.store.work import Work

_NEEDS = """
from unnest(
    cast(:kinds as text[]), cast(:skills as bigint[]), cast(:sites as uuid[]), cast(:fixed as boolean[]),
    cast(:agencies as uuid[]), cast(:wanted as bigint[])
) with ordinality as need(kind, skills, site_id, fixed, agency_id, mask, place)
"""
#: The days one need may use, by the index of working days.
_FITS = """
where b.work <> 0 and b.office_id = :office and b.day between :first and :last and b.kind = need.kind
    and b.skills & need.skills = need.skills and b.agency_id is not distinct from need.agency_id
    and (b.site_id = need.site_id or not need.fixed and (b.site_id is null or need.site_id is null))
"""


def _now(spare: bool, shut: bool) -> str:
    """Days of resources and what is free of them: `spare` is what the visit itself, or holds that ran out, would give
    back; `shut` is what this visit cannot have."""
    had = "b.free & b.work"
    found = "from day_bits b"
    if spare:
        had = "(b.free | coalesce(spare.mask, 0)) & b.work"
        found += """
left join unnest(cast(:spare_days as date[]), cast(:spare_resources as uuid[]), cast(:spare_masks as bigint[]))
    as spare(day, resource_id, mask) on spare.day = b.day and spare.resource_id = b.resource_id"""
    if not shut:
        return f"{found}\ncross join lateral (select {had} as free) now"
    return f"""{found}
left join unnest(cast(:shut_days as date[]), cast(:shut_resources as uuid[]), cast(:shut_fars as bigint[]),
    cast(:shut_kepts as bigint[])) as shut(day, resource_id, far, kept)
    on shut.day = b.day and shut.resource_id = b.resource_id
cross join lateral (select {had} & ~coalesce(shut.far, 0) as wide) but
cross join lateral (select but.wide, but.wide & ~coalesce(shut.kept, 0) as free) now"""


@cache
def _chosen(spare: bool, shut: bool) -> TextClause:
    return text(
        "select need.place, found.resource_id"
        + _NEEDS
        + "cross join lateral (select b.resource_id "
        + _now(spare, shut)
        + _FITS
        + "and now.free & need.mask = need.mask"
        + " order by bit_count(cast(b.skills & ~need.skills as bit(64))), b.resource_id limit 1) found"
    )


#: The places a bigint has for steps: all but the sign.
_STEPS = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Steps of resources this visit cannot have, though nobody has booked them."""

    #: Too far away to be there in time.
    far: Masks = field(default_factory=dict)
    #: Kept for others.
    kept: Masks = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.far or self.kept)


NOTHING_SHUT = Shut()


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """For each resource of a role on one day, or for all together: starts at which it works, is free, and would be
    free but for `kept`."""

    work: tuple[int, ...] = ()
    free: tuple[int, ...] = ()
    wide: tuple[int, ...] | None = None
    #: How many resources one mask stands for.
    many: int | None = None


NOBODY = Starts()


@cache
def _masks(length: int, around: tuple[tuple[int, int], ...], spare: bool, shut: bool, apart: bool) -> TextClause:
    """One statement for a length of visit and the steps around it for each role: the shifts stand in the text, which
    the database runs 6 to 14 times faster than a function with a case for each length."""
    parts = []
    for before, after in sorted(set(around)):
        places = [str(place) for place, each in enumerate(around, 1) if each == (before, after)]
        only = f" where need.place in ({', '.join(places)})" if len(places) < len(around) else ""
        columns = {"work": "b.work", "free": "now.free"} | ({"wide": "now.wide"} if shut else {})
        told = "array_agg" if apart else "bit_or"
        starts = (f"{told}({_starts(each, before, length, after)}) as {name}" for name, each in columns.items())
        parts.append(
            "select need.place, found.*"
            + _NEEDS
            + f"cross join lateral (select b.day, count(*) as many, {', '.join(starts)} "
            + _now(spare, shut)
            + _FITS
            + f"group by b.day) found{only}"
        )
    return text(" union all ".join(parts))


def _starts(column: str, before: int, length: int, after: int) -> str:
    """The starts at which a column has every step of the visit and around it."""
    whole = before + length + after
    found = " & ".join(f"({column} >> {shift})" if shift else column for shift in range(whole))
    return f"(({found}) << {before}) & {_STEPS}" if before else found


async def start_masks(
    work: Work,
    office_id: UUID,
    needs: Sequence[Need],
    *,
    first: date,
    last: date,
    length: int,
    spare: Masks,
    shut: Shut = NOTHING_SHUT,
    apart: bool = False,
) -> dict[tuple[date, str], Starts]:
    """By day and role what its resources can begin: each by itself if `apart`, else all together."""
    if not needs:
        return {}
    bound = _bound(office_id, needs, first, last, spare, shut)
    statement = _masks(length, tuple((need.before, need.after) for need in needs), bool(spare), bool(shut), apart)
    rows = await work.session.execute(statement, bound)
    return {(row.day, needs[row.place - 1].role): _starts_of(row, shut=bool(shut), apart=apart) for row in rows}


def _starts_of(row: Any, *, shut: bool, apart: bool) -> Starts:
    if apart:
        return Starts(work=tuple(row.work), free=tuple(row.free), wide=tuple(row.wide) if shut else None)
    return Starts(work=(row.work,), free=(row.free,), wide=(row.wide,) if shut else None, many=row.many)


async def choose(
    work: Work,
    office_id: UUID,
    needs: Sequence[Need],
    *,
    day: date,
    masks: Mapping[str, int],
    spare: Masks,
    shut: Shut = NOTHING_SHUT,
) -> dict[str, UUID]:
    """One resource a role that is free for its mask: fewest other skills first, then the lowest id (product,
    Decided 7)."""
    bound = _bound(office_id, needs, day, day, spare, shut) | {"wanted": [masks[need.role] for need in needs]}
    rows = await work.session.execute(_chosen(bool(spare), bool(shut)), bound)
    return {needs[row.place - 1].role: row.resource_id for row in rows}


def _bound(office_id: UUID, needs: Sequence[Need], first: date, last: date, spare: Masks, shut: Shut) -> dict[str, Any]:
    rows = sorted({*shut.far, *shut.kept})
    closed = {
        "shut_days": [day for day, _ in rows],
        "shut_resources": [resource for _, resource in rows],
        "shut_fars": [shut.far.get(row, 0) for row in rows],
        "shut_kepts": [shut.kept.get(row, 0) for row in rows],
    }
    given_back = {
        "spare_days": [day for day, _ in spare],
        "spare_resources": [resource for _, resource in spare],
        "spare_masks": list(spare.values()),
    }
    asked = {
        "office": office_id,
        "first": first,
        "last": last,
        "kinds": [need.kind for need in needs],
        "skills": [need.skills for need in needs],
        "sites": [need.site_id for need in needs],
        "fixed": [need.fixed for need in needs],
        "agencies": [need.agency_id for need in needs],
        "wanted": [0 for _ in needs],
    }
    return asked | (closed if shut else {}) | (given_back if spare else {})
